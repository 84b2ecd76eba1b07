"""One call: its legs, its version, who hears whom and who is told."""

from automat import NoTransition
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, KEY, invite, opened, session_id
from voip.core.call import Call
from voip.core.call_messages import CallChanged, E2eArrived, SealedPart
from voip.core.calls import CALLER, CallView, DeclineReason, EndReason, LegState
from voip.core.effects import Effect, SetReceivers, Tell
from voip.core.ids import LegNumber, StreamId
from voip.core.seat import Joining, Seat


def a_call(devices: int = 2) -> Call:
    """Anna calls Bob, who has some devices; the call has begun."""
    called = [
        Joining(opened(BOB, f"b{number}"), StreamId(10 + number))
        for number in range(1, devices + 1)
    ]
    call = Call(invite(BOB), Joining(opened(ANNA, "a1"), StreamId(10)), called, 0.0)
    call.began([])
    return call


def seat(call: Call, device: str) -> Seat:
    found = call.seat_of(session_id(device))
    assert found is not None
    return found


def states(call: Call) -> list[LegState]:
    return [leg.state for leg in call.view(0.0).legs]


def reasons(call: Call) -> list[EndReason | None]:
    return [leg.end_reason for leg in call.view(0.0).legs]


def told(effects: list[Effect]) -> list[str]:
    """The devices that were told the call, in order."""
    names = {session_id(name): name for name in ("a1", "b1", "b2", "b3")}
    return [
        names[one.session]
        for one in effects
        if isinstance(one, Tell) and isinstance(one.notice, CallChanged)
    ]


class BeginningTests(SynchronousTestCase):
    """From Invite to ringing."""

    def test_every_device_is_told(self) -> None:
        """The caller dials, each device of the callee is invited, all see the whole call."""
        call = a_call()
        effects = call.publish(0.0)
        self.assertEqual(told(effects), ["a1", "b1", "b2"])
        self.assertEqual(states(call), [LegState.DIALING, LegState.INVITED, LegState.INVITED])
        self.assertEqual([leg.stream for leg in call.view(0.0).legs], [10, 11, 12])
        self.assertEqual([leg.number for leg in call.view(0.0).legs], [1, 2, 3])

    def test_nothing_changed_nothing_told(self) -> None:
        """The version grows by one for each change that is told."""
        call = a_call()
        call.publish(0.0)
        self.assertEqual(call.publish(0.0), [])
        self.assertEqual(call.view(0.0).version, 1)
        call.alerted(seat(call, "b1"), KEY)
        call.publish(0.0)
        self.assertEqual(call.view(0.0).version, 2)

    def test_a_key_shown_twice_is_no_change(self) -> None:
        """A device that joined shows its key once."""
        call = a_call()
        call.accepted(seat(call, "b1"), 0.0)
        self.assertTrue(call.alerted(seat(call, "b1"), KEY))
        call.publish(0.0)
        self.assertFalse(call.alerted(seat(call, "b1"), KEY))
        self.assertEqual(call.publish(0.0), [])

    def test_nobody_is_there(self) -> None:
        """A callee without devices ends the call at once as unavailable."""
        call = a_call(devices=0)
        self.assertEqual(told(call.publish(0.0)), ["a1"])
        self.assertIs(call.outcome, EndReason.UNAVAILABLE)

    def test_a_device_that_rings_too_much_is_busy(self) -> None:
        """The call goes on at the others."""
        called = [Joining(opened(BOB, name), StreamId(2)) for name in ("b1", "b2")]
        call = Call(invite(BOB), Joining(opened(ANNA, "a1"), StreamId(1)), called, 0.0)
        call.began([call.seats[1]])
        self.assertEqual(reasons(call), [None, EndReason.BUSY, None])
        self.assertTrue(call.is_dialing)

    def test_a_lost_device_shows_as_not_connected(self) -> None:
        """It is invited all the same: it may come back."""
        called = Joining(opened(BOB, "b1"), StreamId(2), is_connected=False)
        call = Call(invite(BOB), Joining(opened(ANNA, "a1"), StreamId(1)), [called], 0.0)
        self.assertFalse(call.view(0.0).legs[1].is_connected)


class AnswerTests(SynchronousTestCase):
    """The first device that answers wins."""

    def setUp(self) -> None:
        self.call = a_call()
        self.call.publish(0.0)

    def test_the_others_stop_at_once(self) -> None:
        """Caller and winner are active, the loser left and learns it once."""
        self.call.accepted(seat(self.call, "b2"), 5.0)
        effects = self.call.publish(5.0)
        self.assertEqual(states(self.call), [LegState.ACTIVE, LegState.LEFT, LegState.ACTIVE])
        self.assertEqual(reasons(self.call), [None, EndReason.ANSWERED_ELSEWHERE, None])
        self.assertEqual(told(effects), ["a1", "b1", "b2"])
        self.call.muted(seat(self.call, "a1"), True)
        self.assertEqual(told(self.call.publish(6.0)), ["a1", "b2"])

    def test_the_loser_cannot_answer(self) -> None:
        """A second answer is refused and changes nothing."""
        self.call.accepted(seat(self.call, "b2"), 5.0)
        before = self.call.view(5.0)
        for device in ("b1", "b2", "a1"):
            with self.assertRaises(NoTransition):
                self.call.accepted(seat(self.call, device), 6.0)
        self.assertEqual(self.call.view(5.0), before)

    def test_streams_open_before_anyone_is_told(self) -> None:
        """Nothing flows while it rings; then each hears the other, and only those two."""
        self.call.accepted(seat(self.call, "b2"), 5.0)
        effects = self.call.publish(5.0)
        self.assertEqual(
            effects[:2],
            [
                SetReceivers(session_id("a1"), StreamId(10), (session_id("b2"),)),
                SetReceivers(session_id("b2"), StreamId(12), (session_id("a1"),)),
            ],
        )

    def test_the_time_since_the_answer(self) -> None:
        """It is told in milliseconds, and counted until the end."""
        self.assertIsNone(self.call.view(4.0).answered_ms)
        self.call.accepted(seat(self.call, "b1"), 5.0)
        self.call.publish(5.0)
        self.assertEqual(self.call.view(6.25).answered_ms, 1250)
        self.call.hung_up(seat(self.call, "a1"))
        self.call.publish(8.0)
        record = self.call.record()
        self.assertEqual((record.talked_seconds, record.started_seconds_ago), (3.0, 8.0))


class EndingTests(SynchronousTestCase):
    """What ends a call, and what each side is told."""

    def answered(self) -> Call:
        call = a_call()
        call.accepted(seat(call, "b1"), 1.0)
        call.publish(1.0)
        return call

    def test_either_side_hangs_up(self) -> None:
        """Both legs leave and both streams close."""
        for device in ("a1", "b1"):
            call = self.answered()
            call.hung_up(seat(call, device))
            effects = call.publish(2.0)
            self.assertIs(call.outcome, EndReason.HANGUP)
            self.assertEqual(
                [one.receivers for one in effects if isinstance(one, SetReceivers)], [(), ()]
            )
            self.assertEqual(told(effects), ["a1", "b1"])
            self.assertEqual(states(call), [LegState.LEFT] * 3)

    def test_keys_that_do_not_hold(self) -> None:
        """Both sides learn that it was the keys."""
        call = self.answered()
        call.distrusted(seat(call, "b1"))
        self.assertIs(call.outcome, EndReason.E2E_FAILED)

    def test_the_caller_gives_up(self) -> None:
        """Everybody stops ringing."""
        call = a_call()
        call.cancelled(seat(call, "a1"))
        self.assertEqual(reasons(call), [EndReason.CANCELLED] * 3)
        self.assertEqual(call.record().talked_seconds, 0.0)

    def test_giving_up_crosses_the_answer(self) -> None:
        """Cancel of an answered call is hanging up."""
        call = self.answered()
        call.cancelled(seat(call, "a1"))
        self.assertIs(call.outcome, EndReason.HANGUP)

    def test_the_person_says_no(self) -> None:
        """Declining holds for all devices of the person."""
        call = a_call()
        call.declined(seat(call, "b1"), DeclineReason.DECLINED)
        self.assertEqual(reasons(call), [EndReason.DECLINED] * 3)

    def test_one_device_is_busy(self) -> None:
        """The others ring on."""
        for reason in (DeclineReason.BUSY, DeclineReason.FAILED):
            call = a_call()
            call.declined(seat(call, "b1"), reason)
            self.assertIsNone(call.outcome)
            self.assertIs(states(call)[2], LegState.INVITED)

    def test_nobody_answers(self) -> None:
        """After the timer all have left for that reason."""
        call = a_call()
        call.rang_long_enough(BOB)
        self.assertEqual(reasons(call), [EndReason.NO_ANSWER] * 3)

    def test_the_most_telling_reason(self) -> None:
        """Busy tells the caller more than no answer, and that more than a device that went."""
        call = a_call()
        call.declined(seat(call, "b1"), DeclineReason.BUSY)
        call.rang_long_enough(BOB)
        self.assertIs(call.outcome, EndReason.BUSY)
        call = a_call()
        call.session_closed(seat(call, "b1"))
        self.assertIsNone(call.outcome)
        call.rang_long_enough(BOB)
        self.assertIs(call.outcome, EndReason.NO_ANSWER)
        call = a_call()
        call.session_closed(seat(call, "b1"))
        call.grace_over(seat(call, "b2"))
        self.assertIs(call.outcome, EndReason.UNAVAILABLE)

    def test_the_device_that_talked_outweighs_the_others(self) -> None:
        """A busy second device says nothing about how the talk ended."""
        call = a_call()
        call.declined(seat(call, "b2"), DeclineReason.BUSY)
        call.accepted(seat(call, "b1"), 1.0)
        call.grace_over(seat(call, "b1"))
        self.assertEqual(
            reasons(call), [EndReason.NETWORK_LOST, EndReason.NETWORK_LOST, EndReason.BUSY]
        )

    def test_the_server_stops(self) -> None:
        """Every leg leaves for that."""
        call = self.answered()
        call.ended(EndReason.SERVER_STOP)
        self.assertEqual(reasons(call)[:2], [EndReason.SERVER_STOP] * 2)

    def test_a_broken_connection_changes_no_stream(self) -> None:
        """The leg shows it, the voice path stays, coming back is told too."""
        call = self.answered()
        call.lost(seat(call, "b1"))
        effects = call.publish(2.0)
        self.assertEqual(told(effects), ["a1", "b1"])
        self.assertEqual(len(effects), 2)
        self.assertFalse(call.view(2.0).legs[1].is_connected)
        call.resumed(seat(call, "b1"))
        self.assertEqual(told(call.publish(3.0)), ["a1", "b1"])


class RelayTests(SynchronousTestCase):
    """Sealed messages between the legs."""

    def test_they_travel_while_it_rings(self) -> None:
        """With the number of the leg they came from."""
        call = a_call()
        parts = (SealedPart(CALLER, b"sealed"), SealedPart(LegNumber(2), b"other"))
        first = E2eArrived(call.call_id, LegNumber(3), b"sealed")
        second = E2eArrived(call.call_id, LegNumber(3), b"other")
        self.assertEqual(
            call.relayed(seat(call, "b2"), parts),
            [Tell(session_id("a1"), first), Tell(session_id("b1"), second)],
        )

    def test_not_to_nobody_not_to_oneself_not_to_the_gone(self) -> None:
        """Only between legs that are there."""
        call = a_call()
        call.declined(seat(call, "b1"), DeclineReason.BUSY)
        parts = tuple(SealedPart(LegNumber(number), b"") for number in (9, 1, 2))
        self.assertEqual(call.relayed(seat(call, "a1"), parts), [])


class SettlingTests(SynchronousTestCase):
    """Whatever order devices leave in."""

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(st.sampled_from(["a1", "b1", "b2", "b3"]), st.integers(0, 5))))
    def test_a_call_never_hangs(self, happenings: list[tuple[str, int]]) -> None:
        """It is over exactly when a side has no live leg, and then all have left."""
        call = a_call(devices=3)
        versions: list[int] = []
        for device, what in happenings:
            one = seat(call, device)
            try:
                self.happen(call, one, what)
            except NoTransition:
                continue
            versions += [view.version for view in views(call.publish(0.0))][:1]
            live = [leg.state is not LegState.LEFT for leg in call.view(0.0).legs]
            self.assertEqual(call.outcome is None, live[0] and any(live[1:]))
            self.assertTrue(call.outcome is None or not any(live))
        self.assertEqual(versions, sorted(set(versions)))

    def happen(self, call: Call, one: Seat, what: int) -> None:
        match what:
            case 0:
                call.declined(one, DeclineReason.BUSY)
            case 1:
                call.accepted(one, 0.0)
            case 2:
                call.hung_up(one)
            case 3:
                call.grace_over(one)
            case 4:
                call.session_closed(one)
            case _:
                call.declined(one, DeclineReason.DECLINED)


def views(effects: list[Effect]) -> list[CallView]:
    return [
        one.notice.call
        for one in effects
        if isinstance(one, Tell) and isinstance(one.notice, CallChanged)
    ]
