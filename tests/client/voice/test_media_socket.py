"""The socket of the media path."""

from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import HOST, PORT, FakeReactor
from voip.client.voice.commands import Trouble, VoiceTrouble
from voip.client.voice.media_socket import MediaSocket


class MediaSocketTests(SynchronousTestCase):
    """To one server, from one server."""

    def setUp(self) -> None:
        """A socket that was not opened yet."""
        self.reactor = FakeReactor()
        self.received: list[bytes] = []
        self.told: list[Trouble] = []
        self.socket = self.make("")

    def make(self, interface: str) -> MediaSocket:
        """A socket on this address."""
        return MediaSocket(self.reactor, interface, self.received.append, self.told.append)

    def test_only_the_server_is_heard(self) -> None:
        """A datagram from another address or port is dropped."""
        self.socket.open(HOST, PORT)
        for source in ((HOST, PORT), ("192.0.2.9", PORT), (HOST, PORT + 1)):
            self.reactor.port.protocol.datagramReceived(str(source).encode(), source)
        self.assertEqual(self.received, [str((HOST, PORT)).encode()])

    def test_it_sends_to_the_server(self) -> None:
        """From any local address, or from the one that was asked for."""
        self.socket.open(HOST, PORT)
        self.socket.send(b"speech")
        self.assertEqual(self.reactor.port.written, [(b"speech", (HOST, PORT))])
        self.assertEqual(self.reactor.port.interface, "0.0.0.0")
        self.make("127.0.0.9").open(HOST, PORT)
        self.assertEqual(self.reactor.port.interface, "127.0.0.9")
        self.socket.open("2001:DB8::0:1", PORT)
        self.assertEqual(self.reactor.port.interface, "::")
        self.socket.send(b"speech")
        self.assertEqual(self.reactor.port.written[0][1], ("2001:db8::1", PORT))

    def test_without_a_network_datagrams_are_lost(self) -> None:
        """They are counted, and sending goes on when there is a network again."""
        self.socket.send(b"too early")
        self.socket.open(HOST, PORT)
        self.reactor.port.error = OSError(101, "network is unreachable")
        self.socket.send(b"lost")
        self.reactor.port.error = None
        self.socket.send(b"sent")
        self.assertEqual(self.socket.not_sent, 2)
        self.assertEqual(self.reactor.port.take(), [b"sent"])

    def test_a_port_that_closes_takes_no_more(self) -> None:
        """When the reactor took the transport away, sending does no harm."""
        self.socket.open(HOST, PORT)
        self.reactor.port.stopListening()
        self.socket.send(b"late")
        self.assertEqual(self.socket.not_sent, 1)

    def test_an_address_that_is_not_ours_is_told(self) -> None:
        """A socket that can't be opened is told as a path that does not pass."""
        self.reactor.can_listen = False
        self.socket.open(HOST, PORT)
        self.assertEqual(self.told[0].what, VoiceTrouble.UDP_BLOCKED)

    def test_a_name_is_looked_up(self) -> None:
        """The first address of a name is used."""
        self.reactor.resolver.known["voice.example"] = [HOST, "192.0.2.7"]
        self.socket.open("voice.example", PORT)
        self.assertEqual(self.reactor.ports, [])
        self.reactor.resolver.waiting.pop()()
        self.socket.send(b"speech")
        self.assertEqual(self.reactor.port.written[0][1], (HOST, PORT))

    def test_a_name_without_an_address_is_told(self) -> None:
        """And nothing is opened."""
        self.socket.open("nowhere.example", PORT)
        self.reactor.resolver.waiting.pop()()
        self.assertEqual(self.told[0].what, VoiceTrouble.UDP_BLOCKED)
        self.assertEqual(self.reactor.ports, [])

    def test_an_answer_that_comes_too_late_is_not_used(self) -> None:
        """Who closed or opened something else meanwhile does not get the old server back."""
        self.reactor.resolver.known["voice.example"] = [HOST]
        self.socket.open("voice.example", PORT)
        self.socket.close()
        self.reactor.resolver.waiting.pop()()
        self.assertEqual(self.reactor.ports, [])
