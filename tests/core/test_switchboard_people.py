"""The switchboard, as far as it is about people: books, idle devices, how accounts are seen."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, CARL, Desk, opened, session_id
from voip.core.effects import Tell
from voip.core.events import ContactPut, ContactRemoved, Event, SessionClosed, TimerFired
from voip.core.messages import Done
from voip.core.people import Person, Presence
from voip.core.people_messages import GetPerson, PersonOk, PresenceChanged, SetIdle, SetPresence
from voip.core.timers import PresenceDue

A1, B1, B2 = (session_id(name) for name in ("a1", "b1", "b2"))
HERE = Person(BOB, "Bob", Presence.AVAILABLE)
GONE = Person(BOB, BOB, Presence.OFFLINE)


class PeopleTests(SynchronousTestCase):
    """Anna with one device, bob with two."""

    def setUp(self) -> None:
        self.desk = Desk()
        self.due()

    def receive(self, event: Event) -> None:
        self.desk.effects = self.desk.switchboard.receive(event, self.desk.now)

    def due(self) -> None:
        self.receive(TimerFired(PresenceDue()))

    def bob_as_anna_sees(self) -> Person:
        answer = self.desk.ask("a1", GetPerson(BOB))
        assert isinstance(answer, PersonOk)
        return answer.person

    def test_away_when_every_device_is_idle(self) -> None:
        """One that is used, or comes, makes available again; what it said goes with it."""
        away = Person(BOB, "Bob", Presence.AWAY)
        self.assertEqual(self.desk.ask("b1", SetIdle(True)), Done())
        self.assertEqual(self.bob_as_anna_sees(), HERE)
        self.desk.ask("b2", SetIdle(True))
        self.assertEqual(self.bob_as_anna_sees(), away)
        self.receive(opened(BOB, "b3"))
        self.assertEqual(self.bob_as_anna_sees(), HERE)
        self.receive(SessionClosed(session_id("b3")))
        self.assertEqual(self.bob_as_anna_sees(), away)
        self.desk.ask("b1", SetIdle(False))
        self.assertEqual(self.bob_as_anna_sees(), HERE)

    def test_a_block_counts_at_once(self) -> None:
        """And its end does, whether the entry changes or goes."""
        self.receive(ContactPut(BOB, ANNA, is_blocked=True))
        self.assertEqual(self.bob_as_anna_sees(), GONE)
        self.due()
        self.assertEqual(self.desk.told("a1"), [PresenceChanged((GONE,))])
        self.receive(ContactRemoved(BOB, ANNA))
        self.assertEqual(self.bob_as_anna_sees(), HERE)

    def test_a_book_of_somebody_offline_is_not_kept_here(self) -> None:
        """It comes with the next login."""
        self.receive(ContactPut(CARL, ANNA, is_blocked=True))
        self.receive(ContactRemoved(CARL, BOB))
        self.assertEqual(self.desk.effects, [])

    def test_the_book_of_the_first_login_counts(self) -> None:
        """What was read for a second device may be older than what has changed since."""
        self.receive(ContactPut(BOB, ANNA, is_blocked=True))
        self.receive(opened(BOB, "b3"))
        self.assertEqual(self.bob_as_anna_sees(), GONE)

    def test_accounts_as_one_may_see_them(self) -> None:
        """Who is offline, or seems so, has the nick that the account has."""
        self.desk.ask("a1", SetPresence(Presence.INVISIBLE))
        board = self.desk.switchboard
        names = ((ANNA, "Anna"), (BOB, "Robert"), (CARL, "Carl"))
        self.assertEqual(
            board.people(names, BOB),
            (
                Person(ANNA, "Anna", Presence.OFFLINE),
                HERE,
                Person(CARL, "Carl", Presence.OFFLINE),
            ),
        )
        self.assertEqual((board.count_others(ANNA), board.count_others(BOB)), (1, 0))

    def test_one_s_own_devices_know_of_invisible(self) -> None:
        """By the snapshot of a login, and by being told."""
        self.desk.ask("b1", SetPresence(Presence.INVISIBLE))
        hidden = Person(BOB, "Bob", Presence.INVISIBLE)
        self.assertEqual(self.desk.switchboard.snapshot(B2, 0.0).me, hidden)
        self.due()
        self.assertEqual(self.desk.told("b2"), [PresenceChanged((hidden,))])
        self.assertEqual(self.desk.told("a1"), [PresenceChanged((GONE,))])

    def test_all_who_are_told_the_same_are_told_one_value(self) -> None:
        """So that a server need not write it for each of them."""
        self.receive(opened(CARL, "c1"))
        self.due()
        self.desk.ask("b1", SetPresence(Presence.AWAY))
        self.due()
        notices = {id(one.notice) for one in self.desk.effects if isinstance(one, Tell)}
        self.assertEqual(len(notices), 1)
