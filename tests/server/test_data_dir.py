"""The data directory: made, guarded, and refused in one sentence."""

import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from voip.server.data_dir import LISTENING, LOCK, CannotStart, DataDirectory, open_data_dir
from voip.store.filling import MARK


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class Case(SynchronousTestCase):
    """A place to make data directories in."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)

    def open(self, path: Path) -> DataDirectory:
        directory = open_data_dir(path)
        self.addCleanup(directory.close)
        return directory

    def sentence(self, path: Path) -> str:
        """What is said about a directory that cannot be used."""
        error = self.assertRaises(CannotStart, open_data_dir, path)
        assert isinstance(error, CannotStart)
        return str(error)


class OpeningTests(Case):
    """What may become a data directory."""

    def test_a_missing_one_is_made_for_its_owner_alone(self) -> None:
        """Parents, too, are made; nobody else gets in."""
        directory = self.open(self.place / "a" / "b")
        self.assertTrue(directory.is_new)
        self.assertEqual(mode_of(directory.path), 0o700)

    def test_an_empty_one_is_closed_to_others(self) -> None:
        """A directory made by a package or by hand becomes private."""
        path = self.place / "empty"
        path.mkdir(mode=0o755)
        self.open(path)
        self.assertEqual(mode_of(path), 0o700)

    def test_a_used_one_is_taken_up_again(self) -> None:
        """A second start finds what the first one made."""
        first = open_data_dir(self.place / "data")
        first.secret("key", lambda: b"1")
        first.close()
        again = self.open(self.place / "data")
        self.assertFalse(again.is_new)
        self.assertEqual(again.secret("key", lambda: b"2"), b"1")

    def test_somebody_s_own_directory_is_refused(self) -> None:
        """Files that others may read are not taken over, and their modes stay."""
        path = self.place / "home"
        path.mkdir()
        (path / "letter").write_text("dear")
        path.chmod(0o755)
        self.assertIn("chmod 700", self.sentence(path))
        self.assertEqual(mode_of(path), 0o755)

    def test_a_file_is_refused(self) -> None:
        """A path that is no directory is one sentence."""
        path = self.place / "file"
        path.touch()
        self.assertIn("cannot be used", self.sentence(path))

    def test_two_servers_do_not_share_one(self) -> None:
        """The second is told that there is a first."""
        self.open(self.place / "data")
        self.assertIn("Another server", self.sentence(self.place / "data"))

    def test_an_address_left_by_a_crash_is_removed(self) -> None:
        """Nobody is sent to a server that is no more."""
        first = open_data_dir(self.place / "data")
        first.say_listening("127.0.0.1:1")
        (self.place / "data" / LISTENING).write_text("127.0.0.1:2\n")
        first.close()
        (self.place / "data" / LISTENING).write_text("127.0.0.1:2\n")
        self.open(self.place / "data")
        self.assertFalse((self.place / "data" / LISTENING).exists())

    def test_a_restore_that_was_broken_off_is_to_be_done_again(self) -> None:
        """No server makes new keys beside half of the old ones."""
        path = self.place / "data"
        (path / MARK).mkdir(parents=True)
        refusal = self.assertRaises(CannotStart, open_data_dir, path)
        self.assertIn("broken off: do it again", str(refusal))

    @skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_where_root_was_the_owner_gets_in_later(self) -> None:
        """Who looks after a service as root does not lock its user out."""
        path = self.place / "data"
        path.mkdir()
        os.chown(path, 12345, 23456)
        open_data_dir(path).close()
        self.assertEqual({each.stat().st_uid for each in path.iterdir()}, {12345})

    def test_a_link_in_the_place_of_the_lock_is_not_followed(self) -> None:
        """The user of a service makes root give away nothing but what root has just made."""
        path, other = self.place / "data", self.place / "shadow"
        path.mkdir(mode=0o700)
        other.touch()
        os.chown(path, 12345 if os.geteuid() == 0 else -1, -1)
        (path / LOCK).symlink_to(other)
        self.assertIn("cannot be used", self.sentence(path))
        (path / LOCK).unlink()
        (path / LOCK).hardlink_to(other)
        self.open(path)
        self.assertEqual(other.stat().st_uid, os.geteuid())


class SecretTests(Case):
    """Small files with keys in them."""

    def setUp(self) -> None:
        super().setUp()
        self.directory = self.open(self.place / "data")

    def test_a_secret_is_the_owner_s_alone(self) -> None:
        """0600, in a folder of 0700, whatever the umask."""
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        self.directory.secret("echo/key", lambda: b"k")
        path = self.directory.path / "echo" / "key"
        self.assertEqual((mode_of(path), mode_of(path.parent)), (0o600, 0o700))

    def test_a_secret_that_cannot_be_kept_stops_the_start(self) -> None:
        """One sentence with the path and the reason."""
        (self.directory.path / "echo").touch()
        error = self.assertRaises(CannotStart, self.directory.secret, "echo/key", lambda: b"k")
        self.assertIn("echo/key", str(error))

    def test_the_address_is_there_while_the_server_is(self) -> None:
        """Scripts read where it listens from a file, which goes with it."""
        directory = open_data_dir(self.place / "other")
        directory.say_listening("127.0.0.1:4000")
        path = directory.path / LISTENING
        self.assertEqual(path.read_text(), "127.0.0.1:4000\n")
        directory.close()
        self.assertFalse(path.exists())
