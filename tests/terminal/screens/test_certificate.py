"""A server whose key has changed."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import OTHER_PIN, PIN, FakeController
from tests.terminal.seat import Seat
from voip.client.model import LinkError, LinkTrouble
from voip.client.private_files import DataFileError


class CertificateTests(SynchronousTestCase):
    """The explanation, and the typed yes."""

    def setUp(self) -> None:
        controller = FakeController()
        error = LinkError(LinkTrouble.CERTIFICATE_CHANGED, PIN, OTHER_PIN)
        controller.refusals["connect"] = error
        self.seat = Seat(controller=controller, address="call.example.org")
        self.addCleanup(self.seat.stop)

    def test_explains(self) -> None:
        """Both fingerprints are there, and what to do with them."""
        seen = self.seat.text
        self.assertIn("The key of call.example.org has changed", seen)
        self.assertIn("9F2C 41D0", seen)
        self.assertIn("0011 2233", seen)
        self.assertIn("Ask the operator", seen)

    def test_enter_alone_trusts_nothing(self) -> None:
        """Without the word Enter does nothing, and is not offered."""
        self.assertNotIn("trust the new key", self.seat.hints)
        self.seat.press("enter")
        self.seat.type("tru")
        self.seat.press("enter")
        self.assertNotIn("accept_new_pin", str(self.seat.controller.asked))

    def test_typed_yes(self) -> None:
        """With the word typed the new key is trusted, and the server asked again."""
        self.seat.type("trust")
        self.assertIn("Enter trust the new key", self.seat.hints)
        self.seat.press("enter")
        self.assertEqual(
            self.seat.controller.asked[1:],
            [("accept_new_pin", "call.example.org", OTHER_PIN), ("connect", "call.example.org")],
        )
        self.assertIn("✓ TLS 1.3", self.seat.text)

    def test_a_file_that_cannot_be_written(self) -> None:
        """When the new key cannot be remembered, that is told, and the question stays."""
        error = DataFileError(Path("/keys/known_servers.json"))
        self.seat.controller.refusals["accept_new_pin"] = error
        self.seat.type("trust")
        self.seat.press("enter")
        self.assertIn("A file here cannot be used: /keys/known_servers.json", self.seat.text)
        self.assertIn("The key of call.example.org has changed", self.seat.text)

    def test_no(self) -> None:
        """Esc goes back and trusts nothing."""
        self.seat.press("esc")
        self.assertIn("Password", self.seat.text)
        self.assertEqual(len(self.seat.controller.asked), 1)
