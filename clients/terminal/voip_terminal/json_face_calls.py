"""The words of the JSON face about calls. It knows a ``Controller`` and fields.

A call need not be named where only one can be meant.
"""

from typing import Final, cast

from voip.client.model import ClientError, Controller
from voip.core.calls import LegState
from voip.core.errors import ErrorCode
from voip.core.ids import CallId
from voip_terminal.json_face_words import Json, text_of


class CallWords:
    """Calling, answering, and what one does in a call."""

    words: Final = ("call", "accept", "decline", "hangup", "mute", "unmute", "verify", "trust")

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    async def do(self, word: str, command: Json) -> Json:
        """Carry out one of ``words``; ``ClientError`` says why not."""
        controller = self._controller
        match word:
            case "call":
                call_id = await controller.call(cast("list[str]", command["to"]))
                return {"call_id": call_id.hex()}
            case "mute" | "unmute":
                controller.set_muted(word == "mute")
            case "accept":
                await controller.accept(self._meant(command, is_ringing=True))
            case "decline":
                await controller.decline(self._meant(command, is_ringing=True))
            case "hangup":
                await controller.hang_up(self._meant(command, is_ringing=False))
            case "verify":
                controller.mark_verified(self._meant(command, is_ringing=False))
            case _:
                controller.trust_new_key(text_of(command, "username"))
        return {}

    def _meant(self, command: Json, *, is_ringing: bool) -> CallId:
        """The call that is named, or, when none is, the one that rings here or does not."""
        if "call_id" in command:
            try:
                return CallId(bytes.fromhex(text_of(command, "call_id")))
            except ValueError:
                raise ClientError(ErrorCode.BAD_REQUEST, "call_id") from None
        for call in self._controller.model.calls:
            if (call.is_incoming and call.state is LegState.RINGING) is is_ringing:
                return call.call_id
        raise ClientError(ErrorCode.NO_SUCH_CALL, "call_id")
