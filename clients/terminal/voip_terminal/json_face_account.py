"""The words of the JSON face about one's own account. It knows a ``Controller`` and fields."""

from typing import Final

from voip.client.model import ClientError, Controller
from voip.client.model_account import SignedUp
from voip.core.errors import ErrorCode
from voip.core.ids import DEVICE_ID_SIZE, DeviceId
from voip_terminal.json_face_shapes import devices_shape
from voip_terminal.json_face_words import Json, text_of


class AccountWords:
    """Signing up, in and out; what one has there, and the end of it."""

    words: Final = (
        "register",
        "login",
        "recover",
        "logout",
        "nick",
        "password",
        "recovery",
        "devices",
        "revoke",
        "delete-account",
    )

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    async def do(self, word: str, command: Json) -> Json:
        """Carry out one of ``words``; ``ClientError`` or ``LinkError`` says why not."""
        match word:
            case "register":
                made = await self._register(command)
                return {"codes": list(made.codes), "is_pending": made.is_pending}
            case "recovery":
                codes = await self._controller.recovery_codes(text_of(command, "password"))
                return {"codes": list(codes)}
            case "devices":
                return {"devices": devices_shape(await self._controller.devices())}
            case "recover":
                return {"codes": list(await self._recover(command))}
            case "login" | "logout":
                await self._sign(word, command)
            case _:
                await self._change(word, command)
        return {}

    async def _register(self, command: Json) -> SignedUp:
        username = text_of(command, "username")
        nick, invite = text_of(command, "nick"), text_of(command, "invite")
        return await self._controller.register(
            username, nick or username, text_of(command, "password"), invite
        )

    async def _recover(self, command: Json) -> tuple[str, ...]:
        username, code = text_of(command, "username"), text_of(command, "code")
        return await self._controller.recover(username, code, text_of(command, "password"))

    async def _sign(self, word: str, command: Json) -> None:
        controller, username = self._controller, text_of(command, "username")
        match word:
            case "login" if "password" in command:
                await controller.login(username, text_of(command, "password"))
            case "login":
                await controller.login_with_device(username)
            case _:
                await controller.logout()

    async def _change(self, word: str, command: Json) -> None:
        controller = self._controller
        match word:
            case "nick":
                await controller.set_nick(text_of(command, "nick"))
            case "password":
                await controller.change_password(text_of(command, "old"), text_of(command, "new"))
            case "revoke":
                await controller.revoke_device(_device(command))
            case _:
                await controller.delete_account(text_of(command, "password"))


def _device(command: Json) -> DeviceId:
    try:
        device = bytes.fromhex(text_of(command, "device"))
    except ValueError:
        device = b""
    if len(device) != DEVICE_ID_SIZE:
        raise ClientError(ErrorCode.BAD_REQUEST, "device")
    return DeviceId(device)
