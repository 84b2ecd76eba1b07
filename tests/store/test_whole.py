"""Whole or not at all."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from tests.store.killed import kill_at_every_step
from voip.store.whole import SUFFIX, put, workplace


class WholeTests(SynchronousTestCase):
    """Files and directories that somebody may be killed over."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.place = self.folder / "letter"

    def write(self, text: str = "dear all") -> None:
        with workplace(self.place) as place:
            (place / "half").write_text(text)
            put(place / "half", self.place)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def test_nothing_but_what_was_meant_is_left(self) -> None:
        """Whether it goes well or not, and whatever else stood in the workplace."""

        def fail() -> None:
            with workplace(self.folder / "other") as place:
                (place / "rubbish").write_text("x")
                raise ValueError

        self.write()
        self.assertRaises(ValueError, fail)
        self.assertEqual(self.names(), ["letter"])
        self.assertEqual(self.place.read_text(), "dear all")

    def test_a_workplace_is_its_owner_s(self) -> None:
        """Nobody else reads what is being written."""
        with workplace(self.place) as place:
            self.assertEqual(place.stat().st_mode & 0o777, 0o700)

    def test_a_kill_leaves_nothing_or_all_and_the_next_try_works(self) -> None:
        """At every step; and nothing is left of the broken ones, under whatever name."""

        def check() -> None:
            self.assertIn(self.place.exists() and self.place.read_text(), (False, "dear all"))
            self.place.unlink(missing_ok=True)

        self.assertGreater(kill_at_every_step(self.place, self.write, check), 4)
        with workplace(self.folder / "other"):
            self.assertEqual(self.names(), [f".other{SUFFIX}", "letter"])

    def test_two_are_never_at_one_place(self) -> None:
        """The second is told; at another place of the same directory nobody is disturbed."""
        with workplace(self.place) as place:
            again = self.assertRaises(OSError, self.write)
            self.assertIn("being written already", str(again))
            with workplace(self.folder / "other"):
                self.assertTrue(place.exists())
        self.write()

    def test_what_is_no_workplace_is_left_alone(self) -> None:
        """A file of such a name, or a link to a directory of such a name, is somebody's."""
        file = self.folder / f".file{SUFFIX}"
        file.write_text("mine")
        aim = self.folder / "aim"
        aim.mkdir()
        (aim / "kept").write_text("mine")
        (self.folder / f".link{SUFFIX}").symlink_to(aim)
        self.write()
        self.assertEqual(file.read_text(), "mine")
        self.assertTrue((aim / "kept").exists())

    def test_a_name_is_given_after_the_content_is_safe_on_disk(self) -> None:
        """Every file and directory is synced, then moved, then the directory it is in now."""
        order: list[str] = []
        real_fsync, real_rename = os.fsync, Path.rename

        def fsync(descriptor: int) -> None:
            order.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
            real_fsync(descriptor)

        def rename(this: Path, other: Path) -> None:
            order.append("renamed")
            real_rename(this, other)

        what = self.folder / "new"
        (what / "in").mkdir(parents=True)
        (what / "in" / "file").write_text("x")
        # The disk's own promises cannot be tested without a power cut; the order of ours can.
        with patch("os.fsync", fsync), patch.object(Path, "rename", rename):
            put(what, self.place)
        self.assertEqual(sorted(order[:3]), ["file", "in", "new"])
        self.assertEqual(order[3:], ["renamed", self.folder.name])
