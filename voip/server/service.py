"""The small services a daemon is made of: the store, the relay and the control port.

Each knows how its one thing starts and how it ends well; ``voip.server.daemon`` knows the order.
"""

import socket
from typing import cast

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.interfaces import IListeningPort, IReactorSocket
from twisted.internet.protocol import ServerFactory
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOFactory

from voip.server.entrance import EntranceFactory
from voip.server.reception import Reception
from voip.server.relay.interface import RelayEngine
from voip.store.interface import AccountStore


class StoreService(Service):
    """Closes the store at the end."""

    name = "store"

    def __init__(self, store: AccountStore) -> None:
        self.store = store

    def stopService(self) -> Deferred[None]:
        Service.stopService(self)
        return self.store.close()


class RelayService(Service):
    """Runs the relay engine."""

    name = "relay"

    def __init__(self, engine: RelayEngine) -> None:
        self.engine = engine

    def startService(self) -> None:
        Service.startService(self)
        self.engine.start()

    def stopService(self) -> None:
        Service.stopService(self)
        self.engine.stop()


class ControlService(Service):
    """Listens for connections on a socket that is bound already."""

    name = "control"
    log = Logger()

    def __init__(
        self,
        reactor: IReactorSocket,
        tcp: socket.socket,
        wire: TLSMemoryBIOFactory,
        connections: EntranceFactory,
        reception: Reception,
    ) -> None:
        self._reactor = reactor
        self._tcp = tcp
        self._wire = wire
        self.connections = connections
        self.reception = reception
        self._port: IListeningPort | None = None

    def startService(self) -> None:
        Service.startService(self)
        self._port = self._reactor.adoptStreamPort(
            self._tcp.fileno(), self._tcp.family, cast("ServerFactory", self._wire)
        )
        self._tcp.close()  # the reactor has made a copy

    def stopService(self) -> Deferred[None]:
        """Fires when the last connection is gone; none takes longer than its goodbye may."""
        Service.stopService(self)
        self.log.info(
            "no more connections; {failed} had never got as far as TLS",
            failed=self.connections.failed_handshakes,
        )
        port, self._port = self._port, None
        stopped = succeed(None) if port is None else maybeDeferred(port.stopListening)
        self.reception.stop()
        return stopped.addCallback(lambda _: self.connections.close_all())
