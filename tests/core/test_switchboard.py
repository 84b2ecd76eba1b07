"""The whole switchboard: sessions and presence."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, Desk, call_id, invite, opened, session_id
from voip.core.call_messages import Accept, Cancel
from voip.core.calls import EndReason, LegState
from voip.core.effects import EndSession, Reply, SetReceivers, StartTimer, StopTimer, Tell
from voip.core.errors import ErrorCode, LocalProtocolError, Refusal
from voip.core.events import (
    ContactPut,
    Event,
    NickChanged,
    SessionClosed,
    SessionLost,
    SessionResumed,
    TimerFired,
)
from voip.core.ids import AccountId, SessionId, Username
from voip.core.messages import Done, Snapshot
from voip.core.people import Person, Presence
from voip.core.people_messages import (
    GetPerson,
    ListUsers,
    PersonOk,
    PresenceChanged,
    SetPresence,
    UserPage,
)
from voip.core.switchboard import MAX_PEOPLE_PER_NOTICE, Switchboard, SwitchboardLimits
from voip.core.timers import GraceOver, PresenceDue

A1, B1, B2 = (session_id(name) for name in ("a1", "b1", "b2"))


class SessionTests(SynchronousTestCase):
    """Lost, resumed, closed."""

    def setUp(self) -> None:
        self.desk = Desk()
        self.receive(TimerFired(PresenceDue()))

    def receive(self, event: Event) -> None:
        self.desk.effects = self.desk.switchboard.receive(event, self.desk.now)

    def talk(self) -> None:
        self.desk.ask("a1", invite(BOB))
        call = self.desk.view("a1").call_id
        self.desk.ask("b1", Accept(call))

    def test_a_lost_talker_comes_back(self) -> None:
        """The grace timer runs, the leg shows it, streams stay; coming back stops the timer."""
        self.talk()
        self.receive(SessionLost(B1))
        self.assertIn(StartTimer(GraceOver(B1), 60.0), self.desk.effects)
        self.assertFalse(self.desk.view("a1").legs[1].is_connected)
        self.assertFalse([one for one in self.desk.effects if isinstance(one, SetReceivers)])
        self.receive(SessionResumed(B1))
        self.assertEqual(self.desk.effects[0], StopTimer(GraceOver(B1)))
        self.assertTrue(self.desk.view("a1").legs[1].is_connected)

    def test_a_lost_talker_does_not_come_back(self) -> None:
        """When the grace is over the call ends for that and the session is gone."""
        self.talk()
        self.receive(SessionLost(B1))
        self.receive(TimerFired(GraceOver(B1)))
        self.assertEqual(self.desk.reasons("a1")[:2], [EndReason.NETWORK_LOST] * 2)
        self.assertEqual(self.desk.told("b1"), [])
        self.assertIn(EndSession(B1), self.desk.effects)
        self.receive(SessionResumed(B1))
        self.assertEqual(self.desk.effects, [])
        self.receive(SessionClosed(B1))
        self.assertEqual(self.desk.effects, [])

    def test_no_grace_at_all(self) -> None:
        """With a grace of 0 a lost session is over at once."""
        desk = Desk(Switchboard(SwitchboardLimits(grace_seconds=0)))
        desk.ask("a1", invite(BOB))
        desk.effects = desk.switchboard.receive(SessionLost(A1), desk.now)
        self.assertEqual(desk.reasons("b1"), [EndReason.NETWORK_LOST] * 3)
        self.assertIn(EndSession(A1), desk.effects)
        self.assertFalse([one for one in desk.effects if isinstance(one, StartTimer)][1:])

    def test_logging_out_hangs_up(self) -> None:
        """The other side sees a hang-up, and a ringing device just goes."""
        self.talk()
        self.receive(SessionClosed(A1))
        self.assertEqual(self.desk.reasons("b1")[:2], [EndReason.HANGUP] * 2)
        self.assertIn(EndSession(A1), self.desk.effects)
        self.desk.switchboard.receive(opened(ANNA, "a1"), self.desk.now)
        self.desk.ask("a1", invite(BOB, 2))
        self.receive(SessionClosed(B1))
        self.assertEqual(
            self.desk.states("a1"), [LegState.DIALING, LegState.LEFT, LegState.INVITED]
        )
        self.receive(SessionClosed(B2))
        self.assertEqual(self.desk.reasons("a1"), [EndReason.UNAVAILABLE] * 3)

    def test_closing_a_lost_session_stops_its_timer(self) -> None:
        """No timer outlives its session."""
        self.receive(SessionLost(A1))
        self.receive(SessionClosed(A1))
        self.assertEqual(self.desk.effects[0], StopTimer(GraceOver(A1)))

    def test_what_means_nothing(self) -> None:
        """Events of unknown sessions, an old timer and a needless resume have no effects."""
        unknown = SessionId(bytes(16))
        for event in (
            SessionLost(unknown),
            SessionResumed(unknown),
            SessionClosed(unknown),
            TimerFired(GraceOver(unknown)),
            TimerFired(GraceOver(A1)),
            SessionResumed(A1),
            NickChanged(AccountId(99), "Nobody"),
        ):
            self.receive(event)
            self.assertEqual(self.desk.effects, [], event)

    def test_a_session_is_opened_once(self) -> None:
        """Twice is our own fault, and loud."""
        with self.assertRaises(LocalProtocolError):
            self.receive(opened(ANNA, "a1"))


class ViewTests(SynchronousTestCase):
    """What others may read."""

    def setUp(self) -> None:
        self.desk = Desk()

    def test_a_snapshot(self) -> None:
        """Oneself and the calls one has a live leg in."""
        board = self.desk.switchboard
        me = Person(ANNA, "Anna", Presence.AVAILABLE)
        self.assertEqual(board.snapshot(A1, 0.0), Snapshot(me, ()))
        self.desk.ask("a1", invite(BOB))
        [view] = board.calls(0.0)
        self.assertEqual(board.snapshot(B2, 0.0).calls, (view,))
        self.assertIs(board.snapshot(A1, 0.0).me.presence, Presence.IN_CALL)
        with self.assertRaises(KeyError):
            board.snapshot(SessionId(bytes(16)), 0.0)

    def test_whether_there_are_calls(self) -> None:
        """From the first ring to the last leg's end."""
        self.assertFalse(self.desk.switchboard.has_calls)
        self.desk.ask("a1", invite(BOB))
        self.assertTrue(self.desk.switchboard.has_calls)
        self.desk.ask("a1", Cancel(call_id(1)))
        self.assertFalse(self.desk.switchboard.has_calls)

    def test_the_sessions(self) -> None:
        """By name, with presence and calls."""
        self.desk.switchboard.receive(opened(Username("aaron"), "z1"), 0.0)
        self.desk.ask("b1", invite(ANNA))
        self.desk.switchboard.receive(SessionLost(B1), 0.0)
        views = self.desk.switchboard.sessions()
        self.assertEqual([view.device_name for view in views], ["z1", "a1", "b1", "b2"])
        bob = views[2]
        self.assertEqual((bob.presence, bob.is_connected), (Presence.IN_CALL, False))
        self.assertEqual([len(view.calls) for view in views], [0, 1, 1, 0])
        self.assertEqual((bob.session, bob.account), (B1, opened(BOB, "b1").account))
        self.assertEqual(self.desk.switchboard.sessions_of(BOB), views[2:])
        self.assertEqual(self.desk.switchboard.sessions_of(Username("nobody")), ())


class PresenceTests(SynchronousTestCase):
    """Presence as sessions ask for it and are told of it."""

    def setUp(self) -> None:
        self.desk = Desk()
        self.due()

    def due(self) -> None:
        fired = TimerFired(PresenceDue())
        self.desk.effects = self.desk.switchboard.receive(fired, self.desk.now)

    def told(self, device: str) -> tuple[Person, ...]:
        [notice] = self.desk.told(device)
        assert isinstance(notice, PresenceChanged)
        return notice.people

    def test_changes_are_collected(self) -> None:
        """The first change starts the timer, later ones wait for it, everybody is told once."""
        self.assertEqual(self.desk.ask("a1", SetPresence(Presence.AWAY, "lunch")), Done())
        self.assertEqual(self.desk.effects, [StartTimer(PresenceDue(), 0.25)])
        account = opened(BOB, "b1").account
        self.desk.effects = self.desk.switchboard.receive(NickChanged(account, "Bobby"), 0.0)
        self.assertEqual(self.desk.effects, [])
        self.due()
        changed = (
            Person(ANNA, "Anna", Presence.AWAY, "lunch"),
            Person(BOB, "Bobby", Presence.AVAILABLE),
        )
        for device in ("a1", "b1", "b2"):
            self.assertEqual(self.told(device), changed)
        self.due()
        self.assertEqual(self.desk.effects, [])

    def test_a_lost_session_is_not_told(self) -> None:
        """It would only pile up; and its account is still shown online."""
        self.desk.switchboard.receive(SessionLost(A1), 0.0)
        self.desk.ask("b1", SetPresence(Presence.BUSY))
        self.due()
        self.assertEqual(self.desk.told("a1"), [])
        self.assertEqual(self.told("b2"), (Person(BOB, "Bob", Presence.BUSY),))
        answer = self.desk.ask("b1", GetPerson(ANNA))
        self.assertEqual(answer, PersonOk(Person(ANNA, "Anna", Presence.AVAILABLE)))

    def test_offline_with_the_last_session(self) -> None:
        """One of two devices going changes nothing."""
        self.desk.switchboard.receive(SessionClosed(B1), 0.0)
        self.due()
        self.assertEqual(self.desk.effects, [])
        self.desk.switchboard.receive(SessionClosed(B2), 0.0)
        self.due()
        self.assertEqual(self.told("a1"), (Person(BOB, BOB, Presence.OFFLINE),))

    def test_in_call_by_itself(self) -> None:
        """Dialing shows it, ringing does not, and the end takes it away."""
        self.desk.ask("a1", invite(BOB))
        self.due()
        self.assertEqual(self.told("b1"), (Person(ANNA, "Anna", Presence.IN_CALL),))
        self.desk.switchboard.receive(SessionClosed(B1), 0.0)
        self.desk.switchboard.receive(SessionClosed(B2), 0.0)
        self.due()
        changed = {person.username: person.presence for person in self.told("a1")}
        self.assertEqual(changed, {ANNA: Presence.AVAILABLE, BOB: Presence.OFFLINE})

    def test_what_cannot_be_asked_for(self) -> None:
        """Offline and in call come by themselves."""
        for presence in (Presence.OFFLINE, Presence.IN_CALL):
            refusal = Refusal(ErrorCode.BAD_REQUEST, "presence")
            self.assertEqual(self.desk.ask("a1", SetPresence(presence)), refusal)

    def test_the_text_is_made_safe(self) -> None:
        """No control character reaches another's terminal, and it has a longest length."""
        self.desk.ask("a1", SetPresence(Presence.AWAY, "\x1b[2Jhi\u202e" + "x" * 200))
        answer = self.desk.ask("b1", GetPerson(ANNA))
        assert isinstance(answer, PersonOk)
        self.assertEqual(answer.person.text, "hi" + "x" * 78)

    def test_listing(self) -> None:
        """People who are online, found by name."""
        page = self.desk.ask("a1", ListUsers("bo"))
        bob = Person(BOB, "Bob", Presence.AVAILABLE)
        self.assertEqual(page, UserPage((bob,), "", total=1, online=1))

    def test_many_changes_come_in_several_notices(self) -> None:
        """No notice is longer than the wire takes."""
        for number in range(MAX_PEOPLE_PER_NOTICE + 1):
            name = Username(f"user{number}")
            self.desk.switchboard.receive(ContactPut(ANNA, name, is_blocked=False), 0.0)
            self.desk.switchboard.receive(opened(name, name), 0.0)
        self.due()
        notices = self.desk.told("a1")
        sizes = [len(one.people) for one in notices if isinstance(one, PresenceChanged)]
        self.assertEqual(sizes, [MAX_PEOPLE_PER_NOTICE, 1])

    def test_an_answer_is_the_first_effect(self) -> None:
        """A client knows the answer before what follows from it."""
        self.desk.ask("a1", invite(BOB))
        self.assertFalse(any(isinstance(one, Reply) for one in self.desk.effects))
        self.assertTrue(any(isinstance(one, Tell) for one in self.desk.effects))
