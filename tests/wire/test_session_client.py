"""A client's unanswered requests and seen notices."""

from twisted.trial.unittest import SynchronousTestCase

from voip.core.call_messages import Accept
from voip.core.ids import CallId
from voip.core.messages import Hello, Ping, SetProfile
from voip.core.people_messages import ListUsers
from voip.wire.session_client import Pending, SeenNotices

ACCEPT = Accept(CallId(bytes(16)))


class PendingTests(SynchronousTestCase):
    """Requests that wait for their answer."""

    def test_numbers_grow(self) -> None:
        """No number is used twice, answered or not."""
        pending = Pending()
        self.assertEqual(pending.ask(ACCEPT, 0.0), 1)
        pending.answered(1)
        self.assertEqual(pending.ask(ACCEPT, 0.0), 2)

    def test_an_answer_finds_its_request(self) -> None:
        """Once; a second answer, or one nobody asked for, finds nothing."""
        pending = Pending()
        number = pending.ask(ACCEPT, 0.0)
        self.assertEqual(len(pending), 1)
        self.assertEqual(pending.answered(number), ACCEPT)
        self.assertIsNone(pending.answered(number))
        self.assertEqual(len(pending), 0)

    def test_the_one_that_waits_longest(self) -> None:
        """It tells when an answer is overdue."""
        pending = Pending(timeout_seconds=10.0)
        self.assertIsNone(pending.next_timeout())
        first = pending.ask(ACCEPT, 1.0)
        pending.ask(ACCEPT, 2.0)
        self.assertEqual(pending.next_timeout(), 11.0)
        pending.answered(first)
        self.assertEqual(pending.next_timeout(), 12.0)

    def test_a_cut_takes_what_was_bound_to_the_connection(self) -> None:
        """A greeting is not for the next connection; what changes something waits for it."""
        pending = Pending()
        hello = pending.ask(Hello(1, 1, "test"), 0.0)
        pending.ask(ACCEPT, 0.0)
        ping = pending.ask(Ping(), 0.0)
        self.assertEqual(pending.cut(), ((hello, Hello(1, 1, "test")), (ping, Ping())))
        self.assertEqual(len(pending), 1)

    def test_no_clock_runs_without_a_connection(self) -> None:
        """After a cut nothing is overdue until it was sent again."""
        pending = Pending(timeout_seconds=10.0)
        pending.ask(ACCEPT, 0.0)
        pending.cut()
        self.assertIsNone(pending.next_timeout())
        pending.again(100.0)
        self.assertEqual(pending.next_timeout(), 110.0)

    def test_again_under_the_old_numbers(self) -> None:
        """So that the server can tell what it has done already; the oldest comes first."""
        pending = Pending()
        for request in (SetProfile("Anna"), ListUsers(), ACCEPT):
            pending.ask(request, 0.0)
        pending.answered(2)
        pending.cut()
        self.assertEqual(pending.again(1.0), ((1, SetProfile("Anna")), (3, ACCEPT)))


class SeenNoticesTests(SynchronousTestCase):
    """Which notices were dealt with."""

    def test_each_once(self) -> None:
        """A notice told again after a resume is known."""
        seen = SeenNotices()
        self.assertEqual(
            [seen.is_new(seq) for seq in (1, 2, 2, 1, 3)], [True, True, False, False, True]
        )
        self.assertEqual(seen.last_seq, 3)

    def test_notices_outside_a_session(self) -> None:
        """They have no number and are always new."""
        seen = SeenNotices()
        self.assertTrue(seen.is_new(0))
        self.assertTrue(seen.is_new(0))
        self.assertEqual(seen.last_seq, 0)

    def test_acknowledging_in_time(self) -> None:
        """So many may stay unacknowledged, and saying the number settles it."""
        seen = SeenNotices(ack_after=2)
        seen.is_new(1)
        self.assertFalse(seen.is_ack_due)
        seen.is_new(2)
        self.assertTrue(seen.is_ack_due)
        self.assertEqual(seen.ack(), 2)
        self.assertFalse(seen.is_ack_due)
