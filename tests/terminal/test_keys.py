"""The table of keys: consistent, shown only where it works, and written down freshly."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from voip_terminal import keys
from voip_terminal.keys import KEYS, Context, Verb
from voip_terminal.paint import width

DOCS = Path(__file__).resolve().parents[2] / "docs" / "keys.md"


def _never_text(_name: str) -> bool:
    return False


class TableTests(SynchronousTestCase):
    """The table itself."""

    def test_whole(self) -> None:
        """Every verb and every context has a key."""
        self.assertEqual({key.verb for key in KEYS}, set(Verb))
        self.assertEqual({key.context for key in KEYS}, set(Context))

    def test_one_meaning(self) -> None:
        """Where one key has two verbs in a context, a screen never offers both."""
        doubled = {
            (key.context, frozenset((key.verb, other.verb)))
            for key in KEYS
            for other in KEYS
            if key is not other and key.context is other.context and set(key.names) & {*other.names}
        }
        expected = {
            (Context.IN_CALL, frozenset({Verb.HANG_UP, Verb.CANCEL})),
            (Context.IN_CALL, frozenset({Verb.HANG_UP, Verb.LEAVE})),
            (Context.IN_CALL, frozenset({Verb.LEAVE, Verb.CANCEL})),
            (Context.IN_CALL, frozenset({Verb.HOLD, Verb.TAKE_BACK})),
            (Context.SIGN_IN, frozenset({Verb.SIGN_IN, Verb.PRESS})),
            (Context.REGISTER, frozenset({Verb.CREATE, Verb.PRESS})),
        }
        self.assertEqual(doubled, expected)

    def test_page(self) -> None:
        """docs/keys.md is what make generate makes."""
        self.assertEqual(DOCS.read_text("utf-8"), keys.as_markdown())

    def test_urgent(self) -> None:
        """Control and function keys work before any field sees them; letters do not."""
        for name in ("ctrl x", "f1", "f12", "esc"):
            self.assertTrue(keys.is_urgent(name), name)
        for name in ("f", "a", "?", " ", "enter", "tab", "find"):
            self.assertFalse(keys.is_urgent(name), name)


class HintTests(SynchronousTestCase):
    """The last line."""

    def shown(self, cols: int, can: set[Verb], *contexts: Context) -> str:
        line = keys.hints(contexts, can.__contains__, cols, _never_text)
        return "".join(text for _, text in line)

    def test_only_what_works(self) -> None:
        """Keys without a working verb are not shown."""
        told = self.shown(80, {Verb.FIND, Verb.HELP}, Context.MAIN, Context.EVERYWHERE)
        self.assertEqual(told, " / find  ? help ")

    def test_help_is_never_dropped(self) -> None:
        """However narrow the line, the key of the help is there."""
        for cols in range(8, 200, 3):
            told = self.shown(cols, set(Verb), Context.MAIN, Context.EVERYWHERE)
            self.assertTrue(told.endswith(" ? help "), told)
            self.assertLessEqual(width(told), cols)

    def test_first_context_wins(self) -> None:
        """A key that means something nearer is not shown with its farther meaning."""
        told = self.shown(200, set(Verb), Context.RINGING, Context.MAIN)
        self.assertIn(" d decline ", told)
        self.assertNotIn(" d people ", told)

    def test_text_keys(self) -> None:
        """Keys that a field takes as text are not shown, and help moves to F1."""
        contexts = (Context.DIALOG, Context.IN_CALL, Context.EVERYWHERE)
        line = keys.hints(contexts, lambda _verb: True, 200, lambda name: len(name) == 1)
        told = "".join(text for _, text in line)
        self.assertNotIn("Space", told)
        self.assertIn(" Ctrl-X hang up ", told)
        self.assertTrue(told.endswith(" F1 help "))


class FindTests(SynchronousTestCase):
    """What a key does."""

    def test_find(self) -> None:
        """The nearest context with a working verb decides."""
        found = keys.find("d", (Context.RINGING, Context.MAIN), lambda _verb: True)
        self.assertIs(found and found.verb, Verb.DECLINE)
        found = keys.find("d", (Context.RINGING, Context.MAIN), lambda verb: verb is Verb.PEOPLE)
        self.assertIs(found and found.verb, Verb.PEOPLE)
        self.assertIsNone(keys.find("z", tuple(Context), lambda _verb: True))
