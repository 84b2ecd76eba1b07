"""The admin unix socket: lines come in as JSON, one a line, and are answered in their order.

    {"line": "kick bob", "json": false, "yes": true, "width": 80}
        -> {"exit": 0, "text": "...", "warning": ""}
    {"question": "kick bob"}
        -> {"question": "..."}

Who may connect is the affair of the socket's file, which is its owner's alone; who it is, the
kernel says. A client that leaves does not undo what it asked for.
"""

import json
import socket
import struct
from typing import Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.interfaces import IAddress, IListeningPort, IReactorSocket, IReactorTime
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.internet.unix import Server
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.core.deeds import Actor, Door, Role
from voip.server.admin.desk import Desk
from voip.server.admin.exits import Exit
from voip.server.data_dir import user_name
from voip.server.ports import Door as Bound

MAX_REQUEST: Final = 64 * 1024
"""Bytes of a request: the longest line, written as JSON escapes, with room."""
GOODBYE_SECONDS: Final = 5.0
"""How long the end of the server waits for what is under way. What takes longer, a backup, is
broken off, and the audit has no outcome for it."""


class SocketProtocol(Protocol):
    """One connection."""

    transport: Server
    log = Logger()

    def __init__(self, door: "SocketFactory") -> None:
        self._door = door
        self._name = ""
        self._received = b""
        self._is_busy = False
        self._is_going_on = False

    def connectionMade(self) -> None:
        self._door.connections.add(self)
        self._name = name_of_peer(self.transport.getHandle())

    def connectionLost(self, _reason: Failure = connectionDone) -> None:
        self._door.connections.discard(self)

    def dataReceived(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > MAX_REQUEST and b"\n" not in self._received:
            self._say({"exit": Exit.USAGE, "text": "the request is too long", "warning": ""})
            self.transport.loseConnection()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Answer what has come, one request after the other; nothing more is read meanwhile."""
        if self._is_going_on:
            return
        self._is_going_on = True
        try:
            while not self._is_busy and b"\n" in self._received:
                line, _, self._received = self._received.partition(b"\n")
                self._begin(line)
        finally:
            self._is_going_on = False

    def _begin(self, line: bytes) -> None:
        self._is_busy = True
        self.transport.pauseProducing()
        answered = Deferred.fromCoroutine(self._answer(line))
        self._door.underway.add(answered)

        def done(_: object) -> None:
            self._door.underway.discard(answered)
            self._is_busy = False
            self.transport.resumeProducing()
            self._go_on()

        answered.addErrback(self._failed).addCallback(done)

    async def _answer(self, line: bytes) -> None:
        try:
            request: object = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        match request:
            case {
                "line": str() as text,
                "json": bool() as as_json,
                "yes": bool() as is_confirmed,
                "width": int() as width,
            }:
                answer = await self._door.desk.run(
                    Actor(self._name, Role.OPERATOR, Door.SOCKET),
                    text,
                    is_confirmed=is_confirmed,
                    as_json=as_json,
                    width=width,
                )
                self._say({"exit": answer.exit, "text": answer.text, "warning": answer.warning})
            case {"question": str() as text}:
                self._say({"question": self._door.desk.question(text)})
            case _:
                text = "this request is not understood; voipctl is of another version"
                self._say({"exit": Exit.USAGE, "text": text, "warning": ""})

    def _failed(self, failure: Failure) -> None:
        self.log.failure("a request at the admin socket failed", failure)
        text = "this failed by a fault of the server; its log says why"
        self._say({"exit": Exit.REFUSED, "text": text, "warning": ""})

    def _say(self, answer: dict[str, str | int]) -> None:
        self.transport.write(json.dumps(answer).encode() + b"\n")


class SocketFactory(ServerFactory):
    """Makes the connections, and knows them and what is under way."""

    noisy = False

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.connections: set[SocketProtocol] = set()
        self.underway: set[Deferred[None]] = set()

    def buildProtocol(self, addr: IAddress | None) -> SocketProtocol:  # noqa: ARG002
        return SocketProtocol(self)


class SocketDoor(Service):
    """Listens at a socket that is bound already."""

    name = "admin socket"
    log = Logger()

    def __init__(
        self, reactor: IReactorSocket, timers: IReactorTime, bound: Bound, desk: Desk
    ) -> None:
        self._reactor = reactor
        self._timers = timers
        self._bound = bound
        self.factory = SocketFactory(desk)
        self._port: IListeningPort | None = None

    def startService(self) -> None:
        Service.startService(self)
        self._port = self._bound.listen(self._reactor, self.factory)

    def stopService(self) -> Deferred[None]:
        """No more connections; what is under way is answered first."""
        Service.stopService(self)
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        if self._port is not None:
            await maybeDeferred(self._port.stopListening)
        await self._answered()
        if self.factory.underway:
            self.log.warn(  # noqa: G010 - Twisted's logger has no other
                "{count} commands were still under way", count=len(self.factory.underway)
            )
        for connection in tuple(self.factory.connections):
            connection.transport.loseConnection()

    def _answered(self) -> Deferred[None]:
        """Fires when nothing is under way, or when it was waited for long enough."""
        over: Deferred[None] = Deferred()
        patience = self._timers.callLater(GOODBYE_SECONDS, over.callback, None)

        def done(_: object) -> None:
            if patience.active():
                patience.cancel()
                over.callback(None)

        DeferredList(list(self.factory.underway)).addCallback(done)
        return over


def name_of_peer(connected: socket.socket) -> str:
    """The user at the other end of a unix socket, as the kernel knows it."""
    size = struct.calcsize(_CREDENTIALS)
    credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, uid, _ = struct.unpack(_CREDENTIALS, credentials)
    return user_name(uid)


_CREDENTIALS: Final = "iII"  # process, user and group id
