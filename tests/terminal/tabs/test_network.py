"""The network in the settings."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PIN
from tests.terminal.scenes import seated, talking
from voip.client.model import AudioView, Change, ConnectionView, Link
from voip.client.voice.commands import UdpUse


class NetworkTests(SynchronousTestCase):
    """What is, and what is set."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.press("s", "3")

    def test_the_server(self) -> None:
        """The connection, its encryption, its way and the server's key are shown."""
        for told in ("TLS 1.3", "call.example.org, port 5061", "23 ms", PIN[:8].upper()):
            self.assertIn(told, self.seat.text)
        self.seat.controller.change(Change.CONNECTION, connection=ConnectionView(Link.RECONNECTING))
        self.seat.wait(0.1)
        self.assertIn("not connected", self.seat.text)

    def test_the_call(self) -> None:
        """In a call one reads how it travels."""
        self.assertIn("nobody else ever sees your address", self.seat.text)
        self.seat.controller.change(Change.AUDIO, audio=AudioView(path="tls"))
        self.seat.wait(0.1)
        self.assertIn("voices go by TLS; nobody else ever sees your address", self.seat.text)
        talking(self.seat)
        self.assertIn("this call by UDP  ▂▄▆█ good  0.4% lost", self.seat.text)

    def test_udp(self) -> None:
        """The arrows choose how voices travel."""
        self.seat.press(*["down"] * 3)
        self.seat.press("right")
        self.assertIs(self.seat.settings.current.network.udp, UdpUse.ON)
        self.assertIn("< on ", self.seat.line_with("Voices by UDP"))
        self.assertIn('"off": through TLS alone', self.seat.text)
