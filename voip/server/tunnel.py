"""One media tunnel on the server: datagrams of a leg through TLS, where UDP does not pass.

A thin Twisted protocol around ``TunnelReader`` and ``FreshQueue``, made by the entrance once TLS is
up. Nothing is kept and nothing passed on before the tunnel has proven whose it is. A peer that
reads slowly loses speech, never takes memory; one that sends more than any client does is read
more slowly; one that breaks the rules stands in the log once and is cut off.
"""

from collections.abc import Callable, Iterator
from enum import Enum, unique
from typing import Final, assert_never

from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from voip.core.errors import ErrorCode, RemoteProtocolError
from voip.core.ids import Cid
from voip.core.limits import TokenBucket, blur_address
from voip.server.certificate import channel_binding
from voip.server.strangers import Guest
from voip.server.timers import Timers
from voip.server.tunnels import Tunnels
from voip.short_queue import shorten
from voip.wire.datagram import peek_cid
from voip.wire.tunnel import FreshQueue, TunnelReader, framed

SILENT_SECONDS: Final = 60.0
"""A client pings every 25 s at least; one that sends nothing for so long is gone."""

STUCK_SECONDS: Final = 10.0
"""A reader that takes nothing for so long has no call any more, and is cut off."""

# One stream, its reports and PINGs are some 60 a second. What one client sends beyond this waits
# in its own queue.
DATAGRAMS_PER_SECOND: Final = 200.0
DATAGRAMS_AT_ONCE: Final = 400.0
FLOOD_PAUSE_SECONDS: Final = 0.25


@unique
class Patience(Enum):
    """What a tunnel waits for only so long."""

    OPEN = "open"
    SIGN_OF_LIFE = "sign of life"
    READER = "reader"
    FLOOD = "flood"


@implementer(IPushProducer)
class TunnelProtocol(Protocol):
    """A tunnel; its transport is TLS that is up. It has ``open_seconds`` to say whose it is."""

    log = Logger()
    transport: TLSMemoryBIOProtocol

    def __init__(
        self,
        tunnels: Tunnels,
        reactor: IReactorTime,
        clock: Callable[[], float],
        address: str,
        guest: Guest,
        open_seconds: float,
    ) -> None:
        self._tunnels = tunnels
        self._clock = clock
        self._address = address
        self._guest = guest
        self._open_seconds = open_seconds
        self._timers = Timers[Patience](reactor, self._impatient)
        self._reader = TunnelReader()
        self._waiting = FreshQueue()
        self._allowance = TokenBucket(DATAGRAMS_PER_SECOND, DATAGRAMS_AT_ONCE)
        self._cid: Cid | None = None
        self._is_over = False
        self._is_full = False
        self._is_paused = False

    # What Twisted calls.

    def connectionMade(self) -> None:
        """TLS is up: the first message is to say whose tunnel this is."""
        self._timers.start(Patience.OPEN, self._open_seconds)
        shorten(self.transport.transport)
        self.transport.registerProducer(self, True)
        if self._guest.is_crowded:
            self._warn("too many connections that have not logged in")
            self.abort()

    def dataReceived(self, data: bytes) -> None:
        if self._is_over:
            return
        try:
            if self._cid is None:
                self._open(data)
                data = b""
            if self._cid is not None:
                self._timers.start(Patience.SIGN_OF_LIFE, SILENT_SECONDS)
                datagrams = self._reader.receive(data)
                if not self._is_paused:
                    self._take(self._cid, datagrams)
        except RemoteProtocolError as error:
            self._warn(str(error))
            self.abort()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        self._is_over = True
        self._timers.stop_all()
        if self._cid is not None:
            self._tunnels.closed(self._cid, self)

    def pauseProducing(self) -> None:
        """The peer does not keep up: what is sent now waits here, for as long as it is fresh."""
        self._is_full = True
        self._timers.start(Patience.READER, STUCK_SECONDS)

    def resumeProducing(self) -> None:
        self._is_full = False
        self._timers.stop(Patience.READER)
        while not self._is_full and (datagram := self._waiting.take(self._clock())) is not None:
            self.transport.write(framed(datagram))

    def stopProducing(self) -> None:
        """The transport is gone; ``connectionLost`` follows."""

    # What the relay and the entrance call.

    def send(self, datagram: bytes) -> None:
        """Send it now, or soon, or not at all."""
        if self._is_over:
            return
        if self._is_full:
            self._waiting.put(datagram, self._clock())
        else:
            self.transport.write(framed(datagram))

    def abort(self) -> None:
        """Close now."""
        self._is_over = True
        self._timers.stop_all()
        self.transport.abortConnection()

    def close(self) -> None:
        """The server stops: nobody waits for a goodbye here."""
        self.abort()

    # The rest.

    def _open(self, data: bytes) -> None:
        asked = self._reader.receive_open(data)
        if asked is None:
            return
        if not self._tunnels.admit(asked, channel_binding(self.transport), self):
            raise RemoteProtocolError(ErrorCode.BAD_REQUEST, "it has not proven whose tunnel it is")
        self._cid = asked.cid
        self._guest.known()
        self._timers.stop(Patience.OPEN)

    def _take(self, cid: Cid, datagrams: Iterator[bytes]) -> None:
        """Pass datagrams on, as many as a client may send; the rest waits, and more is not read."""
        for datagram in datagrams:
            if peek_cid(datagram) != cid:
                raise RemoteProtocolError(ErrorCode.BAD_REQUEST, "a datagram of another leg")
            self._tunnels.received(datagram, self)
            if self._allowance.take(self._clock()):
                self._is_paused = True
                self.transport.pauseProducing()
                self._timers.start(Patience.FLOOD, FLOOD_PAUSE_SECONDS)
                return

    def _impatient(self, patience: Patience) -> None:
        match patience:
            case Patience.OPEN | Patience.SIGN_OF_LIFE:
                self.abort()
            case Patience.READER:
                self._warn("it does not read")
                self.abort()
            case Patience.FLOOD:
                self._is_paused = False
                self.transport.resumeProducing()
                self.dataReceived(b"")
            case _:
                assert_never(patience)

    def _warn(self, reason: str) -> None:
        self.log.warn(  # noqa: G010 - Twisted's logger has no other
            "tunnel from {address} closed: {reason}",
            address=blur_address(self._address),
            reason=reason,
        )
