"""Stream numbers come back when their legs are over."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import anyone_may_ring, call_id, invite, opened, session_id
from voip.core.call_limits import CallLimits
from voip.core.call_messages import Accept, Cancel, Decline, InviteOk
from voip.core.calls import DeclineReason, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.exchange import Exchange
from voip.core.ids import Username
from voip.core.messages import Answer
from voip.core.sessions import Sessions

CALL, OTHER = call_id(1), call_id(2)


class StreamNumberTests(SynchronousTestCase):
    """Streams of live legs, when numbers are few."""

    def setUp(self) -> None:
        self.sessions = Sessions()
        self.people = {name: opened(Username(name[0]), name) for name in ("a1", "b1", "b2", "c1")}
        for one in self.people.values():
            self.sessions.open(one)
        self.exchange = Exchange(self.sessions, CallLimits(last_stream=4), anyone_may_ring)

    def invite(self, caller: str, callee: str, number: int) -> Answer:
        request = invite(Username(callee), number)
        return self.exchange.invited(self.people[caller], request, 0.0)[0]

    def test_a_number_is_given_back_once(self) -> None:
        """A leg that left early does not free the number of who has it after that."""
        self.invite("a1", "b", 1)
        self.exchange.asked(session_id("b2"), Decline(CALL, DeclineReason.BUSY), 0.0)
        self.assertEqual(self.invite("c1", "a", 2), InviteOk(OTHER))
        self.exchange.asked(session_id("b1"), Accept(CALL), 0.0)
        self.assertEqual(self.invite("b2", "nobody", 3), Refusal(ErrorCode.CALL_FULL))
        live = [leg for call in self.exchange.calls for leg in call.view(0.0).legs]
        streams = [leg.stream for leg in live if leg.state is not LegState.LEFT]
        self.assertEqual(sorted(streams), [1, 2, 3, 4])

    def test_no_number_is_left(self) -> None:
        """A call that would need more than there are is refused."""
        self.invite("a1", "b", 1)
        self.assertEqual(self.invite("c1", "b", 2), Refusal(ErrorCode.CALL_FULL))
        self.exchange.asked(session_id("a1"), Cancel(CALL), 0.0)
        self.assertEqual(self.invite("c1", "b", 2), InviteOk(OTHER))

    def test_nobody_is_there_to_be_called(self) -> None:
        """A call that is over at once keeps no number."""
        for number in range(9):
            self.assertEqual(self.invite("a1", "nobody", number), InviteOk(call_id(number)))

    def test_a_device_is_too_busy_to_ring(self) -> None:
        """A leg that never rang keeps no number either."""
        self.exchange = Exchange(
            self.sessions, CallLimits(last_stream=4, max_ringing=1), anyone_may_ring
        )
        self.invite("c1", "a", 1)
        for number in range(2, 9):
            self.assertEqual(self.invite("b1", "a", number), InviteOk(call_id(number)))
