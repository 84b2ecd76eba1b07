"""The verbs of several calls, of a client core that has them."""

from voip.client.model import CallControls, CallInfo
from voip.core.ids import CallId, Username
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


def open_call(stage: Stage) -> CallInfo | None:
    """The call one talks in, if more people can be added to it."""
    call = talking(stage.model)
    if call is None or not can_control(stage) or (call.is_locked and not call.is_host):
        return None
    return call


def add(stage: Stage, call_id: CallId, username: Username, name: str, *, to_listen: bool) -> None:
    """Invite somebody into a call, and say what came of it."""
    asked = controls(stage).add(call_id, [username], as_listeners=to_listen)
    what = "to listen" if to_listen else "to the call"
    stage.ask(asked, lambda _: stage.say(f"{name} is invited {what}."))


def can_begin(stage: Stage) -> bool:
    """May somebody be called or answered now? The call one talks in is held for it; one's own that
    rings there cannot be."""
    call = current(stage.model)
    return call is None or (can_control(stage) and call is talking(stage.model))
