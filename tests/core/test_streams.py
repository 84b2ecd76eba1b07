"""Stream numbers and routes."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import session_id
from voip.core.effects import SetReceivers
from voip.core.ids import StreamId
from voip.core.streams import LAST_STREAM, Routes, StreamNumbers

A, B, C = ((session_id(name), StreamId(n)) for n, name in enumerate("abc", 1))


class StreamNumbersTests(SynchronousTestCase):
    """Numbers for the voices of a node."""

    def test_they_are_u16_and_not_zero(self) -> None:
        """There are 65535 of them."""
        self.assertEqual(StreamNumbers().free, LAST_STREAM)
        self.assertEqual(StreamNumbers().take(), 1)

    def test_a_freed_number_rests(self) -> None:
        """The circle goes on before it comes back, and steps over what is taken."""
        numbers = StreamNumbers(last=3)
        self.assertEqual([numbers.take(), numbers.take()], [1, 2])
        numbers.give_back(StreamId(1))
        self.assertEqual(numbers.free, 2)
        self.assertEqual([numbers.take(), numbers.take()], [3, 1])
        self.assertEqual(numbers.free, 0)
        numbers.give_back(StreamId(3))
        self.assertEqual(numbers.take(), 3)


class RoutesTests(SynchronousTestCase):
    """Who hears whom in a call."""

    def test_nobody_is_heard_alone(self) -> None:
        """One who talks to nobody has no open stream."""
        self.assertEqual(Routes().update([A]), [])

    def test_two_hear_each_other(self) -> None:
        """Each stream goes to the other and not back."""
        self.assertEqual(
            Routes().update([A, B]), [SetReceivers(*A, (B[0],)), SetReceivers(*B, (A[0],))]
        )

    def test_only_what_changed_is_said(self) -> None:
        """A third one changes all, the same again changes nothing."""
        routes = Routes()
        routes.update([A, B])
        self.assertEqual(routes.update([A, B]), [])
        self.assertEqual(len(routes.update([A, B, C])), 3)

    def test_who_leaves_is_closed_first(self) -> None:
        """No stream stays open, neither of who left nor of who is alone then."""
        routes = Routes()
        routes.update([A, B, C])
        self.assertEqual(
            routes.update([A, B]),
            [SetReceivers(*C, ()), SetReceivers(*A, (B[0],)), SetReceivers(*B, (A[0],))],
        )
        self.assertEqual(routes.update([B]), [SetReceivers(*A, ()), SetReceivers(*B, ())])
