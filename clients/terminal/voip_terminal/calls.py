"""Which of a model's calls is which: the one that talks or dials, and those that ring here."""

from voip.client.model import CallInfo, Model
from voip.core.calls import LegState

_RINGS = frozenset({LegState.INVITED, LegState.RINGING})


def _is_unanswered(call: CallInfo) -> bool:
    return call.is_incoming and call.state in _RINGS


def rings_here(call: CallInfo) -> bool:
    """Does it wait for an answer from here? Not when it was ignored or is being answered."""
    return _is_unanswered(call) and not call.is_silenced


def current(model: Model) -> CallInfo | None:
    """The call this device dials or talks in."""
    return next(
        (
            call
            for call in model.calls
            if not _is_unanswered(call) and call.state is not LegState.LEFT
        ),
        None,
    )


def ringing(model: Model) -> CallInfo | None:
    """The call that rings here, the oldest first."""
    return next((call for call in model.calls if rings_here(call)), None)
