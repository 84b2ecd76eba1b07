"""The look of the screen, and notices, in the settings."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated
from voip_terminal.settings.values import Theme


class LookTests(SynchronousTestCase):
    """Colours, signs, bells."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.press("s", "4")

    def test_look(self) -> None:
        """Colours and signs are set for the next start."""
        self.seat.press("right", "down", "enter")
        look = self.seat.settings.current.look
        self.assertEqual((look.theme, look.ascii), (Theme.MONOCHROME, True))
        self.assertIn("from the next start on", self.seat.text)
        self.assertIn("[x] ASCII only", self.seat.text)

    def test_notices(self) -> None:
        """Each way of being told is turned off and on by itself."""
        self.seat.press("down", "down", "left", "down", " ")
        notify = self.seat.settings.current.notify
        self.assertEqual((notify.bell, notify.title, notify.osc), (False, False, True))
