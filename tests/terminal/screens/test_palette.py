"""The command palette, as a person types into it."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, PEOPLE, call_with
from tests.terminal.scenes import seated, talking
from tests.terminal.seat import Seat
from voip.core.calls import LegState


class PaletteTests(SynchronousTestCase):
    """Choosing a command."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def test_call_by_name(self) -> None:
        """``:call bob`` and Enter call Bob."""
        self.seat.press(":")
        self.seat.type("call bob")
        self.assertRegex(self.seat.text, r"▶ call bob +● Bob Martin")
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [("call", "bob")])
        self.assertNotIn("Command", self.seat.text)

    def test_somebody_who_is_in_no_list(self) -> None:
        """Any account can be named."""
        self.seat.press(":")
        self.seat.type("call mallory")
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [("call", "mallory")])
        self.assertIn("Calling mallory", self.seat.status)

    def test_choosing(self) -> None:
        """The arrow keys choose, Tab fills in, and the last line says so."""
        self.seat.press("ctrl p")
        self.assertIn("Enter run  Tab complete  Esc close", self.seat.hints)
        self.seat.type("call")
        self.seat.press("down", "down", "up", "tab")
        self.assertIn(": [ call carol ", self.seat.text)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [("call", "carol")])

    def test_far_down(self) -> None:
        """A long list scrolls, and ends at its ends."""
        self.seat.press(":", *["page down"] * 9)
        self.assertIn("▶ call zoe", self.seat.text)
        self.seat.press(*["page up"] * 9)
        self.assertIn("▶ find", self.seat.text)

    def test_what_keys_do(self) -> None:
        """Each command opens what its key opens, and shows that key."""
        self.seat.press(":")
        self.seat.type("pres")
        self.assertRegex(self.seat.text, r"▶ presence +p +what others see of you")
        self.seat.press("enter")
        self.assertIn("What others see of you", self.seat.text)
        self.assertIn("Enter tell everybody", self.seat.hints)

    def test_nothing_found(self) -> None:
        """Where nothing matches, Enter does nothing and the box says why."""
        self.seat.press(":")
        self.seat.type("qqq")
        self.assertIn("No command has these letters.", self.seat.text)
        self.assertNotIn("Enter", self.seat.hints)
        self.seat.press("enter", "tab", "down")
        self.assertIn("qqq", self.seat.text)
        self.seat.press("esc")
        self.assertNotIn("qqq", self.seat.text)

    def test_in_a_call(self) -> None:
        """While one talks there are the call's commands."""
        talking(self.seat)
        self.seat.press(":")
        self.seat.type("hang")
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [("hang_up", CALL_ID)])

    def test_follows_the_model(self) -> None:
        """A call that begins meanwhile brings its commands; the choice stays."""
        self.seat.press(":")
        self.seat.type("h")
        self.seat.press("down")
        self.assertIn("▶ help", self.seat.text)
        talking(self.seat)
        self.assertIn("hang up", self.seat.text)
        self.assertIn("▶ help", self.seat.text)

    def test_from_a_field(self) -> None:
        """In a field ``:`` is a letter and Ctrl-P opens the palette; commands are the screen's."""
        self.seat.press("/", ":")
        self.assertNotIn("Command", self.seat.text)
        self.seat.press("ctrl p")
        self.assertIn("Command", self.seat.text)

    def test_not_in_the_way(self) -> None:
        """It opens over no box, in no small window, before no sign-in, and while nothing rings."""
        self.seat.press("p", "ctrl p")
        self.assertNotIn("Command", self.seat.text)
        self.seat.press("esc")
        self.seat.resize(40, 12)
        self.seat.press(":")
        self.seat.resize(80, 24)
        self.assertNotIn("Command", self.seat.text)
        call = call_with(PEOPLE[0], LegState.RINGING, self.seat.now, is_incoming=True)
        self.seat.controller.calls(call)
        self.seat.press(":")
        self.assertNotIn("Command", self.seat.text)
        outside = Seat()
        self.addCleanup(outside.stop)
        outside.press("tab", "ctrl p")
        self.assertNotIn("Command", outside.text)
