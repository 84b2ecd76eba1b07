"""Who is online and how they are."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, CARL
from voip.core.people import Person, Presence
from voip.core.people_messages import ListUsers, UserPage
from voip.core.presence import ASKABLE, PresenceBoard


class PresenceBoardTests(SynchronousTestCase):
    """Presence of accounts, whatever their sessions and calls."""

    def setUp(self) -> None:
        self.board = PresenceBoard()
        self.board.came(ANNA, "Anna")
        self.assertEqual(self.board.due(), (Person(ANNA, "Anna", Presence.AVAILABLE),))

    def test_who_comes_is_available(self) -> None:
        """A first login shows as available, without a text."""
        self.assertEqual(self.board.person(ANNA), Person(ANNA, "Anna", Presence.AVAILABLE))

    def test_absent_and_unknown_look_alike(self) -> None:
        """Somebody offline shows nothing but the name that was asked for."""
        self.board.went(ANNA)
        self.assertEqual(self.board.person(ANNA), Person(ANNA, ANNA, Presence.OFFLINE))
        self.assertEqual(self.board.person(BOB), Person(BOB, BOB, Presence.OFFLINE))

    def test_a_call_shows_by_itself(self) -> None:
        """Talking hides what was set, and gives it back afterwards."""
        self.board.was_set(ANNA, Presence.AWAY, "lunch")
        self.board.talks(ANNA, True)
        self.assertEqual(self.board.person(ANNA).presence, Presence.IN_CALL)
        self.assertEqual(self.board.person(ANNA).text, "lunch")
        self.board.talks(ANNA, False)
        self.assertEqual(self.board.person(ANNA).presence, Presence.AWAY)

    def test_what_was_set_goes_with_the_last_session(self) -> None:
        """Who comes back is available again."""
        self.board.was_set(ANNA, Presence.BUSY, "work")
        self.board.went(ANNA)
        self.board.came(ANNA, "Anna")
        self.assertEqual(self.board.person(ANNA), Person(ANNA, "Anna", Presence.AVAILABLE))

    def test_changes_are_told_once(self) -> None:
        """Several changes make one, and what came back to the old makes none."""
        self.assertFalse(self.board.is_waiting)
        self.board.was_set(ANNA, Presence.AWAY, "")
        self.board.renamed(ANNA, "Ännchen")
        self.assertTrue(self.board.is_waiting)
        self.assertEqual(self.board.due(), (Person(ANNA, "Ännchen", Presence.AWAY),))
        self.assertEqual(self.board.due(), ())
        self.board.talks(ANNA, True)
        self.board.talks(ANNA, False)
        self.assertEqual(self.board.due(), ())

    def test_who_went_is_told_as_offline(self) -> None:
        """And whom nobody was told of goes without a word."""
        self.board.went(ANNA)
        self.board.came(BOB, "Bob")
        self.board.went(BOB)
        self.assertEqual(self.board.due(), (Person(ANNA, ANNA, Presence.OFFLINE),))

    def test_a_call_of_somebody_gone_changes_nothing(self) -> None:
        """Nor does one that goes on."""
        self.board.talks(BOB, True)
        self.board.talks(ANNA, False)
        self.assertFalse(self.board.is_waiting)

    def test_a_page_of_people(self) -> None:
        """It tells how people are, how many match and how many are online."""
        self.board.came(BOB, "Robert")
        self.board.talks(BOB, True)
        page = self.board.find(ListUsers(query="rob", limit=5), CARL)
        self.assertEqual(page.people, (Person(BOB, "Robert", Presence.IN_CALL),))
        self.assertEqual((page.total, page.online, page.next_cursor), (1, 2, ""))
        self.board.went(BOB)
        self.assertEqual(self.board.find(ListUsers(query="rob"), CARL).people, ())

    def test_who_asks_is_left_out(self) -> None:
        """One looks for others: neither on the page nor in the counts."""
        self.board.came(BOB, "Anna Robert")
        bob = Person(BOB, "Anna Robert", Presence.AVAILABLE)
        for query in ("", "an"):
            page = self.board.find(ListUsers(query=query), ANNA)
            self.assertEqual(page, UserPage((bob,), "", total=1, online=1))

    def test_what_may_be_asked_for(self) -> None:
        """Offline and in call come by themselves."""
        self.assertEqual(set(Presence) - ASKABLE, {Presence.OFFLINE, Presence.IN_CALL})
