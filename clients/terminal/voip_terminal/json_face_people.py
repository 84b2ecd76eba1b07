"""The words of the JSON face about people. It knows a ``Controller`` and fields."""

from typing import Final, cast

from voip.client.model import ClientError, Controller
from voip.core.errors import ErrorCode
from voip.core.people import Presence
from voip_terminal.json_face_shapes import people_shape
from voip_terminal.json_face_words import Json, text_of

PAGE_SIZE = 50


class PeopleWords:
    """Who is there, and what they see of oneself."""

    words: Final = ("users", "presence")

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    async def do(self, word: str, command: Json) -> Json:
        """Carry out one of ``words``; ``ClientError`` or ``LinkError`` says why not."""
        match word:
            case "users":
                return await self._users(command)
            case _:
                presence = _presence(text_of(command, "presence"))
                await self._controller.set_presence(presence, text_of(command, "text"))
                return {}

    async def _users(self, command: Json) -> Json:
        limit = cast("int", command.get("limit", PAGE_SIZE))
        page = await self._controller.users(
            text_of(command, "query"), text_of(command, "cursor"), limit
        )
        return {
            "people": people_shape(page.people),
            "next_cursor": page.next_cursor,
            "total": page.total,
            "online": page.online,
        }


def _presence(name: str) -> Presence:
    try:
        return Presence(name)
    except ValueError:
        raise ClientError(ErrorCode.BAD_REQUEST, "presence") from None
