"""Adding people to the call one talks in, from wherever one finds them."""

from voip.client.model import CallInfo
from voip.core.ids import CallId, Username
from voip_terminal.calls import talking
from voip_terminal.stage import Stage


def open_call(stage: Stage) -> CallInfo | None:
    """The call one talks in, if more people can be added to it: a host unlocks it first."""
    call = talking(stage.model)
    return None if call is None or call.is_locked else call


def add(stage: Stage, call_id: CallId, username: Username, name: str, *, to_listen: bool) -> None:
    """Invite somebody into a call, and say what came of it."""
    asked = stage.controller.add(call_id, [username], as_listeners=to_listen)
    what = "to listen" if to_listen else "to the call"
    stage.ask(asked, lambda _: stage.say(f"{name} is invited {what}."))
