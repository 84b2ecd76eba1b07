"""Away after idle: told once, taken back with the first key."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated, talking
from voip.client.model import Link
from voip_terminal.idle import IDLE_SECONDS


class IdleTests(SynchronousTestCase):
    """Nobody at the keys."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    @property
    def told(self) -> list[object]:
        return [asked[1] for asked in self.seat.controller.asked if asked[0] == "set_idle"]

    def pass_by(self, seconds: float) -> None:
        """Let time pass in long steps."""
        self.seat.clock.pump([10.0] * round(seconds / 10))

    def test_idle_and_back(self) -> None:
        """After ten minutes without a key it is told; the next key takes it back."""
        self.pass_by(IDLE_SECONDS - 20)
        self.seat.press("down")
        self.pass_by(IDLE_SECONDS - 20)
        self.assertEqual(self.told, [])
        self.pass_by(30)
        self.assertEqual(self.told, [True])
        self.pass_by(IDLE_SECONDS * 2)
        self.assertEqual(self.told, [True])
        self.seat.press("down", "up")
        self.assertEqual(self.told, [True, False])
        self.pass_by(IDLE_SECONDS + 10)
        self.assertEqual(self.told, [True, False, True])

    def test_looking_at_it(self) -> None:
        """To bring the window to the front is a sign of life too."""
        self.pass_by(IDLE_SECONDS + 10)
        self.seat.press("focus in")
        self.assertEqual(self.told, [True, False])

    def test_who_talks_is_not_idle(self) -> None:
        """A long call without a key is no absence, and the time counts from its end."""
        talking(self.seat)
        for _ in range(4):
            self.pass_by(IDLE_SECONDS / 2)
            talking(self.seat)
        self.assertEqual(self.told, [])

    def test_only_inside(self) -> None:
        """Nothing is told before one signs in and after one is out; a new session begins anew."""
        self.pass_by(IDLE_SECONDS + 10)
        self.seat.controller.connection(Link.OFFLINE)
        self.pass_by(IDLE_SECONDS * 2)
        self.seat.press("down")
        self.assertEqual(self.told, [True])
        self.seat.controller.signed_in()
        self.pass_by(IDLE_SECONDS - 20)
        self.assertEqual(self.told, [True])
        self.pass_by(30)
        self.assertEqual(self.told, [True, True])
