"""The words of the JSON face about calls. It knows a ``Controller`` and fields.

A call need not be named where only one can be meant: the one that rings here, the one on hold, or
else the one that is talked in or dialled.
"""

from collections.abc import Callable
from typing import Final, cast

from voip.client.model import CallInfo, ClientError, Controller
from voip.core.calls import LegState
from voip.core.errors import ErrorCode
from voip.core.ids import CallId
from voip_terminal.json_face_words import Json, text_of

Fits = Callable[[CallInfo], bool]

_RINGING: Final = frozenset({"accept", "decline"})
_ON_HOLD: Final = frozenset({"resume"})


class CallWords:
    """Calling, answering, and what one does in a call."""

    words: Final = (
        *("call", "accept", "decline", "hangup", "hold", "resume", "swap"),
        *("add", "merge", "kick", "lock", "unlock", "end", "mute", "unmute"),
        *("deafen", "undeafen", "volume", "mute-here", "unmute-here", "verify", "trust"),
    )

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    async def do(self, word: str, command: Json) -> Json:
        """Carry out one of ``words``; ``ClientError`` says why not."""
        match word:
            case "call":
                call_id = await self._controller.call(_people(command))
                return {"call_id": call_id.hex()}
            case "swap":
                await self._controller.swap()
            case "mute" | "unmute" if "username" not in command:
                self._controller.set_muted(word == "mute")
            case "deafen" | "undeafen":
                self._controller.set_deafened(word == "deafen")
            case "volume" | "mute-here" | "unmute-here" | "trust":
                self._of_a_person(word, text_of(command, "username"), command)
            case _:
                await self._of_a_call(word, self._meant(word, command), command)
        return {}

    def _of_a_person(self, word: str, username: str, command: Json) -> None:
        match word:
            case "volume":
                self._controller.set_volume(username, cast("float", command["db"]))
            case "trust":
                self._controller.trust_new_key(username)
            case _:
                self._controller.set_muted_here(username, word == "mute-here")

    async def _of_a_call(self, word: str, call_id: CallId, command: Json) -> None:
        controller = self._controller
        match word:
            case "accept":
                await controller.accept(call_id)
            case "decline":
                await controller.decline(call_id)
            case "hangup":
                await controller.hang_up(call_id)
            case "hold":
                await controller.hold(call_id)
            case "resume":
                await controller.resume(call_id)
            case "verify":
                controller.mark_verified(call_id)
            case _:
                await self._of_a_conference(word, call_id, command)

    async def _of_a_conference(self, word: str, call_id: CallId, command: Json) -> None:
        controller = self._controller
        match word:
            case "add":
                as_listeners = command.get("listeners") is True
                await controller.add(call_id, _people(command), as_listeners=as_listeners)
            case "merge":
                await controller.merge(call_id, self._other(call_id, command))
            case "kick":
                await controller.kick(call_id, text_of(command, "username"))
            case "mute":
                await controller.mute_peer(call_id, text_of(command, "username"))
            case "lock" | "unlock":
                await controller.set_lock(call_id, word == "lock")
            case _:
                await controller.end_for_all(call_id)

    def _meant(self, word: str, command: Json) -> CallId:
        """The call that is named, or, when none is, the one that the word can be about."""
        if "call_id" in command:
            return _named(command, "call_id")
        if word in _RINGING:
            return self._first(_rings)
        if word in _ON_HOLD:
            return self._first(_is_held)
        return self._first(_is_on, _is_held)

    def _other(self, call_id: CallId, command: Json) -> CallId:
        """The call that ``merge`` takes in: the one named, or another one that is on hold."""
        if "other" in command:
            return _named(command, "other")
        for call in self._controller.model.calls:
            if _is_held(call) and call.call_id != call_id:
                return call.call_id
        raise ClientError(ErrorCode.NO_SUCH_CALL, "other")

    def _first(self, *kinds: Fits) -> CallId:
        for fits in kinds:
            for call in self._controller.model.calls:
                if fits(call):
                    return call.call_id
        raise ClientError(ErrorCode.NO_SUCH_CALL, "call_id")


def _rings(call: CallInfo) -> bool:
    return call.is_incoming and call.state is LegState.RINGING


def _is_held(call: CallInfo) -> bool:
    return call.state is LegState.HELD


def _is_on(call: CallInfo) -> bool:
    return not _rings(call) and not _is_held(call)


def _named(command: Json, field: str) -> CallId:
    try:
        return CallId(bytes.fromhex(text_of(command, field)))
    except ValueError:
        raise ClientError(ErrorCode.BAD_REQUEST, field) from None


def _people(command: Json) -> list[str]:
    return cast("list[str]", command["to"])
