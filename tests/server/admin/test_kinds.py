"""What can be typed after a command is read as its kind says, or refused with what is allowed."""

from twisted.trial.unittest import SynchronousTestCase

from voip.core.errors import LocalProtocolError
from voip.core.ids import Username
from voip.server.admin.kinds import (
    KINDS,
    CallRef,
    Count,
    Duration,
    LimitName,
    NewFile,
    Words,
    WrongValue,
    kind_of,
    read,
)

GOOD: tuple[tuple[object, str, object], ...] = (
    (Username, " Bob ", "bob"),
    (CallRef, "BEEF", "beef"),
    (CallRef, "0" * 32, "0" * 32),
    (Duration, "30s", 30),
    (Duration, "10m", 600),
    (Duration, "2h", 7200),
    (Duration, "3d", 259_200),
    (Duration, "2w", 1_209_600),
    (Duration, "1d12h", 129_600),
    (Duration | None, "1h", 3600),
    (Duration | None, "forever", None),
    (Count, "1", 1),
    (int, "-4", -4),
    (bool, "yes", True),
    (bool, "False", False),
    (str, "as it is", "as it is"),
    (Words, "a\x1b[2J  b\n", "a b"),
    (NewFile, "/var/lib/voip-backups/voip.tar", "/var/lib/voip-backups/voip.tar"),
)

BAD: tuple[tuple[object, str], ...] = (
    (Username, "b"),
    (Username, "no body"),
    (CallRef, "bee"),
    (CallRef, "zzzz"),
    (CallRef, "0" * 33),
    (Duration, "10"),
    (Duration, "0m"),
    (Duration, "forever"),
    (Duration, "9999w"),
    (Duration, "1h!"),
    (Duration | None, "never"),
    (Count, "0"),
    (Count, "100001"),
    (int, "one"),
    (int, "9" * 16),
    (bool, "perhaps"),
    (str, "a\x1b[2Jb"),
    (LimitName, "login\nseconds"),
    (Words, "x" * 401),
    (NewFile, "voip.tar"),
    (NewFile, "/tmp/a\nb"),
)


class KindsTests(SynchronousTestCase):
    """Each kind takes what its sentence allows and nothing else."""

    def test_what_is_allowed_is_read(self) -> None:
        """Typed text becomes a value of the kind."""
        for kind, typed, value in GOOD:
            self.assertEqual(read(kind, typed), value, (kind, typed))

    def test_what_is_not_allowed_is_refused_with_what_is(self) -> None:
        """The sentence repeats what was typed, without its control characters, and the rule."""
        for kind, typed in BAD:
            refused = self.assertRaises(WrongValue, read, kind, typed)
            self.assertTrue(str(refused).endswith(kind_of(kind).allowed), refused)
            self.assertTrue(str(refused).isprintable(), refused)
            self.assertLess(len(str(refused)), 160)

    def test_every_kind_has_a_word_for_the_help(self) -> None:
        """The help writes NAME where a name is typed."""
        for kind in KINDS.values():
            self.assertTrue(kind.word.isupper())

    def test_an_annotation_that_is_no_kind_is_a_bug(self) -> None:
        """A command that asks for what cannot be typed fails loudly."""
        self.assertRaises(LocalProtocolError, kind_of, bytes)
