"""The client's end of a tunnel, against a whole server in memory."""

import tempfile
from pathlib import Path
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.protocol import Protocol
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from tests.client.memory_network import MemoryEndpoint, MemoryNetwork
from voip.client.voice.commands import UsePath
from voip.client.voice.media_tunnel import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    OPEN_WITHIN_SECONDS,
    MediaTunnel,
)
from voip.core.ids import Cid
from voip.core.media_config import MediaConfig, MediaSuite
from voip.server.certificate import TlsRules
from voip.wire.datagram import MediaKeys, Suite
from voip.wire.tunnel import (
    ALPN_MEDIA,
    FRESH_SECONDS,
    TunnelOpen,
    TunnelReader,
    framed,
    is_proven,
)

MEDIA = MediaConfig(
    "", 5061, Cid(77), MediaSuite.AES_128_GCM, b"1" * 16, b"3" * 12, b"2" * 16, b"4" * 12, 15, 1200
)
HOST, PORT = "192.0.2.1", 5061


class FarEnd(Protocol):
    """A server's end that keeps what is said."""

    def __init__(self) -> None:
        self.opened: TunnelOpen | None = None
        self.datagrams: list[bytes] = []
        self.is_lost = False
        self._reader = TunnelReader()

    def dataReceived(self, data: bytes) -> None:
        if self.opened is None:
            self.opened = self._reader.receive_open(data)
            data = b""
        if self.opened is not None:
            self.datagrams += self._reader.receive(data)

    def connectionLost(self, reason: object = None) -> None:
        self.is_lost = True


class FarEnds:
    """What listens: a factory that keeps its ends."""

    def __init__(self) -> None:
        self.made: list[FarEnd] = []

    def buildProtocol(self, _address: object) -> FarEnd:
        self.made.append(FarEnd())
        return self.made[-1]


class MediaTunnelTests(SynchronousTestCase):
    """Opened, used, lost, opened again."""

    protocols = (ALPN_MEDIA,)

    def setUp(self) -> None:
        kept = tempfile.TemporaryDirectory(prefix="voip-")
        self.addCleanup(kept.cleanup)
        self.network = MemoryNetwork(Path(kept.name))
        self.ends = FarEnds()
        self.listen(ALPN_MEDIA)
        self.came: list[bytes] = []
        self.asked: list[tuple[str, int]] = []
        self.tunnel = MediaTunnel(self.network.clock, self.endpoint_of, self.came.append)
        self.path = UsePath(MEDIA, HOST, PORT, self.network.server.certificate.pin)

    def listen(self, *protocols: bytes) -> None:
        """Have the far ends listen."""
        rules = TlsRules(self.network.server.certificate, protocols)
        self.network.listener = TLSMemoryBIOFactory(
            rules, False, cast("IProtocolFactory", self.ends), clock=self.network.clock
        )

    def endpoint_of(self, host: str, port: int) -> IStreamClientEndpoint:
        self.asked.append((host, port))
        return cast("IStreamClientEndpoint", MemoryEndpoint(self.network))

    def open(self) -> FarEnd:
        self.tunnel.open(self.path)
        self.network.pass_time(0.1)
        return self.ends.made[-1]

    def send(self, datagram: bytes) -> None:
        self.tunnel.send(datagram)
        self.network.pass_time(0.1)

    def test_it_says_whose_it_is_and_carries_both_ways(self) -> None:
        """To the host and port of the control connection, with a proof that holds."""
        end = self.open()
        self.assertEqual(self.asked, [(HOST, PORT)])
        assert end.opened is not None
        self.assertEqual(end.opened.cid, MEDIA.cid)
        self.send(b"up")
        self.assertEqual(end.datagrams, [b"up"])
        assert end.transport is not None
        end.transport.write(framed(b"down") + framed(b"more"))
        self.network.pass_time(0.1)
        self.assertEqual(self.came, [b"down", b"more"])

    def test_the_proof_is_of_this_connection(self) -> None:
        """Two tunnels of one leg prove themselves differently."""
        first = self.open().opened
        self.network.cut()
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        second = self.ends.made[-1].opened
        self.assertNotEqual(first, second)
        assert first is not None
        keys = MediaKeys(Suite.AES_128_GCM, MEDIA.key_up, MEDIA.iv_up)
        self.assertFalse(is_proven(first, keys, bytes(32)))

    def test_asked_for_twice_it_is_opened_once(self) -> None:
        """Another path has another tunnel, and the one before ends."""
        first = self.open()
        self.open()
        self.assertEqual(len(self.ends.made), 1)
        self.path = UsePath(MEDIA, HOST, PORT + 1, self.path.pin)
        self.open()
        self.assertTrue(first.is_lost)
        self.assertEqual(len(self.ends.made), 2)

    def test_another_key_is_told_nothing(self) -> None:
        """Whoever is not the server of the control connection hears not one byte."""
        self.path = UsePath(MEDIA, HOST, PORT, "00" * 32)
        end = self.open()
        self.send(b"up")
        self.assertTrue(end.is_lost)
        self.assertIsNone(end.opened)

    def test_a_server_without_tunnels(self) -> None:
        """An older server refuses the protocol; it is asked again later, less and less often."""
        self.listen(b"voip/1")
        self.open()
        self.network.pass_time(100.0)
        self.assertIn(len(self.asked), range(5, 10))

    def test_it_is_made_again_when_it_breaks(self) -> None:
        """After a pause that grows while nothing comes through, up to half a minute."""
        end = self.open()
        assert end.transport is not None
        end.transport.write(framed(b"down"))
        self.network.pass_time(0.1)
        self.network.cut()
        self.send(b"lost")
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        self.send(b"again")
        self.assertEqual(self.ends.made[-1].datagrams, [b"again"])
        self.network.is_reachable = False
        self.network.cut()
        self.network.pass_time(200.0)
        tries = len(self.asked)
        self.network.pass_time(LONGEST_PAUSE_SECONDS)
        self.assertEqual(len(self.asked), tries + 1)

    def test_a_handshake_that_takes_too_long(self) -> None:
        """Is given up, and tried again."""
        self.network.is_silent = True
        self.open()
        self.network.pass_time(OPEN_WITHIN_SECONDS + FIRST_PAUSE_SECONDS + 1)
        self.assertEqual(len(self.asked), 2)

    def test_closed_for_good(self) -> None:
        """Nothing is tried any more: not after a connection, not in a pause, not while dialling."""
        end = self.open()
        self.tunnel.close()
        self.network.pass_time(100.0)
        self.assertTrue(end.is_lost)
        self.network.is_reachable = False
        self.open()
        self.tunnel.close()
        self.network.pass_time(100.0)
        dialling: Deferred[IProtocol] = Deferred()

        @implementer(IStreamClientEndpoint)
        class Slow:
            def connect(self, _factory: IProtocolFactory) -> Deferred[IProtocol]:
                return dialling

        tunnel = MediaTunnel(
            self.network.clock, lambda *_: cast("IStreamClientEndpoint", Slow()), self.came.append
        )
        tunnel.open(self.path)
        tunnel.close()
        self.assertTrue(dialling.called)
        self.assertEqual(len(self.asked), 2)
        self.assertEqual(self.network.clock.getDelayedCalls(), [])

    def test_nonsense_ends_the_connection(self) -> None:
        """A length that cannot be: the tunnel is made anew."""
        end = self.open()
        assert end.transport is not None
        end.transport.write(b"\xff\xff" + framed(b"late"))
        self.network.pass_time(0.1)
        self.assertTrue(end.is_lost)
        self.assertEqual(self.came, [])

    def test_only_fresh_speech_waits(self) -> None:
        """When the system takes no more, what waits over 80 ms is thrown away."""
        end = self.open()
        near = self.tunnel._end
        assert near is not None
        near.pauseProducing()
        self.tunnel.send(b"old")
        self.network.clock.advance(FRESH_SECONDS + 0.01)
        self.tunnel.send(b"new")
        near.resumeProducing()
        self.network.pass_time(0.1)
        self.assertEqual(end.datagrams, [b"new"])
