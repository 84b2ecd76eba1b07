"""Phone books, past calls and names in a database: the ``PeopleStore`` part of ``SqlStore``.

Each method is one transaction; ``Workers`` decides in which thread.
"""

from collections.abc import Sequence

from twisted.internet.defer import Deferred

from voip.core.contacts import Contact
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import AccountId, EntryId, Username
from voip.store import sql_contacts, sql_history, sql_names
from voip.store.people import BookFull, FoundNames, KeptContact, KeptEntry, KeptHistory, NamesInBook
from voip.store.threads import Workers


class SqlPeople:
    """A ``PeopleStore`` in a database."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def names_in_book(self, account: AccountId) -> Deferred[NamesInBook]:
        # in turn with the writes, so that what comes after it is told after it
        return self._workers.write(lambda to: sql_contacts.names_in_book(to, account))

    def contacts(
        self, account: AccountId, after: str, limit: int
    ) -> Deferred[tuple[KeptContact, ...]]:
        return self._workers.read(
            lambda to: sql_contacts.page_of_contacts(to, account, after, limit)
        )

    def put_contact(
        self, account: AccountId, contact: Contact, most: int
    ) -> Deferred[KeptContact | BookFull]:
        return self._workers.write(lambda to: sql_contacts.put_contact(to, account, contact, most))

    def delete_contact(self, account: AccountId, username: Username) -> Deferred[bool]:
        return self._workers.write(lambda to: sql_contacts.delete_contact(to, account, username))

    def find_names(
        self, query: str, cursor: str, limit: int, without: Username
    ) -> Deferred[FoundNames]:
        return self._workers.read(
            lambda to: sql_names.find_names(to, query, cursor, limit, without)
        )

    def add_history(
        self, caller: Username, entries: Sequence[tuple[Username, HistoryEntry]]
    ) -> Deferred[tuple[KeptEntry, ...]]:
        return self._workers.write(lambda to: sql_history.add_history(to, caller, entries))

    def history(
        self, account: AccountId, kind: HistoryKind, query: str, before: EntryId | None, limit: int
    ) -> Deferred[KeptHistory]:
        return self._workers.read(
            lambda to: sql_history.page_of_history(to, account, kind, query, before, limit)
        )

    def delete_history(self, account: AccountId, entry: EntryId | None) -> Deferred[int]:
        return self._workers.write(lambda to: sql_history.delete_history(to, account, entry))

    def mark_history_seen(self, account: AccountId) -> Deferred[None]:
        return self._workers.write(lambda to: sql_history.mark_seen(to, account))
