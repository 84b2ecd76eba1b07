"""A client's TLS against the server's, in memory: no sockets, no waiting.

``Wire`` moves the bytes by hand, so that a test sees each side between any two steps.
"""

import datetime as dt
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from twisted.test.iosim import FakeTransport
from zope.interface import implementer

from voip.core.login import EXPORTER_LABEL, EXPORTER_SIZE
from voip.core.messages import Answer, Request
from voip.server.certificate import ALPN_CONTROL, ServerCertificate, TlsRules, self_sign
from voip.server.entrance import PROTOCOLS, EntranceFactory
from voip.wire.codec import AnswerFrame, NoticeFrame, decode_server, encode_request
from voip.wire.framing import FrameReader, frame


@cache
def certificate() -> ServerCertificate:
    """One certificate for all tests of a run."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = self_sign(key, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return ServerCertificate(x509.load_pem_x509_certificate(pem), key)


@implementer(IOpenSSLClientConnectionCreator)
class ClientTls:
    """A client that trusts anyone, of a version and ALPN names as the test wants."""

    def __init__(self, alpn: tuple[bytes, ...], version: int) -> None:
        self._context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        self._context.set_max_proto_version(version)
        if alpn:
            self._context.set_alpn_protos(list(alpn))

    def clientConnectionForTLS(
        self,
        tlsProtocol: TLSMemoryBIOProtocol,  # noqa: N803
    ) -> SSL.Connection:
        return SSL.Connection(self._context, None)


class Listener(Protocol):
    """Keeps what comes and why it ended."""

    def __init__(self) -> None:
        self.frames: list[AnswerFrame | NoticeFrame] = []
        self.ended: Failure | None = None
        self._reader = FrameReader(1 << 20)

    def dataReceived(self, data: bytes) -> None:
        self.frames += [decode_server(payload) for payload in self._reader.receive(data)]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.ended = reason


class Held(FakeTransport):
    """A transport that can be told to leave what has come unread."""

    is_paused = False

    def pauseProducing(self) -> None:
        self.is_paused = True

    def resumeProducing(self) -> None:
        self.is_paused = False


class Wire:
    """One connection between a client and the entrance of a server."""

    def __init__(
        self,
        factory: EntranceFactory,
        clock: Clock,
        address: str = "192.0.2.7",
        alpn: tuple[bytes, ...] = (ALPN_CONTROL,),
        version: int = SSL.TLS1_3_VERSION,
        listener: Listener | None = None,
    ) -> None:
        self.clock = clock
        self.listener = listener or Listener()
        peer = IPv4Address("TCP", address, 40000)
        rules = TlsRules(certificate(), PROTOCOLS)
        served = TLSMemoryBIOFactory(rules, False, factory, clock=clock)
        client = Factory.forProtocol(lambda: self.listener)
        asking = TLSMemoryBIOFactory(ClientTls(alpn, version), True, client, clock=clock)
        self.server = served.buildProtocol(peer)
        self.client = asking.buildProtocol(peer)
        self.server_io = Held(self.server, True, peerAddress=peer)
        self.client_io = FakeTransport(self.client, False)
        self._is_over = False
        self.server.makeConnection(self.server_io)
        self.client.makeConnection(self.client_io)

    def shake_hands(self) -> "Wire":
        """Let TLS come up."""
        self.pump()
        return self

    def pump(self) -> None:
        """Carry bytes both ways until there are none, and tell an end to both sides."""
        while not self._is_over:
            self.clock.advance(0)
            down = self.server_io.getOutBuffer()
            up = None if self.server_io.is_paused else self.client_io.getOutBuffer()
            if down:
                self.client.dataReceived(down)
            if up:
                self.server.dataReceived(up)
            if not (down or up):
                self._end_if_closing()
                return

    def send(self, payload: bytes) -> None:
        """Send one frame, whatever is in it."""
        self.send_raw(frame(payload))

    def send_raw(self, data: bytes) -> None:
        self.client.write(data)
        self.pump()

    def ask(self, request: Request, request_id: int = 1) -> Answer:
        """Send a request and give the newest answer."""
        self.send(encode_request(request_id, request))
        return self.answers()[-1]

    def answers(self) -> list[Answer]:
        return [each.answer for each in self.listener.frames if isinstance(each, AnswerFrame)]

    @property
    def exporter(self) -> bytes:
        """The client's view of the channel binding."""
        handle = self.client.getHandle()
        exported: bytes = handle.export_keying_material(EXPORTER_LABEL, EXPORTER_SIZE, b"")
        return exported

    @property
    def is_over(self) -> bool:
        return self._is_over

    def _end_if_closing(self) -> None:
        client_is_seen_to_go = self.client_io.disconnecting and not self.server_io.is_paused
        if self.server_io.disconnecting or client_is_seen_to_go:
            self.cut()

    def cut(self) -> None:
        """The TCP connection is gone."""
        if not self._is_over:
            self._is_over = True
            self.server_io.reportDisconnect()
            self.client_io.reportDisconnect()
