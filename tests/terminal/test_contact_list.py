"""The phone book as a list: groups, rows, and that only what is looked at is made."""

from twisted.trial.unittest import SynchronousTestCase
from urwid.testing import press, render_text

from tests.terminal.fake_controller import PEOPLE, person
from tests.terminal.fake_people import contact
from tests.terminal.scenes import seated
from voip.client.model_people import ContactView
from voip.core.people import Presence
from voip_terminal.contact_list import (
    grouped,
    is_online,
    row_of_contact,
    shown_contact,
    username_of,
)
from voip_terminal.glyphs import ASCII, UNICODE
from voip_terminal.paint import Line
from voip_terminal.row_list import Heading, RowList

THOUSAND = tuple(
    contact(person(f"user{at:04}", f"User {at:04}"), is_favourite=at < 20, is_blocked=at > 990)
    for at in range(1000)
)


class RowTests(SynchronousTestCase):
    """What a row shows."""

    def shown(self, view: ContactView) -> str:
        return "".join(text for _, text in row_of_contact(view, 31, UNICODE))

    def test_names(self) -> None:
        """One's own name for somebody comes first; one of nothing visible never shows."""
        self.assertEqual(self.shown(contact(PEOPLE[0])), "● Bob Martin      available    ")
        self.assertEqual(self.shown(contact(PEOPLE[0], "Bobby")), "● Bobby           available    ")
        self.assertEqual(shown_contact(contact(PEOPLE[0], "\x1b \u202e")), "bob")

    def test_blocked(self) -> None:
        """Of somebody blocked nothing shows but that."""
        view = contact(PEOPLE[0], is_blocked=True)
        self.assertEqual(self.shown(view), "✗ Bob Martin      blocked      ")
        self.assertFalse(is_online(view))

    def test_online(self) -> None:
        """Everybody but who is offline counts as online."""
        views = [contact(person("bob", "", presence)) for presence in Presence]
        self.assertEqual(sum(map(is_online, views)), len(Presence) - 1)


class GroupTests(SynchronousTestCase):
    """Favourites, others, blocked."""

    def headings(self, *views: ContactView) -> list[str]:
        return [row.text for row in grouped(views, ASCII) if isinstance(row, Heading)]

    def test_headings(self) -> None:
        """One group needs no heading, empty ones have none."""
        self.assertEqual(self.headings(), [])
        self.assertEqual(self.headings(contact(PEOPLE[0])), [])
        both = (contact(PEOPLE[0], is_favourite=True, is_blocked=True), contact(PEOPLE[1]))
        self.assertEqual(self.headings(*both), ["All others", "x Blocked"])

    def test_nobody_is_lost(self) -> None:
        """Everybody stands in exactly one group."""
        rows = [row for row in grouped(THOUSAND, UNICODE) if not isinstance(row, Heading)]
        self.assertEqual(sorted(rows, key=username_of), list(THOUSAND))


class LazyTests(SynchronousTestCase):
    """A thousand contacts."""

    def setUp(self) -> None:
        self.made = 0
        self.list = RowList(self.paint, username_of, UNICODE)
        self.list.replace(grouped(THOUSAND, UNICODE))

    def paint(self, view: ContactView, cols: int) -> Line:
        self.made += 1
        return row_of_contact(view, cols, UNICODE)

    def test_rows_made(self) -> None:
        """To show, to move and to take in news makes the rows of one screen, not a thousand."""
        render_text(self.list.widget, (32, 20), focus=True)
        self.assertLessEqual(self.made, 20)
        for key in ("down", "page down", "end", "home"):
            self.made = 0
            press(self.list.widget, (32, 20), key)
            shown = render_text(self.list.widget, (32, 20), focus=True)
            self.assertEqual(len(shown), 20)
            self.assertLessEqual(self.made, 60, key)
        self.made = 0
        self.list.replace(grouped(THOUSAND[1:], UNICODE))
        render_text(self.list.widget, (32, 20), focus=True)
        self.assertLessEqual(self.made, 20)

    def test_on_the_screen(self) -> None:
        """The first screen has them all, from the first to the last."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.contacts(*THOUSAND)
        seat.press("home")
        self.assertIn("▶● User 0000", seat.text)
        self.assertIn("991 of 1000 online", seat.text)
        seat.press("end")
        self.assertIn("▶✗ User 0999", seat.text)
