"""What the server knows of a call beside what everybody in it may see."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.conference_lab import ONE, Exchanged
from tests.core.people_lab import BOB, session_id
from voip.core.call_messages import Accept, Leave, QualityReport
from voip.core.calls import LegState
from voip.core.describe import CallDescription, CallSort


class CallSortTests(SynchronousTestCase):
    """How many calls there are."""

    def test_calls_are_counted_by_what_they_are(self) -> None:
        """Between two or a conference, ringing or answered."""
        desk = Exchanged()
        self.assertEqual(desk.switchboard.count_calls(), {})
        desk.invite("a1", BOB)
        self.assertEqual(desk.switchboard.count_calls(), {CallSort(False, False): 1})
        desk.done("b1", Accept(ONE))
        self.assertEqual(desk.switchboard.count_calls(), {CallSort(False, True): 1})
        desk = Exchanged()
        desk.conference()
        self.assertEqual(desk.switchboard.count_calls(), {CallSort(True, True): 1})


class CallDescriptionTests(SynchronousTestCase):
    """A call from the first ring on."""

    def setUp(self) -> None:
        self.desk = Exchanged()

    def call(self) -> CallDescription:
        [description] = self.desk.switchboard.describe_calls(self.desk.now, lambda _: True, 9)
        return description

    def test_nothing_is_described_without_calls(self) -> None:
        """There is nothing to see."""
        self.assertEqual(self.desk.switchboard.describe_calls(self.desk.now, lambda _: True, 9), ())

    def test_a_call_that_rings(self) -> None:
        """Since when, and that nobody has joined."""
        self.desk.invite("a1", BOB)
        self.desk.now += 7.0
        call = self.call()
        self.assertEqual(call.started_seconds_ago, 7.0)
        self.assertEqual(call.view, self.desk.call())
        self.assertEqual([one.joined_seconds_ago for one in call.legs], [None] * 3)

    def test_a_call_in_which_people_talk(self) -> None:
        """Whose session each leg is, how long it has been in, and how it sounds there."""
        self.desk.invite("a1", BOB)
        self.desk.now += 7.0
        self.desk.done("b1", Accept(ONE))
        report = QualityReport(ONE, 12, 3, 40)
        self.desk.done("b1", report)
        self.desk.now += 60.0
        anna, bob, other = self.call().legs
        self.assertEqual((bob.session, bob.leg.state), (session_id("b1"), LegState.ACTIVE))
        self.assertEqual((anna.joined_seconds_ago, bob.joined_seconds_ago), (60.0, 60.0))
        self.assertEqual((anna.report, bob.report), (None, report))
        self.assertEqual((other.leg.state, other.joined_seconds_ago), (LegState.LEFT, None))

    def test_who_has_left(self) -> None:
        """Is in no longer."""
        self.desk.conference()
        self.desk.done("b1", Leave(ONE))
        self.assertEqual({one.leg.device_name for one in self.call().legs}, {"a1", "c1"})
