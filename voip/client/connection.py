"""One TLS connection to a server: from the handshake to the end.

It knows frames and whose key was shown. Nothing is sent before that key was found to be the
expected one. Requests flow in with their numbers, answers and notices flow out through a callback.
Which answer belongs to whom is ``voip.client.requests``' to know; what happens after a break is the
link's.
"""

from collections.abc import Callable

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from voip.client.model import ClientError, LinkError, LinkTrouble
from voip.client.tls import ALPN_CONTROL, Channel, channel_of
from voip.core.errors import RemoteProtocolError
from voip.core.messages import Request
from voip.wire.codec import (
    MAX_TOLD_BYTES,
    AnswerFrame,
    NoticeFrame,
    decode_server,
    encode_request,
)
from voip.wire.framing import FrameReader, frame


@implementer(IHandshakeListener)
class ControlConnection(Protocol):
    """The protocol on top of TLS. ``opened`` fires once it may be spoken on; it fails with
    ``LinkError``, or with ``ClientError`` when the known pins cannot be read."""

    _log = Logger()

    def __init__(self, check_pin: Callable[[str], None]) -> None:
        self.opened: Deferred[Channel] = Deferred()
        self._check_pin = check_pin
        self._frames = FrameReader(MAX_TOLD_BYTES)
        self._heard: Callable[[AnswerFrame | NoticeFrame], None] = lambda _: None
        self._lost: Callable[[], None] = lambda: None
        self._is_open = False
        self._refused: Exception | None = None
        self.is_over = False

    def listen(
        self, heard: Callable[[AnswerFrame | NoticeFrame], None], lost: Callable[[], None]
    ) -> None:
        """Set who is told what comes, and, once, of the end."""
        self._heard = heard
        self._lost = lost

    @property
    def peer_host(self) -> str:
        """The address that the name stood for this time; empty where there are no addresses."""
        peer = self._tls.getPeer()
        return peer.host if isinstance(peer, IPv4Address | IPv6Address) else ""

    def send(self, request_id: int, request: Request, ack: int) -> None:
        """Send a request; nothing happens when the connection is over."""
        if not self.is_over:
            self._tls.write(frame(encode_request(request_id, request, ack)))

    def abort(self) -> None:
        """Hear nothing more and close, without waiting for the other side."""
        self._frames.close()
        if not self.is_over:
            self._tls.abortConnection()

    # ---- called by Twisted ---------------------------------------------------------------------

    def handshakeCompleted(self) -> None:
        try:
            channel = self._checked_channel()
        except (LinkError, ClientError) as refused:
            self._refused = refused
            self.abort()
            return
        self._is_open = True
        self.opened.callback(channel)

    def dataReceived(self, data: bytes) -> None:
        try:
            for payload in self._frames.receive(data):
                self._heard(decode_server(payload))
        except RemoteProtocolError as error:
            self._log.warn("the server sent nonsense: {error}", error=error)
            self.abort()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.is_over = True
        self._frames.close()
        if self._is_open:
            self._lost()
        else:
            self.opened.errback(self._refused or LinkError(_trouble_of(reason)))

    # ---- inside --------------------------------------------------------------------------------

    @property
    def _tls(self) -> TLSMemoryBIOProtocol:
        transport: object = self.transport
        assert isinstance(transport, TLSMemoryBIOProtocol)
        return transport

    def _checked_channel(self) -> Channel:
        channel = channel_of(self._tls.getHandle())
        if channel is None or channel.protocol != ALPN_CONTROL:
            raise LinkError(LinkTrouble.NOT_A_VOIP_SERVER)
        self._check_pin(channel.pin)
        return channel


def _trouble_of(reason: Failure) -> LinkTrouble:
    """Why there was no handshake: closed or cut is not reached, other bytes are another service."""
    if reason.check(ConnectionDone, ConnectionLost, ConnectionAborted):
        return LinkTrouble.NOT_REACHABLE
    return LinkTrouble.NOT_A_VOIP_SERVER
