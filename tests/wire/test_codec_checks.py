"""Bounds of fields."""

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from voip.core.errors import ErrorCode
from voip.core.media_config import MediaSuite
from voip.wire import codec_checks as checks
from voip.wire.codec_checks import BadFrame, Words


class BoundTests(SynchronousTestCase):
    """A bound lets its own value through and nothing beyond."""

    def assert_bad(self, check: Callable[[], object]) -> None:
        """A check must refuse, with the code for malformed requests."""
        with self.assertRaises(BadFrame) as caught:
            check()
        self.assertIs(caught.exception.code, ErrorCode.BAD_REQUEST)

    def test_bytes(self) -> None:
        """Sizes in bytes, both bounds included."""
        self.assertEqual(checks.sized(b"abc", 3, 3), b"abc")
        self.assertEqual(checks.exactly(b"abc", 3), b"abc")
        self.assert_bad(lambda: checks.sized(b"ab", 3, 4))
        self.assert_bad(lambda: checks.sized(b"abcde", 3, 4))
        self.assert_bad(lambda: checks.exactly(b"ab", 3))

    def test_text(self) -> None:
        """Lengths in characters, not bytes."""
        self.assertEqual(checks.text("\U0001f600" * 3, 3), "\U0001f600" * 3)
        self.assert_bad(lambda: checks.text("abcd", 3))
        self.assert_bad(lambda: checks.text("", 3, 1))

    def test_numbers(self) -> None:
        """Ranges, and ranges that only begin."""
        self.assertEqual(checks.within(5, 5, 5), 5)
        self.assertEqual(checks.at_least(5, 5), 5)
        self.assert_bad(lambda: checks.within(4, 5, 6))
        self.assert_bad(lambda: checks.within(7, 5, 6))
        self.assert_bad(lambda: checks.at_least(4, 5))

    def test_lists(self) -> None:
        """How many, and for words how long each."""
        self.assertEqual(checks.few([1, 2], 2, 2), [1, 2])
        self.assert_bad(lambda: checks.few([1, 2, 3], 2))
        self.assert_bad(lambda: checks.few([], 2, 1))
        self.assertEqual(checks.words_of(["a", "b"], 2, 1), ("a", "b"))
        self.assert_bad(lambda: checks.words_of(["a", ""], 2, 1))
        self.assert_bad(lambda: checks.words_of(["ab"], 2, 1))

    def test_names_and_ids(self) -> None:
        """Ids have one size; names typed by people may be empty and end at 64 characters."""
        self.assertEqual(checks.username(""), "")
        self.assertEqual(checks.usernames(["a", "b" * 64]), ("a", "b" * 64))
        self.assert_bad(lambda: checks.username("", shortest=1))
        self.assert_bad(lambda: checks.username("a" * 65))
        for check, size in ((checks.call_id, 16), (checks.session_id, 16), (checks.device_id, 32)):
            self.assertEqual(check(bytes(size)), bytes(size))
            self.assert_bad(lambda check=check, size=size: check(bytes(size - 1)))  # type: ignore[misc]
            self.assert_bad(lambda check=check, size=size: check(bytes(size + 1)))  # type: ignore[misc]
        self.assertEqual(checks.leg_number(1), 1)
        self.assert_bad(lambda: checks.leg_number(0))
        self.assert_bad(lambda: checks.leg_number(65536))


class WordsTests(SynchronousTestCase):
    """Enum words and their numbers."""

    words = Words({MediaSuite.AES_128_GCM: 7})

    def test_both_ways(self) -> None:
        """A word has a number and a number its word."""
        self.assertEqual(self.words.number(MediaSuite.AES_128_GCM), 7)
        self.assertIs(self.words.word(7), MediaSuite.AES_128_GCM)
        self.assertIs(self.words.word_or_none(7), MediaSuite.AES_128_GCM)

    def test_unknown_numbers(self) -> None:
        """Zero and numbers of a later version are refused, zero only where it says something."""
        with self.assertRaises(BadFrame):
            self.words.word(0)
        with self.assertRaises(BadFrame):
            self.words.word_or_none(8)
        self.assertIsNone(self.words.word_or_none(0))
