"""The keys of calls, on whatever screen."""

from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, PEOPLE, call_with
from tests.terminal.scenes import (
    CODE,
    OTHER_CALL,
    THIRD_CALL,
    conference,
    ringing,
    seated,
    second_call,
    talking,
)
from voip.client.loudness import LOUDEST_DB
from voip.client.model import ClientError, Security
from voip.client.private_files import DataFileError
from voip.core.calls import LegState
from voip.core.errors import ErrorCode


class HoldTests(SynchronousTestCase):
    """One call talks, others wait."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        talking(self.seat)

    def test_hold_and_take_back(self) -> None:
        """h puts the call on hold and takes it back, and the pane says how it stands."""
        self.assertIn("h hold", self.seat.hints)
        self.seat.press("h")
        self.assertEqual(self.seat.controller.asked, [("hold", CALL_ID)])
        self.assertIn("on hold", self.seat.line_with("1 Bob Martin"))
        self.assertIn("h take back", self.seat.hints)
        self.assertNotIn("mute", self.seat.hints)
        self.seat.press("h")
        self.assertEqual(self.seat.controller.asked[-1], ("resume", CALL_ID))
        self.assertIn("You are talking to Bob Martin.", self.seat.status)

    def test_the_last_one_is_taken_back(self) -> None:
        """Of several held calls h takes back the one that was put on hold last."""
        second_call(self.seat)
        self.seat.press("x", "h")
        self.assertIn("On hold: Carol Nguyen. h takes the call back.", self.seat.status)
        self.seat.press("h")
        self.assertEqual(self.seat.controller.asked[-1], ("resume", OTHER_CALL))

    def test_the_only_call_can_be_left(self) -> None:
        """A single held call can be hung up; of two it would not be clear which."""
        self.seat.press("h", "ctrl x")
        self.assertEqual(self.seat.controller.asked[-1], ("hang_up", CALL_ID))
        second_call(self.seat)
        self.assertNotIn("hang up", self.seat.hints)

    def test_swap(self) -> None:
        """x swaps the call that talks with the held one; a number goes to one."""
        second_call(self.seat)
        self.seat.press("x")
        self.assertEqual(self.seat.controller.asked, [("swap",)])
        self.assertIn("talking", self.seat.line_with("2 Carol Nguyen"))
        self.assertIn("on hold", self.seat.line_with("1 Bob Martin"))
        self.seat.press("1")
        self.assertEqual(self.seat.controller.asked[-1], ("resume", CALL_ID))
        self.assertIn("You are talking to Bob Martin.", self.seat.status)

    def test_no_swap_without_a_pair(self) -> None:
        """With one call, or with two on hold, there is nothing to swap with."""
        self.assertNotIn("x swap", self.seat.hints)
        second_call(self.seat)
        self.assertIn("x swap", self.seat.hints)
        third = replace(self.seat.controller.model.calls[1], call_id=THIRD_CALL)
        self.seat.controller.calls(*self.seat.controller.model.calls, third)
        self.seat.wait(0.1)
        self.assertNotIn("x swap", self.seat.hints)

    def test_a_number_answers(self) -> None:
        """A call that was ignored is in the list still, and its number answers it."""
        ringing(self.seat)
        self.seat.press("i")
        self.assertIn("ignored", self.seat.line_with("2 Dave Okafor"))
        self.seat.press("2")
        self.assertEqual(self.seat.controller.asked[-1], ("accept", THIRD_CALL))

    def test_no_such_number(self) -> None:
        """A number that no call has is told, and the talking call's own does nothing."""
        second_call(self.seat)
        self.seat.press("1")
        self.assertEqual(self.seat.controller.asked, [])
        self.seat.press("7")
        self.assertIn("There is no call 7: the last one is 2.", self.seat.status)

    def test_refused(self) -> None:
        """What the server refuses is told, and nothing changes."""
        self.seat.controller.refusals["hold"] = ClientError(ErrorCode.WRONG_STATE)
        self.seat.press("h")
        self.assertIn("That cannot be done now", self.seat.status)
        self.assertIn("Space mute", self.seat.hints)

    def test_nobody_is_answered_while_dialling(self) -> None:
        """Whoever's own call rings has to stop that first."""
        dialled = call_with(PEOPLE[1], LegState.DIALING, self.seat.now)
        self.seat.controller.calls(dialled)
        ringing(self.seat)
        self.seat.press("i", "2")
        self.assertNotIn(("accept", THIRD_CALL), self.seat.controller.asked)
        self.assertIn("stop that first", self.seat.status)


class JoinTests(SynchronousTestCase):
    """Two calls in one."""

    def test_join(self) -> None:
        """j moves the held call's people into the one that talks."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        self.assertNotIn("j join", seat.hints)
        second_call(seat)
        seat.press("j")
        self.assertEqual(seat.controller.asked, [("merge", CALL_ID, OTHER_CALL)])
        self.assertIn("Bob Martin and Carol Nguyen are in one call now.", seat.status)
        self.assertIn("in a conference", seat.top)

    def test_not_into_a_locked_one(self) -> None:
        """Nobody gets into a locked conference, not by its host either, until it is unlocked."""
        for is_host in (False, True):
            seat = seated()
            self.addCleanup(seat.stop)
            conference(seat, is_host=is_host, is_locked=True)
            second_call(seat)
            self.assertNotIn("j join", seat.hints)
            self.assertNotIn("+ add", seat.hints)


class SoundTests(SynchronousTestCase):
    """What one hears."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        talking(self.seat)

    def test_volume(self) -> None:
        """[ and ] play the other quieter and louder, up to a bound."""
        self.seat.press("]")
        self.assertEqual(self.seat.controller.asked, [("set_volume", "bob", 3.0)])
        self.assertIn("Bob Martin: volume +3 dB.", self.seat.status)
        self.assertIn("USB headset, volume +3 dB", self.seat.text)
        self.assertEqual(self.seat.settings.current.volumes, {"bob": 3})
        self.seat.press("[", "[")
        self.assertEqual(self.seat.controller.asked[-1], ("set_volume", "bob", -3.0))
        self.seat.press(*["]"] * 20)
        self.assertEqual(self.seat.controller.asked[-1], ("set_volume", "bob", LOUDEST_DB))

    def test_deafened(self) -> None:
        """D turns all sound off and on again, and the pane says so meanwhile."""
        self.seat.press("D")
        self.assertEqual(self.seat.controller.asked, [("set_deafened", True)])
        self.assertIn("you hear nobody", self.seat.text)
        self.seat.press("D")
        self.assertEqual(self.seat.controller.asked[-1], ("set_deafened", False))
        self.assertNotIn("you hear nobody", self.seat.text)

    def test_code_matches(self) -> None:
        """v takes a conference's digits for compared, as it does with the four words."""
        call = conference(self.seat)
        self.assertIn(CODE[:5], self.seat.text)
        self.seat.press("v")
        self.assertEqual(self.seat.controller.asked, [("mark_verified", CALL_ID)])
        self.seat.controller.calls(replace(call, security=Security.VERIFIED))
        self.seat.wait(0.1)
        self.assertNotIn("words match", self.seat.hints)

    def test_a_file_that_cannot_be_written(self) -> None:
        """When nobody can be remembered as verified, that is told in a sentence of its own."""
        self.seat.controller.refusals["mark_verified"] = DataFileError(Path("/keys/bob.json"))
        conference(self.seat)
        self.seat.press("v")
        self.assertIn("A file here cannot be used: /keys/bob.json.", self.seat.text)


class LeaveTests(SynchronousTestCase):
    """Ctrl-X says what it does."""

    def test_words(self) -> None:
        """One stops calling, hangs up, or leaves a conference."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.calls(call_with(PEOPLE[0], LegState.DIALING, seat.now))
        seat.wait(0.1)
        self.assertIn("Ctrl-X stop calling", seat.hints)
        talking(seat)
        self.assertIn("Ctrl-X hang up", seat.hints)
        conference(seat)
        self.assertIn("Ctrl-X leave", seat.hints)
        seat.press("ctrl x")
        self.assertEqual(seat.controller.asked, [("hang_up", CALL_ID)])

    def test_a_listener(self) -> None:
        """Who only listens has no microphone to turn off."""
        seat = seated()
        self.addCleanup(seat.stop)
        conference(seat, is_listener=True, is_host=False)
        self.assertNotIn("Space", seat.hints)
        self.assertIn("listening", seat.line_with("alice (you)"))
