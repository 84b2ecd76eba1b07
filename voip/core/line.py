"""One call at this device, as a state machine: the client's mirror of its own leg.

It knows what the local user wanted of this call and what has come of it. It knows no other calls
and judges no views: ``voip.core.phone`` does, and tells it by an input. Every input gives the
outputs to carry out; one that a state does not declare raises ``automat.NoTransition``.

The microphone opens by two transitions only, ``both_active`` from ``dialling`` and ``accepting``.
Into those lead only what the user did, dialling and accepting, and ``met``, which says that the
call is the one the user dialled.

    dialling --both_active--> talking <--both_active-- accepting <--accepted-- ringing, silenced
    meeting --met--> accepting        meeting --not_met--> ringing        any --> ended
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from automat import TypeMachineBuilder

from voip.core.call_messages import (
    Accept,
    Alerting,
    Cancel,
    Decline,
    Leave,
    SetMute,
)
from voip.core.calls import CallView, DeclineReason, EndReason, LegKey
from voip.core.ids import CallId, StreamId, Username
from voip.core.phone_words import (
    Ask,
    CloseMicrophone,
    NeedKey,
    OpenMicrophone,
    PhoneCall,
    PhoneCallState,
    PhoneOutputs,
    Ring,
    StopRinging,
)


class Line(Protocol):
    """What can happen to a call at this device."""

    def describe(self) -> PhoneCall:
        """The call as it is shown; may be asked in every state."""

    def accepted(self) -> PhoneOutputs:
        """The user answers."""

    def declined(self, reason: DeclineReason) -> PhoneOutputs:
        """The user, or the phone for being busy, says no."""

    def silenced(self) -> PhoneOutputs:
        """The user does not want to hear it ring."""

    def hung_up(self, e2e_failed: bool) -> PhoneOutputs:
        """The user leaves; or the keys did not hold."""

    def muted(self, is_muted: bool) -> PhoneOutputs:
        """The user muted or unmuted."""

    def dialled_back(self) -> PhoneOutputs:
        """The user dials the very person who calls here."""

    def met(self, dialled: frozenset[Username]) -> PhoneOutputs:
        """The server says that this is the call the user dialled."""

    def not_met(self) -> PhoneOutputs:
        """What the user dialled came to nothing: this one rings after all."""

    def key_ready(self, key: LegKey) -> PhoneOutputs:
        """This device's key for the call."""

    def both_active(self, stream: StreamId) -> PhoneOutputs:
        """This leg and a leg of somebody expected are active."""

    def strangers_active(self) -> PhoneOutputs:
        """This leg is active with somebody whom the user neither dialled nor saw calling."""

    def refused(self) -> PhoneOutputs:
        """The server refused the Invite or the Accept."""

    def left(self, reason: EndReason) -> PhoneOutputs:
        """This leg is over at the server, or the server is."""


@dataclass(slots=True)
class LineFacts:
    """What a line knows beside its state. The phone puts the newest view in."""

    call_id: CallId
    is_incoming: bool
    peers: frozenset[Username]
    view: CallView | None = None
    is_muted: bool = False
    is_ringing: bool = False
    is_microphone_open: bool = False
    is_key_wanted: bool = False
    is_key_shown: bool = False
    end_reason: EndReason | None = None


_builder = TypeMachineBuilder(Line, LineFacts)

dialling = _builder.state("dialling")
ringing = _builder.state("ringing")
silenced = _builder.state("silenced")
meeting = _builder.state("meeting")
accepting = _builder.state("accepting")
talking = _builder.state("talking")
ended = _builder.state("ended")

_DECLINES = {
    DeclineReason.DECLINED: EndReason.DECLINED,
    DeclineReason.BUSY: EndReason.BUSY,
    DeclineReason.FAILED: EndReason.FAILED,
}


def _described_as(state: PhoneCallState) -> Callable[[Line, LineFacts], PhoneCall]:
    def describe(_line: Line, facts: LineFacts) -> PhoneCall:
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


def _accept(_line: Line, facts: LineFacts) -> PhoneOutputs:
    return (*_hush(facts), Ask(Accept(facts.call_id)))


def _decline(_line: Line, facts: LineFacts, reason: DeclineReason) -> PhoneOutputs:
    return _end(facts, _DECLINES[reason], Ask(Decline(facts.call_id, reason)))


def _silence(_line: Line, facts: LineFacts) -> PhoneOutputs:
    return _hush(facts)


def _ring(_line: Line, facts: LineFacts) -> PhoneOutputs:
    facts.is_ringing = True
    return (Ring(facts.call_id), *_want_key(facts))


def _meet(_line: Line, facts: LineFacts, dialled: frozenset[Username]) -> PhoneOutputs:
    facts.peers = dialled
    return _want_key(facts)


def _show_key(_line: Line, facts: LineFacts, key: LegKey) -> PhoneOutputs:
    if facts.is_key_shown:
        return ()
    facts.is_key_shown = True
    return (Ask(Alerting(facts.call_id, key)),)


def _mute(_line: Line, facts: LineFacts, is_muted: bool) -> PhoneOutputs:
    facts.is_muted = is_muted
    return (Ask(SetMute(facts.call_id, is_muted)),)


def _open_microphone(_line: Line, facts: LineFacts, stream: StreamId) -> PhoneOutputs:
    facts.is_microphone_open = True
    return (OpenMicrophone(facts.call_id, stream),)


def _hang_up(facts: LineFacts, reason: EndReason, ask: Ask, e2e_failed: bool) -> PhoneOutputs:
    if e2e_failed:
        return _end(facts, EndReason.E2E_FAILED, Ask(Leave(facts.call_id, e2e_failed=True)))
    return _end(facts, reason, ask)


def _cancel(_line: Line, facts: LineFacts, e2e_failed: bool) -> PhoneOutputs:
    return _hang_up(facts, EndReason.CANCELLED, Ask(Cancel(facts.call_id)), e2e_failed)


def _turn_away(_line: Line, facts: LineFacts, e2e_failed: bool) -> PhoneOutputs:
    ask = Ask(Decline(facts.call_id, DeclineReason.DECLINED))
    return _hang_up(facts, EndReason.DECLINED, ask, e2e_failed)


def _leave(_line: Line, facts: LineFacts, e2e_failed: bool) -> PhoneOutputs:
    return _hang_up(facts, EndReason.HANGUP, Ask(Leave(facts.call_id)), e2e_failed)


def _end_forced(_line: Line, facts: LineFacts, stream: StreamId) -> PhoneOutputs:  # noqa: ARG001
    """The server says that a call goes on which nobody here accepted."""
    return _end(facts, EndReason.FAILED, Ask(Leave(facts.call_id)))


def _end_among_strangers(_line: Line, facts: LineFacts) -> PhoneOutputs:
    return _end(facts, EndReason.E2E_FAILED, Ask(Leave(facts.call_id, e2e_failed=True)))


def _end_refused(_line: Line, facts: LineFacts) -> PhoneOutputs:
    return _end(facts, EndReason.FAILED)


def _leave_refused(_line: Line, facts: LineFacts) -> PhoneOutputs:
    """The leg of a refused Accept may still ring at the server: make sure that it does not."""
    return _end(facts, EndReason.FAILED, Ask(Leave(facts.call_id)))


def _end_left(_line: Line, facts: LineFacts, reason: EndReason) -> PhoneOutputs:
    return _end(facts, reason)


for _state, _name in (
    (dialling, PhoneCallState.DIALLING),
    (ringing, PhoneCallState.RINGING),
    (silenced, PhoneCallState.SILENCED),
    (meeting, PhoneCallState.MEETING),
    (accepting, PhoneCallState.ACCEPTING),
    (talking, PhoneCallState.TALKING),
    (ended, PhoneCallState.ENDED),
):
    _state.upon(Line.describe).loop()(_described_as(_name))

for _state in (ringing, silenced):
    _state.upon(Line.accepted).to(accepting)(_accept)
    _state.upon(Line.dialled_back).to(meeting)(_silence)
    _state.upon(Line.hung_up).to(ended)(_turn_away)
    _state.upon(Line.both_active).to(ended)(_end_forced)
ringing.upon(Line.silenced).to(silenced)(_silence)

meeting.upon(Line.met).to(accepting)(_meet)
meeting.upon(Line.not_met).to(ringing)(_ring)
meeting.upon(Line.hung_up).to(ended)(_leave)
meeting.upon(Line.both_active).loop().returns(())  # the answer to the Invite is on its way

for _state in (ringing, silenced, meeting):
    _state.upon(Line.declined).to(ended)(_decline)

dialling.upon(Line.hung_up).to(ended)(_cancel)
dialling.upon(Line.refused).to(ended)(_end_refused)
dialling.upon(Line.key_ready).loop().returns(())  # a caller shows its key by other means
accepting.upon(Line.refused).to(ended)(_leave_refused)

for _state in (dialling, accepting):
    _state.upon(Line.both_active).to(talking)(_open_microphone)
talking.upon(Line.both_active).loop().returns(())

for _state in (accepting, talking):
    _state.upon(Line.hung_up).to(ended)(_leave)
for _state in (dialling, accepting, talking):
    _state.upon(Line.muted).loop()(_mute)
for _state in (ringing, silenced, meeting, accepting, talking):
    _state.upon(Line.key_ready).loop()(_show_key)
for _state in (dialling, ringing, silenced, meeting, accepting, talking):
    _state.upon(Line.strangers_active).to(ended)(_end_among_strangers)
    _state.upon(Line.left).to(ended)(_end_left)

_machine = _builder.build()


def dialled_line(facts: LineFacts) -> Line:
    """A call that the user makes."""
    return _machine(facts, dialling)


def incoming_line(facts: LineFacts) -> Line:
    """A call that comes in: it waits for ``not_met`` to ring, or for ``met``."""
    return _machine(facts, meeting)
