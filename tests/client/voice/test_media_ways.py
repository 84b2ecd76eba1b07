"""Both ways to the server."""

from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import HOST, PORT, FakeReactor, config
from voip.client.voice.commands import UsePath
from voip.client.voice.media_ways import MediaWays
from voip.client.voice.path import Tunnelled


class MediaWaysTests(SynchronousTestCase):
    """Where datagrams go; the tunnel itself is tested with a server."""

    def setUp(self) -> None:
        self.reactor = FakeReactor()
        self.received: list[bytes] = []
        self.ways = MediaWays(self.reactor, "", self.received.append, lambda _: None)
        self.ways.open(UsePath(config(), HOST))

    def test_what_is_not_marked_goes_by_udp(self) -> None:
        """And what comes by UDP is not marked."""
        self.ways.send(b"up")
        self.assertEqual(self.reactor.port.take(), [b"up"])
        self.reactor.port.protocol.datagramReceived(b"down", (HOST, PORT))
        self.assertEqual(self.received, [b"down"])
        self.assertNotIsInstance(self.received[0], Tunnelled)

    def test_what_is_marked_never_goes_by_udp(self) -> None:
        """Without a tunnel it goes nowhere."""
        self.ways.send(Tunnelled(b"up"))
        self.assertEqual(self.reactor.port.take(), [])

    def test_without_a_known_key_there_is_no_tunnel(self) -> None:
        """Nobody could tell who is at its end."""
        self.ways.hold_tunnel(True)
        self.ways.hold_tunnel(False)
        self.assertEqual(self.reactor.getDelayedCalls(), [])
        self.ways.close()
        self.assertFalse(self.reactor.port.is_open)
