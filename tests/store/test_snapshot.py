"""Copies of a database in use."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from voip.store import snapshot
from voip.store.snapshot import Damaged, copy_database, schema_of

ROWS = 500
MANY = 100


class SnapshotTests(SynchronousTestCase):
    """A copy is the database at one moment."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.path = self.folder / "db"
        self.copy = self.folder / "copy"
        self.database = self.enterContext(
            closing(sqlite3.connect(self.path, isolation_level=None, check_same_thread=False))
        )
        self.database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=OFF;"
            "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('7');"
            "CREATE TABLE a (id INTEGER PRIMARY KEY, text);"
            "CREATE TABLE b (a_id INTEGER REFERENCES a(id));"
        )
        self.database.executemany("INSERT INTO a (text) VALUES (?)", [("x" * 900,)] * ROWS)

    def made(self) -> Path:
        with closing(sqlite3.connect(self.path)) as source:
            copy_database(source, self.copy)
        return self.copy

    def test_a_copy_is_one_file_for_its_owner_only(self) -> None:
        """With all that is there, and nothing beside it."""
        self.made()
        self.assertEqual(self.copy.stat().st_mode & 0o777, 0o600)
        self.assertEqual([path.name for path in self.folder.glob("copy*")], ["copy"])
        with closing(sqlite3.connect(self.copy)) as connection:
            self.assertEqual(connection.execute("SELECT count(*) FROM a").fetchone(), (ROWS,))
        self.assertEqual(schema_of(self.copy), "7")
        self.assertEqual([path.name for path in self.folder.glob("copy*")], ["copy"])

    def test_it_is_of_one_moment_while_others_write(self) -> None:
        """In between its steps; they are not held up, and it does not begin anew for each."""
        written = 0

        def write(_status: int, _remaining: int, _total: int) -> None:
            nonlocal written
            if written < MANY:
                written += 1
                self.database.execute("UPDATE a SET text = text || 'y'")

        class Source(sqlite3.Connection):
            def backup(self, target: sqlite3.Connection, **how: Any) -> None:
                super().backup(target, progress=write, **how)

        with (
            patch.object(snapshot, "PAGES_AT_ONCE", 10),
            closing(sqlite3.connect(self.path, factory=Source)) as source,
        ):
            copy_database(source, self.copy)
        self.assertGreater(written, 10)
        self.assertLess(written, MANY)
        with closing(sqlite3.connect(self.copy)) as connection:
            longest = connection.execute("SELECT max(length(text)) FROM a").fetchone()
        self.assertEqual(longest, (900,))
        self.assertEqual(schema_of(self.copy), "7")

    def test_a_copy_never_takes_the_place_of_a_file(self) -> None:
        """What is there stays as it is."""
        self.copy.write_text("a letter")
        self.assertRaises(FileExistsError, self.made)
        self.assertEqual(self.copy.read_text(), "a letter")

    def test_what_cannot_be_copied_leaves_nothing(self) -> None:
        """No half file."""
        other = self.folder / "other"
        other.write_bytes(b"no database at all" * 99)
        with closing(sqlite3.connect(other)) as source:
            self.assertRaises(sqlite3.DatabaseError, copy_database, source, self.copy)
        self.assertFalse(self.copy.exists())

    def test_a_damaged_copy_is_found_out(self) -> None:
        """Bytes that changed, rows without a parent, a text, a database of others."""
        whole = self.made().read_bytes()
        # Somewhere in the pages of table a.
        self.copy.write_bytes(whole[:20480] + bytes(4096) + whole[24576:])
        self.assertRaises(Damaged, schema_of, self.copy)
        self.copy.write_text("a letter")
        self.assertRaises(Damaged, schema_of, self.copy)
        self.copy.write_bytes(b"")
        self.assertRaises(Damaged, schema_of, self.copy)
        self.copy.unlink()
        self.database.execute("INSERT INTO b VALUES (99999)")
        refused = self.assertRaises(Damaged, schema_of, self.made())
        self.assertIn("belong to nobody", str(refused))
