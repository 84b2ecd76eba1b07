"""Control messages about people: who is there, the phone book, past calls.

They are part of the unions in ``voip.core.messages``, whose rules hold here too.
"""

from dataclasses import dataclass
from enum import Enum, unique

from voip.core.contacts import Contact
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import EntryId, Username
from voip.core.people import Person, Presence

# ---- who is there ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetPresence:
    """-> Done. OFFLINE and IN_CALL are not for asking."""

    presence: Presence
    text: str = ""


@dataclass(frozen=True, slots=True)
class SetIdle:
    """Nobody has touched this device for a while, or somebody does again -> Done.

    Who is available shows as away when all devices of the account are idle.
    """

    is_idle: bool


@unique
class UserScope(Enum):
    """Among whom to look."""

    ONLINE = "online"
    EVERYONE = "everyone"  # all who have an account


@dataclass(frozen=True, slots=True)
class ListUsers:
    """Which others there are -> UserPage.

    ``query`` matches names by prefix of any word; among those online then by letters spread out.
    ``cursor`` is what the page before gave.
    """

    query: str = ""
    cursor: str = ""
    limit: int = 50
    scope: UserScope = UserScope.ONLINE


@dataclass(frozen=True, slots=True)
class UserPage:
    people: tuple[Person, ...]
    next_cursor: str
    total: int  # how many match; among everyone, as far as they were counted
    online: int  # how many others are online in all


@dataclass(frozen=True, slots=True)
class GetPerson:
    """One account by name -> PersonOk; unknown names look offline."""

    username: Username


@dataclass(frozen=True, slots=True)
class PersonOk:
    person: Person


# ---- the phone book ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListedContact:
    """A contact and how that person is, as the owner of the book may see it.

    Who is offline keeps the shown name that the account has.
    """

    contact: Contact
    person: Person


@dataclass(frozen=True, slots=True)
class ListContacts:
    """One's own phone book, by user name -> ContactPage."""

    cursor: str = ""


@dataclass(frozen=True, slots=True)
class ContactPage:
    contacts: tuple[ListedContact, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class PutContact:
    """Write somebody into the phone book, or replace what stands there -> Done.

    Nobody is told whether there is such an account. A blocked person sees the owner offline.
    """

    contact: Contact


@dataclass(frozen=True, slots=True)
class DeleteContact:
    """Forget a contact, a block with it -> Done, also when there is none."""

    username: Username


# ---- past calls --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListHistory:
    """One's own past calls, the newest first -> HistoryPage.

    ``query`` looks in the names of those who took part, as the phone book has them too.
    """

    kind: HistoryKind = HistoryKind.ALL
    query: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    entries: tuple[HistoryEntry, ...]
    next_cursor: str
    unseen_missed: int  # of all, not of this page


@dataclass(frozen=True, slots=True)
class DeleteHistory:
    """Forget one entry, or all when none is named -> Done."""

    entry: EntryId | None = None


@dataclass(frozen=True, slots=True)
class MarkHistorySeen:
    """The missed calls have been looked at -> Done."""


# ---- told without being asked ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """Some people changed; coalesced. Who went away is OFFLINE in it."""

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class ContactsChanged:
    """The phone book changed, on whichever device."""

    put: tuple[ListedContact, ...] = ()
    removed: tuple[Username, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryChanged:
    """A call was added to the history, or, without one, entries were deleted or seen."""

    added: HistoryEntry | None
    unseen_missed: int
