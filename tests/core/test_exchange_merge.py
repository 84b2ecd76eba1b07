"""Two calls become one."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.conference_lab import DAVE, ONE, THREE, TWO, Exchanged
from tests.core.people_lab import ANNA, BOB, CARL, call_id, session_id
from voip.core.call import MERGES_KEPT
from voip.core.call_limits import CallLimits
from voip.core.call_messages import (
    Accept,
    AddParticipant,
    Decline,
    Hold,
    Leave,
    Merge,
    SetLock,
    SetMute,
    Swap,
)
from voip.core.calls import DeclineReason, EndReason, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Username
from voip.core.timers import NoAnswer

ACTIVE, HELD = LegState.ACTIVE, LegState.HELD
WRONG_STATE = Refusal(ErrorCode.WRONG_STATE)


class MergeTests(SynchronousTestCase):
    """Anna holds Bob in the first call and talks to Carl in the second."""

    def setUp(self) -> None:
        self.desk = Exchanged()
        self.desk.two_calls()

    def test_everybody_is_in_one_call(self) -> None:
        """All hear each other, and who merged is the host."""
        self.desk.done("a1", Merge(ONE, TWO))
        view = self.desk.call()
        self.assertTrue(view.is_conference)
        self.assertTrue(self.desk.leg("a1").is_host)
        self.assertEqual(self.desk.hears("a1"), {"b1", "c1"})
        self.assertEqual(self.desk.hears("c1"), {"a1", "b1"})
        self.assertEqual(len(self.desk.switchboard.calls(0.0)), 1)

    def test_it_is_told_where_the_call_goes_on(self) -> None:
        """First that the one has ended, then how the other stands."""
        self.desk.done("a1", Merge(ONE, TWO))
        for device in ("a1", "c1"):
            told = [one.call for one in self.desk.told(device)]  # type: ignore[union-attr]
            self.assertEqual([view.call_id for view in told], [TWO, ONE])
            self.assertEqual((told[0].ended, told[0].merged_into), (EndReason.MERGED, ONE))
        [ended] = self.desk.ended()
        self.assertEqual((ended.call_id, ended.outcome), (TWO, EndReason.MERGED))

    def test_the_other_way_round(self) -> None:
        """The held one may be the one that ends; who was held is heard."""
        self.desk.done("a1", Merge(TWO, ONE))
        self.assertEqual(self.desk.hears("b1"), {"a1", "c1"})
        self.assertIs(self.desk.state("a1", TWO), ACTIVE)

    def test_both_are_held(self) -> None:
        """They stay so: merging takes nothing back."""
        self.desk.done("a1", Hold(TWO), Merge(ONE, TWO))
        self.assertIs(self.desk.state("a1"), HELD)
        self.assertEqual(self.desk.hears("b1"), {"c1"})
        self.assertEqual(self.desk.hears("a1"), set())

    def test_each_comes_as_they_were(self) -> None:
        """On hold, or muted."""
        self.desk.done("c1", SetMute(TWO, is_muted=True), Hold(TWO))
        self.desk.done("a1", Merge(ONE, TWO))
        self.assertEqual((self.desk.state("c1"), self.desk.leg("c1").is_muted), (HELD, True))
        self.assertEqual(self.desk.hears("b1"), {"a1"})

    def test_one_who_comes_back_learns_where_the_call_went_on(self) -> None:
        """The snapshot tells the ends of all calls that led here before the call itself."""
        self.desk.done("a1", Merge(ONE, TWO), Hold(ONE))
        self.desk.talk("a1", "d1", call=THREE)
        self.desk.done("a1", Merge(THREE, ONE))
        views = self.desk.switchboard.snapshot(session_id("c1"), 0.0).calls
        self.assertEqual([view.call_id for view in views], [TWO, ONE, THREE])
        self.assertEqual([view.merged_into for view in views], [ONE, THREE, None])
        self.assertEqual([len(view.legs) for view in views], [1, 1, 4])

    def test_only_so_many_ends_are_kept(self) -> None:
        """Whoever merges all day long costs no more than whoever has merged a few calls."""
        self.desk.done("a1", Merge(ONE, TWO))
        for number in range(10, 10 + 2 * MERGES_KEPT):
            self.desk.done("a1", Hold(ONE))
            self.desk.talk("a1", "d1", call=call_id(number))
            self.desk.done("a1", Merge(ONE, call_id(number)))
            self.desk.done("d1", Hold(ONE) if number % 2 else Leave(ONE))
        views = self.desk.switchboard.snapshot(session_id("a1"), 0.0).calls
        self.assertEqual(len(views), MERGES_KEPT + 1)
        self.assertEqual(views[-2].call_id, call_id(9 + 2 * MERGES_KEPT))

    def test_who_rings_in_the_other_rings_on(self) -> None:
        """As a speaker or a listener, with a time of their own; who is in both does not."""
        self.desk.done("a1", AddParticipant(TWO, (DAVE,), as_listeners=True))
        self.desk.done("a1", AddParticipant(TWO, (BOB,)), Merge(ONE, TWO))
        self.assertTrue(self.desk.leg("d1").is_listener)
        self.assertIn(NoAnswer(ONE, DAVE), self.desk.started())
        self.assertNotIn(NoAnswer(ONE, BOB), self.desk.started())
        self.desk.done("d1", Accept(ONE))
        self.assertEqual(self.desk.hears("d1"), {"a1", "b1", "c1"})

    def test_who_rings_in_the_one_and_is_in_the_other(self) -> None:
        """Is joined, on that device; the other devices stop."""
        self.desk.done("a1", Leave(ONE), Hold(TWO))
        self.desk.talk("a1", "d1", call=THREE)
        self.desk.done("a1", AddParticipant(THREE, (CARL,)), Merge(THREE, TWO))
        self.assertIs(self.desk.state("c1", THREE), ACTIVE)
        self.assertEqual(self.desk.hears("c1"), {"a1", "d1"})

    def test_who_rings_in_the_one_and_holds_the_other(self) -> None:
        """Is in it, and still holds."""
        self.desk.done("c1", Hold(TWO))
        self.desk.done("a1", Swap(hold=TWO, resume=ONE), AddParticipant(ONE, (CARL,)))
        self.desk.done("a1", Merge(ONE, TWO))
        self.assertIs(self.desk.state("c1"), HELD)

    def test_a_conference_is_merged_by_its_host_only(self) -> None:
        """Everybody in it would move."""
        self.desk.done("a1", AddParticipant(TWO, (DAVE,)))
        self.desk.done("d1", Accept(TWO))
        self.desk.done("c1", Hold(TWO))
        self.desk.talk("c1", "b2", call=THREE)
        refused = self.desk.ask("c1", Merge(THREE, TWO))
        self.assertEqual(refused, Refusal(ErrorCode.NOT_HOST))
        self.desk.done("c1", Merge(TWO, THREE))
        self.assertTrue(self.desk.leg("a1", TWO).is_host)
        self.assertFalse(self.desk.leg("c1", TWO).is_host)

    def test_a_locked_conference(self) -> None:
        """Nobody is merged into it."""
        self.desk.done("a1", AddParticipant(ONE, (DAVE,)), SetLock(ONE, is_locked=True))
        self.assertEqual(self.desk.ask("a1", Merge(ONE, TWO)), Refusal(ErrorCode.CALL_LOCKED))

    def test_what_cannot_be_merged(self) -> None:
        """A call with itself, one that is not there, one that only rings, too many."""
        refusal = Refusal(ErrorCode.BAD_REQUEST, "other")
        self.assertEqual(self.desk.ask("a1", Merge(ONE, ONE)), refusal)
        self.assertEqual(self.desk.ask("a1", Merge(ONE, THREE)), Refusal(ErrorCode.NO_SUCH_CALL))
        self.assertEqual(self.desk.ask("b1", Merge(ONE, TWO)), Refusal(ErrorCode.NO_SUCH_CALL))
        self.desk.invite("d1", ANNA, call=THREE)
        self.assertEqual(self.desk.ask("a1", Merge(THREE, ONE)), WRONG_STATE)
        self.assertEqual(self.desk.ask("a1", Merge(ONE, THREE)), WRONG_STATE)
        self.desk.done("a1", Decline(THREE, DeclineReason.DECLINED))
        small = Exchanged(CallLimits(max_speakers=1, max_listeners=1))
        small.two_calls()
        self.assertEqual(small.ask("a1", Merge(ONE, TWO)), Refusal(ErrorCode.CALL_FULL))

    def test_there_is_an_end_of_people_to_be_merged(self) -> None:
        """The record of the call has as many names as when they are called in."""
        desk = Exchanged(CallLimits(max_people=4))
        desk.talk("a1", "b1")
        desk.done("a1", AddParticipant(ONE, (Username("no-1"), Username("no-2"))), Hold(ONE))
        desk.talk("a1", "c1", call=TWO)
        self.assertEqual(desk.ask("a1", Merge(ONE, TWO)), Refusal(ErrorCode.CALL_FULL))
        desk.done("a1", Merge(TWO, ONE))

    def test_by_two_devices(self) -> None:
        """A device that stopped ringing in the one comes into it by the other."""
        desk = Exchanged()
        desk.talk("a1", "b1")
        desk.done("a1", Hold(ONE))
        desk.talk("a1", "b2", call=TWO)
        desk.done("a1", Merge(ONE, TWO))
        self.assertEqual([leg.device_name for leg in desk.call().legs], ["a1", "b1", "b2"])
        self.assertEqual(desk.hears("a1"), {"b1", "b2"})
        desk.done("b2", Leave(ONE))
        self.assertEqual(desk.hears("a1"), {"b1"})

    def test_two_devices_that_ring_in_the_one_are_in_the_other(self) -> None:
        """Each goes on with the leg it has."""
        desk = Exchanged()
        desk.talk("a1", "b1")
        desk.done("a1", Hold(ONE))
        desk.talk("a1", "b2", call=TWO)
        desk.done("a1", Merge(ONE, TWO), Hold(ONE))
        desk.talk("a1", "c1", call=THREE)
        desk.done("a1", AddParticipant(THREE, (BOB,)))
        ringing = {one: desk.leg(one, THREE).number for one in ("b1", "b2")}
        desk.done("a1", Merge(THREE, ONE))
        self.assertEqual({one: desk.leg(one, THREE).number for one in ("b1", "b2")}, ringing)
        self.assertEqual(desk.hears("a1"), {"b1", "b2", "c1"})

    def test_one_device_is_in_both(self) -> None:
        """It is one leg, and talks when it talked in either."""
        desk = Exchanged()
        desk.talk("a1", "b1")
        desk.done("a1", Hold(ONE))
        desk.done("b1", Hold(ONE))
        desk.talk("a1", "b1", call=TWO)
        desk.done("a1", Merge(ONE, TWO))
        self.assertEqual(len(desk.call().legs), 2)
        self.assertEqual((desk.state("a1"), desk.state("b1")), (ACTIVE, ACTIVE))
        self.assertEqual(desk.hears("b1"), {"a1"})
        self.assertEqual(BOB, desk.leg("b1").username)
