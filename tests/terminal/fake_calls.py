"""The part of the fake client core that has several calls, and calls with several people.

Each verb is recorded and does to the model at once what the server would have done.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from twisted.internet.defer import Deferred

from voip.client.model import CallControls, CallInfo, Change, Model, Peer
from voip.core.calls import LegState
from voip.core.ids import CallId, Username
from voip.core.people import Person

T = TypeVar("T")


class FakeCalls(ABC):
    """``CallControls`` over whatever keeps the model."""

    model: Model
    asked: list[tuple[object, ...]]
    people: tuple[Person, ...]

    @abstractmethod
    def change(self, change: Change, **fields: object) -> None:
        """Set fields of the model and tell the watchers."""

    @abstractmethod
    def _answer(self, verb: str, result: T, *arguments: object) -> Deferred[T]:
        """Record a verb and answer it as the test wants."""

    def calls(self, *calls: CallInfo) -> None:
        self.change(Change.CALLS, calls=calls)

    def call_is(self, call_id: CallId, **fields: object) -> None:
        """Set fields of one call."""
        self.calls(
            *(
                replace(call, **fields) if call.call_id == call_id else call  # type: ignore[arg-type]  # named by the test
                for call in self.model.calls
            )
        )

    def peer_is(self, username: str, **fields: object) -> None:
        """Set fields of one person, in every call they are in."""

        def changed(peer: Peer) -> Peer:
            if peer.username != username:
                return peer
            return replace(peer, **fields)  # type: ignore[arg-type]  # named by the test

        self.calls(
            *(
                replace(call, peers=tuple(changed(peer) for peer in call.peers))
                for call in self.model.calls
            )
        )

    def _asked(self, verb: str, *arguments: object, then: Callable[[], None]) -> Deferred[None]:
        answer = self._answer(verb, None, *arguments)
        answer.addCallback(lambda _: then())
        return answer

    # ---- CallControls ------------------------------------------------------------------------

    def hold(self, call_id: CallId) -> Deferred[None]:
        return self._asked("hold", call_id, then=lambda: self.call_is(call_id, is_held=True))

    def resume(self, call_id: CallId) -> Deferred[None]:
        return self._asked("resume", call_id, then=lambda: self._only(call_id))

    def swap(self) -> Deferred[None]:
        def swapped() -> None:
            (held,) = (call for call in self.model.calls if call.is_held)
            self._only(held.call_id)

        return self._asked("swap", then=swapped)

    def _only(self, call_id: CallId) -> None:
        """Talk in one of the calls one has joined and hold the others."""
        self.calls(
            *(
                replace(call, is_held=call.call_id != call_id)
                if call.state is LegState.ACTIVE
                else call
                for call in self.model.calls
            )
        )

    def add(
        self, call_id: CallId, usernames: Sequence[str], *, as_listeners: bool = False
    ) -> Deferred[None]:
        def added() -> None:
            call = next(each for each in self.model.calls if each.call_id == call_id)
            names = {person.username: person.nick for person in self.people}
            new = (
                Peer(
                    Username(name),
                    names.get(Username(name), name),
                    "",
                    LegState.RINGING,
                    is_connected=True,
                    is_muted=False,
                    is_listener=as_listeners,
                )
                for name in usernames
            )
            self.call_is(call_id, is_conference=True, peers=(*call.peers, *new))

        return self._asked("add", call_id, *usernames, then=added)

    def merge(self, call_id: CallId, other: CallId) -> Deferred[None]:
        def merged() -> None:
            first, second = (
                next(each for each in self.model.calls if each.call_id == wanted)
                for wanted in (call_id, other)
            )
            whole = replace(first, is_conference=True, peers=(*first.peers, *second.peers))
            rest = (each for each in self.model.calls if each not in (first, second))
            self.calls(replace(whole, is_held=False, is_host=True), *rest)

        return self._asked("merge", call_id, other, then=merged)

    def kick(self, call_id: CallId, username: str) -> Deferred[None]:
        def kicked() -> None:
            call = next(each for each in self.model.calls if each.call_id == call_id)
            self.call_is(
                call_id, peers=tuple(each for each in call.peers if each.username != username)
            )

        return self._asked("kick", call_id, username, then=kicked)

    def mute_peer(self, call_id: CallId, username: str) -> Deferred[None]:
        return self._asked(
            "mute_peer", call_id, username, then=lambda: self.peer_is(username, is_muted=True)
        )

    def set_lock(self, call_id: CallId, is_locked: bool) -> Deferred[None]:
        return self._asked(
            "set_lock",
            call_id,
            is_locked,
            then=lambda: self.call_is(call_id, is_locked=is_locked),
        )

    def end_for_all(self, call_id: CallId) -> Deferred[None]:
        def ended() -> None:
            self.calls(*(call for call in self.model.calls if call.call_id != call_id))

        return self._asked("end_for_all", call_id, then=ended)

    def set_volume(self, username: str, volume_db: float) -> None:
        self.asked.append(("set_volume", username, volume_db))
        self.peer_is(username, volume_db=volume_db)

    def set_muted_here(self, username: str, is_muted: bool) -> None:
        self.asked.append(("set_muted_here", username, is_muted))
        self.peer_is(username, is_muted_here=is_muted)

    def set_deafened(self, is_deafened: bool) -> None:
        self.asked.append(("set_deafened", is_deafened))
        self.change(Change.AUDIO, audio=replace(self.model.audio, is_deafened=is_deafened))


def as_call_controls(fake: FakeCalls) -> CallControls:
    """The type checker's word that nothing is missing."""
    return fake
