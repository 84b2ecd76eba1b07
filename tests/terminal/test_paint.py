"""Lines of styled text have the width they are to have, whatever is written in them."""

import urwid
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from urwid.testing import check_sizing, render_text

from voip.core.names import clean_text
from voip_terminal.paint import (
    SHOWN_MAXIMUM,
    Area,
    Row,
    Strip,
    clean,
    column,
    fit,
    shorten,
    spread,
    width,
    wrap,
)
from voip_terminal.theme import Style

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40).map(clean)
styles = st.sampled_from([None, *Style])
lines = st.lists(st.tuples(styles, texts), max_size=5)


class WidthTests(SynchronousTestCase):
    """Everything ends up exactly as wide as its place."""

    @settings(deadline=None, max_examples=100)
    @given(lines, st.integers(0, 60))
    def test_fit(self, line: list[tuple[Style | None, str]], cols: int) -> None:
        """A fitted line has the columns it was given, with wide characters in it too."""
        self.assertEqual(sum(width(text) for _, text in fit(line, cols)), cols)

    @settings(deadline=None, max_examples=100)
    @given(lines, lines, st.integers(0, 60))
    def test_spread(
        self,
        start: list[tuple[Style | None, str]],
        end: list[tuple[Style | None, str]],
        cols: int,
    ) -> None:
        """So has a line with a left and a right side."""
        self.assertEqual(sum(width(text) for _, text in spread(start, end, cols)), cols)

    @settings(deadline=None, max_examples=100)
    @given(texts, st.integers(1, 30))
    def test_column(self, text: str, cols: int) -> None:
        """So has a column, cut with a mark or filled with blanks."""
        self.assertEqual(width(column(text, cols, "~")), cols)

    @settings(deadline=None, max_examples=100)
    @given(texts, st.integers(0, 30))
    def test_shorten(self, text: str, cols: int) -> None:
        """A shortened text is never too wide, and untouched when it fits."""
        short = shorten(text, cols, "~")
        self.assertLessEqual(width(short), cols)
        if width(text) <= cols:
            self.assertEqual(short, text)

    def test_the_end_stays(self) -> None:
        """When both sides of a line do not fit, the right one is kept."""
        pieces = spread([(None, "a long name indeed")], [(None, " 2:13")], 12)
        self.assertEqual("".join(text for _, text in pieces), "a long  2:13")

    def test_wrap(self) -> None:
        """A text is broken between words."""
        self.assertEqual(wrap("one two three", 8), ["one two", "three"])
        self.assertEqual(wrap("", 8), [""])
        self.assertEqual(wrap("unbreakable", 4), ["unbreakable"])


class CleanTests(SynchronousTestCase):
    """What others write cannot steer the terminal."""

    @settings(deadline=None, max_examples=100)
    @given(st.text(max_size=40))
    def test_no_controls(self, text: str) -> None:
        """No control character, escape or direction override is left."""
        for char in clean(text):
            self.assertFalse(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0)
            self.assertNotIn(char, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

    def test_escape_sequences(self) -> None:
        """An escape sequence goes as a whole."""
        self.assertEqual(clean("Bob\x1b[31m\x1b]0;root\x07 M\nartin"), "Bob M artin")

    @settings(deadline=None, max_examples=200)
    @given(st.text(max_size=250) | st.text(st.characters(max_codepoint=127), max_size=250))
    def test_as_the_core_cleans(self, text: str) -> None:
        """What is shown is what the core's own cleaning leaves, of plain texts too."""
        self.assertEqual(clean(text), clean_text(text, SHOWN_MAXIMUM))


class WidgetTests(SynchronousTestCase):
    """The painting widgets keep to urwid's rules of size."""

    def test_sizes(self) -> None:
        """Each draws itself at every size, even of no columns."""
        check_sizing(Area(lambda cols, rows: [[(None, "x" * cols)]] * (rows + 2)))
        check_sizing(Strip(lambda _cols, _focus: [(None, "a strip that is rather long" * 9)]))
        check_sizing(Row(lambda _cols, _focus: [(Style.DIM, "a row")]))

    def test_row_has_cursor(self) -> None:
        """A focused row has the cursor at its start, where screen readers look; others none."""
        row = Row(lambda _cols, has_focus: [(None, "focused" if has_focus else "plain")])
        self.assertEqual(row.render((8,), focus=True).cursor, (0, 0))
        self.assertIsNone(row.render((8,), focus=False).cursor)
        self.assertEqual(render_text(row, (8,), focus=True), ["focused "])
        self.assertEqual(row.keypress((8,), "x"), "x")

    def test_repaints(self) -> None:
        """A painted area shows what is so now, without being told that it changed."""
        seen = ["old"]
        area = urwid.Pile([(1, Area(lambda _cols, _rows: [[(None, seen[0])]]))])
        self.assertEqual(render_text(area, (3, 1)), ["old"])
        seen[0] = "new"
        self.assertEqual(render_text(area, (3, 1)), ["new"])
