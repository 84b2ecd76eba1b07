"""The sockets of the server: TCP for control and UDP for media on one port number, and the
operator's doors on this machine alone.

They are bound before twistd goes into the background, so that a port in use is told to the person
at the terminal. What listens on them is not known here.
"""

import errno
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from twisted.internet.interfaces import IListeningPort, IReactorSocket
from twisted.internet.protocol import ServerFactory

from voip.config import ListenAddress, LocalAddress, Settings, SocketFile, Usual
from voip.server.data_dir import CannotStart
from voip.server.relay import sockets

BACKLOG = 512
# Accepted connections inherit it. Left to itself the kernel would hold megabytes for a reader that
# stands still before anybody noticed; four of the longest messages are enough.
SEND_BUFFER = 256 * 1024
# A free TCP number whose UDP number is taken is given back and another one tried.
FREE_PORT_ATTEMPTS = 50
HIGHEST_PORT = 65535
SOCKET_MODE = 0o600


@dataclass(frozen=True, slots=True)
class BoundPorts:
    """Bound, non-blocking sockets; ``tcp`` listens already. Whoever holds them closes them."""

    tcp: socket.socket
    udp: socket.socket
    address: ListenAddress  # with the real port number

    def close(self) -> None:
        """Give the ports back; closing twice does nothing."""
        self.tcp.close()
        self.udp.close()


def bind(address: ListenAddress) -> BoundPorts:
    """Bind both sockets. Raises ``CannotStart`` with one sentence."""
    try:
        family, _, _, _, target = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise CannotStart(
            f"Cannot listen on {address}: {address.host} is no address of this machine; "
            "choose another with --listen."
        ) from None
    attempts = FREE_PORT_ATTEMPTS if address.port == 0 else 1
    while True:
        attempts -= 1
        try:
            return _bind_both(family, str(target[0]), address.port)
        except OSError as error:
            if attempts == 0 or error.errno != errno.EADDRINUSE:
                raise CannotStart(_sentence(address, error)) from None


@dataclass(frozen=True, slots=True)
class Door:
    """A bound socket that listens, non-blocking, to this machine alone: at a loopback address, or
    at the path of a unix socket. Whoever holds it closes it."""

    socket: socket.socket
    address: ListenAddress | Path

    def listen(self, reactor: IReactorSocket, factory: ServerFactory) -> IListeningPort:
        """Let the reactor accept what comes here; the place is its own from now on."""
        port = reactor.adoptStreamPort(self.socket.fileno(), self.socket.family, factory)
        self.socket.close()  # the reactor has made a copy
        if isinstance(self.address, Path):
            self.address.chmod(SOCKET_MODE)  # the reactor has opened it to everybody
        return port

    def close(self) -> None:
        """Give the place back; closing twice does nothing."""
        self.socket.close()
        if isinstance(self.address, Path):
            self.address.unlink(missing_ok=True)


def bind_doors(settings: Settings, data: Path) -> tuple[Door | None, Door | None]:
    """Bind where the operator's shell and the metrics wait; None: that one is off.

    The usual place is the first or second port after the server's own as it was set, or any that
    is free where that is 0. A unix socket is made in ``data``. Raises ``CannotStart`` with one
    sentence.
    """
    port, admin = settings.listen.port, settings.admin
    shell = _bind_door(admin.listen, "listen", port and port + 1, data)
    try:
        return shell, _bind_door(admin.metrics, "metrics", port and port + 2, data)
    except CannotStart:
        close_doors(shell)
        raise


def close_doors(*doors: Door | None) -> None:
    """Close those that are there."""
    for door in doors:
        if door is not None:
            door.close()


def _bind_door(
    place: LocalAddress | SocketFile, setting: str, usual_port: int, data: Path
) -> Door | None:
    setting = f"`{setting}` in [admin] of the settings file"
    match place:
        case Usual.OFF:
            return None
        case SocketFile(name=name):
            return bind_unix(data / name)
        case Usual.NEXT:
            hint = f'give a free port with {setting}, or "off"'
            if usual_port > HIGHEST_PORT:
                raise CannotStart(f"There is no port {usual_port}: {hint}.")
            return _bind_tcp(ListenAddress("127.0.0.1", usual_port), hint)
        case ListenAddress():
            return _bind_tcp(place, f"give another address with {setting}")
        case _:
            assert_never(place)


def bind_unix(path: Path) -> Door:
    """Bind a unix socket, 0600, in a directory that this process alone holds.

    One that is there already was left by a crash. Raises ``CannotStart`` with one sentence.
    """
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()
        unix.setblocking(False)
        unix.bind(str(path))
        path.chmod(SOCKET_MODE)
        unix.listen(BACKLOG)
    except OSError as error:
        unix.close()
        match error.errno:
            case errno.EADDRINUSE:
                why = "a file of that name is there"
            case None:  # the kernel was not even asked
                why = "the path is too long; choose a shorter one with --data-dir"
            case _:
                why = os.strerror(error.errno).lower()
        raise CannotStart(f"The unix socket {path} cannot be made: {why}.") from None
    return Door(unix, path)


def _bind_tcp(address: ListenAddress, hint: str) -> Door:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    tcp = socket.socket(family, socket.SOCK_STREAM)
    try:
        tcp.setblocking(False)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind((address.host, address.port))
        tcp.listen(BACKLOG)
    except OSError as error:
        tcp.close()
        raise CannotStart(f"Cannot listen on {address}: {_why(error)}; {hint}.") from None
    return Door(tcp, ListenAddress(address.host, int(tcp.getsockname()[1])))


def _bind_both(family: int, host: str, port: int) -> BoundPorts:
    tcp = socket.socket(family, socket.SOCK_STREAM)
    try:
        tcp.setblocking(False)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if family == socket.AF_INET6:
            tcp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        tcp.bind((host, port))
        tcp.listen(BACKLOG)
        number = int(tcp.getsockname()[1])
        udp = sockets.listen(host, number)
    except OSError:
        tcp.close()
        raise
    return BoundPorts(tcp, udp, ListenAddress(host, number))


def _sentence(address: ListenAddress, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Cannot listen on {address}: the port is in use; stop the program that has it, or "
            "choose another port with --listen."
        )
    return f"Cannot listen on {address}: {_why(error)}; choose another with --listen."


def _why(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "the port is in use"
        case errno.EACCES:
            return "only root may use a port below 1024"
        case errno.EADDRNOTAVAIL:
            return "this machine has no such address"
        case _:
            return os.strerror(error.errno or 0).lower()
