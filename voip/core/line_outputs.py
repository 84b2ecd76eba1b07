"""What comes of what happens to a line: one function for each way it can go.

They know what a line keeps beside its state, and give the outputs to carry out; which of them is
for which state and input is told in ``voip.core.line``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from voip.core.call_messages import (
    Accept,
    Alerting,
    Cancel,
    Decline,
    Hold,
    Leave,
    SetMute,
    Unhold,
)
from voip.core.calls import CallView, DeclineReason, EndReason, LegKey
from voip.core.ids import CallId, LegNumber, StreamId, Username
from voip.core.phone_words import (
    Ask,
    CloseMicrophone,
    MuteMicrophone,
    NeedKey,
    OpenMicrophone,
    PhoneCall,
    PhoneCallState,
    PhoneOutputs,
    Ring,
    StopRinging,
)


@dataclass(slots=True)
class LineFacts:
    """What a line knows beside its state. The phone puts the newest view in."""

    call_id: CallId
    is_incoming: bool
    peers: frozenset[Username]
    leg: LegNumber | None = None  # this device's, as far as it is known
    view: CallView | None = None
    is_muted: bool = False
    mutes_asked: int = 0  # SetMute that has no answer yet
    holds_asked: int = 0  # Hold, Unhold and Swap that have no answer yet
    is_ringing: bool = False
    is_microphone_open: bool = False
    is_key_wanted: bool = False
    is_key_shown: bool = False
    end_reason: EndReason | None = None

    # An answer may be to what was asked of an earlier line in the same call: it counts for nothing.

    def mute_answered(self) -> None:
        """A SetMute has its answer."""
        self.mutes_asked = max(0, self.mutes_asked - 1)

    def hold_answered(self) -> None:
        """A Hold, Unhold or Swap has its answer."""
        self.holds_asked = max(0, self.holds_asked - 1)


_DECLINES = {
    DeclineReason.DECLINED: EndReason.DECLINED,
    DeclineReason.BUSY: EndReason.BUSY,
    DeclineReason.FAILED: EndReason.FAILED,
}


def described_as(state: PhoneCallState) -> Callable[[object, LineFacts], PhoneCall]:
    def describe(_line: object, facts: LineFacts) -> PhoneCall:
        return PhoneCall(
            call_id=facts.call_id,
            state=state,
            is_incoming=facts.is_incoming,
            peers=facts.peers,
            view=facts.view,
            is_muted=facts.is_muted,
            end_reason=facts.end_reason,
        )

    return describe


def _hush(facts: LineFacts) -> PhoneOutputs:
    """Stop what sounds or listens here."""
    stopped: list[StopRinging | CloseMicrophone] = []
    if facts.is_ringing:
        facts.is_ringing = False
        stopped.append(StopRinging(facts.call_id))
    if facts.is_microphone_open:
        facts.is_microphone_open = False
        stopped.append(CloseMicrophone(facts.call_id))
    return tuple(stopped)


def _end(facts: LineFacts, reason: EndReason, *asked: Ask) -> PhoneOutputs:
    facts.end_reason = reason
    return (*_hush(facts), *asked)


def _want_key(facts: LineFacts) -> PhoneOutputs:
    if facts.is_key_wanted:
        return ()
    facts.is_key_wanted = True
    return (NeedKey(facts.call_id),)


def accept(_line: object, facts: LineFacts) -> PhoneOutputs:
    return (*_hush(facts), Ask(Accept(facts.call_id)))


def decline(_line: object, facts: LineFacts, reason: DeclineReason) -> PhoneOutputs:
    return _end(facts, _DECLINES[reason], Ask(Decline(facts.call_id, reason)))


def silence(_line: object, facts: LineFacts) -> PhoneOutputs:
    return _hush(facts)


def ring(_line: object, facts: LineFacts) -> PhoneOutputs:
    facts.is_ringing = True
    return (Ring(facts.call_id), *_want_key(facts))


def meet(_line: object, facts: LineFacts, dialled: frozenset[Username]) -> PhoneOutputs:
    facts.peers = dialled
    return _want_key(facts)


def show_key(_line: object, facts: LineFacts, key: LegKey) -> PhoneOutputs:
    if facts.is_key_shown:
        return ()
    facts.is_key_shown = True
    return (Ask(Alerting(facts.call_id, key)),)


def show_wanted_key(line: object, facts: LineFacts, key: LegKey) -> PhoneOutputs:
    """Who calls one person shows the key by other means; in a conference, like everybody."""
    return show_key(line, facts, key) if facts.is_key_wanted else ()


def mute(_line: object, facts: LineFacts, is_muted: bool) -> PhoneOutputs:
    facts.is_muted = is_muted
    facts.mutes_asked += 1
    return (Ask(SetMute(facts.call_id, is_muted)),)


def be_muted(_line: object, facts: LineFacts) -> PhoneOutputs:
    facts.is_muted = True
    return (MuteMicrophone(facts.call_id),)


def hold(_line: object, facts: LineFacts, asks: bool) -> PhoneOutputs:
    facts.holds_asked += 1
    return (*_hush(facts), Ask(Hold(facts.call_id))) if asks else _hush(facts)


def take_back(_line: object, facts: LineFacts, asks: bool) -> PhoneOutputs:
    facts.holds_asked += 1
    return (Ask(Unhold(facts.call_id)),) if asks else ()


def hold_again(line: object, facts: LineFacts) -> PhoneOutputs:
    """The user's word counts: the server is told once more."""
    return hold(line, facts, asks=True)


def show_key_too(_line: object, facts: LineFacts) -> PhoneOutputs:
    return _want_key(facts)


def go_on(_line: object, facts: LineFacts) -> PhoneOutputs:
    return (*_hush(facts), *_want_key(facts))


def open_microphone(_line: object, facts: LineFacts, stream: StreamId) -> PhoneOutputs:
    facts.is_microphone_open = True
    return (OpenMicrophone(facts.call_id, stream),)


def _hang_up(facts: LineFacts, reason: EndReason, ask: Ask, e2e_failed: bool) -> PhoneOutputs:
    if e2e_failed:
        return _end(facts, EndReason.E2E_FAILED, Ask(Leave(facts.call_id, e2e_failed=True)))
    return _end(facts, reason, ask)


def cancel(_line: object, facts: LineFacts, e2e_failed: bool) -> PhoneOutputs:
    return _hang_up(facts, EndReason.CANCELLED, Ask(Cancel(facts.call_id)), e2e_failed)


def turn_away(_line: object, facts: LineFacts, e2e_failed: bool) -> PhoneOutputs:
    ask = Ask(Decline(facts.call_id, DeclineReason.DECLINED))
    return _hang_up(facts, EndReason.DECLINED, ask, e2e_failed)


def leave(_line: object, facts: LineFacts, e2e_failed: bool) -> PhoneOutputs:
    return _hang_up(facts, EndReason.HANGUP, Ask(Leave(facts.call_id)), e2e_failed)


def end_forced(_line: object, facts: LineFacts, stream: StreamId) -> PhoneOutputs:  # noqa: ARG001
    """The server says that a call goes on which nobody here accepted."""
    return _end(facts, EndReason.FAILED, Ask(Leave(facts.call_id)))


def end_forced_hold(_line: object, facts: LineFacts) -> PhoneOutputs:
    return _end(facts, EndReason.FAILED, Ask(Leave(facts.call_id)))


def end_among_strangers(_line: object, facts: LineFacts) -> PhoneOutputs:
    return _end(facts, EndReason.E2E_FAILED, Ask(Leave(facts.call_id, e2e_failed=True)))


def end_refused(_line: object, facts: LineFacts) -> PhoneOutputs:
    return _end(facts, EndReason.FAILED)


def leave_refused(_line: object, facts: LineFacts) -> PhoneOutputs:
    """The leg of a refused Accept may still ring at the server: make sure that it does not."""
    return _end(facts, EndReason.FAILED, Ask(Leave(facts.call_id)))


def end_left(_line: object, facts: LineFacts, reason: EndReason) -> PhoneOutputs:
    return _end(facts, reason)
