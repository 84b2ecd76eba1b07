"""The admin unix socket: lines come in as JSON, one a line, and are answered in their order.

    {"line": "kick bob", "json": false, "yes": true, "width": 80}
        -> {"exit": 0, "text": "...", "warning": ""}
    {"question": "kick bob"}
        -> {"question": "..."}
    {"shell": {"width": 80, "height": 24, "python": false}}
        -> {"screen": "..."} ..., {"end": 0}, and meanwhile
    {"keys": "..."}, {"size": [100, 30]}

Who may connect is the affair of the socket's file, which is its owner's alone; who it is, the
kernel says. A client that leaves does not undo what it asked for.
"""

import json
import socket
import struct
import typing
from collections.abc import Callable, Mapping
from typing import Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IPushProducer,
    IReactorSocket,
    IReactorTime,
)
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.internet.unix import Server
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from voip.core.deeds import Actor, Deed, Door, Role
from voip.server.admin.desk import Desk
from voip.server.admin.exits import Exit
from voip.server.audit import DONE, Audit, NotRecorded
from voip.server.data_dir import user_name
from voip.server.ports import Door as Bound

MAX_REQUEST: Final = 64 * 1024
"""Bytes of a request: the longest line, written as JSON escapes, with room."""
MAX_UNREAD: Final = 8 * 1024 * 1024
"""Bytes of a shell's screen that wait to be read: twice the JSON of ten thousand users."""
PYTHON_IS_OFF: Final = (
    "the Python shell is full control of the server and is off: set python = true under [admin] in "
    "the settings, and reload"
)
GOODBYE_SECONDS: Final = 5.0
"""How long the end of the server waits for what is under way. What takes longer, a backup, is
broken off, and the audit has no outcome for it."""


Send = Callable[[Mapping[str, str | int]], None]


class Seat(typing.Protocol):
    """A shell that is open at a connection."""

    def keys(self, text: str) -> None: ...

    def resize(self, columns: int, rows: int) -> None: ...

    def lost(self) -> None:
        """The connection is gone."""

    def end(self, text: str) -> None:
        """Close, with a last word."""


class OpenShell(typing.Protocol):
    """Opens a shell. What it shows is sent, and ``{"end": code}`` at last."""

    def __call__(self, actor: Actor, columns: int, rows: int, send: Send) -> Seat: ...


@implementer(IPushProducer)
class Reader:
    """The other end, as one who may be slow to read a screen: a terminal that is held with Ctrl-S,
    or hangs."""

    def __init__(self, transport: Server) -> None:
        self._transport = transport
        self._is_slow = False
        self._unread = 0
        transport.registerProducer(self, True)

    def pauseProducing(self) -> None:
        self._is_slow = True

    def resumeProducing(self) -> None:
        self._is_slow, self._unread = False, 0

    def stopProducing(self) -> None:
        """The connection is gone."""

    def write(self, data: bytes) -> None:
        self._unread += len(data) if self._is_slow else 0
        if self._unread > MAX_UNREAD:
            self._transport.abortConnection()
        else:
            self._transport.write(data)

    def leave(self) -> None:
        """Close, once all is read."""
        self._transport.unregisterProducer()
        self._transport.loseConnection()


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
        self._seat: Seat | None = None
        self._reader: Reader | None = None

    def connectionMade(self) -> None:
        self._door.connections.add(self)
        self._name = name_of_peer(self.transport.getHandle())

    def connectionLost(self, _reason: Failure = connectionDone) -> None:
        self._door.connections.discard(self)
        seat, self._seat = self._seat, None
        if seat is not None:
            seat.lost()

    def close(self) -> None:
        """Close, once what was sent is read."""
        if self._seat is None:
            self.transport.loseConnection()
        else:
            self._seat.end("The server stops.")

    def dataReceived(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > MAX_REQUEST and b"\n" not in self._received:
            self._refuse(Exit.USAGE, "the request is too long")
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
            case _ if self._seat is not None:
                self._typed(self._seat, request)
            case {
                "shell": {
                    "width": int() as width,
                    "height": int() as height,
                    "python": bool() as is_python,
                }
            }:
                await self._open(width, height, Role.PYTHON if is_python else Role.OPERATOR)
            case _:
                text = "this request is not understood; voipctl is of another version"
                self._refuse(Exit.USAGE, text)

    def _typed(self, seat: Seat, request: object) -> None:
        match request:
            case {"keys": str() as text}:
                seat.keys(text)
            case {"size": [int() as width, int() as height]}:
                seat.resize(width, height)

    async def _open(self, width: int, height: int, role: Role) -> None:
        """Open a shell, which is recorded; what is typed in it is recorded by itself."""
        door, actor = self._door, Actor(self._name, role, Door.SOCKET)
        deed = Deed("shell", line="shell --python" if role is Role.PYTHON else "shell")
        if role is Role.PYTHON and not door.allows_python():
            door.audit.note(actor, deed, "refused")
            self._refuse(Exit.REFUSED, PYTHON_IS_OFF)
            return
        try:
            await door.audit.end(await door.audit.begin(actor, deed), DONE)
        except NotRecorded as error:
            text = f"no shell is opened: the audit cannot be written ({error})"
            self._refuse(Exit.NOT_RECORDED, text)
            return
        if self in door.connections:
            self._reader = Reader(self.transport)
            self._seat = door.open_shell(actor, width, height, self._show)

    def _show(self, shown: Mapping[str, str | int]) -> None:
        assert self._reader is not None
        self._reader.write(_line(shown))
        if "end" in shown:
            self._reader.leave()

    def _failed(self, failure: Failure) -> None:
        self.log.failure("a request at the admin socket failed", failure)
        text = "this failed by a fault of the server; its log says why"
        self._refuse(Exit.REFUSED, text)

    def _refuse(self, code: Exit, text: str) -> None:
        self._say({"exit": code, "text": text, "warning": ""})

    def _say(self, answer: Mapping[str, str | int]) -> None:
        self.transport.write(_line(answer))


def _line(answer: Mapping[str, str | int]) -> bytes:
    return json.dumps(answer).encode() + b"\n"


class SocketFactory(ServerFactory):
    """Makes the connections, and knows them and what is under way."""

    noisy = False

    def __init__(
        self, desk: Desk, audit: Audit, open_shell: OpenShell, allows_python: Callable[[], bool]
    ) -> None:
        self.desk = desk
        self.audit = audit
        self.open_shell = open_shell
        self.allows_python = allows_python
        self.connections: set[SocketProtocol] = set()
        self.underway: set[Deferred[None]] = set()

    def buildProtocol(self, addr: IAddress | None) -> SocketProtocol:  # noqa: ARG002
        return SocketProtocol(self)


class SocketDoor(Service):
    """Listens at a socket that is bound already."""

    name = "admin socket"
    log = Logger()

    def __init__(
        self,
        reactor: IReactorSocket,
        timers: IReactorTime,
        bound: Bound,
        factory: SocketFactory,
    ) -> None:
        self._reactor = reactor
        self._timers = timers
        self._bound = bound
        self.factory = factory
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
            connection.close()

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
