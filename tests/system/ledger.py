"""What clients were told is done, held against what a database has after a crash.

A ledger knows no server: people who ask for something write down what they are about to ask and
what was acknowledged. What was asked and not answered may be there or not, but whole.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.server.someone import TOKENS, Someone, copies
from voip.core.contacts import Contact
from voip.core.ids import Username
from voip.core.messages import Register
from voip.store.words import words_of

NICK = "Some One"
Row = tuple[object, ...]


def person(number: int) -> Someone:
    """The test person of a number, whose keys are like nobody else's."""
    seed = number.to_bytes(4, "big") * 8
    return Someone(Username(f"user-{number}"), account_seed=seed, device_seed=seed[::-1])


@dataclass
class Ledger:
    """``registered`` and ``book`` were acknowledged; ``asked`` and ``asked_entry`` are under way.

    A contact of None is one that was deleted. ``owner`` is whose book it is.
    """

    owner: Someone
    registered: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    book: dict[Username, Contact | None] = field(default_factory=dict)
    asked_entry: dict[Username, Contact | None] = field(default_factory=dict)

    def settle(self, data_dir: Path) -> None:
        """Check the database of a server that was killed; what was under way is known then."""
        with closing(sqlite3.connect(data_dir / "voip.sqlite")) as database:
            kept = self._check(database, self.registered)
            self._check_book(database)
        recorded = set(_recorded(data_dir))
        for number in self.registered:
            assert person(number).username in recorded, f"user-{number} is not in the audit"
        self.registered |= kept & self.asked
        self.asked.clear()
        self.asked_entry.clear()

    def check_copy(self, data_dir: Path, registered: set[int]) -> None:
        """Check a restored directory: those were registered before the copy was begun."""
        with closing(sqlite3.connect(data_dir / "voip.sqlite")) as database:
            self._check(database, registered)

    def _check(self, database: sqlite3.Connection, registered: set[int]) -> set[int]:
        """Who is there."""
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        kept = {
            int(name.removeprefix("user-")): number
            for number, name in database.execute("SELECT id, username FROM accounts")
            if name != "echo"
        }
        lost = registered - kept.keys()
        assert not lost, f"acknowledged and lost: {sorted(lost)}"
        for number, account in kept.items():
            assert _found(database, account) == _expected(number), f"user-{number} is not whole"
        return set(kept)

    def _check_book(self, database: sqlite3.Connection) -> None:
        found = dict(_book(database, self.owner.username))
        for name in self.book.keys() | self.asked_entry.keys() | found.keys():
            is_now = found.get(name)
            allowed = [self.book.get(name)]
            if name in self.asked_entry:
                allowed.append(self.asked_entry[name])
            assert is_now in allowed, f"{is_now} is none of {allowed}"
            self.book[name] = is_now


def _expected(number: int) -> tuple[Row, set[Row], set[str]]:
    asked = person(number).register(NICK)
    return _row(asked), {(c.token_hash, c.sealed) for c in copies(*TOKENS)}, _words(asked)


def _row(asked: Register) -> Row:
    verifier, keys = asked.verifier, asked.keys
    kdf = verifier.kdf
    columns = (kdf.salt, kdf.memory_kib, kdf.passes, kdf.lanes)
    stored = (verifier.stored_key, verifier.server_key)
    return asked.nick, *columns, *stored, keys.public, keys.sealed, 0


def _words(asked: Register) -> set[str]:
    return set(words_of(Username(asked.username), asked.nick))


def _found(database: sqlite3.Connection, account: int) -> tuple[Row, set[Row], set[str]]:
    row = database.execute(
        "SELECT nick, salt, kdf_memory_kib, kdf_passes, kdf_lanes, stored_key, server_key,"
        " account_public, account_sealed, is_pending FROM accounts WHERE id = ?",
        (account,),
    ).fetchone()
    codes = database.execute(
        "SELECT token_hash, sealed FROM recovery_codes WHERE account_id = ?", (account,)
    )
    words = database.execute("SELECT word FROM account_words WHERE account_id = ?", (account,))
    return row, set(codes), {word for (word,) in words}


def _book(database: sqlite3.Connection, owner: Username) -> Iterator[tuple[Username, Contact]]:
    rows = database.execute(
        "SELECT contacts.username, alias, is_favourite, notes, is_blocked FROM contacts"
        " JOIN accounts ON id = account_id WHERE accounts.username = ?",
        (owner,),
    )
    for name, alias, is_favourite, notes, is_blocked in rows:
        yield (
            Username(name),
            Contact(Username(name), alias, bool(is_favourite), notes, bool(is_blocked)),
        )


def _recorded(data_dir: Path) -> Iterator[str]:
    """The names of those whose registration stands in the audit's file. Its last line may be torn,
    and the next start closes it."""
    for path in data_dir.glob("audit*.jsonl"):
        for line in path.read_text().splitlines():
            if '"what": "register"' in line and line.endswith("}"):
                yield json.loads(line)["on"]
