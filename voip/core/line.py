"""One call at this device, as a state machine: the client's mirror of its own leg.

It knows what the local user wanted of this call and what has come of it. It knows no other calls
and judges no views: ``voip.core.phone`` does, and tells it by an input. Every input gives the
outputs to carry out; one that a state does not declare raises ``automat.NoTransition``.

The microphone opens by ``both_active`` only, from ``dialling``, ``accepting`` and ``resuming``.
Into those lead only what the user did, dialling, accepting and taking back; ``met``, which says
that the call is the one the user dialled; and ``wanted_here``, which says that a call the user
talks in goes on as this one. Where the user put the call on hold, whatever the server says opens
nothing; where the server alone did, the user still wants to talk.

    dialling --both_active--> talking <--both_active-- accepting <--accepted-- ringing, silenced
    meeting --met--> accepting        meeting --not_met--> ringing        any --> ended
    talking --held--> held --taken_back--> resuming --both_active--> talking
    talking --held_there--> resuming --not_taken_back--> held
"""

from typing import Protocol

from automat import TypeMachineBuilder

from voip.core import line_outputs as outputs
from voip.core.calls import DeclineReason, EndReason, LegKey
from voip.core.ids import StreamId, Username
from voip.core.line_outputs import LineFacts
from voip.core.phone_words import PhoneCall, PhoneCallState, PhoneOutputs


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

    def held(self, asks: bool) -> PhoneOutputs:
        """The user puts the call on hold; ``asks``: the server is to be told by Hold."""

    def taken_back(self, asks: bool) -> PhoneOutputs:
        """The user wants a held call back; ``asks``: the server is to be told by Unhold."""

    def not_taken_back(self) -> PhoneOutputs:
        """The server leaves it on hold."""

    def held_there(self) -> PhoneOutputs:
        """The server has this leg on hold."""

    def active_there(self) -> PhoneOutputs:
        """The server has this leg active although the user put it on hold."""

    def muted_there(self) -> PhoneOutputs:
        """The host muted this leg."""

    def conference(self) -> PhoneOutputs:
        """The call is one of many, in which each leg shows its key."""

    def wanted_here(self) -> PhoneOutputs:
        """A call that the user talks in, or wants back, goes on as this one."""

    def held_here(self) -> PhoneOutputs:
        """A call that the user holds goes on as this one."""

    def both_active(self, stream: StreamId) -> PhoneOutputs:
        """This leg and a leg of somebody expected are active."""

    def strangers_active(self) -> PhoneOutputs:
        """This leg is active with somebody whom the user neither dialled nor saw calling."""

    def refused(self) -> PhoneOutputs:
        """The server refused the Invite or the Accept."""

    def left(self, reason: EndReason) -> PhoneOutputs:
        """This leg is over at the server, or the server is."""


_builder = TypeMachineBuilder(Line, LineFacts)

dialling = _builder.state("dialling")
ringing = _builder.state("ringing")
silenced = _builder.state("silenced")
meeting = _builder.state("meeting")
accepting = _builder.state("accepting")
talking = _builder.state("talking")
held = _builder.state("held")
resuming = _builder.state("resuming")
ended = _builder.state("ended")

for _state, _name in (
    (dialling, PhoneCallState.DIALLING),
    (ringing, PhoneCallState.RINGING),
    (silenced, PhoneCallState.SILENCED),
    (meeting, PhoneCallState.MEETING),
    (accepting, PhoneCallState.ACCEPTING),
    (talking, PhoneCallState.TALKING),
    (held, PhoneCallState.HELD),
    (resuming, PhoneCallState.RESUMING),
    (ended, PhoneCallState.ENDED),
):
    _state.upon(Line.describe).loop()(outputs.described_as(_name))

for _state in (ringing, silenced):
    _state.upon(Line.accepted).to(accepting)(outputs.accept)
    _state.upon(Line.dialled_back).to(meeting)(outputs.silence)
    _state.upon(Line.hung_up).to(ended)(outputs.turn_away)
    _state.upon(Line.both_active).to(ended)(outputs.end_forced)
    _state.upon(Line.held_there).to(ended)(outputs.end_forced_hold)
    _state.upon(Line.wanted_here).to(resuming)(outputs.go_on)
    _state.upon(Line.held_here).to(held)(outputs.go_on)
ringing.upon(Line.silenced).to(silenced)(outputs.silence)

meeting.upon(Line.met).to(accepting)(outputs.meet)
meeting.upon(Line.not_met).to(ringing)(outputs.ring)
meeting.upon(Line.hung_up).to(ended)(outputs.leave)
meeting.upon(Line.both_active).loop().returns(())  # the answer to the Invite is on its way

for _state in (ringing, silenced, meeting):
    _state.upon(Line.declined).to(ended)(outputs.decline)

dialling.upon(Line.hung_up).to(ended)(outputs.cancel)
dialling.upon(Line.refused).to(ended)(outputs.end_refused)
dialling.upon(Line.key_ready).loop()(outputs.show_wanted_key)
accepting.upon(Line.refused).to(ended)(outputs.leave_refused)

for _state in (dialling, accepting, resuming):
    _state.upon(Line.both_active).to(talking)(outputs.open_microphone)
for _state in (talking, held):
    _state.upon(Line.both_active).loop().returns(())

for _state in (talking, resuming):
    _state.upon(Line.held).to(held)(outputs.hold)
held.upon(Line.taken_back).to(resuming)(outputs.take_back)
held.upon(Line.active_there).loop()(outputs.hold_again)
held.upon(Line.wanted_here).to(resuming).returns(())
resuming.upon(Line.not_taken_back).to(held).returns(())
talking.upon(Line.held_there).to(resuming)(outputs.silence)
for _state in (dialling, accepting, meeting, held, resuming):
    _state.upon(Line.held_there).loop().returns(())
for _state in (dialling, accepting, meeting, talking, resuming):
    _state.upon(Line.wanted_here).loop().returns(())
    _state.upon(Line.held_here).loop().returns(())
held.upon(Line.held_here).loop().returns(())

for _state in (accepting, talking, held, resuming):
    _state.upon(Line.hung_up).to(ended)(outputs.leave)
for _state in (dialling, accepting, talking, held, resuming):
    _state.upon(Line.muted).loop()(outputs.mute)
    _state.upon(Line.muted_there).loop()(outputs.be_muted)
for _state in (ringing, silenced, meeting, accepting, talking, held, resuming):
    _state.upon(Line.key_ready).loop()(outputs.show_key)
for _state in (dialling, ringing, silenced, meeting, accepting, talking, held, resuming):
    _state.upon(Line.conference).loop()(outputs.show_key_too)
    _state.upon(Line.strangers_active).to(ended)(outputs.end_among_strangers)
    _state.upon(Line.left).to(ended)(outputs.end_left)

_machine = _builder.build()


def dialled_line(facts: LineFacts) -> Line:
    """A call that the user makes."""
    return _machine(facts, dialling)


def incoming_line(facts: LineFacts) -> Line:
    """A call that comes in: it waits for ``not_met`` to ring, or for ``met``."""
    return _machine(facts, meeting)


def merged_line(facts: LineFacts, is_wanted: bool) -> Line:
    """A call as which another goes on: one that the user wants to talk in, or holds."""
    return _machine(facts, resuming if is_wanted else held)
