"""Whose phone book holds whom: who wants to know of somebody, and who must not.

It knows the books of the accounts that are online, both ways round, as names alone; the entries
themselves are in the store. Looking at it costs what is found, however many accounts there are.
"""

from collections.abc import Collection, Iterable

from voip.core.ids import Username

Names = dict[Username, set[Username]]


class Books:
    """Contacts and blocks of everyone online."""

    def __init__(self) -> None:
        self._contacts: Names = {}
        self._blocked: Names = {}
        self._watchers: Names = {}  # of whom somebody's book tells, without a block
        self._blockers: Names = {}

    def open(
        self, owner: Username, contacts: Iterable[Username], blocked: Iterable[Username]
    ) -> None:
        """An account came, with this in its book; the blocked are not among the contacts."""
        self.close(owner)
        for username in contacts:
            self.put(owner, username, is_blocked=False)
        for username in blocked:
            self.put(owner, username, is_blocked=True)

    def close(self, owner: Username) -> None:
        """An account went."""
        for username in self._contacts.pop(owner, ()):
            _drop(self._watchers, username, owner)
        for username in self._blocked.pop(owner, ()):
            _drop(self._blockers, username, owner)

    def put(self, owner: Username, username: Username, *, is_blocked: bool) -> None:
        """Somebody stands in a book from now on, as a contact or as blocked."""
        self.remove(owner, username)
        held, holders = (
            (self._blocked, self._blockers) if is_blocked else (self._contacts, self._watchers)
        )
        held.setdefault(owner, set()).add(username)
        holders.setdefault(username, set()).add(owner)

    def remove(self, owner: Username, username: Username) -> None:
        """Somebody stands in a book no more."""
        _drop(self._contacts, owner, username)
        _drop(self._watchers, username, owner)
        _drop(self._blocked, owner, username)
        _drop(self._blockers, username, owner)

    def watchers(self, username: Username) -> Collection[Username]:
        """Who has somebody among the contacts, blocked by that somebody or not."""
        return self._watchers.get(username, ())

    def watches(self, owner: Username, username: Username) -> bool:
        return username in self._contacts.get(owner, ())

    def has_blocked(self, owner: Username, other: Username) -> bool:
        return other in self._blocked.get(owner, ())

    def blockers(self, username: Username) -> Collection[Username]:
        """Who has blocked somebody."""
        return self._blockers.get(username, ())


def _drop(names: Names, key: Username, name: Username) -> None:
    held = names.get(key)
    if held is not None:
        held.discard(name)
        if not held:
            del names[key]
