"""Phone books, past calls and names in dictionaries: the ``PeopleStore`` of ``MemoryStore``."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import replace

from twisted.internet.defer import Deferred, succeed

from voip.core.contacts import Contact
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import AccountId, EntryId, Username
from voip.store.people import (
    HISTORY_KEPT,
    MATCHES_COUNTED,
    BookFull,
    FoundNames,
    KeptContact,
    KeptEntry,
    KeptHistory,
    NamesInBook,
)
from voip.store.words import calls_so, words_asked, words_of


class MemoryPeople:
    """A ``PeopleStore`` that answers at once; whoever extends it knows the accounts."""

    def __init__(self) -> None:
        self._names: dict[Username, tuple[AccountId, str]] = {}
        self._books: dict[AccountId, dict[Username, Contact]] = {}
        self._past: dict[AccountId, list[HistoryEntry]] = {}
        self._last_entry = 0

    def names_in_book(self, account: AccountId) -> Deferred[NamesInBook]:
        kept = self._books.get(account, {}).values()
        return succeed(
            NamesInBook(
                tuple(one.username for one in kept if not one.is_blocked),
                tuple(one.username for one in kept if one.is_blocked),
            )
        )

    def contacts(
        self, account: AccountId, after: str, limit: int
    ) -> Deferred[tuple[KeptContact, ...]]:
        book = self._books.get(account, {})
        names = [name for name in sorted(book) if name > after]
        return succeed(tuple(self._kept(book[name]) for name in names[:limit]))

    def put_contact(
        self, account: AccountId, contact: Contact, most: int
    ) -> Deferred[KeptContact | BookFull]:
        book = self._books.get(account)
        if book is None or (contact.username not in book and len(book) >= most):
            return succeed(BookFull())
        book[contact.username] = contact
        return succeed(self._kept(contact))

    def delete_contact(self, account: AccountId, username: Username) -> Deferred[bool]:
        return succeed(self._books.get(account, {}).pop(username, None) is not None)

    def find_names(
        self, query: str, cursor: str, limit: int, without: Username
    ) -> Deferred[FoundNames]:
        asked = words_asked(query)
        found: list[tuple[str, Username, str]] = []
        for username, (account, nick) in self._names.items():
            words = words_of(username, nick)
            is_meant = username != without and self._is_listed(account)
            if is_meant and all(_begins(words, word) for word in asked):
                first = min(word for word in words if word.startswith(asked[0])) if asked else ""
                insort(found, (first, username, nick))
        after = tuple(cursor.rsplit("/", 1)) if cursor else ()
        rest = [one for one in found if one[:2] > after]
        page = rest[:limit]
        next_cursor = f"{page[-1][0]}/{page[-1][1]}" if len(rest) > limit else ""
        names = tuple((username, nick) for _, username, nick in page)
        return succeed(FoundNames(names, next_cursor, min(len(found), MATCHES_COUNTED)))

    def _is_listed(self, account: AccountId) -> bool:
        """Whether an account may be found: who waits for an approval is nobody yet."""
        raise NotImplementedError

    def add_history(
        self, caller: Username, entries: Sequence[tuple[Username, HistoryEntry]]
    ) -> Deferred[tuple[KeptEntry, ...]]:
        kept = []
        for username, entry in entries:
            if username not in self._names:
                continue
            account, _ = self._names[username]
            if entry.is_missed and self._has_blocked(account, caller):
                continue
            self._last_entry += 1
            numbered = replace(entry, entry=EntryId(self._last_entry))
            past = self._past[account]
            past.insert(0, numbered)
            del past[HISTORY_KEPT:]
            kept.append(KeptEntry(account, numbered, self._unseen(account)))
        return succeed(tuple(kept))

    def history(
        self, account: AccountId, kind: HistoryKind, query: str, before: EntryId | None, limit: int
    ) -> Deferred[KeptHistory]:
        found = [
            entry
            for entry in self._past.get(account, ())
            if (before is None or entry.entry < before)
            and (kind is not HistoryKind.MISSED or entry.is_missed)
            and (kind is not HistoryKind.CONFERENCES or entry.is_conference)
            and any(self._is_called(account, name, query) for name in entry.peers)
        ]
        more = len(found) > limit
        return succeed(KeptHistory(tuple(found[:limit]), more, self._unseen(account)))

    def delete_history(self, account: AccountId, entry: EntryId | None) -> Deferred[int]:
        past = self._past.get(account, [])
        past[:] = [one for one in past if entry is not None and one.entry != entry]
        return succeed(self._unseen(account))

    def mark_history_seen(self, account: AccountId) -> Deferred[None]:
        past = self._past.get(account, [])
        past[:] = [replace(entry, is_seen=True) for entry in past]
        return succeed(None)

    def _named(self, account: AccountId, username: Username, nick: str) -> None:
        """An account is called so from now on."""
        self._names[username] = account, nick
        self._books.setdefault(account, {})
        self._past.setdefault(account, [])

    def _forget(self, account: AccountId, username: Username) -> None:
        """An account is gone, and all that it kept of others."""
        del self._names[username], self._books[account], self._past[account]

    def _kept(self, contact: Contact) -> KeptContact:
        named = self._names.get(contact.username)
        return KeptContact(contact, contact.username if named is None else named[1])

    def _has_blocked(self, account: AccountId, username: Username) -> bool:
        contact = self._books[account].get(username)
        return contact is not None and contact.is_blocked

    def _unseen(self, account: AccountId) -> int:
        return sum(not entry.is_seen for entry in self._past.get(account, ()))

    def _is_called(self, account: AccountId, username: Username, query: str) -> bool:
        names = [str(username)]
        contact = self._books[account].get(username)
        if contact is not None:
            names += [contact.alias, self._kept(contact).nick]
        return any(calls_so(name, query) for name in names)


def _begins(words: frozenset[str], prefix: str) -> bool:
    return any(word.startswith(prefix) for word in words)
