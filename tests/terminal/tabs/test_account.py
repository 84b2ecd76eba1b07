"""One's account in the settings."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_account import LAPTOP, PHONE
from tests.terminal.scenes import seated
from tests.terminal.seat import LARGE
from voip.client.model import ClientError
from voip.core.errors import ErrorCode


class AccountTests(SynchronousTestCase):
    """Who one is."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.controller.own_devices = [LAPTOP, PHONE]
        self.seat.press("s")

    def test_who(self) -> None:
        """Account, shown name and presence are there, each with the box that changes it."""
        self.assertIn("signed in as alice", self.seat.text)
        self.assertIn("● available", self.seat.line_with("Presence"))
        titles = ("Your shown name", "What others see of you", "Change your password")
        for title in (*titles, "New recovery codes"):
            self.seat.press("enter")
            self.assertIn(title, self.seat.text)
            self.seat.press("esc", "down")

    def test_devices(self) -> None:
        """Each device has its name, since when it may sign in, and when it last did."""
        self.assertIn("this computer", self.seat.line_with("● laptop"))
        shown = self.seat.line_with("○ phone")
        self.assertRegex(shown, r"key 2B2B 2B2B  seen 2026-08-\d\d")
        self.seat.resize(*LARGE)
        self.assertRegex(self.seat.line_with("○ phone"), r"added 2024-03-\d\d  seen")

    def test_remove(self) -> None:
        """A device is removed once that was confirmed; not the one at hand."""
        self.seat.press(*["down"] * 4)
        self.assertNotIn("Enter choose", self.seat.hints)
        self.seat.press("down", "enter")
        self.assertIn("Remove phone?", self.seat.text)
        self.seat.press("enter")
        self.assertIn(("revoke_device", PHONE.device), self.seat.controller.asked)
        self.assertNotIn("○ phone", self.seat.text)
        self.assertIn("phone is removed", self.seat.status)

    def test_delete(self) -> None:
        """The account can be deleted, by whoever knows the password."""
        self.seat.press("up", "enter")
        self.assertIn("Nobody can bring", self.seat.text)
        self.seat.type("correct horse battery")
        self.seat.press("enter")
        self.assertIn(("delete_account", "correct horse battery"), self.seat.controller.asked)

    def test_refused(self) -> None:
        """When the server does not tell the devices, that is said; nothing else is in the way."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.refusals["devices"] = ClientError(ErrorCode.STORE_UNAVAILABLE)
        seat.press("s")
        self.assertIn("cannot save anything now", seat.text)
        self.assertIn("the server did not tell", seat.text)
        self.assertIn("Shown name", seat.text)
