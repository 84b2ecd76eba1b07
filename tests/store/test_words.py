"""By which words people are found."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.ids import Username
from voip.store.words import MAX_WORD, MAX_WORDS_ASKED, words_asked, words_of


class WordTests(SynchronousTestCase):
    """Words of names and of questions."""

    def test_words_of_names(self) -> None:
        """The user name, its parts and the words of the nick, small."""
        words = words_of(Username("ann-mary.k"), "Änne  KÖHLER")
        self.assertEqual(words, {"ann-mary.k", "ann", "mary", "k", "änne", "köhler"})

    @given(st.text(max_size=100), st.text(max_size=100))
    def test_words_are_bounded(self, nick: str, query: str) -> None:
        """Whatever somebody types, a word fits its column and a question is short."""
        self.assertLessEqual(max(map(len, words_of(Username("ann"), nick))), MAX_WORD)
        asked = words_asked(query)
        self.assertLessEqual(len(asked), MAX_WORDS_ASKED)
        self.assertTrue(all(0 < len(word) <= MAX_WORD for word in asked))

    def test_the_longest_word_leads(self) -> None:
        """It finds the fewest."""
        self.assertEqual(words_asked("Bob  martin bob"), ("martin", "bob"))
