"""How a database grows."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from twisted.trial.unittest import SynchronousTestCase

from tests.store.killed import kill_at_every_size, kill_at_every_step
from tests.store.stores import DirectWorkers
from voip.core.ids import Username
from voip.store.migrate import back_up, configuration, upgrade
from voip.store.schema import metadata
from voip.store.snapshot import schema_of
from voip.store.sql import SqlStore
from voip.store.sqlite import open_database
from voip.store.words import words_of


class MigrateTests(SynchronousTestCase):
    """Migrations run by themselves and lose nothing."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "voip.db")
        self.engines = open_database(self.path)
        self.addCleanup(self.engines.dispose)

    def test_the_steps_make_exactly_the_tables_that_the_code_expects(self) -> None:
        """Nobody can change the schema and forget the migration."""
        upgrade(self.engines, self.path)
        with self.engines.reader.connect() as connection:
            context = MigrationContext.configure(connection)
            self.assertEqual(compare_metadata(context, metadata), [])

    def test_a_new_database_is_not_copied(self) -> None:
        """There is nothing to lose yet, nor on the second start."""
        self.assertIsNone(upgrade(self.engines, self.path))
        self.assertIsNone(upgrade(self.engines, self.path))
        self.assertEqual([p.name for p in self.path.parent.glob("*.before-*")], [])

    def test_a_copy_holds_what_was_there(self) -> None:
        """The copy is a whole database, for its owner only."""
        upgrade(self.engines, self.path)
        copy = back_up(self.path, "0001")
        with closing(sqlite3.connect(copy)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        self.assertLessEqual({"accounts", "devices"}, tables)
        self.assertEqual(copy.stat().st_mode & 0o777, 0o600)

    def test_a_kill_leaves_no_copy_or_a_whole_one(self) -> None:
        """At every step, and in the middle of any write; the next start makes it again."""
        upgrade(self.engines, self.path)
        self.engines.dispose()
        copy = self.path.with_name("voip.db.before-0001")

        def check() -> None:
            if copy.exists():
                self.assertTrue(schema_of(copy))
            back_up(self.path, "0001")
            self.assertEqual(
                {path.name for path in self.path.parent.iterdir()}, {self.path.name, copy.name}
            )

        for kills in (
            kill_at_every_step(copy, lambda: back_up(self.path, "0001"), check),
            kill_at_every_size(lambda: back_up(self.path, "0001"), check),
        ):
            self.assertGreater(kills, 4)

    def test_a_kill_in_the_middle_of_the_steps_leaves_the_old_database_or_the_new(self) -> None:
        """With whom it had, and the next start goes on from there."""
        config = configuration()
        with self.engines.writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            connection.exec_driver_sql(
                "INSERT INTO accounts (id, username, nick, account_public, account_sealed,"
                " created_at) VALUES (7, 'alice', 'Alice', x'01', x'02', 3)"
            )
        self.engines.dispose()
        old = self.path.read_bytes()
        newest = ScriptDirectory.from_config(config).get_current_head()

        def grow() -> None:
            engines = open_database(self.path)
            upgrade(engines, self.path)
            engines.dispose()

        def check() -> None:
            with closing(sqlite3.connect(self.path)) as database:
                (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
                names = database.execute("SELECT username FROM accounts").fetchall()
            self.assertIn(revision, ("0001", newest))
            self.assertEqual(names, [("alice",)])
            grow()
            for path in self.path.parent.glob("voip.db-*"):
                path.unlink()
            self.path.write_bytes(old)

        self.assertGreater(kill_at_every_size(grow, check), 4)

    def test_an_older_database_is_copied_before_it_grows(self) -> None:
        """A database of another schema is kept beside the new one."""
        upgrade(self.engines, self.path)
        with self.engines.writer.begin() as connection:
            # as if the newest step had another name when this database was made
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
        self.assertRaises(CommandError, upgrade, self.engines, self.path)
        self.assertTrue((self.path.parent / "voip.db.before-0000").exists())

    def test_accounts_and_devices_outlive_the_step_to_recovery_codes(self) -> None:
        """The table of accounts is made anew by it, and nothing that hangs on it is lost."""
        config = configuration()
        with self.engines.writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            connection.exec_driver_sql(
                "INSERT INTO accounts (id, username, nick, account_public, account_sealed,"
                " created_at) VALUES (7, 'alice', 'Alice', x'01', x'02', 3)"
            )
            connection.exec_driver_sql(
                "INSERT INTO devices VALUES (7, x'0a', x'0b', x'0c', 'laptop', 4, 5)"
            )
        upgrade(self.engines, self.path)
        with self.engines.reader.connect() as after:
            account = after.exec_driver_sql("SELECT id, username, created_at FROM accounts").one()
            device = after.exec_driver_sql("SELECT account_id, name, seen_at FROM devices").one()
        self.assertEqual((*account, *device), (7, "alice", 3, 7, "laptop", 5))

    def test_who_is_here_already_is_found_after_the_step_to_phone_books(self) -> None:
        """By account name and by each word of the nick, as those who come later are."""
        config = configuration()
        with self.engines.writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0002")
            for number, username, nick in ((7, "alice", "Alice Änn"), (8, "bob.b", "")):
                connection.exec_driver_sql(
                    "INSERT INTO accounts (id, username, nick, account_public, account_sealed,"
                    " created_at) VALUES (?, ?, ?, x'01', x'02', 3)",
                    (number, username, nick),
                )
        self.assertTrue(upgrade(self.engines, self.path))
        store = SqlStore(DirectWorkers(self.engines))
        for query, name in (("ali", "alice"), ("änn", "alice"), ("bob", "bob.b")):
            found = self.successResultOf(store.find_names(query, "", 9, Username("carl")))
            self.assertEqual([username for username, _ in found.names], [name], query)
        with self.engines.reader.connect() as after:
            rows = after.exec_driver_sql("SELECT word, account_id FROM account_words").all()
        expected = {(word, 7) for word in words_of(Username("alice"), "Alice Änn")}
        expected |= {(word, 8) for word in words_of(Username("bob.b"), "")}
        self.assertEqual({tuple(row) for row in rows}, expected)

    def test_who_is_here_already_neither_waits_nor_is_banned_after_the_step_to_approvals(
        self,
    ) -> None:
        """Nobody is shut out by a new version."""
        config = configuration()
        with self.engines.writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0003")
            connection.exec_driver_sql(
                "INSERT INTO accounts (id, username, nick, account_public, account_sealed,"
                " created_at) VALUES (7, 'alice', 'Alice', x'01', x'02', 3)"
            )
        upgrade(self.engines, self.path)
        store = SqlStore(DirectWorkers(self.engines))
        alice = self.successResultOf(store.account(Username("alice")))
        assert alice is not None
        self.assertEqual((alice.account, alice.is_pending, alice.ban), (7, False, None))

    def test_a_migration_that_loses_a_parent_is_refused(self) -> None:
        """Rows that point nowhere after a step stop the start, with the copy still there."""
        with closing(sqlite3.connect(self.path)) as connection:  # foreign keys are off by default
            connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
            connection.execute("CREATE TABLE b (a_id INTEGER REFERENCES a(id))")
            connection.execute("INSERT INTO b VALUES (7)")
            connection.commit()
        self.assertRaises(sa.exc.IntegrityError, upgrade, self.engines, self.path)
        with self.engines.reader.connect() as after:
            self.assertNotIn("accounts", sa.inspect(after).get_table_names())

    def test_the_steps_can_be_undone(self) -> None:
        """Every step down leaves an empty database."""
        upgrade(self.engines, self.path)
        config = configuration()
        with self.engines.writer.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
        with self.engines.reader.connect() as connection:
            self.assertEqual(set(sa.inspect(connection).get_table_names()), {"alembic_version"})
