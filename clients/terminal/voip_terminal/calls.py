"""Which of a model's calls is which: talked in, held, ringing here; and their order."""

from voip.client.model import CallInfo, Model
from voip.core.calls import LegState
from voip.core.ids import Username

ECHO = Username("echo")
"""The account on every server that plays back what it hears."""

_RINGS = frozenset({LegState.INVITED, LegState.RINGING})


def is_unanswered(call: CallInfo) -> bool:
    """Does it ring for this person, and has not been answered?"""
    return call.is_incoming and call.state in _RINGS


def rings_here(call: CallInfo) -> bool:
    """Does it wait for an answer from here? Not when it was ignored or is being answered."""
    return is_unanswered(call) and not call.is_silenced


def shown(model: Model) -> tuple[CallInfo, ...]:
    """All calls that are not over, in the order of their numbers."""
    return tuple(call for call in model.calls if call.state is not LegState.LEFT)


def joined(model: Model) -> tuple[CallInfo, ...]:
    """The calls this device dials, talks in or holds."""
    return tuple(call for call in shown(model) if not is_unanswered(call))


def current(model: Model) -> CallInfo | None:
    """The call this device dials or talks in."""
    return next((call for call in joined(model) if not call.is_held), None)


def talking(model: Model) -> CallInfo | None:
    """The call this device talks in."""
    call = current(model)
    return call if call is not None and call.state is LegState.ACTIVE else None


def microphone_db(model: Model) -> float:
    """How loud the microphone is, in dBFS, while that is measured; in a call that is what the
    others hear."""
    call = current(model)
    return call.microphone_db if call is not None else model.audio.microphone_db


def held(model: Model) -> tuple[CallInfo, ...]:
    """The calls this device has put on hold."""
    return tuple(call for call in joined(model) if call.is_held)


def is_echo_test(call: CallInfo) -> bool:
    """Does one talk to a program, with which there are no words to compare?"""
    return not call.is_conference and any(peer.username == ECHO for peer in call.peers)


def to_leave(model: Model) -> CallInfo | None:
    """The call that "hang up" means: the one talked in, or the only one there is."""
    calls = joined(model)
    return current(model) or (calls[0] if len(calls) == 1 else None)


def ringing(model: Model) -> CallInfo | None:
    """The call that rings here, the oldest first."""
    return next((call for call in model.calls if rings_here(call)), None)


def can_begin(model: Model) -> bool:
    """May somebody be called or answered now? The call one talks in is held for it; one's own that
    rings there cannot be."""
    call = current(model)
    return call is None or call is talking(model)
