"""The table of keys: consistent, shown only where it works, and written down freshly."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from voip_terminal import keys
from voip_terminal.keys import KEYS, Context, Verb

DOCS = Path(__file__).resolve().parents[2] / "docs" / "keys.md"


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
