"""Which keys may be chosen, and for what."""

from twisted.trial.unittest import SynchronousTestCase

from voip_terminal.chosen_keys import can_change, keys_with, problem_with
from voip_terminal.keys import KEYS, Verb
from voip_terminal.settings.key_names import KeyName


class ChosenKeysTests(SynchronousTestCase):
    """Keys instead of others."""

    def test_taken(self) -> None:
        """A key that does something else where the verb works is not free, until that moves."""
        swap = next(key for key in KEYS if key.verb is Verb.SWAP)
        self.assertEqual(
            problem_with({}, Verb.HOLD, swap.names[0]), f"{swap.label} is taken: {swap.about}."
        )
        moved = {Verb.SWAP: KeyName("F12", "f12")}
        self.assertEqual(problem_with(moved, Verb.HOLD, swap.names[0]), "")
        self.assertIn("F12 is taken", problem_with(moved, Verb.HOLD, "F12"))

    def test_free(self) -> None:
        """One's own key, one that does nothing, and what is no key are no problem here."""
        hold = next(key for key in KEYS if key.verb is Verb.HOLD)
        for text in (hold.names[0], "F12", "Ctrl-Banana"):
            self.assertEqual(problem_with({}, Verb.HOLD, text), "")

    def test_what_moves_about(self) -> None:
        """Keys that fields and boxes rely on stay what they are, whatever is chosen."""
        chosen = {each: KeyName("F12", "f12") for each in Verb}
        for before, after in zip(KEYS, keys_with(chosen), strict=True):
            self.assertEqual("f12" in after.names, can_change(before))
