"""What happens in a call that goes on, in a sentence each: who came, who left, who holds it.

It compares the calls with what they were before. Which call is talked in, rings or has ended is
the announcer's.
"""

from collections.abc import Callable, Iterator

from voip.client.model import CallInfo, Model, Peer
from voip.core.calls import EndReason, LegState
from voip.core.ids import CallId, Username
from voip_terminal import sentences
from voip_terminal.calls import joined
from voip_terminal.roster import is_inside


class CallNews:
    """Remembers the calls as they were told of last."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._before: dict[CallId, CallInfo] = {}

    def follow(self, model: Model) -> None:
        """The calls have changed."""
        before = self._before
        self._before = {call.call_id: call for call in joined(model)}
        for call in self._before.values():
            was = before.get(call.call_id)
            if was is not None and was.state is LegState.ACTIVE:
                for sentence in _news(was, call):
                    self._say(sentence)


def _news(was: CallInfo, call: CallInfo) -> Iterator[str]:
    who = sentences.who(call)
    if call.is_held_by_peers and not was.is_held_by_peers:
        yield f"{who} put the call on hold."
    elif was.is_held_by_peers and not call.is_held_by_peers:
        yield f"{who} is back in the call."
    if not call.is_conference:
        return
    yield from _of_people(_inside(was), _inside(call))
    yield from _of_gone(was, call)
    if call.is_locked and not was.is_locked:
        yield "The conference is locked: nobody else gets in."
    elif was.is_locked and not call.is_locked:
        yield "The conference is open again: people can be added."
    if call.is_host and was.is_conference and not was.is_host:
        yield "You are the host of this conference now."
    if call.is_muted and not was.is_muted:
        yield "The host turned your microphone off."


def _inside(call: CallInfo) -> dict[Username, Peer]:
    return {peer.username: peer for peer in call.peers if is_inside(peer)}


def _of_people(before: dict[Username, Peer], now: dict[Username, Peer]) -> Iterator[str]:
    for username, peer in now.items():
        known = before.get(username)
        if known is None:
            yield f"{sentences.name_of(peer)} joined."
        elif known.is_connected and not peer.is_connected:
            yield f"{sentences.name_of(peer)}: connection lost, waiting for them."
        elif peer.is_connected and not known.is_connected:
            yield f"{sentences.name_of(peer)} is connected again."


def _of_gone(was: CallInfo, call: CallInfo) -> Iterator[str]:
    """Who was there before, in the call or called, and is not now."""
    reasons = {one.username: one.reason for one in call.gone}
    there = {peer.username for peer in call.peers}
    for peer in was.peers:
        if peer.username not in there:
            reason = reasons.get(peer.username, EndReason.HANGUP)
            yield sentences.gone(reason, sentences.name_of(peer), was_inside=is_inside(peer))
