"""The audit's file: whole lines or none, whatever happens to the disk and to the file's name."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NOW_UTC
from voip.server.audit_file import AUDIT, AuditFile

ROTATED = "audit-20231114T221320Z-{}.jsonl"


class AuditFileTests(SynchronousTestCase):
    """A file in a directory of the test."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.path = self.place / AUDIT
        self.file = self.opened()

    def opened(self, rotate_bytes: int = 1000) -> AuditFile:
        file = AuditFile(self.place, lambda: NOW_UTC, rotate_bytes)
        self.addCleanup(file.close)
        return file

    def test_lines_are_added_at_the_end(self) -> None:
        """Also when the file is opened again; only its owner reads it."""
        self.file.append(b"one\n")
        self.file.append(b"two\n")
        self.file.close()
        self.opened().append(b"three\n")
        self.assertEqual(self.path.read_bytes(), b"one\ntwo\nthree\n")
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)

    def test_they_are_on_the_disk_when_it_comes_back(self) -> None:
        """The file is synced after its last byte, and the directory once there is a new name."""
        synced: list[tuple[bool, int]] = []

        def noted(descriptor: int) -> None:
            is_directory = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            synced.append((is_directory, self.path.stat().st_size))

        with patch("os.fsync", noted):  # the disk itself cannot be asked
            self.file.append(b"one\n")
            self.file.append(b"two\n")
        self.assertEqual(synced, [(True, 0), (False, 4), (False, 8)])

    def test_a_torn_last_line_is_closed(self) -> None:
        """What a crash left of a line stands on a line of its own."""
        self.path.write_bytes(b"one\ntw")
        self.file.append(b"three\n")
        self.assertEqual(self.path.read_bytes(), b"one\ntw\nthree\n")

    def test_a_write_that_fails_leaves_nothing(self) -> None:
        """Half a line that fitted on the disk is cut off; what was there stays."""
        self.file.append(b"one\n")
        write = os.write

        def full_after(left: int) -> Callable[[int, bytes], int]:
            def written(descriptor: int, data: bytes) -> int:
                nonlocal left
                if not left:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                left -= (count := write(descriptor, bytes(data[:left])))
                return count

            return written

        with patch("os.write", full_after(2)):
            self.assertRaises(OSError, self.file.append, b"two\nthree\n")
        self.assertEqual(self.path.read_bytes(), b"one\n")
        self.file.append(b"four\n")
        self.assertEqual(self.path.read_bytes(), b"one\nfour\n")

    def test_a_disk_that_is_found_full_late_leaves_nothing(self) -> None:
        """Some file systems only say so when the bytes have to reach the disk."""
        self.file.append(b"one\n")
        with patch("os.fsync", side_effect=OSError(errno.ENOSPC, "full")):
            self.assertRaises(OSError, self.file.append, b"two\n")
        self.assertEqual(self.path.read_bytes(), b"one\n")

    def test_what_cannot_be_cut_off_is_closed_by_a_newline(self) -> None:
        """A disk that takes nothing at all leaves a torn line, and no line is glued to it."""
        self.file.append(b"one\n")
        write = os.write
        refused = OSError(errno.EIO, "broken")
        with (
            patch("os.write", side_effect=lambda to, data: write(to, bytes(data[:2]))),
            patch("os.fsync", side_effect=refused),
            patch("os.ftruncate", side_effect=refused),
        ):
            self.assertRaises(OSError, self.file.append, b"two")
        self.file.append(b"three\n")
        self.assertEqual(self.path.read_bytes(), b"one\ntwo\nthree\n")

    def test_a_file_that_has_grown_gets_a_name_of_its_own(self) -> None:
        """Nothing is lost and nothing written over: names that are taken are left alone."""
        (self.place / ROTATED.format(1)).write_bytes(b"somebody else's\n")
        file = self.opened(rotate_bytes=8)
        for line in (b"one\n", b"two\n", b"three\n", b"four\n", b"five\n"):
            file.append(line)
        self.assertEqual((self.place / ROTATED.format(1)).read_bytes(), b"somebody else's\n")
        self.assertEqual((self.place / ROTATED.format(2)).read_bytes(), b"one\ntwo\n")
        self.assertEqual((self.place / ROTATED.format(3)).read_bytes(), b"three\nfour\n")
        self.assertEqual(self.path.read_bytes(), b"five\n")

    def test_a_file_that_was_moved_away_is_let_go(self) -> None:
        """As logrotate moves it, with or without putting an empty one in its place."""
        self.file.append(b"one\n")
        self.path.rename(self.place / "audit.jsonl.1")
        self.file.append(b"two\n")
        self.path.rename(self.place / "audit.jsonl.2")
        self.path.touch(0o600)
        self.file.append(b"three\n")
        kept = [self.place / "audit.jsonl.1", self.place / "audit.jsonl.2", self.path]
        self.assertEqual([each.read_bytes() for each in kept], [b"one\n", b"two\n", b"three\n"])

    def test_a_file_that_is_moved_away_as_it_is_turned_over(self) -> None:
        """Whoever was first has moved it; the next line begins a new one."""

        def moved_meanwhile() -> int:
            self.path.rename(self.place / "audit.jsonl.1")
            return NOW_UTC

        file = AuditFile(self.place, moved_meanwhile, 4)
        self.addCleanup(file.close)
        file.append(b"one\n")
        file.append(b"two\n")
        self.assertEqual((self.place / "audit.jsonl.1").read_bytes(), b"one\n")
        self.assertEqual(self.path.read_bytes(), b"two\n")

    def test_a_file_that_was_emptied_goes_on(self) -> None:
        """As logrotate does it by copytruncate: the next line is the first."""
        self.file.append(b"one\n")
        os.truncate(self.path, 0)
        self.file.append(b"two\n")
        self.assertEqual(self.path.read_bytes(), b"two\n")

    def test_a_link_is_not_followed(self) -> None:
        """Whoever could put one there would have the server write elsewhere."""
        other = self.place / "other"
        self.path.symlink_to(other)
        self.assertRaises(OSError, self.file.append, b"one\n")
        self.assertFalse(other.exists())
