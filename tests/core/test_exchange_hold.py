"""Holding, taking back, a second call and swapping."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.conference_lab import ONE, THREE, TWO, Exchanged
from tests.core.people_lab import ANNA, BOB, CARL, invite, session_id
from voip.core.call_limits import CallLimits
from voip.core.call_messages import Accept, Decline, Hold, Leave, SetMute, Swap, Unhold
from voip.core.calls import DeclineReason, EndReason, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.events import SessionLost, SessionResumed, TimerFired
from voip.core.people import Presence
from voip.core.people_messages import GetPerson, PersonOk
from voip.core.timers import GraceOver

ACTIVE, HELD = LegState.ACTIVE, LegState.HELD
WRONG_STATE = Refusal(ErrorCode.WRONG_STATE)


class HoldTests(SynchronousTestCase):
    """One call on hold."""

    def setUp(self) -> None:
        self.desk = Exchanged()
        self.desk.talk("a1", "b1")

    def test_who_holds_neither_sends_nor_hears(self) -> None:
        """And the other is told so."""
        self.assertEqual(self.desk.hears("a1"), {"b1"})
        self.desk.done("a1", Hold(ONE))
        self.assertIs(self.desk.told_of("b1").legs[0].state, HELD)
        self.assertEqual((self.desk.hears("a1"), self.desk.hears("b1")), (set(), set()))

    def test_the_call_is_taken_back(self) -> None:
        """Both hear each other again."""
        self.desk.done("a1", Hold(ONE), Unhold(ONE))
        self.assertEqual((self.desk.hears("a1"), self.desk.hears("b1")), ({"b1"}, {"a1"}))

    def test_both_hold(self) -> None:
        """Nobody is heard until both have taken it back."""
        self.desk.done("a1", Hold(ONE))
        self.desk.done("b1", Hold(ONE))
        self.desk.done("a1", Unhold(ONE))
        self.assertEqual((self.desk.hears("a1"), self.desk.hears("b1")), (set(), set()))
        self.desk.done("b1", Unhold(ONE))
        self.assertEqual((self.desk.hears("a1"), self.desk.hears("b1")), ({"b1"}, {"a1"}))

    def test_a_mute_outlives_the_hold(self) -> None:
        """Taking back does not unmute."""
        self.desk.done("a1", SetMute(ONE, is_muted=True), Hold(ONE), Unhold(ONE))
        self.assertEqual((self.desk.hears("a1"), self.desk.hears("b1")), ({"b1"}, set()))

    def test_what_cannot_be_done(self) -> None:
        """Holding what is held, taking back what is not, holding what rings."""
        self.assertEqual(self.desk.ask("a1", Unhold(ONE)), WRONG_STATE)
        self.desk.done("a1", Hold(ONE))
        self.assertEqual(self.desk.ask("a1", Hold(ONE)), WRONG_STATE)
        self.desk.invite("c1", ANNA, call=TWO)
        self.assertEqual(self.desk.ask("a1", Hold(TWO)), WRONG_STATE)
        self.assertEqual(self.desk.ask("a1", Hold(THREE)), Refusal(ErrorCode.NO_SUCH_CALL))

    def test_a_held_call_ends_like_any_other(self) -> None:
        """Either side hangs up, or is lost for good."""
        self.desk.done("a1", Hold(ONE))
        self.desk.done("b1", Leave(ONE))
        self.assertIs(self.desk.told_of("a1").ended, EndReason.HANGUP)
        self.desk.talk("a1", "b1", call=TWO)
        self.desk.done("a1", Hold(TWO))
        self.desk.happen(SessionLost(session_id("a1")))
        self.desk.happen(TimerFired(GraceOver(session_id("a1"))))
        self.assertIs(self.desk.told_of("b1", TWO).ended, EndReason.NETWORK_LOST)
        self.assertEqual(self.desk.hearing, {})

    def test_it_stays_held_over_a_break(self) -> None:
        """A resume takes nothing back."""
        self.desk.done("a1", Hold(ONE))
        self.desk.happen(SessionLost(session_id("a1")))
        self.desk.happen(SessionResumed(session_id("a1")))
        self.assertIs(self.desk.state("a1"), HELD)

    def test_who_holds_is_in_a_call(self) -> None:
        """Others see it."""
        self.desk.done("a1", Hold(ONE))
        answer = self.desk.ask("c1", GetPerson(ANNA))
        assert isinstance(answer, PersonOk)
        self.assertIs(answer.person.presence, Presence.IN_CALL)


class SecondCallTests(SynchronousTestCase):
    """Another call while one is held."""

    def setUp(self) -> None:
        self.desk = Exchanged()

    def test_a_call_that_comes_in_while_talking_rings(self) -> None:
        """It is answered once the first is held, and not before."""
        self.desk.talk("a1", "b1")
        self.desk.invite("c1", ANNA, call=TWO)
        self.assertIs(self.desk.state("a1", TWO), LegState.INVITED)
        self.assertEqual(self.desk.ask("a1", Accept(TWO)), WRONG_STATE)
        self.desk.done("a1", Hold(ONE), Accept(TWO))
        self.assertEqual((self.desk.state("a1", ONE), self.desk.state("a1", TWO)), (HELD, ACTIVE))
        self.assertEqual(self.desk.hears("a1"), {"c1"})

    def test_swapping(self) -> None:
        """One step: who was held is heard, and nobody else."""
        self.desk.two_calls()
        self.desk.done("a1", Swap(hold=TWO, resume=ONE))
        self.assertEqual((self.desk.state("a1", ONE), self.desk.state("a1", TWO)), (ACTIVE, HELD))
        self.assertEqual(self.desk.hears("a1"), {"b1"})
        self.assertEqual(self.desk.hears("c1"), set())

    def test_a_held_call_cannot_be_taken_back_while_talking(self) -> None:
        """Only swapped, or after the other was held or left."""
        self.desk.two_calls()
        self.assertEqual(self.desk.ask("a1", Unhold(ONE)), WRONG_STATE)
        self.desk.done("a1", Leave(TWO), Unhold(ONE))
        self.assertIs(self.desk.state("a1", ONE), ACTIVE)

    def test_what_cannot_be_swapped(self) -> None:
        """Calls that are not one active and one held, and calls one is not in."""
        self.desk.two_calls()
        self.assertEqual(self.desk.ask("a1", Swap(ONE, TWO)), WRONG_STATE)
        self.assertEqual(self.desk.ask("a1", Swap(TWO, TWO)), WRONG_STATE)
        self.assertEqual(self.desk.ask("a1", Swap(TWO, THREE)), Refusal(ErrorCode.NO_SUCH_CALL))
        self.assertEqual(self.desk.ask("b1", Swap(TWO, ONE)), Refusal(ErrorCode.NO_SUCH_CALL))

    def test_meeting_while_another_is_held(self) -> None:
        """Calling back who calls is answering, here too."""
        self.desk.talk("a1", "b1")
        self.desk.done("a1", Hold(ONE))
        self.desk.invite("c1", ANNA, call=TWO)
        self.desk.ask("a1", invite(CARL, 3))
        self.assertIs(self.desk.state("a1", TWO), ACTIVE)

    def test_a_device_takes_part_in_a_few_calls_only(self) -> None:
        """One more finds it busy, and it cannot dial either."""
        desk = Exchanged(CallLimits(max_calls=2))
        desk.talk("a1", "b1")
        desk.done("a1", Hold(ONE))
        desk.talk("a1", "c1", call=TWO)
        desk.done("a1", Hold(TWO))
        self.assertEqual(desk.ask("a1", invite(BOB, 3)), WRONG_STATE)
        desk.invite("d1", ANNA, call=THREE)
        self.assertIs(desk.told_of("d1", THREE).ended, EndReason.BUSY)

    def test_saying_no_to_one_leaves_the_other(self) -> None:
        """The talk goes on."""
        self.desk.talk("a1", "b1")
        self.desk.invite("c1", ANNA, call=TWO)
        self.desk.done("a1", Decline(TWO, DeclineReason.DECLINED))
        self.assertIs(self.desk.state("a1"), ACTIVE)
        self.assertEqual(len(self.desk.switchboard.calls(0.0)), 1)
