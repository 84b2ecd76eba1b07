"""What every setting is made of."""

from dataclasses import dataclass, field

from twisted.trial.unittest import SynchronousTestCase

from voip.setting import Origin, SettingNote, count, flag, notes_of, printable, whole


@dataclass(frozen=True)
class Sample:
    """A table with one setting, and a field that is none."""

    many: int = field(default=3, metadata=count(1, 5, "How many."))
    other: int = 0


class NoteTests(SynchronousTestCase):
    """What stands beside a setting."""

    def test_only_noted_fields_are_settings(self) -> None:
        """A field without a note is not for people."""
        [(name, note)] = notes_of(Sample)
        self.assertEqual(
            (name, note.doc, note.allowed), ("many", "How many.", "a whole number from 1 to 5")
        )

    def test_a_refusal_says_what_is_allowed(self) -> None:
        """And repeats what was there, as far as that is bearable."""
        note = SettingNote("", "short", "", printable(1))
        self.assertEqual(note.refusal("it", "ab"), "it must be short, not 'ab'")
        self.assertLess(len(note.refusal("it", "x" * 1000)), 100)


class ReaderTests(SynchronousTestCase):
    """Readers take what they say, and nothing like it."""

    def test_readers(self) -> None:
        """True is no number, 1 is no truth, and a text has no control characters."""
        self.assertEqual((whole(1, 5)(5), flag(False), printable(3)("abc")), (5, False, "abc"))
        for read, wrong in (
            (whole(1, 5), True),
            (whole(1, 5), 6),
            (whole(1, 5), "3"),
            (flag, 1),
            (printable(3), "abcd"),
            (printable(3), "a\x1b"),
            (printable(3), 3),
        ):
            self.assertRaises(ValueError, read, wrong)


class OriginTests(SynchronousTestCase):
    """Where something stands."""

    def test_the_line_is_found(self) -> None:
        """By table and name; a table by its own line; the file alone for what is not there."""
        origin = Origin("f", "a = 1\n[t]\n# x\n'a' = 2\n[u]\nb = 1\n")
        self.assertEqual(origin.line_of("", "a"), "f, line 1")
        self.assertEqual(origin.line_of("t", "a"), "f, line 4")
        self.assertEqual(origin.line_of("", "u"), "f, line 5")
        self.assertEqual(origin.line_of("t", "b"), "f")
