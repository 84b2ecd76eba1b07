"""Phone books, past calls and names in a database file."""

import sqlite3
from contextlib import closing

import sqlalchemy as sa
from twisted.trial.unittest import SynchronousTestCase

from tests.store.people_promises import CARL, PeoplePromises, a_call
from tests.store.stores import DirectWorkers, a_sql_store
from voip.core.contacts import MAX_CONTACTS
from voip.core.ids import Username
from voip.store.sql import SqlStore
from voip.store.sql_names import _rarest_first
from voip.store.sqlite import open_database


class SqlPeopleTests(PeoplePromises, SynchronousTestCase):
    """Keeps every promise."""

    def setUp(self) -> None:
        self.store, self.path = a_sql_store(self.addCleanup)

    def test_a_book_is_read_in_turn_with_what_is_written(self) -> None:
        """So a login that reads it misses nothing that is written at the same time."""
        alice = self.created("alice")
        asked: list[str] = []
        engines = open_database(self.path)
        self.addCleanup(engines.dispose)
        sa.event.listen(engines.writer, "begin", lambda _: asked.append("write"))
        self.now(SqlStore(DirectWorkers(engines)).names_in_book(alice))
        self.assertEqual(asked, ["write"])

    def test_a_rare_word_is_looked_up_first(self) -> None:
        """However short it is: a page does not cost a look at everybody who has a common one."""
        engine = sa.create_engine(f"sqlite:///{self.path}")
        self.addCleanup(engine.dispose)
        for number in range(5):
            self.created(f"user-{number}", f"Common {'Zed' if number > 1 else ''}")
        with engine.connect() as connection:
            asked = ("common", "zed", "no")
            self.assertEqual(_rarest_first(connection, asked, ""), ("no", "zed", "common"))
            self.assertEqual(_rarest_first(connection, asked, "zed/user-2")[0], "zed")
        first = self.now(self.store.find_names("common zed", "", 2, CARL))
        rest = self.now(self.store.find_names("common zed", first.next_cursor, 2, CARL))
        found = [username for username, _ in (*first.names, *rest.names)]
        self.assertEqual(found, ["user-2", "user-3", "user-4"])

    def test_past_calls_are_found_however_many_are_called_so(self) -> None:
        """A whole book of one alias is no longer a question than a database takes."""
        alice = self.created("alice")
        book = [(alice, f"friend-{n}", "Old pal", False, "", False) for n in range(MAX_CONTACTS)]
        with closing(sqlite3.connect(self.path)) as file, file:
            file.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?)", book)
        friend, _ = self.add(a_call(1, Username("friend-4999")), a_call(2, CARL))
        self.assertEqual(self.past(alice, query="pal"), [friend])
