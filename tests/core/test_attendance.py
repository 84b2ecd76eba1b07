"""Who says no to a call again and again is left alone by it for a while."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.conference_lab import DAVE, ONE, Exchanged
from voip.core.attendance import PATIENCE
from voip.core.call_limits import CallLimits
from voip.core.call_messages import AddParticipant, Decline
from voip.core.calls import DeclineReason
from voip.core.errors import ErrorCode, Refusal

REST = CallLimits().declined_rest_seconds


class DeclinedTests(SynchronousTestCase):
    """Dave is called into a conference."""

    def setUp(self) -> None:
        self.desk = Exchanged()
        self.desk.conference()
        self.desk.done("a1", AddParticipant(ONE, (DAVE,)))

    def test_who_declined_too_often_rests(self) -> None:
        """Nobody in the call can make it ring, and they are told when they can."""
        again = AddParticipant(ONE, (DAVE,))
        for _ in range(PATIENCE - 1):
            self.desk.done("d1", Decline(ONE, DeclineReason.DECLINED))
            self.desk.done("a1", again)
        self.desk.done("d1", Decline(ONE, DeclineReason.DECLINED))
        self.desk.now += REST / 2
        for device in ("a1", "c1"):
            answer = self.desk.ask(device, again)
            wait = Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=round(REST * 500))
            self.assertEqual(answer, wait)
        self.desk.now += REST / 2
        self.desk.done("a1", again)

    def test_a_device_that_is_busy_has_not_declined(self) -> None:
        """The person may be called again."""
        for _ in range(PATIENCE + 1):
            self.desk.done("d1", Decline(ONE, DeclineReason.BUSY))
            self.desk.done("a1", AddParticipant(ONE, (DAVE,)))
