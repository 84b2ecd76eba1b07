"""Past calls, as one looks through them."""

from collections.abc import Sequence
from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_people import missed_call, past_call
from tests.terminal.scenes import PAST, seated
from tests.terminal.seat import LARGE, Seat
from voip.client.model import ClientError
from voip.core.calls import EndReason
from voip.core.errors import ErrorCode
from voip.core.history import HistoryEntry, HistoryKind


def with_history(entries: Sequence[HistoryEntry] = PAST, size: tuple[int, int] = (80, 24)) -> Seat:
    """A seat that looks at its history."""
    seat = seated(size)
    if entries:
        seat.controller.called(*reversed(entries))
    seat.wait(0.5)
    seat.press("h")
    seat.controller.looked_up.clear()
    return seat


class TableTests(SynchronousTestCase):
    """What stands there."""

    def test_rows(self) -> None:
        """Each call tells which way, when, with whom, how long, how good and how it ended."""
        seat = with_history()
        self.addCleanup(seat.stop)
        self.assertRegex(seat.text, r"▶→ today 10:42 +Bob Martin +12:05  good  ended")
        self.assertRegex(seat.text, r"← today 09:15 +Carol Nguyen and 2 more +58:40  fair  ended")
        self.assertRegex(seat.text, r"✗ today 08:51 +mdupont +missed +you did not answer")
        self.assertRegex(seat.text, r"⊘ Tue 16:47 +Zoé Martin +you declined")
        self.assertIn("The server keeps your newest 1,000 calls.", seat.text)
        self.assertIn("→ outgoing  ← incoming  ✗ missed  ⊘ declined", seat.text)

    def test_wide(self) -> None:
        """On a wide screen there are bars and the figures of the line too."""
        seat = with_history(size=LARGE)
        self.addCleanup(seat.stop)
        self.assertRegex(seat.text, r"12:05  ▂▄▆█ good +0\.2% +24 ms +ended")
        self.assertRegex(seat.text, r"3:33  ▂··· poor +9\.8% +240 ms +network lost")

    def test_seen(self) -> None:
        """To look at the history is to have seen what was missed."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.called(missed_call("bob"))
        seat.wait(0.1)
        self.assertIn("✗ 1 missed", seat.top)
        seat.press("h")
        self.assertEqual(seat.controller.asked, [("mark_history_seen",)])
        self.assertNotIn("missed", seat.top)
        seat.press("esc", "h")
        self.assertEqual(len(seat.controller.asked), 1)

    def test_every_outcome(self) -> None:
        """Each way in which a call can end has words for both directions."""
        for is_incoming in (False, True):
            entries = [
                past_call(at, "bob", outcome=reason, is_incoming=is_incoming)
                for at, reason in enumerate(EndReason)
            ]
            seat = with_history(entries, LARGE)
            self.assertEqual(seat.text.count("Bob Martin"), len(EndReason))
            self.assertNotIn("…", seat.text)
            seat.stop()

    def test_empty(self) -> None:
        """Without calls it says so, and offers nothing to do with one."""
        seat = with_history(())
        self.addCleanup(seat.stop)
        self.assertIn("No calls yet.", seat.text)
        self.assertNotIn("call back", seat.hints)


class LookingTests(SynchronousTestCase):
    """Filters, finding and paging."""

    def test_filter(self) -> None:
        """Tab goes from all to the missed to the conferences."""
        seat = with_history()
        self.addCleanup(seat.stop)
        self.assertIn("(•) all  ( ) missed  ( ) conferences", seat.text)
        seat.press("tab")
        self.assertIn("(•) missed", seat.text)
        self.assertNotIn("Carol", seat.text)
        seat.press("tab")
        self.assertIn("Carol Nguyen and 2 more", seat.text)
        self.assertNotIn("mdupont", seat.text)

    def test_find(self) -> None:
        """/ finds calls with somebody; Esc empties the field, then goes back."""
        seat = with_history()
        self.addCleanup(seat.stop)
        seat.press("/")
        seat.type("mdu")
        seat.wait(0.3)
        self.assertEqual(seat.controller.looked_up, [(HistoryKind.ALL, "mdu", "")])
        self.assertIn("▶✗ today 08:51", seat.text)
        seat.type("x")
        seat.wait(0.3)
        self.assertIn('No such call with "mdux".', seat.text)
        seat.press("esc")
        seat.wait(0.3)
        self.assertIn("12:05", seat.text)
        seat.press("esc")
        self.assertNotIn("History", seat.lines[1])

    def test_a_new_call(self) -> None:
        """A call that ends meanwhile stands there at once; the focus stays with its call."""
        seat = with_history()
        self.addCleanup(seat.stop)
        seat.controller.called(past_call(99, "zoe", talked_seconds=7))
        seat.wait(0.1)
        self.assertRegex(seat.text, r"today 10:58 +Zoé Martin +0:07")
        self.assertTrue(seat.line_with("12:05").startswith("▶"))

    def test_refused(self) -> None:
        """A refusal is told."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.refusals["history"] = ClientError(ErrorCode.STORE_UNAVAILABLE)
        seat.press("h")
        self.assertIn("! The server cannot save anything now", seat.text)

    def test_leaving_early(self) -> None:
        """An answer that comes after one has left changes nothing."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.wait(1)
        seat.controller.holds["history"] = Deferred()
        seat.press("h", "esc")
        self.assertIn("Carol", seat.text)


class VerbTests(SynchronousTestCase):
    """What one does with a past call."""

    def setUp(self) -> None:
        self.seat = with_history()
        self.addCleanup(self.seat.stop)

    def test_call_back(self) -> None:
        """Enter calls back, everybody who was in a conference."""
        self.seat.press("down", "enter")
        asked = ("call", "carol", "bob", "zoe")
        self.assertEqual(self.seat.controller.asked[-1], asked)
        self.assertIn("Calling Carol Nguyen and 2 more", self.seat.status)
        self.assertIn("Contacts", self.seat.text)

    def test_details(self) -> None:
        """i tells everything of a call."""
        self.seat.press("down", "i")
        for told in (
            "With        Carol Nguyen (carol), Bob Martin (bob), Zoé",
            "Began       Thu 14 May 2026, 09:15:00",
            "Length      58:40",
            "Lost        4.0%",
            "Round trip  31 ms",
        ):
            self.assertIn(told, self.seat.text)
        self.seat.press("enter", "down", "i")
        self.assertIn("Call        incoming, missed", self.seat.text)
        self.assertNotIn("Round trip  ", self.seat.line_with("Began"))
        self.seat.press("esc")
        self.assertIn("History", self.seat.lines[1])

    def test_a_large_conference(self) -> None:
        """Of very many people some are named, and how many they were."""
        crowd = past_call(9, *(f"user{at:03}" for at in range(200)), talked_seconds=60)
        seat = with_history([crowd])
        self.addCleanup(seat.stop)
        seat.press("i")
        self.assertIn("and more, 200 in all", seat.text)

    def test_delete(self) -> None:
        """x deletes a call, X all of them after asking."""
        self.seat.press("x")
        self.assertEqual(self.seat.controller.asked[-1], ("delete_history", PAST[0].entry))
        self.assertNotIn("12:05", self.seat.text)
        self.seat.press("X")
        self.assertIn("Delete the whole history?", self.seat.text)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked[-1], ("delete_history", None))
        self.assertIn("No calls yet.", self.seat.text)

    def test_add(self) -> None:
        """a makes a contact of a stranger who called."""
        self.assertNotIn("a add contact", self.seat.hints)
        self.seat.press("down", "down", "a")
        self.assertEqual(self.seat.controller.asked[-1][:2], ("put_contact", "mdupont"))
        self.assertNotIn("a add contact", self.seat.hints)


class DetailTests(SynchronousTestCase):
    """The last calls beside a contact."""

    def test_last_calls(self) -> None:
        """Whoever rests on a name sees the last calls with them; passing by asks nothing."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.called(*reversed(PAST))
        seat.controller.looked_up.clear()
        seat.wait(0.5)
        self.assertEqual(seat.controller.looked_up, [(HistoryKind.ALL, "bob", "")])
        self.assertIn("Last calls", seat.text)
        self.assertRegex(seat.text, r"→ today 10:42 +12:05   good")
        seat.screen.feed(["down"] * 6)
        seat.wait(0.5)
        self.assertEqual([each[1] for each in seat.controller.looked_up], ["bob", "zoe"])
        seat.press("home")
        seat.wait(0.5)
        self.assertEqual(len(seat.controller.looked_up), 2)
        seat.controller.called(replace(PAST[0], talked_seconds=1))
        seat.wait(0.5)
        self.assertRegex(seat.text, r"→ today 10:42 +0:01   good")
