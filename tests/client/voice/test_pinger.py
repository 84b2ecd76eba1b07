"""PINGs along one way."""

from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import predictable
from voip.client.voice.pinger import FIRST_PING_SECONDS, REPEAT_SECONDS, Pinger


class PingerTests(SynchronousTestCase):
    """Questions and answers."""

    def setUp(self) -> None:
        self.pinger = Pinger(predictable, 10.0)

    def test_the_rhythm(self) -> None:
        """At once, soon again without an answer, and in the rhythm asked for with one."""
        self.assertEqual(self.pinger.due_at(5.0), 10.0)
        ping = self.pinger.ask(10.0)
        self.assertEqual(self.pinger.due_at(5.0), 10.0 + FIRST_PING_SECONDS)
        self.assertTrue(self.pinger.answered(ping.token, 10.1))
        self.assertEqual(self.pinger.due_at(5.0), 15.0)
        self.pinger.ask(15.0)
        self.assertEqual(self.pinger.due_at(5.0), 15.0 + REPEAT_SECONDS)
        self.pinger.hurry(15.2)
        self.assertEqual(self.pinger.due_at(5.0), 15.2)

    def test_silence_is_that_after_a_question(self) -> None:
        """From the first that stays open; an answer to any ends it."""
        self.assertIsNone(self.pinger.silent_since)
        first = self.pinger.ask(20.0)
        self.pinger.ask(21.0)
        self.assertEqual(self.pinger.silent_since, 20.0)
        self.assertFalse(self.pinger.is_silent(22.9, 3.0))
        self.assertTrue(self.pinger.is_silent(23.0, 3.0))
        self.assertTrue(self.pinger.answered(first.token, 23.0))
        self.assertFalse(self.pinger.is_silent(99.0, 3.0))

    def test_answers_in_a_row(self) -> None:
        """A question that stays open begins the count anew, and closes the way."""
        for number in range(3):
            self.assertTrue(
                self.pinger.answered(self.pinger.ask(float(number)).token, number + 0.1)
            )
        self.assertEqual(self.pinger.answers_in_row, 3)
        self.pinger.ask(4.0)
        self.assertTrue(self.pinger.is_open)
        self.pinger.ask(5.0)
        self.assertFalse(self.pinger.is_open)

    def test_an_answer_to_nothing(self) -> None:
        """Changes nothing."""
        self.assertFalse(self.pinger.answered(bytes(8), 10.0))
        self.assertIsNone(self.pinger.rtt)

    def test_a_new_way(self) -> None:
        """Nothing is known of it, and an answer to an old question says nothing of it."""
        ping = self.pinger.ask(10.0)
        self.pinger.answered(self.pinger.ask(10.5).token, 10.6)
        self.pinger.restart(30.0)
        self.assertEqual((self.pinger.rtt, self.pinger.is_open), (None, False))
        self.assertEqual(self.pinger.due_at(5.0), 30.0)
        self.assertFalse(self.pinger.answered(ping.token, 30.0))
