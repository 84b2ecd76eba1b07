"""Names, passwords and text of others."""

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.names import (
    MAX_NICK,
    NameProblem,
    PasswordProblem,
    as_username,
    clean_nick,
    clean_text,
    fold_username,
    is_reserved,
    nick_problem,
    password_problem,
    username_problem,
)

ZWNJ, ZWJ = "\u200c", "\u200d"
FAMILY = f"\U0001f469{ZWJ}\U0001f469{ZWJ}\U0001f467"

# Text as an attacker would write it: escapes, joiners, marks and what composes, close together.
NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "\x1b",
                    "\x1b[31m",
                    "\x1b]0;",
                    "\x07",
                    "\x9b",
                    "\x9d",
                    "\x9c",
                    "[",
                    "]",
                    ";",
                    "m",
                ),
                *("\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\u034f", "\u3164", "\x7f"),
                *(ZWJ, ZWNJ, "\u0301", "\u0327", "e", "a", "\u0915", "\u094d", "\u0958", "\u0627"),
                *("\U0001f469", "\U0001f3fd", "\ufe0f", "\u1100", "\u1161", "\u2126", "\ufb01"),
                *("\n", "\r", "\t", " ", "\u00a0", "\u2028", "\ud800", "\ue000", "\U0010ffff"),
            ]
        ),
        st.characters(),
    ),
    max_size=24,
).map("".join)


class UsernameTests(SynchronousTestCase):
    """Account names."""

    def test_good_names(self) -> None:
        """3 to 32 of a-z 0-9 - _ . with a letter or digit first."""
        for name in ("anna", "b0b", "0ab", "a-b_c.d", "x" * 32):
            self.assertIsNone(username_problem(name))

    def test_bad_names(self) -> None:
        """Each rule by itself."""
        for name, problem in (
            ("", NameProblem.TOO_SHORT),
            ("ab", NameProblem.TOO_SHORT),
            ("x" * 33, NameProblem.TOO_LONG),
            ("Anna", NameProblem.BAD_CHARACTER),
            ("an na", NameProblem.BAD_CHARACTER),
            ("\u0430nna", NameProblem.BAD_CHARACTER),
            ("\uff41nna", NameProblem.BAD_CHARACTER),
            ("an\u0660", NameProblem.BAD_CHARACTER),
            ("-anna", NameProblem.BAD_START),
            (".anna", NameProblem.BAD_START),
            ("_anna", NameProblem.BAD_START),
        ):
            self.assertIs(username_problem(name), problem, name)

    def test_folding(self) -> None:
        """Capitals and blanks around are forgiven; letters that only look right are not."""
        self.assertEqual(fold_username("  Anna-9\n"), "anna-9")
        self.assertEqual(as_username(" ANNA"), "anna")
        self.assertIsNone(as_username("an"))
        self.assertIsNone(as_username("\u212ailo"))  # the Kelvin sign, which lower() makes a k

    def test_reserved(self) -> None:
        """The server's own account is nobody's."""
        self.assertTrue(is_reserved("echo"))
        self.assertFalse(is_reserved("anna"))


class NickTests(SynchronousTestCase):
    """Shown names."""

    def test_length_counts_after_cleaning(self) -> None:
        """1 to 40 characters that can be seen."""
        self.assertIsNone(nick_problem("Anna \U0001f600"))
        self.assertIsNone(nick_problem("\u200b" * 50 + "n" * MAX_NICK))
        self.assertIs(nick_problem("n" * (MAX_NICK + 1)), NameProblem.TOO_LONG)
        for empty in ("", "  ", "\u200b", "\u3164", "\u0301", "\x1b[0m"):
            self.assertIs(nick_problem(empty), NameProblem.TOO_SHORT, ascii(empty))

    def test_cleaned(self) -> None:
        """What is shown is cut at 40."""
        self.assertEqual(clean_nick(" An\tna "), "An na")
        self.assertEqual(clean_nick("n" * 50), "n" * MAX_NICK)


class PasswordTests(SynchronousTestCase):
    """New passwords."""

    def test_good_passwords(self) -> None:
        """8 to 128 characters of whatever kind."""
        for password in (
            "12345678",
            "correct horse",
            "\u043f\u0430\u0440\u043e\u043b\u044c-1",
            "ab" * 64,
        ):
            self.assertIsNone(password_problem(password, "anna"))

    def test_bad_passwords(self) -> None:
        """Too short, too long, one character all along, or the name."""
        for password, problem in (
            ("", PasswordProblem.TOO_SHORT),
            ("1234567", PasswordProblem.TOO_SHORT),
            ("ab" * 64 + "c", PasswordProblem.TOO_LONG),
            ("aaaaaaaa", PasswordProblem.ONE_CHARACTER),
            ("Annabelle", PasswordProblem.SAME_AS_NAME),
        ):
            self.assertIs(password_problem(password, "annabelle"), problem)


class CleanTextTests(SynchronousTestCase):
    """Text of others on one's own screen."""

    def test_what_goes(self) -> None:
        """Escapes, controls, direction overrides and what cannot be seen."""
        for text, cleaned in (
            ("a\x1b[31;1mb\x1b[0mc", "abc"),
            ("a\x9b31mb", "ab"),
            ("a\x1b]0;title\x07b", "ab"),
            ("a\x1b]8;;http://x\x1b\\b", "ab"),
            ("a\x9d0;title\x9cb", "ab"),
            ("a\x1bPq#0\x1b\\b", "ab"),
            ("a\x1b]0;no end", "a"),
            ("a\x1b(Bb\x1bcc", "abc"),
            ("a\x1b", "a"),
            ("a\x00\x08\x7f\x80\x99b", "ab"),
            ("a\u202eb\u2066c\u200ed", "abcd"),
            ("a\u200bb\u00adc\ufeffd\u2060e", "abcde"),
            ("a\u3164b\u2800c\u115fd", "abcd"),
            ("a\ud800b\ue000c\U000e0041d\U0010ffff", "abcd"),
        ):
            self.assertEqual(clean_text(text, 40), cleaned, ascii(text))

    def test_what_becomes_a_space(self) -> None:
        """Line ends and blanks of all kinds; several are one, and none is at an end."""
        self.assertEqual(clean_text(" a\r\n\tb\u2028c\u00a0\u3000d\x85e ", 40), "a b c d e")

    def test_accents(self) -> None:
        """They are composed, so that two spellings of a name are one; none stands first."""
        self.assertEqual(clean_text("Rene\u0301", 40), "Ren\u00e9")
        self.assertEqual(clean_text("\u0301 \u0301x", 40), "x")

    def test_joiners_stay_where_they_are_needed(self) -> None:
        """In families of emoji, in Persian and in Hindi."""
        for text in (
            FAMILY,
            f"\u0645\u06cc{ZWNJ}\u062e\u0648\u0627\u0647\u0645",
            f"\u0915\u094d{ZWJ}\u0937",
        ):
            self.assertEqual(clean_text(text, 40), text)

    def test_joiners_go_where_they_only_deceive(self) -> None:
        """Between Latin letters and at an end; two are one."""
        self.assertEqual(clean_text(f"an{ZWJ}na{ZWNJ}", 40), "anna")
        self.assertEqual(clean_text(f"{ZWJ}\u0915{ZWJ}{ZWJ}\u0937{ZWJ}", 40), f"\u0915{ZWJ}\u0937")

    def test_cut(self) -> None:
        """At the limit, without leaving a blank or a joiner at the end."""
        self.assertEqual(clean_text("abc def", 4), "abc")
        self.assertEqual(clean_text(FAMILY, 2), "\U0001f469")
        self.assertEqual(clean_text("abc", 0), "")

    @settings(deadline=None, max_examples=500)
    @given(NASTY, st.integers(0, 30))
    @example(f"e{ZWJ}\u0301{ZWJ}\u0915", 30)
    @example("\x1b\x1b[m[31m", 30)
    def test_whatever_comes(self, text: str, limit: int) -> None:
        """It is short enough, on one line, harmless to a terminal, and clean already."""
        cleaned = clean_text(text, limit)
        self.assertLessEqual(len(cleaned), limit)
        self.assertEqual(clean_text(cleaned, limit), cleaned)
        self.assertEqual(unicodedata.normalize("NFC", cleaned), cleaned)
        self.assertEqual(" ".join(cleaned.split()), cleaned)
        for character in cleaned:
            hidden = unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
            self.assertFalse(hidden, ascii(cleaned))
            if unicodedata.category(character) == "Cf":
                self.assertIn(character, ZWJ + ZWNJ)

    @settings(deadline=None, max_examples=200)
    @given(st.text(st.characters(categories=["Lu", "Ll", "Nd", "Po"]), max_size=40))
    def test_plain_text_stays(self, text: str) -> None:
        """Letters, digits and punctuation come through, composed."""
        composed = unicodedata.normalize("NFC", text)
        self.assertEqual(clean_text(text, 80), composed)
