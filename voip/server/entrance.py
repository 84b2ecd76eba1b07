"""The TCP port's connections: from the first byte until TLS says what each one is for.

    accepted -> Entrance -> TLS, ALPN voip/1       -> ControlProtocol
                                  voip-media/1     -> TunnelProtocol

How many strangers one source may have here at once, and how long a handshake may take, is held for
both. It knows which connections there are and closes them at the end; what is said on them is not
its affair.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IAddress, IDelayedCall, IHandshakeListener, IReactorTime
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from voip.core.limits import source_of
from voip.server.certificate import ALPN_CONTROL
from voip.server.control import ControlProtocol
from voip.server.deliveries import Deliveries
from voip.server.premises import Premises
from voip.server.strangers import Guest, Strangers
from voip.server.tunnel import TunnelProtocol
from voip.server.tunnels import Tunnels
from voip.wire.tunnel import ALPN_MEDIA

PROTOCOLS: Final = (ALPN_CONTROL, ALPN_MEDIA)
"""What may be spoken here, for the TLS rules."""


@implementer(IHandshakeListener)
class Entrance(Protocol):
    """One accepted connection. ``address`` is the peer's, without port."""

    transport: TLSMemoryBIOProtocol

    def __init__(self, factory: "EntranceFactory", address: str) -> None:
        self._factory = factory
        self._address = address
        self._opened_at = 0.0
        self._guest: Guest | None = None
        self._deadline: IDelayedCall | None = None
        self.within: ControlProtocol | TunnelProtocol | None = None
        """What serves the connection, once it is known what it is for."""
        self._is_refused = False
        self.had_handshake = False

    def connectionMade(self) -> None:
        """The TCP connection is there; TLS is only beginning."""
        factory = self._factory
        self._opened_at = factory.clock()
        self.transport.setTcpNoDelay(True)  # messages are small, and people wait for them
        factory.connected(self)
        self._guest = Guest(factory.strangers, source_of(self._address))
        if self._guest.is_flooded:
            self._refuse()
            return
        seconds = factory.premises.limits.login_deadline_seconds
        self._deadline = factory.reactor.callLater(seconds, self._refuse)

    def handshakeCompleted(self) -> None:
        """TLS is up: let the connection in where it wants to go."""
        self.had_handshake = True
        guest = self._guest
        if guest is None or self._is_refused:
            return
        self._end_deadline()
        wanted = self.transport.negotiatedProtocol
        if wanted == ALPN_CONTROL:
            self.within = self._factory.control(self._address, guest, self._opened_at)
        elif wanted == ALPN_MEDIA:
            self.within = self._factory.tunnel(self._address, guest, self._opened_at)
        else:
            self._refuse()
            return
        within: Protocol = self.within
        within.makeConnection(self.transport)

    def dataReceived(self, data: bytes) -> None:
        if self.within is not None:
            self.within.dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._end_deadline()
        if self._guest is not None:
            self._guest.known()
        self._factory.disconnected(self)
        if self.within is not None:
            self.within.connectionLost(reason)

    def close(self) -> None:
        """Say goodbye where one is understood, then close."""
        if self.within is None:
            self._refuse()
        else:
            self.within.close()

    def _refuse(self) -> None:
        self._is_refused = True
        self._end_deadline()
        self.transport.abortConnection()

    def _end_deadline(self) -> None:
        if self._deadline is not None and self._deadline.active():
            self._deadline.cancel()


class EntranceFactory(ServerFactory):
    """Makes the connections and knows those that are open."""

    noisy = False

    def __init__(
        self,
        premises: Premises,
        tunnels: Tunnels,
        reactor: IReactorTime,
        clock: Callable[[], float],
    ) -> None:
        self.premises = premises
        self.reactor = reactor
        self.clock = clock
        self.strangers = Strangers(lambda: premises.limits.fresh_per_source)
        self.failed_handshakes = 0
        self.tunnels = tunnels
        self._deliveries = Deliveries(partial(reactor.callLater, 0))
        self._connections: set[Entrance] = set()
        self._emptied: list[Deferred[None]] = []

    def buildProtocol(self, addr: IAddress | None) -> Entrance:
        return Entrance(self, getattr(addr, "host", "unknown"))

    def control(self, address: str, guest: Guest, opened_at: float) -> ControlProtocol:
        """What serves a control connection."""
        return ControlProtocol(
            self.premises, self.reactor, self.clock, self._deliveries, address, guest, opened_at
        )

    def tunnel(self, address: str, guest: Guest, opened_at: float) -> TunnelProtocol:
        """What serves a tunnel."""
        left = opened_at + self.premises.limits.login_deadline_seconds - self.clock()
        return TunnelProtocol(
            self.tunnels, self.reactor, self.clock, address, guest, max(0.0, left)
        )

    def connected(self, connection: Entrance) -> None:
        self._connections.add(connection)

    def disconnected(self, connection: Entrance) -> None:
        """A connection is gone; those without TLS are counted, nothing else."""
        self._connections.discard(connection)
        self.failed_handshakes += not connection.had_handshake
        if not self._connections:
            waiting, self._emptied = self._emptied, []
            for each in waiting:
                each.callback(None)

    def close_all(self) -> Deferred[None]:
        """Close every connection; fires when the last is gone."""
        if not self._connections:
            return succeed(None)
        emptied: Deferred[None] = Deferred()
        self._emptied.append(emptied)
        for connection in tuple(self._connections):
            connection.close()
        return emptied

    def __len__(self) -> int:
        return len(self._connections)
