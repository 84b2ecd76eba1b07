"""The verbs of several calls, of a client core that has them."""

from voip.client.model import CallControls
from voip_terminal.calls import current, talking
from voip_terminal.stage import Stage


def can_control(stage: Stage) -> bool:
    """Can calls be held, joined and have several people?"""
    return isinstance(stage.controller, CallControls)


def controls(stage: Stage) -> CallControls:
    """Only where ``can_control``."""
    controller = stage.controller
    assert isinstance(controller, CallControls)
    return controller


def can_begin(stage: Stage) -> bool:
    """May somebody be called or answered now? The call one talks in is held for it; one's own that
    rings there cannot be."""
    call = current(stage.model)
    return call is None or (can_control(stage) and call is talking(stage.model))
