"""Text is measured, filled up and broken by the columns it takes."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.columns import padded, wrapped
from voip.server.admin.columns import width as columns


class ColumnsTests(SynchronousTestCase):
    """What a terminal shows, not what Python counts."""

    def test_wide_and_combining_letters_are_counted_as_they_are_shown(self) -> None:
        """Two columns for a wide one, none for an accent of its own."""
        self.assertEqual([columns(text) for text in ("", "bob", "日本", "e\u0301")], [0, 3, 4, 1])

    def test_a_text_is_filled_up_on_either_side(self) -> None:
        """One that is too long stays as it is."""
        self.assertEqual(padded("日", 4), "日  ")
        self.assertEqual(padded("7", 3, is_right=True), "  7")
        self.assertEqual(padded("longer", 3), "longer")

    def test_lines_break_at_blanks(self) -> None:
        """A word that is longer than a line is broken too."""
        self.assertEqual(wrapped("one two three", 7), ["one two", "three"])
        self.assertEqual(wrapped("abcdefghij k", 4), ["abcd", "efgh", "ij k"])
        self.assertEqual(wrapped("one two three", 0), ["one two three"])
        self.assertEqual(wrapped("日本語", 1), ["日", "本", "語"])
        self.assertEqual(wrapped("      ", 3), [""])

    @given(st.text(max_size=60), st.integers(2, 20))
    def test_no_line_is_too_wide_and_no_letter_is_lost(self, text: str, width: int) -> None:
        """Whatever the text is."""
        lines = wrapped(text, width)
        self.assertTrue(all(columns(line) <= width for line in lines), lines)
        self.assertEqual("".join(lines).replace(" ", ""), text.replace(" ", ""))
