"""Four words."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.strategies import sized
from voip.client.words import WORDS, words_of


class WordsTests(SynchronousTestCase):
    def test_known_words(self) -> None:
        """The first 44 bits choose four words of the BIP-39 list, from the top."""
        self.assertEqual(words_of(bytes(32)), ("abandon",) * 4)
        self.assertEqual(words_of(b"\xff" * 32), ("zoo",) * 4)
        number = ((1 * 2048 + 2) * 2048 + 3) * 2048 + 4
        self.assertEqual(
            words_of((number << 4).to_bytes(6, "big")), ("ability", "able", "about", "above")
        )

    @settings(deadline=None, max_examples=100)
    @given(sized(32), st.integers(0, 43))
    def test_each_of_the_bits_counts(self, transcript: bytes, bit: int) -> None:
        """One other bit among the first 44 gives other words."""
        number = int.from_bytes(transcript, "big") ^ 1 << (255 - bit)
        self.assertNotEqual(words_of(transcript), words_of(number.to_bytes(32, "big")))
        self.assertEqual(len(words_of(transcript)), WORDS)
