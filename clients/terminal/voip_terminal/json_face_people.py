"""The words of the JSON face about people. It knows a ``Controller`` and fields."""

from enum import Enum
from typing import Final, TypeVar, cast

from voip.client.model import ClientError, Controller
from voip.core.errors import ErrorCode
from voip.core.history import HistoryKind
from voip.core.ids import EntryId
from voip.core.people import Presence
from voip.core.people_messages import UserScope
from voip_terminal.json_face_shapes import contacts_shape, entry_shape, people_shape
from voip_terminal.json_face_words import Json, text_of

PAGE_SIZE = 50
Word = TypeVar("Word", bound=Enum)


class PeopleWords:
    """Who is there, what they see of oneself, the phone book and past calls."""

    words: Final = (
        "users",
        "presence",
        "idle",
        "contacts",
        "contact-add",
        "contact-remove",
        "block",
        "unblock",
        "history",
        "history-remove",
        "history-seen",
    )

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    async def do(self, word: str, command: Json) -> Json:
        """Carry out one of ``words``; ``ClientError`` or ``LinkError`` says why not."""
        match word:
            case "users":
                return await self._users(command)
            case "contacts":
                model = self._controller.model
                if model.me is None:  # an empty book would be taken for somebody's
                    raise ClientError(ErrorCode.NOT_LOGGED_IN)
                return {"contacts": contacts_shape(model.contacts)}
            case "history":
                return await self._history(command)
            case "presence":
                presence = _meant(Presence, command, "presence", Presence.AVAILABLE)
                await self._controller.set_presence(presence, text_of(command, "text"))
            case "idle":
                self._controller.set_idle(bool(command["is_idle"]))
            case "history-remove" | "history-seen":
                await self._change_history(word, command)
            case _:
                await self._change_book(word, command)
        return {}

    async def _users(self, command: Json) -> Json:
        limit = cast("int", command.get("limit", PAGE_SIZE))
        scope = _meant(UserScope, command, "scope", UserScope.ONLINE)
        page = await self._controller.users(
            text_of(command, "query"), text_of(command, "cursor"), limit, scope
        )
        return {
            "people": people_shape(page.people),
            "next_cursor": page.next_cursor,
            "total": page.total,
            "online": page.online,
        }

    async def _change_book(self, word: str, command: Json) -> None:
        controller, username = self._controller, text_of(command, "username")
        match word:
            case "contact-add":
                await controller.put_contact(
                    username,
                    text_of(command, "alias"),
                    is_favourite=bool(command.get("favourite", False)),
                    notes=text_of(command, "notes"),
                    is_blocked=bool(command.get("blocked", False)),
                )
            case "contact-remove":
                await controller.remove_contact(username)
            case _:
                await controller.set_block(username, word == "block")

    async def _history(self, command: Json) -> Json:
        kind = _meant(HistoryKind, command, "kind", HistoryKind.ALL)
        page = await self._controller.history(
            kind, text_of(command, "query"), text_of(command, "cursor")
        )
        return {
            "entries": [entry_shape(entry) for entry in page.entries],
            "next_cursor": page.next_cursor,
            "unseen_missed": page.unseen_missed,
        }

    async def _change_history(self, word: str, command: Json) -> None:
        if word == "history-seen":
            await self._controller.mark_history_seen()
            return
        is_all = bool(command.get("all", False))
        if is_all == ("entry" in command):  # one of the two, so that nobody forgets all by mistake
            raise ClientError(ErrorCode.BAD_REQUEST, "entry")
        entry = None if is_all else EntryId(cast("int", command["entry"]))
        await self._controller.delete_history(entry)


def _meant(words: type[Word], command: Json, name: str, otherwise: Word) -> Word:
    """The member of an enum that a field names."""
    if name not in command:
        return otherwise
    try:
        return words(command[name])
    except ValueError:
        raise ClientError(ErrorCode.BAD_REQUEST, name) from None
