"""The words of the JSON face about one's own account. It knows a ``Controller`` and fields."""

from typing import Final

from voip.client.model import Controller
from voip_terminal.json_face_words import Json, text_of


class AccountWords:
    """Signing up, in and out; the shown name and the password."""

    words: Final = ("register", "login", "logout", "nick", "password")

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    async def do(self, word: str, command: Json) -> Json:
        """Carry out one of ``words``; ``ClientError`` or ``LinkError`` says why not."""
        controller, username = self._controller, text_of(command, "username")
        match word:
            case "register":
                nick, invite = text_of(command, "nick"), text_of(command, "invite")
                await controller.register(
                    username, nick or username, text_of(command, "password"), invite
                )
            case "login" if "password" in command:
                await controller.login(username, text_of(command, "password"))
            case "login":
                await controller.login_with_device(username)
            case "nick":
                await controller.set_nick(text_of(command, "nick"))
            case "password":
                await controller.change_password(text_of(command, "old"), text_of(command, "new"))
            case _:
                await controller.logout()
        return {}
