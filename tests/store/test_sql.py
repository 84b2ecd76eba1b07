"""The store in a database file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.store.stores import (
    NOON,
    DirectWorkers,
    StorePromises,
    a_device,
    a_sql_store,
    an_account,
)
from voip.core.credentials import AccountKeys, KdfParameters, Verifier
from voip.core.ids import Username
from voip.store.interface import Account, NewAccount, StoreUnavailable
from voip.store.sql import SqlStore, open_store
from voip.store.sqlite import open_database

# Opening asks nothing of the reactor; only queries do, and none is asked here.
REACTOR = cast("IReactorFromThreads", MemoryReactorClock())
key = st.binary(min_size=1, max_size=64)
verifiers = st.builds(
    Verifier,
    st.builds(KdfParameters, key, st.integers(1, 2**31), st.integers(1, 99), st.integers(1, 9)),
    key,
    key,
)


class SqlStoreTests(StorePromises, SynchronousTestCase):
    """Keeps every promise of a store, and keeps it over a restart."""

    def setUp(self) -> None:
        self.store, self.path = a_sql_store(self.addCleanup)

    def reopened(self) -> SqlStore:
        """The same file, opened by another process as it were."""
        engines = open_database(self.path)
        self.addCleanup(engines.dispose)
        return SqlStore(DirectWorkers(engines))

    def test_everything_is_there_after_a_restart(self) -> None:
        """Accounts and devices outlive the process."""
        alice = self.created()
        self.add(alice, a_device(1))
        self.now(self.store.close())
        again = self.reopened()
        self.assertEqual(self.now(again.account(Username("alice"))), alice)
        self.assertEqual(self.now(again.devices(alice.account)), (a_device(1),))

    def test_a_database_that_cannot_be_written_says_so_and_changes_nothing(self) -> None:
        """A locked database fails the request with ``StoreUnavailable``."""
        engines = open_database(self.path)
        self.addCleanup(engines.dispose)
        store = SqlStore(DirectWorkers(engines))
        with engines.writer.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.rollback()
        failure = self.failureResultOf(store.create_account(an_account(), NOON))
        self.assertIsInstance(failure.value, StoreUnavailable)
        self.assertEqual(self.now(self.store.count_accounts()), 0)

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.tuples(verifiers | st.none(), key, key, st.text(max_size=40)), max_size=4))
    def test_any_bytes_come_back_as_they_were(
        self, rows: list[tuple[Verifier | None, bytes, bytes, str]]
    ) -> None:
        """Keys are kept bit by bit, names letter by letter."""
        start = self.now(self.store.count_accounts())
        for number, (verifier, public, sealed, nick) in enumerate(rows, start):
            name = Username(f"user{number}")
            new = NewAccount(name, nick, verifier, AccountKeys(public, sealed))
            created = self.now(self.store.create_account(new, NOON))
            self.assertIsInstance(created, Account)
            self.assertEqual(self.now(self.store.account(name)), created)


class OpenStoreTests(SynchronousTestCase):
    """How the daemon opens its database."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_new_file_is_for_its_owner_only(self) -> None:
        """The database is made with mode 0600."""
        store = open_store(self.folder / "voip.db", REACTOR)
        self.addCleanup(store.close)
        self.assertEqual((self.folder / "voip.db").stat().st_mode & 0o777, 0o600)

    def test_a_file_that_is_no_database_is_refused_in_words(self) -> None:
        """The error says what is wrong with the file."""
        path = self.folder / "voip.db"
        path.write_bytes(b"this is a letter, not a database" * 100)
        refusal = self.assertRaises(StoreUnavailable, lambda: open_store(path, REACTOR))
        self.assertIn("not a database", str(refusal))

    def test_a_database_of_a_newer_version_is_refused_in_words(self) -> None:
        """An old program does not touch what it cannot understand."""
        path = self.folder / "voip.db"
        self.successResultOf(open_store(path, REACTOR).close())
        engines = open_database(path)
        with engines.writer.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        engines.dispose()
        refusal = self.assertRaises(StoreUnavailable, lambda: open_store(path, REACTOR))
        self.assertIn("newer version", str(refusal))

    def test_a_missing_folder_is_refused_in_words(self) -> None:
        """The daemon gets one error to tell, not a traceback."""
        path = self.folder / "not" / "there.db"
        refusal = self.assertRaises(StoreUnavailable, lambda: open_store(path, REACTOR))
        self.assertIn("unable to open", str(refusal))
