"""Calls of more than two: from the start, by adding, by their host's word, to their end."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.conference_lab import DAVE, ONE, TWO, Exchanged
from tests.core.people_lab import ANNA, BOB, CARL, COMMITMENT, KEY, session_id
from voip.core.call_limits import CallLimits
from voip.core.call_messages import (
    Accept,
    AddParticipant,
    Alerting,
    Cancel,
    Decline,
    E2eArrived,
    E2eRelay,
    EndForAll,
    Hold,
    Invite,
    InviteOk,
    Kick,
    Leave,
    QualityReport,
    SealedPart,
    SetLock,
    SetMute,
)
from voip.core.call_requests import MAX_PARTS_TO_ONE
from voip.core.calls import DeclineReason, EndReason, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.events import SessionClosed, SessionLost, TimerFired
from voip.core.ids import LegNumber, Username
from voip.core.messages import Done
from voip.core.timers import GraceOver, LonelyCall, NoAnswer

ACTIVE, LEFT = LegState.ACTIVE, LegState.LEFT
WRONG_STATE = Refusal(ErrorCode.WRONG_STATE)
NOT_HOST = Refusal(ErrorCode.NOT_HOST)
CALL_FULL = Refusal(ErrorCode.CALL_FULL)
NOBODY = Username("nobody")


class ConferenceCase(SynchronousTestCase):
    """Anna, who is the host, Bob by b1 and Carl."""

    def setUp(self) -> None:
        self.desk = Exchanged()
        self.desk.conference()

    def names(self) -> list[str]:
        return [leg.device_name for leg in self.desk.call().legs]


class BeginningTests(SynchronousTestCase):
    """A conference from the start."""

    def setUp(self) -> None:
        self.desk = Exchanged()
        self.desk.invite("a1", BOB, CARL)

    def test_everybody_rings(self) -> None:
        """With a time to answer for each."""
        self.assertEqual(self.desk.started(), [NoAnswer(ONE, BOB), NoAnswer(ONE, CARL)])
        self.assertTrue(self.desk.call().is_conference)
        self.assertTrue(self.desk.leg("a1").is_host)

    def test_who_answers_is_heard_by_all_who_have(self) -> None:
        """The caller is in with the first answer; the second hears both."""
        self.desk.done("b1", Accept(ONE))
        self.assertEqual(self.desk.stopped(), [NoAnswer(ONE, BOB)])
        self.assertEqual((self.desk.hears("a1"), self.desk.hears("c1")), ({"b1"}, set()))
        self.desk.done("c1", Accept(ONE))
        self.assertEqual(self.desk.hears("a1"), {"b1", "c1"})
        self.assertEqual(self.desk.hears("c1"), {"a1", "b1"})
        self.assertEqual({one.room for one in self.desk.hearing.values()}, {ONE})

    def test_one_who_does_not_answer_is_let_go(self) -> None:
        """The others go on; he is told, and then no longer seen."""
        self.desk.done("b1", Accept(ONE))
        self.desk.happen(TimerFired(NoAnswer(ONE, CARL)))
        self.assertIs(self.desk.reason("c1"), EndReason.NO_ANSWER)
        self.assertEqual([leg.device_name for leg in self.desk.call().legs], ["a1", "b1"])

    def test_nobody_comes(self) -> None:
        """The caller is told the most telling reason."""
        self.desk.done("b1", Decline(ONE, DeclineReason.DECLINED))
        self.desk.happen(TimerFired(NoAnswer(ONE, CARL)))
        self.assertIs(self.desk.told_of("a1").ended, EndReason.DECLINED)
        self.assertEqual(self.desk.switchboard.calls(0.0), ())

    def test_the_caller_gives_up(self) -> None:
        """Nobody rings any more."""
        self.desk.done("a1", Cancel(ONE))
        self.assertIs(self.desk.told_of("c1").ended, EndReason.CANCELLED)
        self.assertEqual(self.desk.stopped(), [NoAnswer(ONE, BOB), NoAnswer(ONE, CARL)])

    def test_everybody_shows_a_key(self) -> None:
        """The caller too, while it dials, and once."""
        self.desk.done("a1", Alerting(ONE, KEY))
        self.assertEqual(self.desk.told_of("b1").legs[0].key, KEY)
        self.assertEqual(self.desk.ask("a1", Alerting(ONE, KEY)), WRONG_STATE)

    def test_with_one_person_it_is_one_when_asked(self) -> None:
        """And no meeting comes of it when the callee calls back."""
        desk = Exchanged()
        self.assertEqual(
            desk.ask("a1", Invite(ONE, (BOB,), COMMITMENT, is_conference=True)), InviteOk(ONE)
        )
        self.assertTrue(desk.call().is_conference)
        desk.invite("b1", ANNA, call=TWO)
        self.assertEqual(len(desk.switchboard.calls(0.0)), 2)


class GoingOnTests(ConferenceCase):
    """Who comes and goes."""

    def test_one_leaves(self) -> None:
        """The others go on; it is told once and pruned; a number never comes again."""
        self.desk.done("c1", Leave(ONE))
        self.assertIs(self.desk.reason("c1"), EndReason.HANGUP)
        self.assertEqual(self.names(), ["a1", "b1"])
        last = max(leg.number for leg in self.desk.told_of("a1").legs)
        self.assertEqual(self.desk.ask("c1", Leave(ONE)), Refusal(ErrorCode.NO_SUCH_CALL))
        self.desk.done("a1", AddParticipant(ONE, (CARL,)))
        self.assertGreater(self.desk.leg("c1").number, last)

    def test_the_host_leaves(self) -> None:
        """Who joined first of the others is the host from then on."""
        self.desk.done("a1", Leave(ONE))
        self.assertTrue(self.desk.leg("b1").is_host)
        self.assertFalse(self.desk.leg("c1").is_host)

    def test_one_alone_waits_a_while(self) -> None:
        """The timer starts with the loneliness and ends the call."""
        self.desk.done("a1", Leave(ONE))
        self.desk.done("b1", Leave(ONE))
        self.assertEqual(self.desk.started(), [LonelyCall(ONE)])
        self.desk.done("c1", SetMute(ONE, is_muted=True))
        self.assertEqual(self.desk.started(), [])
        self.desk.happen(TimerFired(LonelyCall(ONE)))
        self.assertIs(self.desk.told_of("c1").ended, EndReason.HANGUP)
        self.desk.happen(TimerFired(LonelyCall(ONE)))
        self.assertEqual(self.desk.effects, [])

    def test_company_ends_the_loneliness(self) -> None:
        """Already when somebody rings."""
        self.desk.done("a1", Leave(ONE))
        self.desk.done("b1", Leave(ONE))
        self.desk.done("c1", AddParticipant(ONE, (DAVE,)))
        self.assertEqual(self.desk.stopped(), [LonelyCall(ONE)])

    def test_the_last_one_leaves(self) -> None:
        """Nothing is left, and who still rings stops."""
        self.desk.done("a1", AddParticipant(ONE, (DAVE,)))
        for device in ("a1", "b1", "c1"):
            self.desk.done(device, Leave(ONE))
        self.assertIs(self.desk.reason("d1"), EndReason.CANCELLED)
        self.assertEqual(self.desk.switchboard.calls(0.0), ())
        self.assertEqual((self.desk.hearing, self.desk.shut), ({}, set()))

    def test_one_is_lost_for_good(self) -> None:
        """The others go on."""
        self.desk.happen(SessionLost(session_id("b1")))
        self.assertFalse(self.desk.leg("b1").is_connected)
        self.desk.happen(TimerFired(GraceOver(session_id("b1"))))
        self.assertEqual(self.names(), ["a1", "c1"])

    def test_who_holds_hears_nothing_and_stays(self) -> None:
        """The others hear each other."""
        self.desk.done("a1", Hold(ONE))
        self.assertEqual(self.desk.hears("b1"), {"c1"})
        self.assertEqual(self.desk.hears("a1"), set())

    def test_sealed_messages_for_several(self) -> None:
        """Each leg gets its own; one for who has left is dropped."""
        self.desk.done("c1", Leave(ONE))
        parts = tuple(
            SealedPart(leg.number, leg.device_name.encode()) for leg in self.desk.call().legs
        )
        gone = SealedPart(LegNumber(4), b"gone")
        self.assertEqual(self.desk.ask("a1", E2eRelay(ONE, (*parts, gone))), Done())
        self.assertEqual(self.desk.told("b1"), [E2eArrived(ONE, LegNumber(1), b"b1")])
        self.assertEqual(len(self.desk.effects), 1)
        self.assertEqual(self.desk.ask("a1", E2eRelay(ONE, (gone,))), WRONG_STATE)

    def test_sealed_messages_by_the_hundred_to_one(self) -> None:
        """They would push out what that one has not acknowledged yet; none of them is carried."""
        parts = tuple(SealedPart(LegNumber(2), b"sealed") for _ in range(MAX_PARTS_TO_ONE + 1))
        refused = self.desk.ask("a1", E2eRelay(ONE, parts))
        self.assertEqual(refused, Refusal(ErrorCode.BAD_REQUEST, "parts"))
        self.assertEqual(self.desk.ask("a1", E2eRelay(ONE, parts[1:])), Done())

    def test_what_is_told_at_the_end(self) -> None:
        """Everybody's part: who joined, for how long, how it ended and how it sounded."""
        self.desk.now += 10
        self.desk.done("c1", QualityReport(ONE, 12, 3, 40), Leave(ONE))
        self.desk.done("a1", AddParticipant(ONE, (DAVE, NOBODY)))
        self.desk.done("d1", Decline(ONE, DeclineReason.BUSY))
        self.desk.now += 5
        self.desk.done("a1", EndForAll(ONE))
        [ended] = self.desk.ended()
        self.assertTrue(ended.is_conference)
        self.assertEqual((ended.caller, ended.outcome), (ANNA, EndReason.HANGUP))
        self.assertEqual((ended.talked_seconds, ended.started_seconds_ago), (15.0, 15.0))
        people = {one.username: one for one in ended.participants}
        self.assertEqual(list(people), [ANNA, BOB, CARL, DAVE, NOBODY])
        self.assertTrue(people[ANNA].is_caller)
        self.assertEqual(
            [(one.has_joined, one.talked_seconds) for one in people.values()],
            [(True, 15.0), (True, 15.0), (True, 10.0), (False, 0.0), (False, 0.0)],
        )
        self.assertEqual((people[CARL].lost_per_mille, people[CARL].rtt_ms), (12, 40))
        self.assertFalse(people[BOB].has_reported)
        self.assertIs(people[DAVE].outcome, EndReason.BUSY)
        self.assertIs(people[NOBODY].outcome, EndReason.UNAVAILABLE)


class AddingTests(SynchronousTestCase):
    """People called into a call that is there."""

    def setUp(self) -> None:
        self.desk = Exchanged()
        self.desk.talk("a1", "b1")

    def test_a_talk_becomes_a_conference(self) -> None:
        """The caller is its host, the new one rings, the talk goes on, now in a room."""
        self.desk.done("b1", AddParticipant(ONE, (CARL,)))
        view = self.desk.told_of("a1")
        self.assertTrue(view.is_conference)
        self.assertTrue(view.legs[0].is_host)
        self.assertIn(NoAnswer(ONE, CARL), self.desk.started())
        self.assertEqual({one.room for one in self.desk.hearing.values()}, {ONE})
        self.desk.done("c1", Accept(ONE))
        self.assertEqual(self.desk.hears("c1"), {"a1", "b1"})

    def test_what_never_changes_is_told_once(self) -> None:
        """The newcomer has all in full, the others what is new; those who know the same are told
        the same object."""
        self.desk.done("a1", Alerting(ONE, KEY))
        self.desk.done("b1", Alerting(ONE, KEY), AddParticipant(ONE, (CARL,)))
        old, new = self.desk.told_of("a1"), self.desk.told_of("c1")
        self.assertIs(old, self.desk.told_of("b1"))
        self.assertEqual([leg.device_name for leg in old.legs if leg.device_name], ["c1"])
        self.assertEqual([leg.key for leg in old.legs], [None] * len(old.legs))
        self.assertEqual(new.legs[0].key, KEY)
        self.assertTrue(all(leg.certificate and leg.device_name for leg in new.legs))
        self.desk.done("c1", Alerting(ONE, KEY))
        self.assertEqual(self.desk.told_of("a1").legs[-1].key, KEY)
        self.assertIs(self.desk.told_of("a1"), self.desk.told_of("c1"))
        self.desk.done("c1", Accept(ONE))
        bare = self.desk.told_of("c1")
        self.assertFalse(any(leg.key or leg.certificate for leg in bare.legs))
        whole = self.desk.switchboard.snapshot(session_id("c1"), 0.0).calls[0]
        self.assertTrue(all(leg.key and leg.certificate for leg in whole.legs))

    def test_nobody_can_be_reached(self) -> None:
        """The talk stays one between two."""
        self.desk.done("a1", AddParticipant(ONE, (NOBODY,)))
        self.assertFalse(self.desk.call().is_conference)

    def test_who_is_in_it_is_not_called_again(self) -> None:
        """Only those who are not; naming nobody else, or one twice, is no correct request."""
        refusal = Refusal(ErrorCode.BAD_REQUEST, "callees")
        for callees in ((BOB,), (CARL, CARL), ()):
            self.assertEqual(self.desk.ask("a1", AddParticipant(ONE, callees)), refusal)
        self.desk.done("a1", AddParticipant(ONE, (BOB, CARL)))
        live = [one for one in self.desk.call().legs if one.state is not LEFT]
        self.assertEqual(len(live), 3)

    def test_only_who_is_in_it_adds(self) -> None:
        """Not who dials or rings."""
        self.desk.invite("c1", DAVE, call=TWO)
        self.assertEqual(self.desk.ask("c1", AddParticipant(TWO, (ANNA,))), WRONG_STATE)
        self.assertEqual(self.desk.ask("d1", AddParticipant(TWO, (ANNA,))), WRONG_STATE)

    def test_listeners(self) -> None:
        """They hear all and have no stream."""
        self.desk.done("a1", AddParticipant(ONE, (CARL,), as_listeners=True))
        self.assertTrue(self.desk.leg("c1").is_listener)
        self.desk.done("c1", Accept(ONE))
        self.assertEqual(self.desk.hears("c1"), {"a1", "b1"})
        self.assertEqual(self.desk.hears("a1"), {"b1"})

    def test_the_speaking_places_are_taken(self) -> None:
        """Who joins then listens."""
        desk = Exchanged(CallLimits(max_speakers=2))
        desk.conference()
        self.assertFalse(desk.leg("b1").is_listener)
        self.assertTrue(desk.leg("c1").is_listener)

    def test_there_is_no_place(self) -> None:
        """Neither for more people than a call has places, nor for more legs than can be told."""
        for limits in (
            CallLimits(max_speakers=1, max_listeners=1),
            CallLimits(max_legs=3),
            CallLimits(last_stream=3),
        ):
            desk = Exchanged(limits)
            desk.talk("a1", "c1")
            refused = desk.ask("a1", AddParticipant(ONE, (BOB,)))
            self.assertEqual(refused, CALL_FULL, limits)

    def test_there_is_an_end_of_people_to_be_called(self) -> None:
        """Absent ones take no place in a call, but one in its record; known ones no other."""
        desk = Exchanged(CallLimits(max_people=4))
        desk.talk("a1", "c1")
        desk.done("a1", AddParticipant(ONE, (Username("no-1"), Username("no-2"))))
        self.assertEqual(desk.ask("a1", AddParticipant(ONE, (BOB,))), CALL_FULL)
        desk.done("c1", AddParticipant(ONE, (Username("no-1"), Username("no-2"))))

    def test_a_person_can_be_called_again(self) -> None:
        """With a fresh leg and a time to answer of its own."""
        self.desk.done("a1", AddParticipant(ONE, (CARL,)))
        self.desk.happen(TimerFired(NoAnswer(ONE, CARL)))
        self.desk.done("b1", AddParticipant(ONE, (CARL,)))
        self.assertIn(NoAnswer(ONE, CARL), self.desk.started())
        self.desk.done("c1", Accept(ONE))
        self.assertIs(self.desk.state("c1"), ACTIVE)

    def test_one_who_goes_offline_while_ringing(self) -> None:
        """The others go on."""
        self.desk.done("a1", AddParticipant(ONE, (CARL,)))
        self.desk.happen(SessionClosed(session_id("c1")))
        self.assertEqual(len(self.desk.call().legs), 2)
        self.assertIn(NoAnswer(ONE, CARL), self.desk.stopped())


class HostTests(ConferenceCase):
    """What only the host does."""

    def test_nobody_else_does(self) -> None:
        """Neither one who is in it nor who rings."""
        self.desk.done("a1", AddParticipant(ONE, (DAVE,)))
        carl = self.desk.leg("c1").number
        for device in ("b1", "d1"):
            for request in (
                Kick(ONE, CARL),
                SetLock(ONE, is_locked=True),
                EndForAll(ONE),
                SetMute(ONE, True, carl),
            ):
                self.assertEqual(self.desk.ask(device, request), NOT_HOST)

    def test_a_talk_has_no_host(self) -> None:
        """Between two these mean nothing."""
        desk = Exchanged()
        desk.talk("a1", "b1")
        for request in (Kick(ONE, BOB), SetLock(ONE, is_locked=True), EndForAll(ONE)):
            self.assertEqual(desk.ask("a1", request), WRONG_STATE)
        self.assertEqual(desk.ask("a1", SetMute(ONE, True, LegNumber(2))), WRONG_STATE)

    def test_kicking(self) -> None:
        """All devices of the person leave, and he can be called in again."""
        self.desk.done("a1", Kick(ONE, CARL))
        self.assertIs(self.desk.reason("c1"), EndReason.KICKED)
        self.assertEqual(self.names(), ["a1", "b1"])
        self.assertEqual(self.desk.ask("a1", Kick(ONE, CARL)), WRONG_STATE)
        self.assertEqual(
            self.desk.ask("a1", Kick(ONE, ANNA)), Refusal(ErrorCode.BAD_REQUEST, "username")
        )
        self.desk.done("b1", AddParticipant(ONE, (CARL,)))

    def test_locking(self) -> None:
        """Nobody is added until it is unlocked, not by the host either; who rings may come."""
        self.desk.done("a1", AddParticipant(ONE, (DAVE,)), SetLock(ONE, is_locked=True))
        self.assertTrue(self.desk.told_of("b1").is_locked)
        self.desk.done("d1", Accept(ONE), Leave(ONE))
        for device in ("a1", "b1"):
            refused = self.desk.ask(device, AddParticipant(ONE, (DAVE,)))
            self.assertEqual(refused, Refusal(ErrorCode.CALL_LOCKED))
        self.desk.done("a1", SetLock(ONE, is_locked=False), AddParticipant(ONE, (DAVE,)))

    def test_muting_another(self) -> None:
        """That person is heard no more until he unmutes himself; the host cannot."""
        carl = self.desk.leg("c1").number
        self.desk.done("a1", SetMute(ONE, True, carl))
        self.assertTrue(self.desk.leg("c1").is_muted)
        self.assertEqual(self.desk.hears("b1"), {"a1"})
        self.assertEqual(self.desk.ask("a1", SetMute(ONE, False, carl)), WRONG_STATE)
        self.assertEqual(self.desk.ask("a1", SetMute(ONE, True, LegNumber(99))), WRONG_STATE)
        self.desk.done("c1", SetMute(ONE, False, carl))
        self.assertEqual(self.desk.hears("b1"), {"a1", "c1"})

    def test_muting_who_only_rings(self) -> None:
        """There is nothing to mute."""
        self.desk.done("a1", AddParticipant(ONE, (DAVE,)))
        dave = self.desk.leg("d1").number
        self.assertEqual(self.desk.ask("a1", SetMute(ONE, True, dave)), WRONG_STATE)

    def test_ending_for_all(self) -> None:
        """Everybody leaves, who rings too."""
        self.desk.done("a1", AddParticipant(ONE, (DAVE,)), EndForAll(ONE))
        for device in ("a1", "b1", "c1", "d1"):
            self.assertIs(self.desk.told_of(device).ended, EndReason.HANGUP)
        self.assertEqual(self.desk.hearing, {})
