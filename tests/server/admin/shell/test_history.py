"""Lines typed before, in a file."""

import stat
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.shell.history import MAX_ENTRIES, MAX_FILE, History


class HistoryTests(SynchronousTestCase):
    """What is kept, and what is not."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name) / "shell" / "history-olga"

    def test_lines_are_there_again(self) -> None:
        """In a file for its owner alone."""
        history = History(self.path)
        for line in ("users", "kick bob", "kick bob", "", "  "):
            history.add(line)
        self.assertEqual(History(self.path).entries, ["users", "kick bob"])
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.path.parent.stat().st_mode), 0o700)

    @given(
        st.lists(
            st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"])) | st.text("a\n\\"),
            max_size=5,
        )
    )
    def test_any_line_comes_back_as_it_was(self, lines: list[str]) -> None:
        """With line ends and backslashes."""
        self.path.unlink(missing_ok=True)
        history = History(self.path)
        for line in lines:
            history.add(line)
        self.assertEqual(History(self.path).entries, history.entries)

    def test_the_oldest_are_forgotten(self) -> None:
        """In memory, and in a file that has grown too long."""
        history = History(self.path)
        history.add("first")
        self.path.write_text("x" * (MAX_FILE + 1))
        for number in range(MAX_ENTRIES):
            history.add(f"line {number}")
        self.assertEqual(len(history.entries), MAX_ENTRIES)
        self.assertLess(self.path.stat().st_size, MAX_FILE)
        self.assertEqual(History(self.path).entries[-1], history.entries[-1])

    def test_a_line_is_found_from_the_newest_on(self) -> None:
        """And an older one before it."""
        history = History(self.path)
        for line in ("kick bob", "users", "kick eve"):
            history.add(line)
        found = history.find("kick", 3)
        self.assertEqual((found, history.find("kick", found), history.find("kick", 0)), (2, 0, -1))

    def test_a_file_that_cannot_be_used_is_told_once(self) -> None:
        """The shell works without."""
        self.path.mkdir(parents=True)
        with capturedLogs() as events:
            history = History(self.path)
            history.add("users")
            history.add("stats")
        self.assertEqual(history.entries, ["users", "stats"])
        self.assertEqual(len(events), 1)

    def test_a_link_is_not_followed(self) -> None:
        """What it points to is somebody's."""
        target = self.path.with_name("target")
        target.parent.mkdir()
        target.write_text("")
        self.path.symlink_to(target)
        History(self.path).add("users")
        self.assertEqual(target.read_text(), "")
