"""The sign under a new password."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.names import MIN_PASSWORD
from voip_terminal.strength import strength


class StrengthTests(SynchronousTestCase):
    """Longer and more varied is better."""

    def test_examples(self) -> None:
        """Short, repeated and common lengths are told apart."""
        told = [
            strength(password).bars
            for password in (
                "short",
                "aaaaaaaaaa",
                "abcdefgh",
                "abcdefghijkl",
                "correct horse battery",
            )
        ]
        self.assertEqual(told, [1, 1, 1, 2, 4])
        self.assertEqual(strength("Tr0ub4dor&3").word, "good")

    @settings(deadline=None)
    @given(st.text(min_size=MIN_PASSWORD, max_size=40), st.characters())
    def test_longer_is_never_weaker(self, password: str, more: str) -> None:
        """One more character never costs a bar."""
        self.assertGreaterEqual(strength(password + more).bars, strength(password).bars)
