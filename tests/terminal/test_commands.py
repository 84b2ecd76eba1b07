"""Commands by name: the best first, and only what a key could do too."""

from twisted.trial.unittest import SynchronousTestCase

from voip.core.ids import Username
from voip_terminal import commands
from voip_terminal.commands import FOUND_MAXIMUM, Command
from voip_terminal.keys import KEYS, Context, Key, Verb

PEOPLE = (("bob", "Bob Martin"), ("zoe", "Zoé Martin"), ("omar", "Omar Haddad"))


class CommandTests(SynchronousTestCase):
    """Finding and doing."""

    def setUp(self) -> None:
        self.called: list[Username] = []
        self.done: list[Verb] = []
        here = [key for key in KEYS if key.context is Context.MAIN]
        self.all = commands.of_keys(here, self.do)
        self.all += [
            commands.of_person(Username(account), name, "+", self.called.append)
            for account, name in PEOPLE
        ]

    def do(self, key: Key) -> None:
        self.done.append(key.verb)

    def found(self, typed: str) -> list[str]:
        return [one.words for one in commands.find(typed, self.all, self.called.append)]

    def test_all(self) -> None:
        """With nothing typed there is everything: first what keys do, then people."""
        self.assertEqual(self.found(""), [one.words for one in self.all])
        self.assertEqual(self.found("")[-3:], ["call bob", "call zoe", "call omar"])

    def test_best_first(self) -> None:
        """What begins so comes before a word that does, and that before letters spread out."""
        self.assertEqual(self.found("call")[0], "call bob")
        self.assertEqual(self.found("pre")[0], "presence")
        self.assertEqual(self.found("mart"), ["call bob", "call zoe"])
        self.assertEqual(self.found("omr")[0], "call omar")
        self.assertEqual(self.found("qqq"), [])

    def test_accents_and_size(self) -> None:
        """Accents and capital letters need not be typed."""
        self.assertEqual(self.found("ZOE mar"), ["call zoe"])

    def test_anybody(self) -> None:
        """An account in no list can be called by its name; a known one stands there once."""
        found = commands.find("call Mallory", self.all, self.called.append)
        self.assertEqual([one.words for one in found], ["call mallory"])
        found[0].run()
        self.assertEqual(self.called, ["mallory"])
        self.assertEqual(self.found("call bob"), ["call bob"])
        self.assertEqual(self.found("call !"), [])

    def test_run(self) -> None:
        """A command does what its key does."""
        for one in commands.find("log out", self.all, self.called.append)[:1]:
            one.run()
        self.assertEqual(self.done, [Verb.LOG_OUT])

    def test_no_moving_about(self) -> None:
        """Keys that only move or close are no commands; a verb with two keys is one command."""
        every = commands.of_keys(KEYS, self.do)
        verbs = [one.words for one in every]
        self.assertEqual(len(verbs), len(set(verbs)))
        for verb in commands.KEYS_ONLY:
            self.assertNotIn(verb.value, verbs)

    def test_bounded(self) -> None:
        """However many match, a list that a person can look at comes back."""
        crowd = [Command(f"call user{at}", "", "", lambda: None) for at in range(5000)]
        self.assertEqual(len(commands.find("u", crowd, self.called.append)), FOUND_MAXIMUM)
