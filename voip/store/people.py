"""What a store promises of phone books, past calls and the names of everyone.

It is part of ``Store``, beside the accounts of ``voip.store.interface``, and the same rules hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from twisted.internet.defer import Deferred

from voip.core.contacts import Contact
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import AccountId, EntryId, Username
from voip.store.interface import AccountStore
from voip.store.operator import OperatorStore

HISTORY_KEPT: Final = 1000
"""So many past calls are kept of an account; the oldest go first."""
MATCHES_COUNTED: Final = 1000
"""Of those who match a search no more are counted: nobody reads further, and counting is work."""


@dataclass(frozen=True, slots=True)
class NamesInBook:
    """Who stands in a phone book, without what is written of them."""

    contacts: tuple[Username, ...]
    blocked: tuple[Username, ...]


@dataclass(frozen=True, slots=True)
class KeptContact:
    """A contact, and the shown name of the account; the user name where there is no account."""

    contact: Contact
    nick: str


@dataclass(frozen=True, slots=True)
class BookFull:
    """There is no room for another contact."""


@dataclass(frozen=True, slots=True)
class FoundNames:
    """Some accounts by user name and nick, what comes next ("" at the end), how many match."""

    names: tuple[tuple[Username, str], ...]
    next_cursor: str
    total: int


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """A past call that was added, and how many missed ones its owner has not looked at."""

    account: AccountId
    entry: HistoryEntry
    unseen_missed: int


@dataclass(frozen=True, slots=True)
class KeptHistory:
    """Some past calls, the newest first, and how many missed ones are unseen in all."""

    entries: tuple[HistoryEntry, ...]
    has_more: bool
    unseen_missed: int


class PeopleStore(Protocol):
    """Phone books, past calls, names. Of an account that is gone there is nothing."""

    def names_in_book(self, account: AccountId) -> Deferred[NamesInBook]:
        """What the switchboard needs of a book; read in turn with what is written."""

    def contacts(
        self, account: AccountId, after: str, limit: int
    ) -> Deferred[tuple[KeptContact, ...]]:
        """The entries whose user names come after ``after``, in their order."""

    def put_contact(
        self, account: AccountId, contact: Contact, most: int
    ) -> Deferred[KeptContact | BookFull]:
        """Write an entry or replace it; a new one needs room among ``most``, and an account that is
        gone has none."""

    def delete_contact(self, account: AccountId, username: Username) -> Deferred[bool]:
        """Forget an entry; False: there was none."""

    def find_names(
        self, query: str, cursor: str, limit: int, without: Username
    ) -> Deferred[FoundNames]:
        """The accounts with a word in their names that begins so, for each word of the query.

        ``cursor`` is what the page before gave. It costs what a page holds, however many there are.
        Who waits for an approval is not among them.
        """

    def add_history(
        self, caller: Username, entries: Sequence[tuple[Username, HistoryEntry]]
    ) -> Deferred[tuple[KeptEntry, ...]]:
        """Keep a past call for each of those named, under new numbers.

        Left out are names without an account, and a missed call of somebody whom its owner has
        blocked.
        """

    def history(
        self, account: AccountId, kind: HistoryKind, query: str, before: EntryId | None, limit: int
    ) -> Deferred[KeptHistory]:
        """Past calls older than ``before``, the newest first.

        ``query`` is looked for in the user names of those who took part, and in what the book and
        the accounts call them.
        """

    def delete_history(self, account: AccountId, entry: EntryId | None) -> Deferred[int]:
        """Forget one entry, or all; gives how many missed ones are unseen then."""

    def mark_history_seen(self, account: AccountId) -> Deferred[None]: ...


class Store(AccountStore, PeopleStore, OperatorStore, Protocol):
    """Everything that is kept."""
