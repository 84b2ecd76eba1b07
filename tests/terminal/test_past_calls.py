"""Past calls in words."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE
from tests.terminal.fake_people import contact, missed_call, past_call
from voip.core.calls import EndReason
from voip_terminal import past_calls
from voip_terminal.glyphs import ASCII, UNICODE
from voip_terminal.paint import width


class WordTests(SynchronousTestCase):
    """One call."""

    def test_outcomes(self) -> None:
        """Every end has words that fit their column, and tell who did it."""
        for reason in EndReason:
            for is_incoming in (False, True):
                entry = past_call(1, "bob", outcome=reason, is_incoming=is_incoming)
                told = past_calls.outcome(entry)
                self.assertTrue(told)
                self.assertLessEqual(width(told), past_calls.OUTCOME_COLS, told)
        declined = past_call(1, "bob", outcome=EndReason.DECLINED)
        self.assertEqual(past_calls.outcome(declined), "they declined")
        self.assertEqual(past_calls.outcome(replace(declined, is_incoming=True)), "you declined")

    def test_signs(self) -> None:
        """Out, in, missed and declined look different, in both sets of signs."""
        entries = (
            past_call(1, "bob"),
            past_call(1, "bob", is_incoming=True),
            missed_call("bob"),
            past_call(1, "bob", is_incoming=True, outcome=EndReason.DECLINED),
        )
        shown = [past_calls.sign(entry, UNICODE)[1] for entry in entries]
        self.assertEqual(shown, ["→", "←", "✗", "⊘"])
        self.assertTrue(all(past_calls.sign(entry, ASCII)[1].isascii() for entry in entries))
        told = [past_calls.direction(entry) for entry in entries]
        self.assertEqual(told, ["outgoing", "incoming", "incoming, missed", "incoming"])

    def test_line(self) -> None:
        """How good a line was is told of calls in which one talked."""
        words = []
        for lost, rtt in ((0, 24), (31, 24), (0, 300), (98, 24), (0, 900)):
            entry = past_call(1, "bob", talked_seconds=9, lost_per_mille=lost, rtt_ms=rtt)
            words.append(past_calls.line(entry, UNICODE, has_bars=False)[1])
        self.assertEqual(words, ["good", "fair", "fair", "poor", "poor"])
        self.assertEqual(past_calls.line(past_call(1, "bob"), UNICODE, has_bars=True)[1], "")
        good = past_call(1, "bob", talked_seconds=9)
        self.assertEqual(past_calls.line(good, UNICODE, has_bars=True)[1], "▂▄▆█ good")

    def test_length(self) -> None:
        """A call has its length, a missed one says so, any other has none."""
        self.assertEqual(past_calls.length(past_call(1, "bob", talked_seconds=725)), "12:05")
        self.assertEqual(past_calls.length(missed_call("bob")), "missed")
        self.assertEqual(past_calls.length(past_call(1, "bob", outcome=EndReason.BUSY)), "")

    def test_peers(self) -> None:
        """People have the names they have here, made safe; of several the first is named."""
        names = past_calls.names_of([contact(PEOPLE[0], "Bob\x1b[2J"), contact(PEOPLE[1])])
        self.assertEqual(past_calls.peers(past_call(1, "bob"), names), "Bob")
        self.assertEqual(past_calls.peers(past_call(1, "eve"), names), "eve")
        several = past_call(1, "carol", "bob", "eve")
        self.assertEqual(past_calls.peers(several, names), "Carol Nguyen and 2 more")
        self.assertEqual(past_calls.peers(past_call(1), names), "nobody")
