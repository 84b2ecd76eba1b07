"""Rows of settings."""

from twisted.trial.unittest import SynchronousTestCase
from urwid.testing import render_text

from voip_terminal.glyphs import ASCII
from voip_terminal.paint import Line
from voip_terminal.tabs.rows import Heading, Part, SettingRow, SettingRows, between


def row(label: str) -> SettingRow:
    return SettingRow(label, lambda _cols: [(None, "value")], about=f"about {label}")


def _told(_cols: int) -> Line:
    return [(None, "told")]


class RowsTests(SynchronousTestCase):
    """What is shown, and where the focus is."""

    def shown(self, parts: list[Part], *keys: str) -> list[str]:
        rows = SettingRows(lambda: parts, ASCII)
        for key in keys:
            rows.keypress((60, 9), key)
        return [line.rstrip() for line in render_text(rows, (60, 9))]

    def test_more_than_fit(self) -> None:
        """The rows scroll with the focus, and what is told of it stays below."""
        parts: list[Part] = [row(f"row {number}") for number in range(20)]
        self.assertIn("> row 0             value", self.shown(parts))
        shown = self.shown(parts, "up")
        self.assertIn("> row 19            value", shown)
        self.assertIn("  about row 19", shown)
        self.assertIn("> row 3             value", self.shown(parts, "page down"))

    def test_between_rows(self) -> None:
        """Headings and lines that only tell something are passed over."""
        parts: list[Part] = [Heading("Above"), row("one"), _told, row("two")]
        shown = self.shown(parts, "down")
        self.assertEqual(shown[0], "  Above")
        self.assertEqual(shown[2], " " * 20 + "told")
        self.assertTrue(shown[3].startswith("> two"))

    def test_none(self) -> None:
        """Without rows there is no focus, and no key fails."""
        rows = SettingRows(lambda: [Heading("Nothing")], ASCII)
        for key in ("up", "down", "page up", "page down"):
            rows.keypress((60, 9), key)
        self.assertIsNone(rows.focused)
        self.assertEqual(rows.keypress((60, 9), "x"), "x")

    def test_between(self) -> None:
        """A value that the arrows change stands between brackets, shortened where it must be."""
        self.assertEqual(between("a", 40, "~"), [(None, "< a                      >")])
        self.assertEqual(between("a long value", 10, "~"), [(None, "< a lon~ >")])
