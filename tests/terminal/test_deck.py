"""Screens in each other's place, boxes on top."""

from collections.abc import Collection

import urwid
from twisted.trial.unittest import SynchronousTestCase
from urwid.testing import render_text

from voip.client.model import Change
from voip_terminal.deck import Deck
from voip_terminal.glyphs import ASCII
from voip_terminal.keys import Context, Verb


class Card:
    """A screen, or a box, that shows one word."""

    context = Context.DIALOG
    takes_question_mark = False
    is_typing = False
    act = ""
    size = (10, 1)

    def __init__(self, word: str) -> None:
        self.title = word
        self.widget: urwid.Widget = urwid.SolidFill(word[0])

    def verbs(self) -> Collection[Verb]:
        return ()

    def do(self, verb: Verb, key: str) -> None:
        """It has no verbs."""

    def refresh(self, change: Change) -> None:
        """It shows no model."""


class Paper(Card):
    """A screen that lasts."""

    is_lasting = True


class DeckTests(SynchronousTestCase):
    """What lies on top."""

    def setUp(self) -> None:
        self.first, self.second, self.box = Card("first"), Card("second"), Card("box")
        self.deck = Deck(self.first, ASCII)
        self.deck.show(self.second)
        self.deck.open(self.box)

    def test_back(self) -> None:
        """Back takes the box, then the screen, and never the first one."""
        self.assertEqual(list(self.deck), [self.first, self.second, self.box])
        for front in (self.box, self.second, self.first, self.first):
            self.assertIs(self.deck.front, front)
            self.deck.back()

    def test_close(self) -> None:
        """A screen can go from under a box; the first one cannot."""
        self.deck.close(self.second)
        self.deck.close(self.first)
        self.assertEqual(list(self.deck), [self.first, self.box])

    def test_home(self) -> None:
        """Home is the first screen alone; another one may take its place."""
        self.deck.home()
        self.assertEqual(list(self.deck), [self.first])
        self.assertIsNone(self.deck.box)
        self.deck.restart(self.second)
        self.assertEqual(list(self.deck), [self.second])

    def test_what_only_the_person_takes_away(self) -> None:
        """It stays when all others go home; closing it is what takes it away."""
        paper = Paper("paper")
        self.deck.show(paper)
        self.deck.home()
        self.assertEqual(list(self.deck), [self.first, paper])
        self.deck.close(paper)
        self.assertEqual(list(self.deck), [self.first])

    def test_drawn(self) -> None:
        """The screen shows around its boxes, and the one that comes over all covers them."""
        seen = render_text(self.deck.laid_out(), (20, 5))
        self.assertEqual(seen[0], "s" * 20)
        self.assertIn(" box ", seen[1])
        seen = render_text(self.deck.laid_out(Card("call")), (20, 5))
        self.assertIn(" call ", seen[1])
