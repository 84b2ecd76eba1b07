"""What the operator asks of a database file."""

import sqlalchemy as sa
from twisted.trial.unittest import SynchronousTestCase

from tests.store.operator_promises import ANOTHER, TOKEN, OperatorPromises, a_deed, an_invite
from tests.store.stores import DirectWorkers, a_sql_store
from voip.store.interface import StoreUnavailable
from voip.store.operator import AccountKind, DeedFilter
from voip.store.sql import SqlStore
from voip.store.sqlite import open_database


class SqlOperatorTests(OperatorPromises, SynchronousTestCase):
    """Keeps every promise."""

    def setUp(self) -> None:
        self.store, self.path = a_sql_store(self.addCleanup)

    def test_two_invites_never_have_one_name(self) -> None:
        """Else who withdraws one would not know which."""
        self.now(self.store.add_invite(TOKEN, an_invite()))
        again = self.failureResultOf(self.store.add_invite(ANOTHER, an_invite()))
        self.assertIsInstance(again.value, StoreUnavailable)

    def test_lines_of_the_audit_are_kept_all_or_none(self) -> None:
        """One that is there already keeps out those with it."""
        self.now(self.store.begin_deeds([a_deed(1)]))
        failed = self.failureResultOf(self.store.begin_deeds([a_deed(2), a_deed(1)]))
        self.assertIsInstance(failed.value, StoreUnavailable)
        self.assertEqual(self.told(), [a_deed(1)])

    def test_no_list_looks_at_every_row(self) -> None:
        """Who waits, who is banned, a page of accounts, the newest lines, those since: an index."""
        engines = open_database(self.path)
        self.addCleanup(engines.dispose)
        store = SqlStore(DirectWorkers(engines))
        plans: list[str] = []

        def explain(
            connection: sa.Connection,
            _cursor: object,
            text: str,
            parameters: tuple[object],
            *_: object,
        ) -> None:
            if text.startswith("SELECT"):
                raw = connection.connection.driver_connection
                assert raw is not None
                rows = raw.execute(f"EXPLAIN QUERY PLAN {text}", parameters)
                plans.extend(row[3] for row in rows)

        sa.event.listen(engines.reader, "before_cursor_execute", explain)
        for kind in AccountKind:
            self.now(store.account_page("a", kind, "alice", 5))
            self.now(store.account_page("", kind, "", 5))
        self.now(store.deeds(DeedFilter(who="op"), 5))
        self.now(store.deeds(DeedFilter(since=5), 5))
        self.now(store.figures(5))
        whole = [plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan]
        self.assertEqual((whole, [plan for plan in plans if "TEMP B-TREE" in plan]), ([], []))
        for index in ("ix_accounts_pending", "ix_accounts_banned", "ix_deeds_at_id"):
            self.assertTrue(any(index in plan for plan in plans), index)

    def test_the_figures_tell_the_size_of_the_file(self) -> None:
        """As it is without the write-ahead log."""
        self.now(self.store.close())
        figures = self.now(SqlStore(DirectWorkers(open_database(self.path))).figures(5))
        self.assertEqual(figures.database_bytes, self.path.stat().st_size)
