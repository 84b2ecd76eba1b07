"""The client's end of a tunnel: datagrams through a TLS connection, made again while it is wanted.

It knows the server by the key that was shown on the control connection, and says nothing before it
has seen that key. What the system does not take at once waits for 80 ms, then it is thrown away.
Knows nothing of what the datagrams say, nor whether they are answered.
"""

from collections.abc import Callable
from typing import Final, cast

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import wrapClientTLS
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHandshakeListener,
    IProtocol,
    IPushProducer,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from voip.client.tls import ClientTls, channel_of
from voip.client.voice.commands import UsePath
from voip.client.voice.reactor import TimeReactor
from voip.core.errors import RemoteProtocolError
from voip.short_queue import shorten
from voip.wire.datagram import MediaKeys, Suite
from voip.wire.tunnel import ALPN_MEDIA, FreshQueue, TunnelReader, framed, prove

FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 30.0
OPEN_WITHIN_SECONDS: Final = 10.0
"""From the first byte of TCP to the end of the handshake."""

EndpointOf = Callable[[str, int], IStreamClientEndpoint]
"""How a host and port are reached by TCP."""


class MediaTunnel:
    """A tunnel for one path at a time; `received` gets each datagram that comes through it."""

    def __init__(
        self, reactor: TimeReactor, endpoint_of: EndpointOf, received: Callable[[bytes], None]
    ) -> None:
        self._reactor = reactor
        self._endpoint_of = endpoint_of
        self._received = received
        self._tls = ClientTls(ALPN_MEDIA)
        self._path: UsePath | None = None
        self._connecting: Deferred[IProtocol] | None = None
        self._end: _TunnelEnd | None = None
        self._retry: IDelayedCall | None = None
        self._failures = 0

    def open(self, path: UsePath) -> None:
        """Hold a tunnel open for this path; the one that is held already stays."""
        if path != self._path:
            self.close()
            self._path = path
            self._connect(path)

    def send(self, datagram: bytes) -> None:
        """Send it, as far as there is a way."""
        if self._end is not None:
            self._end.send(datagram)

    def close(self) -> None:
        """Hold none open any more."""
        self._path = None
        self._failures = 0
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        connecting, self._connecting = self._connecting, None
        if connecting is not None:
            connecting.cancel()
        end, self._end = self._end, None
        if end is not None:
            end.abort()

    def _connect(self, path: UsePath) -> None:
        self._retry = None
        endpoint = wrapClientTLS(
            self._tls,
            self._endpoint_of(path.host, path.port),
            clock=cast("IReactorTime", self._reactor),
        )
        end = _TunnelEnd(self._reactor, path, self._came, self._ended)
        connecting: Deferred[IProtocol] = endpoint.connect(_EndFactory(end))
        self._connecting = connecting

        def connected(_: IProtocol) -> None:
            self._connecting = None
            self._end = end

        def failed(_: Failure) -> None:
            if path is self._path:
                self._connecting = None
                self._try_later(path)

        connecting.addCallbacks(connected, failed)

    def _came(self, datagram: bytes) -> None:
        self._failures = 0
        self._received(datagram)

    def _ended(self, end: "_TunnelEnd") -> None:
        if end is self._end:
            self._end = None
            self._try_later(end.path)

    def _try_later(self, path: UsePath) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**self._failures)
        self._failures += 1
        self._retry = self._reactor.callLater(pause, self._connect, path)


class _EndFactory(Factory):
    noisy = False

    def __init__(self, end: "_TunnelEnd") -> None:
        self._end = end

    def buildProtocol(self, addr: IAddress | None) -> "_TunnelEnd":  # noqa: ARG002
        return self._end


@implementer(IHandshakeListener, IPushProducer)
class _TunnelEnd(Protocol):
    """One connection."""

    def __init__(
        self,
        reactor: TimeReactor,
        path: UsePath,
        came: Callable[[bytes], None],
        ended: Callable[["_TunnelEnd"], None],
    ) -> None:
        self._reactor = reactor
        self.path = path
        self._came = came
        self._ended = ended
        self._reader = TunnelReader()
        self._waiting = FreshQueue()
        self._give_up: IDelayedCall | None = None
        self._is_open = False
        self._is_full = False
        self._is_over = False

    # Called by the tunnel.

    def send(self, datagram: bytes) -> None:
        """Send it now, or soon, or not at all."""
        if not self._is_open:
            return
        if self._is_full:
            self._waiting.put(datagram, self._reactor.seconds())
        else:
            self._tls.write(framed(datagram))

    def abort(self) -> None:
        """Hear nothing more and close."""
        self._is_open, self._is_over = False, True
        self._tls.abortConnection()

    # Called by Twisted.

    def connectionMade(self) -> None:
        """TCP is there, TLS is beginning."""
        self._give_up = self._reactor.callLater(OPEN_WITHIN_SECONDS, self.abort)

    def handshakeCompleted(self) -> None:
        """Say whose tunnel this is to be, if this is the server."""
        self._patience_ends()
        channel = channel_of(self._tls.getHandle())
        path = self.path
        if channel is None or channel.protocol != ALPN_MEDIA or channel.pin != path.pin:
            self.abort()
            return
        shorten(self._tls.transport)
        self._tls.registerProducer(self, True)
        media = path.media
        keys = MediaKeys(Suite(media.suite.value), media.key_up, media.iv_up)
        self._tls.write(framed(prove(media.cid, keys, channel.exporter).encode()))
        self._is_open = True

    def dataReceived(self, data: bytes) -> None:
        try:
            for datagram in self._reader.receive(data):
                if self._is_over:
                    return
                self._came(datagram)
        except RemoteProtocolError:
            self.abort()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        self._is_open, self._is_over = False, True
        self._patience_ends()
        self._ended(self)

    def pauseProducing(self) -> None:
        """The system takes no more: what is said now waits, for as long as it is fresh."""
        self._is_full = True

    def resumeProducing(self) -> None:
        self._is_full = False
        while not self._is_full:
            datagram = self._waiting.take(self._reactor.seconds())
            if datagram is None:
                return
            self._tls.write(framed(datagram))

    def stopProducing(self) -> None:
        """The transport is gone; ``connectionLost`` follows."""

    # The rest.

    @property
    def _tls(self) -> TLSMemoryBIOProtocol:
        transport: object = self.transport
        assert isinstance(transport, TLSMemoryBIOProtocol)
        return transport

    def _patience_ends(self) -> None:
        if self._give_up is not None and self._give_up.active():
            self._give_up.cancel()
