"""What a face shows of people, and the verbs about them: part of ``Model`` and ``Controller``.

It knows values and promises; ``voip.client.people`` keeps the first and fulfils the second. Texts
in a ``ContactView`` can be drawn anywhere.
"""

from dataclasses import dataclass
from typing import Protocol

from twisted.internet.defer import Deferred

from voip.core.history import HistoryKind
from voip.core.ids import EntryId, Username
from voip.core.people import Person, Presence
from voip.core.people_messages import HistoryPage, UserPage, UserScope


@dataclass(frozen=True, slots=True)
class ContactView:
    """One entry of one's phone book and how that person is.

    ``nick`` is how they call themselves, or the user name; ``alias`` one's own name for them, or
    empty. Of somebody blocked nothing is told but that.
    """

    username: Username
    alias: str
    nick: str
    presence: Presence
    text: str
    is_favourite: bool
    notes: str
    is_blocked: bool

    @property
    def name(self) -> str:
        """What to show: the alias, or how they call themselves."""
        return self.alias or self.nick

    @property
    def person(self) -> Person:
        """The same as anybody sees them."""
        return Person(self.username, self.nick, self.presence, self.text)


class PeopleControls(Protocol):
    """The verbs about people, the phone book and past calls."""

    def users(
        self,
        query: str,
        cursor: str = "",
        limit: int = 50,
        scope: UserScope = UserScope.ONLINE,
    ) -> Deferred[UserPage]:
        """A page of the others who are online, or of everyone with an account."""

    def set_presence(self, presence: Presence, text: str) -> Deferred[None]:
        """INVISIBLE too; OFFLINE and IN_CALL come by themselves."""

    def set_idle(self, is_idle: bool) -> None:
        """Nobody has touched this device for a while, or somebody does again."""

    def put_contact(
        self,
        username: str,
        alias: str = "",
        *,
        is_favourite: bool = False,
        notes: str = "",
        is_blocked: bool = False,
    ) -> Deferred[None]:
        """Write somebody into the phone book, or replace all that stands there.

        BOOK_FULL when there is no room, NAME_NOT_ALLOWED for what is no user name; whether there
        is such an account is not told.
        """

    def remove_contact(self, username: str) -> Deferred[None]:
        """Forget a contact, a block with it."""

    def set_block(self, username: str, is_blocked: bool) -> Deferred[None]:
        """Block somebody, a stranger too, who stands in the phone book from then on; or unblock
        them. The rest of the entry stays."""

    def history(
        self, kind: HistoryKind = HistoryKind.ALL, query: str = "", cursor: str = ""
    ) -> Deferred[HistoryPage]:
        """A page of past calls, the newest first."""

    def delete_history(self, entry: EntryId | None = None) -> Deferred[None]:
        """Forget one past call, or all."""

    def mark_history_seen(self) -> Deferred[None]:
        """The missed calls have been looked at."""
