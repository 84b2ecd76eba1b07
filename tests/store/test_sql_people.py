"""Phone books, past calls and names in a database file."""

import sqlite3
from contextlib import closing

from twisted.trial.unittest import SynchronousTestCase

from tests.store.people_promises import CARL, PeoplePromises, a_call
from tests.store.stores import a_sql_store
from voip.core.contacts import MAX_CONTACTS
from voip.core.ids import Username


class SqlPeopleTests(PeoplePromises, SynchronousTestCase):
    """Keeps every promise."""

    def setUp(self) -> None:
        self.store, self.path = a_sql_store(self.addCleanup)

    def test_past_calls_are_found_however_many_are_called_so(self) -> None:
        """A whole book of one alias is no longer a question than a database takes."""
        alice = self.created("alice")
        book = [(alice, f"friend-{n}", "Old pal", False, "", False) for n in range(MAX_CONTACTS)]
        with closing(sqlite3.connect(self.path)) as file, file:
            file.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?)", book)
        friend, _ = self.add(a_call(1, Username("friend-4999")), a_call(2, CARL))
        self.assertEqual(self.past(alice, query="pal"), [friend])
