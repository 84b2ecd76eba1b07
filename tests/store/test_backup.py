"""Back-ups of a data directory, and directories made from them."""

import os
import shutil
import sqlite3
from contextlib import AbstractContextManager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import skipUnless
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from tests.store.killed import kill_at_every_size, kill_at_every_step
from tests.store.stores import NOON, DirectWorkers, an_account
from voip.server import data_dir
from voip.store import archive, backup
from voip.store.archive import DATABASE, Content
from voip.store.backup import BackupFailed, make, restore
from voip.store.filling import MARK, filling
from voip.store.migrate import upgrade
from voip.store.sql import SqlStore
from voip.store.sqlite import open_database

KEPT = {
    "certificate.pem": b"certificate",
    "certificate.key": b"key",
    "fake-salt.key": b"salt",
    "authorized_keys": b"ssh-ed25519 AAAA op",
    "ssh_host_ed25519_key": b"host",
    "ssh_host_ed25519_key.pub": b"host, public",
    "echo/account.key": b"echo",
    "echo/line-1.key": b"line",
    "audit.jsonl": b'{"deed": 2}\n',
    "audit-20261124T201500Z-1.jsonl": b'{"deed": 1}\n',
    "audit.jsonl-20261101": b'{"deed": 0}\n',
    "audit.jsonl-20261001.gz": b"compressed",
}
LEFT = (
    "lock",
    "listening",
    "log.json",
    "audit.jsonl.swp",
    "voip.sqlite.before-0003",
    "echo/line-1/state",
)


class Case(SynchronousTestCase):
    """A data directory with an account, whose database is in use."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.data, self.file = self.folder / "data", self.folder / "backup.tar"
        self.new = self.folder / "new"
        for name in (*KEPT, *LEFT):
            (self.data / name).parent.mkdir(parents=True, exist_ok=True)
            (self.data / name).write_bytes(KEPT.get(name, b"?"))
        engines = open_database(self.data / DATABASE)
        self.addCleanup(engines.dispose)
        upgrade(engines, self.data / DATABASE)
        store = SqlStore(DirectWorkers(engines))
        self.successResultOf(store.create_account(an_account(), NOON))

    def refused(self, *, is_restore: bool = False, file: Path | None = None) -> str:
        """The sentence of what cannot be done, after which everything is as it was."""
        before = sorted(self.folder.rglob("*"))
        if is_restore:
            error = self.assertRaises(BackupFailed, restore, file or self.file, self.new)
        else:
            error = self.assertRaises(BackupFailed, make, self.data, file or self.file)
        self.assertEqual(sorted(self.folder.rglob("*")), before)
        self.assertTrue(str(error).endswith("."), str(error))
        return str(error)

    def assert_whole(self, folder: Path) -> None:
        """Everything is there as it was, and the account."""
        for name, content in KEPT.items():
            self.assertEqual((folder / name).read_bytes(), content)
        with closing(sqlite3.connect(folder / DATABASE)) as database:
            names = database.execute("SELECT username FROM accounts").fetchall()
        self.assertEqual(names, [("alice",)])


class BackupTests(Case):
    """What a back-up holds, and when there is none."""

    def test_a_directory_comes_back_with_all_that_cannot_be_made_again(self) -> None:
        """And with nothing else; for its owner only."""
        made = make(self.data, self.file)
        self.assertEqual(set(made.files), {DATABASE, *KEPT})
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(restore(self.file, self.new), made)
        self.assertEqual(self.new.stat().st_mode & 0o777, 0o700)
        there = {str(p.relative_to(self.new)) for p in self.new.rglob("*") if p.is_file()}
        self.assertEqual(there, {DATABASE, *KEPT})
        self.assert_whole(self.new)
        engines = open_database(self.new / DATABASE)
        self.addCleanup(engines.dispose)
        self.assertIsNone(upgrade(engines, self.new / DATABASE))  # it is as new as it was
        self.assertEqual(
            sorted(path.name for path in self.folder.iterdir()), ["backup.tar", "data", "new"]
        )

    def test_the_names_are_those_of_the_server(self) -> None:
        """Who names a file otherwise there would lose it here."""
        for name in (data_dir.CERTIFICATE, data_dir.CERTIFICATE_KEY, data_dir.FAKE_SALT_KEY):
            self.assertIn(name, backup.SECRETS)
        self.assertEqual(data_dir.DATABASE, DATABASE)
        self.assertEqual(data_dir.ECHO, backup.ECHO)

    def test_an_audit_that_is_rotated_meanwhile_is_there_once(self) -> None:
        """The file that was open under the old name is known under the new one."""
        real = backup._file
        rotated = self.data / "audit-20261124T201600Z-1.jsonl"

        def file(path: Path, name: str) -> object:
            for content in real(path, name):
                if path.name == backup.AUDIT:
                    path.rename(rotated)
                    path.write_bytes(b"{}\n")
                yield content

        with patch.object(backup, "_file", file):
            made = make(self.data, self.file)
        self.assertNotIn(rotated.name, made.files)
        self.assertEqual(made.files[backup.AUDIT].size, len(KEPT[backup.AUDIT]))
        restore(self.file, self.new)
        self.assert_whole(self.new)

    def test_a_kill_leaves_no_back_up_or_a_whole_one(self) -> None:
        """At every step; and the next try works."""

        whole = 0

        def check() -> None:
            nonlocal whole
            if self.file.exists():
                whole += 1
                restore(self.file, self.folder / f"new-{whole}")
                self.assert_whole(self.folder / f"new-{whole}")
                self.file.unlink()
            make(self.data, self.file)
            self.file.unlink()

        kills = kill_at_every_step(self.file, lambda: make(self.data, self.file), check)
        self.assertGreater(kills, 20)
        self.file.unlink()
        self.assertGreater(kill_at_every_size(lambda: make(self.data, self.file), check), 4)
        self.assertGreater(whole, 0)

    def test_a_back_up_never_takes_the_place_of_a_file(self) -> None:
        """Nor that of a link to nowhere."""
        self.file.write_text("a letter")
        self.assertIn("is there already: give another name", self.refused())
        self.assertEqual(self.file.read_text(), "a letter")
        link = self.folder / "link"
        link.symlink_to(self.folder / "nowhere")
        self.assertIn("is there already", self.refused(file=link))

    def test_what_cannot_be_written_is_told(self) -> None:
        """A path that is none, a directory that there is not, a full disk."""
        self.assertIn("begin it with a slash", self.refused(file=Path("backup.tar")))
        self.assertIn("no such file", self.refused(file=self.folder / "not" / "backup.tar"))
        with patch.object(archive, "write", side_effect=OSError(28, "No space left on device")):
            self.assertIn("no space left on device", self.refused())

    def test_a_directory_without_a_database_is_told(self) -> None:
        """None is made there."""
        (self.data / DATABASE).rename(self.folder / "elsewhere")
        self.assertIn("unable to open database", self.refused())

    def test_a_damaged_database_is_told(self) -> None:
        """Rather than to find out when it is needed."""
        with closing(sqlite3.connect(self.data / DATABASE)) as connection:
            connection.execute("INSERT INTO resets VALUES (99, x'00', 1)")  # nobody's
            connection.commit()
        self.assertIn("belong to nobody", self.refused())


class RestoreTests(Case):
    """What is put in place, and when nothing is."""

    def setUp(self) -> None:
        super().setUp()
        make(self.data, self.file)

    def rewritten(self, database: bytes, schema: str = "0004") -> None:
        """A back-up of another database."""
        self.file.unlink()
        path = self.folder / "database"
        path.write_bytes(database)
        with path.open("rb") as file:
            content = Content(DATABASE, file, len(database))
            archive.write(self.file, "9.9", schema, [content])

    def test_an_empty_directory_is_filled_and_a_missing_one_made(self) -> None:
        """With those above it."""
        self.new.mkdir()
        restore(self.file, self.new)
        self.assert_whole(self.new)
        below = self.folder / "a" / "b"
        restore(self.file, below)
        self.assert_whole(below)

    def test_a_kill_leaves_no_directory_or_a_whole_one(self) -> None:
        """At every step, and in the middle of any write; and the next try works."""
        whole = 0

        def check() -> None:
            nonlocal whole
            if self.new.exists():
                self.assert_whole(self.new)
                self.new.rename(self.folder / f"whole-{whole}")
                whole += 1
            restore(self.file, self.new)
            self.new.rename(self.folder / f"again-{len(list(self.folder.iterdir()))}")

        kills = kill_at_every_step(self.new, lambda: restore(self.file, self.new), check)
        self.assertGreater(kills, 20)
        self.new.rename(self.folder / "last")
        self.assertGreater(kill_at_every_size(lambda: restore(self.file, self.new), check), 4)
        self.assertGreater(whole, 0)

    def test_a_directory_with_anything_in_it_is_left_alone(self) -> None:
        """Even one file; also where a file has the name."""
        self.new.mkdir()
        (self.new / "mine").touch()
        self.assertIn("is not empty", self.refused(is_restore=True))
        (self.new / "mine").unlink()
        self.new.rmdir()
        self.new.touch()
        self.assertIn("is not empty", self.refused(is_restore=True))

    def test_a_kill_leaves_a_mount_point_empty_or_whole_or_marked(self) -> None:
        """Nothing can be moved to its place: while it is filled, or if that was broken off, no
        server starts on it; and the next try works."""
        seen: set[str] = set()

        def check() -> None:
            if (self.new / MARK).exists():
                self.assertRaises(data_dir.CannotStart, data_dir.open_data_dir, self.new)
                seen.add("marked")
            elif any(self.new.iterdir()):
                self.assert_whole(self.new)
                self.empty()
                seen.add("whole")
            else:
                seen.add("empty")
            restore(self.file, self.new)
            self.assert_whole(self.new)
            self.assertFalse((self.new / MARK).exists())
            self.empty()

        self.new.mkdir()
        with self.as_mount_point():
            kills = kill_at_every_step(
                self.new / DATABASE, lambda: restore(self.file, self.new), check
            )
            self.assertGreater(kills, 20)
            self.empty()
            kill_at_every_size(lambda: restore(self.file, self.new), check)
        self.assertEqual(seen, {"marked", "empty", "whole"})

    def empty(self) -> None:
        shutil.rmtree(self.new)
        self.new.mkdir()

    def as_mount_point(self) -> AbstractContextManager[object]:
        """To make a real one takes root."""
        return patch("os.path.ismount", return_value=True)

    def test_a_mount_point_is_filled_or_left_as_it_was(self) -> None:
        """For its owner only; with what its file system has of itself."""
        self.new.mkdir(mode=0o755)
        (self.new / "lost+found").mkdir()
        with self.as_mount_point():
            whole = self.file.read_bytes()
            self.file.write_bytes(whole[: len(whole) // 2])
            self.assertIn("cannot be restored", self.refused(is_restore=True))
            self.file.write_bytes(whole)
            restore(self.file, self.new)
            self.assertIn("is not empty", self.refused(is_restore=True))
        self.assertEqual(self.new.stat().st_mode & 0o777, 0o700)
        self.assert_whole(self.new)

    def test_a_broken_restore_never_costs_what_is_somebody_s(self) -> None:
        """A file that no back-up has keeps the next try out."""
        self.new.mkdir()
        (self.new / MARK).mkdir()
        (self.new / "certificate.pem").touch()
        (self.new / "diary").touch()
        self.assertIn("is not empty", self.refused(is_restore=True))
        (self.new / "diary").unlink()
        restore(self.file, self.new)
        self.assert_whole(self.new)

    def test_two_restores_never_meet(self) -> None:
        """The second is told."""
        self.new.mkdir()
        with self.as_mount_point(), filling(self.new, str.isspace):
            self.assertIn("being written already", self.refused(is_restore=True))

    def test_what_is_damaged_is_not_put_in_place(self) -> None:
        """A file that is none, one that ends early, a database that is none."""
        whole = self.file.read_bytes()
        self.assertIn("no such file", self.refused(is_restore=True, file=self.folder / "no.tar"))
        self.file.write_bytes(whole[: len(whole) // 2])
        self.assertIn("cannot be restored", self.refused(is_restore=True))
        self.rewritten(b"no database" * 999)
        self.assertIn("the database cannot be read", self.refused(is_restore=True))

    def test_a_back_up_of_a_newer_version_is_not_put_in_place(self) -> None:
        """It names the version that can."""
        path = self.folder / "newer"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num)")
            connection.execute("INSERT INTO alembic_version VALUES ('9999')")
            connection.commit()
        self.rewritten(path.read_bytes(), "9999")
        self.assertIn("newer version of this program (9.9)", self.refused(is_restore=True))

    def test_a_back_up_of_an_older_version_grows_at_the_next_start(self) -> None:
        """As its database would have."""
        with closing(sqlite3.connect(self.data / DATABASE)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0003'")
            connection.commit()
        self.file.unlink()
        self.assertEqual(make(self.data, self.file).schema, "0003")
        self.assertEqual(restore(self.file, self.new).schema, "0003")

    @skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_what_root_restores_is_of_the_directory_s_owner(self) -> None:
        """The user of the service, who has to read it."""
        self.new.mkdir()
        os.chown(self.new, 12345, 23456)
        restore(self.file, self.new)
        owners = {(p.stat().st_uid, p.stat().st_gid) for p in (self.new, *self.new.rglob("*"))}
        self.assertEqual(owners, {(12345, 23456)})
