"""What stands on a terminal after each piece of output, seen by a terminal emulator."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.shell.window import Window
from voip.server.admin.columns import width
from voip.server.admin.shell.painter import harmless

TEXTS = st.text(st.sampled_from("abc 漢字é-"), max_size=70)


class PainterTests(SynchronousTestCase):
    """Long lines, wide letters, output above."""

    @given(
        st.lists(st.tuples(TEXTS, st.integers(0, 70)), min_size=1, max_size=5), st.integers(8, 20)
    )
    def test_however_it_came_about_the_last_line_stands_alone(
        self, steps: list[tuple[str, int]], columns: int
    ) -> None:
        """The same as if it had been painted on an empty screen, and the cursor too."""
        window, fresh = Window(columns), Window(columns)
        for text, cursor in steps:
            window.feed(window.painter.paint("voip> ", text, min(cursor, len(text))))
        text, cursor = steps[-1]
        fresh.feed(fresh.painter.paint("voip> ", text, min(cursor, len(text))))
        self.assertEqual(window.text, fresh.text)
        self.assertEqual(window.cursor, fresh.cursor)

    @given(TEXTS, st.integers(0, 70), st.integers(8, 20))
    def test_the_cursor_stands_before_its_letter(
        self, text: str, cursor: int, columns: int
    ) -> None:
        """What would be typed next appears where the cursor is."""
        cursor = min(cursor, len(text))
        window, other = Window(columns), Window(columns)
        window.feed(window.painter.paint("> ", text, cursor))
        other.feed(other.painter.paint("> ", text[:cursor], cursor))
        row, column = other.cursor
        if cursor < len(text) and column + width(text[cursor]) > columns:
            row, column = row + 1, 0  # a wide letter goes to the next row whole
        self.assertEqual(window.cursor, (row, column))

    def test_output_comes_above_the_line(self) -> None:
        """The line and the cursor are where they were, one below the other."""
        window = Window(20)
        window.feed(window.painter.paint("> ", "kick bob", 4))
        window.feed(window.painter.above("late\nresult"))
        self.assertEqual(window.text, "late\nresult\n> kick bob")
        self.assertEqual(window.cursor, (2, 6))

    def test_output_comes_above_a_line_that_fills_the_window(self) -> None:
        """Also where the cursor stands in the row below."""
        window = Window(10)
        window.feed(window.painter.paint("> ", "12345678", 8))
        self.assertEqual(window.cursor, (1, 0))
        window.feed(window.painter.above("news"))
        self.assertEqual(window.text, "news\n> 12345678")

    def test_leaving_goes_below_the_line(self) -> None:
        """From wherever the cursor was in it; nothing is painted over."""
        window = Window(10)
        window.feed(window.painter.paint("> ", "abcdefghijkl", 1))
        window.feed(window.painter.leave() + "next")
        self.assertEqual(window.text, "> abcdefgh\nijkl\nnext")
        full = Window(10)
        full.feed(full.painter.paint("> ", "abcdefgh", 0))
        full.feed(full.painter.leave() + "next")
        self.assertEqual(full.text, "> abcdefgh\nnext")

    def test_rows_stand_below_each_other(self) -> None:
        """A text with line ends, as Python has them."""
        window = Window(20)
        window.feed(window.painter.paint("python> ", "if a:\n    b", 7))
        self.assertEqual(window.text, "python> if a:\n    ...     b")
        self.assertEqual(window.cursor, (1, 9))

    def test_clearing_leaves_only_the_line(self) -> None:
        """At the top."""
        window = Window(20)
        window.feed(window.painter.above("old\nolder"))
        window.feed(window.painter.clear() + window.painter.paint("> ", "x", 1))
        self.assertEqual(window.text, "> x")

    def test_what_is_shown_cannot_paint(self) -> None:
        """Control characters, of seven bits or eight, are written out."""
        self.assertEqual(harmless("a\x1b[2Jb\x9bc\r\nd\te"), "a\\x1b[2Jb\\x9bc\nd\te")
