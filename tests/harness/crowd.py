"""Many accounts in the database of a server that stands still, with phone books if wanted.

Real ones are made by clients, one Argon2id each; these have a verifier that nobody can prove, or
the one that is given. It writes everything in one transaction, by the store's own functions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa
from twisted.internet.defer import Deferred, succeed

from voip.core.contacts import MAX_CONTACTS, Contact
from voip.core.credentials import AccountKeys, KdfParameters, Verifier
from voip.core.ids import AccountId, Username
from voip.store.interface import Account, NewAccount
from voip.store.sql import SqlStore
from voip.store.sqlite import open_database
from voip.store.threads import Query, T

NOBODY_S = Verifier(KdfParameters(b"s" * 16, 19456, 2, 1), b"k" * 32, b"k" * 32)
NOON = 1_790_000_000


class _OneTransaction:
    """``Workers`` that do everything within one transaction, at once."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def read(self, query: Query[T]) -> Deferred[T]:
        return succeed(query(self._connection))

    write = read

    def close(self) -> Deferred[None]:
        return succeed(None)


def member(number: int) -> Username:
    """The user name of one of the crowd."""
    return Username(f"user{number:05}")


def crowd(count: int) -> list[NewAccount]:
    """That many accounts; each has a nick of three words."""
    return [
        NewAccount(
            member(number),
            f"Person {number:05} of {number % 100:02}street",
            NOBODY_S,
            AccountKeys(b"p" * 32, b"sealed"),
        )
        for number in range(count)
    ]


def fill(
    database: Path,
    accounts: Iterable[NewAccount],
    books: Mapping[Username, Sequence[Username]] | None = None,
) -> None:
    """Make these accounts, and then write who stands in whose phone book."""
    engines = open_database(database)
    with engines.writer.begin() as connection:
        store = SqlStore(_OneTransaction(connection))
        numbers = {
            account.username: account.account
            for account in map(_now, (store.create_account(new, NOON) for new in accounts))
            if isinstance(account, Account)
        }
        for owner, names in (books or {}).items():
            _write_book(store, numbers[owner], names)
    engines.dispose()


def _write_book(store: SqlStore, owner: AccountId, names: Sequence[Username]) -> None:
    for name in names:
        _now(store.put_contact(owner, Contact(name), MAX_CONTACTS))


def _now(coming: Deferred[T]) -> T:
    results: list[T] = []
    keep: Callable[[T], None] = results.append
    coming.addCallback(keep)
    return results[0]
