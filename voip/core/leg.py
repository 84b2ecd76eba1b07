"""One device's leg of a call, as a state machine.

It knows where this one device stands and what it has shown of itself; it knows nothing of the other
legs, of timers or of whom to tell. ``voip.core.call`` feeds it with what happened and reads it by
``describe``. An input that a state does not declare raises ``automat.NoTransition`` before anything
has changed: the switchboard answers that with WRONG_STATE.

    dialing --answered--> active            invited --alerted--> ringing --accepted--> active
    (invited, too, may accept: its key then follows in active)     active <--held, unheld--> held
    any but left --> left
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from automat import TypeMachineBuilder

from voip.core.calls import DeclineReason, EndReason, LegKey, LegState, LegView
from voip.core.events import SessionOpened
from voip.core.ids import LegNumber, StreamId


class Leg(Protocol):
    """What can happen to a leg."""

    def describe(self) -> LegView:
        """The leg as everyone may see it; may be asked in every state."""

    def alerted(self, key: LegKey) -> bool:
        """The device showed its key; an invited one rings from now on.

        False, and nothing kept, when it had shown one before. A device that joined by glare, or
        accepted before its key was made, shows it after the fact; so does a caller in a conference.
        """

    def answered(self) -> None:
        """Somebody took the call that this leg dials."""

    def accepted(self, as_listener: bool) -> None:
        """The person took the call on this device."""

    def held(self) -> None:
        """The device put the call on hold."""

    def unheld(self) -> None:
        """The device took the call back."""

    def named_host(self) -> None:
        """The device's person is the host of the conference from now on."""

    def declined(self, reason: DeclineReason) -> None:
        """The device said no."""

    def cancelled(self) -> None:
        """The caller gave up; after an answer that crossed it, this is hanging up."""

    def hung_up(self) -> None:
        """The device left."""

    def distrusted(self) -> None:
        """The device left because the keys of the other side did not hold."""

    def ended(self, reason: EndReason) -> None:
        """The call, not this device, decided that the leg is over."""

    def lost(self) -> None:
        """The connection broke; it may come back."""

    def resumed(self) -> None:
        """The connection came back."""

    def grace_over(self) -> None:
        """The connection did not come back in time."""

    def session_closed(self) -> None:
        """The device logged out or its session was replaced."""

    def muted(self, is_muted: bool) -> None:
        """The device, or the host, said whether its microphone is muted."""


@dataclass(slots=True)
class LegFacts:
    """What a leg knows beside its state."""

    number: LegNumber
    who: SessionOpened
    stream: StreamId
    is_connected: bool = True
    is_muted: bool = False
    is_listener: bool = False
    is_host: bool = False
    key: LegKey | None = None
    end_reason: EndReason | None = None


_DECLINES = {
    DeclineReason.DECLINED: EndReason.DECLINED,
    DeclineReason.BUSY: EndReason.BUSY,
    DeclineReason.FAILED: EndReason.FAILED,
}

_builder = TypeMachineBuilder(Leg, LegFacts)

dialing = _builder.state("dialing")
invited = _builder.state("invited")
ringing = _builder.state("ringing")
active = _builder.state("active")
held = _builder.state("held")
left = _builder.state("left")

_LIVE = (dialing, invited, ringing, active, held)
_CALLED = (invited, ringing)
_JOINED = (active, held)


def _shown_as(state: LegState) -> Callable[[Leg, LegFacts], LegView]:
    def show(_leg: Leg, facts: LegFacts) -> LegView:
        who = facts.who
        return LegView(
            number=facts.number,
            username=who.username,
            nick=who.nick,
            device=who.device,
            certificate=who.certificate,
            device_name=who.device_name,
            state=state,
            stream=facts.stream,
            is_connected=facts.is_connected,
            is_muted=facts.is_muted,
            is_host=facts.is_host,
            is_listener=facts.is_listener,
            key=facts.key,
            end_reason=facts.end_reason,
        )

    return show


def _leaves_with(reason: EndReason) -> Callable[[Leg, LegFacts], None]:
    def leave(_leg: Leg, facts: LegFacts) -> None:
        facts.end_reason = reason

    return leave


def _keep_key(_leg: Leg, facts: LegFacts, key: LegKey) -> bool:
    if facts.key is not None:
        return False
    facts.key = key
    return True


def _take_place(_leg: Leg, facts: LegFacts, as_listener: bool) -> None:
    facts.is_listener = as_listener


def _end(_leg: Leg, facts: LegFacts, reason: EndReason) -> None:
    facts.end_reason = reason


def _decline(_leg: Leg, facts: LegFacts, reason: DeclineReason) -> None:
    facts.end_reason = _DECLINES[reason]


def _disconnect(_leg: Leg, facts: LegFacts) -> None:
    facts.is_connected = False


def _connect(_leg: Leg, facts: LegFacts) -> None:
    facts.is_connected = True


def _be_host(_leg: Leg, facts: LegFacts) -> None:
    facts.is_host = True


def _mute(_leg: Leg, facts: LegFacts, is_muted: bool) -> None:
    facts.is_muted = is_muted


for _state, _name in (
    (dialing, LegState.DIALING),
    (invited, LegState.INVITED),
    (ringing, LegState.RINGING),
    (active, LegState.ACTIVE),
    (held, LegState.HELD),
    (left, LegState.LEFT),
):
    _state.upon(Leg.describe).loop()(_shown_as(_name))

invited.upon(Leg.alerted).to(ringing)(_keep_key)
for _state in (dialing, *_JOINED):
    _state.upon(Leg.alerted).loop()(_keep_key)

active.upon(Leg.held).to(held).returns(None)
held.upon(Leg.unheld).to(active).returns(None)

dialing.upon(Leg.answered).to(active).returns(None)
dialing.upon(Leg.cancelled).to(left)(_leaves_with(EndReason.CANCELLED))
for _state in _JOINED:
    _state.upon(Leg.cancelled).to(left)(_leaves_with(EndReason.HANGUP))

for _state in _CALLED:
    _state.upon(Leg.accepted).to(active)(_take_place)
    _state.upon(Leg.declined).to(left)(_decline)

for _state, _reason in (
    (dialing, EndReason.CANCELLED),
    (invited, EndReason.FAILED),  # a device that leaves without a word to its user
    (ringing, EndReason.FAILED),
    (active, EndReason.HANGUP),
    (held, EndReason.HANGUP),
):
    _state.upon(Leg.hung_up).to(left)(_leaves_with(_reason))

for _state, _reason in (
    (dialing, EndReason.CANCELLED),
    (invited, EndReason.UNAVAILABLE),
    (ringing, EndReason.UNAVAILABLE),
    (active, EndReason.HANGUP),
    (held, EndReason.HANGUP),
):
    _state.upon(Leg.session_closed).to(left)(_leaves_with(_reason))

for _state, _reason in (
    (dialing, EndReason.NETWORK_LOST),
    (invited, EndReason.UNAVAILABLE),
    (ringing, EndReason.UNAVAILABLE),
    (active, EndReason.NETWORK_LOST),
    (held, EndReason.NETWORK_LOST),
):
    _state.upon(Leg.grace_over).to(left)(_leaves_with(_reason))

for _state in _LIVE:
    _state.upon(Leg.distrusted).to(left)(_leaves_with(EndReason.E2E_FAILED))
    _state.upon(Leg.ended).to(left)(_end)
    _state.upon(Leg.lost).loop()(_disconnect)
    _state.upon(Leg.resumed).loop()(_connect)

for _state in (dialing, *_JOINED):
    _state.upon(Leg.muted).loop()(_mute)
    _state.upon(Leg.named_host).loop()(_be_host)

_machine = _builder.build()


def callers_leg(facts: LegFacts) -> Leg:
    """A leg that dials."""
    return _machine(facts, dialing)


def callees_leg(facts: LegFacts) -> Leg:
    """A leg that is told of a call."""
    return _machine(facts, invited)


def joined_leg(facts: LegFacts, is_held: bool) -> Leg:
    """A leg that comes from another call, in which it was active or held."""
    return _machine(facts, held if is_held else active)
