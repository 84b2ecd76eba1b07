"""What keys do for this person, and what the last line says of them."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated, talking
from voip_terminal.chosen_keys import can_change
from voip_terminal.key_table import KeyTable
from voip_terminal.keys import KEYS, Context, Verb
from voip_terminal.paint import width
from voip_terminal.settings.key_names import KeyName

TABLE = KeyTable(dict)


def _never_text(_name: str) -> bool:
    return False


class HintTests(SynchronousTestCase):
    """The last line."""

    def shown(self, cols: int, can: set[Verb], *contexts: Context) -> str:
        line = TABLE.hints(contexts, can, cols, _never_text)
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
        line = TABLE.hints(contexts, set(Verb), 200, lambda name: len(name) == 1)
        told = "".join(text for _, text in line)
        self.assertNotIn("Space", told)
        self.assertIn(" Ctrl-X hang up ", told)
        self.assertTrue(told.endswith(" F1 help "))


class FindTests(SynchronousTestCase):
    """What a key does."""

    def test_find(self) -> None:
        """The nearest context with a working verb decides."""
        found = TABLE.find("d", (Context.RINGING, Context.MAIN), set(Verb))
        self.assertIs(found and found.verb, Verb.DECLINE)
        found = TABLE.find("d", (Context.RINGING, Context.MAIN), {Verb.PEOPLE})
        self.assertIs(found and found.verb, Verb.PEOPLE)
        self.assertIsNone(TABLE.find("z", tuple(Context), set(Verb)))


class ChangedTests(SynchronousTestCase):
    """Keys that a person has changed."""

    def test_another_key(self) -> None:
        """The key does it everywhere, and is called by its new name."""
        changes = {Verb.FIND: KeyName("f", "f")}
        table = KeyTable(lambda: changes)
        for context in (Context.MAIN, Context.PEOPLE):
            found = table.find("f", (context,), set(Verb))
            self.assertIs(found and found.verb, Verb.FIND)
            self.assertIsNone(table.find("/", (context,), set(Verb)))
        self.assertEqual(table.label(Verb.FIND), "f")
        self.assertEqual(TABLE.label(Verb.FIND), "/")

    def test_what_stays(self) -> None:
        """Keys that move about, say yes or go back stay what they are."""
        changes = {verb: KeyName("z", "z") for verb in Verb}
        table = KeyTable(lambda: changes)
        stay = {key.label for key in table.keys} - {"z"}
        self.assertEqual(stay, {key.label for key in KEYS if not can_change(key)})
        self.assertLessEqual({"Enter", "Tab", "Shift-Tab", "Esc", "1-9", "?"}, stay)

    def test_told_everywhere(self) -> None:
        """Whatever names a key on the screen names the one that works."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.settings.set("keys", "mute", "F5")
        seat.settings.set("keys", "hang_up", "Ctrl-K")
        talking(seat)
        self.assertIn("F5 mute  h hold  Ctrl-K hang up", seat.hints)
        seat.press("f5")
        self.assertIn("Your microphone is off; F5 turns it on.", seat.status)
        self.assertIn("microphone off · F5 turns it on", seat.text)
        seat.press(" ", "ctrl k")
        asked = [verb for verb, *_ in seat.controller.asked]
        self.assertEqual(asked, ["set_muted", "hang_up"])
