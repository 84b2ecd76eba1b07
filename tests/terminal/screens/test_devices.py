"""The box with one's own devices."""

from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_account import LAPTOP, PHONE
from tests.terminal.seat import Seat
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip.core.ids import DeviceId
from voip_terminal.glyphs import ASCII
from voip_terminal.screens.devices import DevicesBox


class DevicesTests(SynchronousTestCase):
    """Somebody signed in, with two devices."""

    def setUp(self) -> None:
        self.seat = Seat(address="call.example.org")
        self.addCleanup(self.seat.stop)
        self.seat.controller.signed_in()

    def open(self) -> None:
        self.seat.front.ui.open(DevicesBox(self.seat.front.ui))
        self.seat.wait(0.2)

    def test_they_are_listed(self) -> None:
        """With the begin of their keys, which is this one, and when the others were here last."""
        self.open()
        self.assertIn("key 1A1A 1A1A  this computer", self.seat.line_with("laptop"))
        self.assertRegex(self.seat.line_with("phone"), r"key 2B2B 2B2B  last here 2026-08-\d\d")

    def test_no_meaning_by_a_sign_alone(self) -> None:
        """Who is online is said in words as well."""
        phone = replace(PHONE, is_online=True)
        self.seat.controller.own_devices = [LAPTOP, phone]
        self.open()
        self.assertIn("online", self.seat.line_with("phone"))

    def test_the_pointer_and_the_cursor(self) -> None:
        """Arrow keys move both, and not past the ends."""
        self.open()
        first = self.seat.cursor
        self.seat.press("down", "down", "page down")
        assert first is not None
        self.assertEqual(self.seat.cursor, (first[0], first[1] + 1))
        self.assertIn("▶", self.seat.line_with("phone"))
        self.seat.press("up", "up")
        self.assertEqual(self.seat.cursor, first)

    def test_removing_one(self) -> None:
        """It is asked first; then the list is without it."""
        self.open()
        self.seat.press("down")
        self.assertIn("Enter remove", self.seat.hints)
        self.seat.press("enter")
        self.assertIn("Remove phone?", self.seat.text)
        self.seat.press("enter")
        self.assertIn(("revoke_device", PHONE.device), self.seat.controller.asked)
        self.assertIn("phone is removed", self.seat.text)
        self.assertEqual(self.seat.line_with("2B2B"), "")

    def test_thinking_better_of_it(self) -> None:
        """Esc removes nothing, and then closes."""
        self.open()
        self.seat.press("down", "enter", "esc")
        self.assertIn("phone", self.seat.text)
        self.seat.press("esc")
        self.assertNotIn("Your devices", self.seat.text)
        self.assertNotIn("revoke_device", str(self.seat.controller.asked))

    def test_this_one_is_not_removed_here(self) -> None:
        """Logging out is another key; Enter does nothing on it."""
        self.open()
        self.assertNotIn("Enter", self.seat.hints)
        self.seat.press("enter")
        self.assertNotIn("Remove", self.seat.text.replace("Enter removes", ""))

    def test_many(self) -> None:
        """As many as there can be are reached, in ASCII too."""
        seat = Seat(glyphs=ASCII, address="call.example.org")
        self.addCleanup(seat.stop)
        seat.controller.signed_in()
        seat.controller.own_devices = [
            replace(PHONE, name=f"number {at} {'long ' * 8}", device=DeviceId(bytes([at]) * 32))
            for at in range(32)
        ]
        seat.front.ui.open(DevicesBox(seat.front.ui))
        seat.wait(0.2)
        seat.press("page down", "page down", "page down", "page down")
        self.assertIn("number 31", seat.text)
        self.assertNotIn("number 0 ", seat.text)

    def test_while_the_server_is_asked(self) -> None:
        """One is told so, and can close the box."""
        self.seat.controller.holds["devices"] = Deferred()
        self.open()
        self.assertIn("Asking the server", self.seat.text)
        self.seat.press("down", "esc")
        self.assertNotIn("Your devices", self.seat.text)

    def test_refusals(self) -> None:
        """They have their sentences."""
        self.seat.controller.refusals["revoke_device"] = ClientError(ErrorCode.STORE_UNAVAILABLE)
        self.open()
        self.seat.press("down", "enter", "enter")
        self.assertIn("The server cannot save anything now", self.seat.text)
