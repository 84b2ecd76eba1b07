"""The loop around the screen: its pace, pasted text, faults, and the terminal's own bytes."""

import errno
import io
import os
import pty

import pyte
import urwid
from twisted.trial.unittest import SynchronousTestCase
from urwid.display.common import InputClosedError

from tests.terminal.scenes import seated, talking
from tests.terminal.seat import Seat
from voip.client.model import Change
from voip_terminal.front import PasteGuard
from voip_terminal.terminal import RawScreen


class DrawingTests(SynchronousTestCase):
    """How often is drawn."""

    def test_a_busy_model(self) -> None:
        """A call whose levels change all the time is drawn at most twenty times a second."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        before = seat.screen.draw_count
        for _ in range(500):
            seat.controller.change(Change.FIGURES)
            seat.clock.advance(0.002)
        self.assertLessEqual(seat.screen.draw_count - before, 21)


class PasteTests(SynchronousTestCase):
    """Pasted text."""

    def test_triggers_nothing(self) -> None:
        """A text pasted onto the main screen presses no keys."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.screen.feed(["begin paste", "L", "enter", "p", "enter", "end paste"])
        seat.wait(0.2)
        self.assertEqual(seat.controller.asked, [])
        seat.press("p")
        self.assertIn("What others see", seat.text)

    def test_goes_into_a_field(self) -> None:
        """Pasted into a field it is text, and its line end submits nothing."""
        seat = Seat()
        self.addCleanup(seat.stop)
        seat.screen.feed(["begin paste", *"host:5061", "enter", "tab", "end paste"])
        seat.wait(0.2)
        self.assertIn("[ host:5061", seat.text)
        self.assertEqual(seat.controller.asked, [])

    def test_mouse(self) -> None:
        """What is no key passes while nothing is pasted."""
        guard = PasteGuard(lambda: False)
        click = ("mouse press", 1, 2, 3)
        self.assertEqual(guard.filter([click, "a"], []), [click, "a"])
        self.assertEqual(guard.filter(["begin paste", click, "a"], []), [])


class FaultTests(SynchronousTestCase):
    """Exceptions in the loop."""

    def test_a_handler_that_raises(self) -> None:
        """A key whose handler raises is told plainly; the loop goes on."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        seat.controller.set_muted = None  # type: ignore[assignment,method-assign]  # a bug
        seat.press(" ")
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)
        self.assertFalse(seat.has_ended)
        self.assertIn("Something went wrong", seat.text)

    def test_terminal_gone(self) -> None:
        """A terminal that went away ends the client."""
        for error in (InputClosedError(), OSError(errno.EIO, "gone"), urwid.ExitMainLoop()):
            seat = seated()
            seat.front._failed(error)
            self.assertTrue(seat.has_ended)
            seat.stop()

    def test_terminal_gone_while_ringing(self) -> None:
        """So does one that cannot take a title or a bell any more."""
        seat = seated()
        self.addCleanup(seat.stop)

        seat.screen.is_gone = True
        talking(seat)
        self.assertTrue(seat.has_ended)


class TerminalBytesTests(SynchronousTestCase):
    """What a real terminal would show of the bytes that are written."""

    def test_same_as_the_canvas(self) -> None:
        """A terminal emulator fed with the real screen's bytes shows what was drawn."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        canvas = seat.screen.canvases[-1]
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        written = io.StringIO()
        with os.fdopen(slave, "r") as keys:
            screen = RawScreen(input=keys, output=written)
            with screen.start():
                screen.draw_screen((80, 24), canvas)
                screen.bell()
                screen.environ = {"TERM": "xterm"}
                screen.notify("Bob Martin is calling")
                shown = pyte.Screen(80, 24)
                pyte.Stream(shown).feed(written.getvalue())
        self.assertIn("\a", written.getvalue())
        self.assertIn("voip: Bob Martin is calling", written.getvalue())
        # pyte keeps a wide character in one cell and leaves the next one empty.
        self.assertEqual("\n".join(shown.display), "\n".join(seat.lines))
