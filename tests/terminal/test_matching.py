"""How well texts match what was typed."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip_terminal.matching import has_word, plain, rank


class MatchingTests(SynchronousTestCase):
    """Beginnings, words, letters."""

    def test_order(self) -> None:
        """A beginning is better than a word, a word than letters, near letters than far ones."""
        texts = ("martin", "zoe martin", "m.a.r", "m..a..r")
        ranks = [rank("mar", (text,)) for text in texts]
        self.assertEqual(ranks, sorted(ranks, key=lambda each: each or (9, 9)))
        self.assertEqual(len(set(ranks)), 4)
        self.assertIsNone(rank("mar", ("ram", "")))

    def test_best_of_several(self) -> None:
        """The best of several names counts."""
        self.assertEqual(rank("mar", ("zoe", "Zoé Martin", "marty")), (0, 0))

    @given(st.text(max_size=20))
    def test_itself(self, text: str) -> None:
        """Whatever is typed, it finds itself."""
        self.assertEqual(rank(plain(text), (text,)), (0, 0))

    def test_words(self) -> None:
        """A word is found by its beginning only."""
        self.assertTrue(has_word("mart", "Zoé Martin"))
        self.assertFalse(has_word("art", "Zoé Martin"))
