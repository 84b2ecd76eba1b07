"""The connection of ``voipctl`` to a server on this machine, and the sentence for each way in which
there is none.

Plain sockets, so that it starts at once. What is said over it is in
``voip.server.admin.socket_door``.
"""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from voip.config import ADMIN_SOCKET
from voip.core.errors import VoipError
from voip.server.data_dir import DATABASE, user_name

CHUNK: Final = 65_536


OTHER_VERSION: Final = "the server's answer is not understood; it is of another version"


class Unreachable(VoipError):
    """No server answers; the text is the sentence a person reads."""


class NobodyThere(Unreachable):
    """No server runs in a directory that is a server's."""


class Link:
    """A connection. One request at a time is sent, and its answer read."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._received = b""

    def send(self, request: Mapping[str, object]) -> None:
        """Raises ``Unreachable``."""
        try:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            raise Unreachable(_GONE) from None

    def receive(self) -> Mapping[str, object]:
        """The next answer. Raises ``Unreachable``."""
        while b"\n" not in self._received:
            self._read()
        return self._next()

    def arrived(self) -> Iterator[Mapping[str, object]]:
        """The answers that are there, once the socket can be read. Raises ``Unreachable``."""
        self._read()
        return self.waiting()

    def waiting(self) -> Iterator[Mapping[str, object]]:
        """The answers that came together with one before."""
        while b"\n" in self._received:
            yield self._next()

    def _read(self) -> None:
        try:
            more = self._socket.recv(CHUNK)
        except OSError:
            more = b""
        if not more:
            raise Unreachable(_GONE)
        self._received += more

    def _next(self) -> Mapping[str, object]:
        line, _, self._received = self._received.partition(b"\n")
        try:
            answer: object = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise Unreachable(OTHER_VERSION)
        return answer

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        """Send a request and wait for its answer. Raises ``Unreachable``."""
        self.send(request)
        return self.receive()

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()


_GONE: Final = (
    "the server ended before it answered; what was asked may have been done, and its audit says so"
)


def connect(data_dir: Path) -> Link:
    """Connect to the server that uses a data directory. Raises ``Unreachable``."""
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if not data_dir.is_dir():
            raise Unreachable(f"there is no directory {data_dir}: {_NAME_IT}")
        unix.connect(str(data_dir / ADMIN_SOCKET))
    except PermissionError:
        unix.close()
        raise Unreachable(_not_allowed(data_dir)) from None
    except (FileNotFoundError, ConnectionRefusedError):
        unix.close()
        if not os.access(data_dir / DATABASE, os.F_OK):
            sentence = f"{data_dir} is not the data directory of a server: {_NAME_IT}"
            raise Unreachable(sentence) from None
        sentence = f"no server runs in {data_dir}: start one with twistd voip --data-dir {data_dir}"
        raise NobodyThere(sentence) from None
    except OSError as error:
        unix.close()
        raise Unreachable(f"{data_dir / ADMIN_SOCKET} cannot be used: {error}") from None
    except Unreachable:
        unix.close()
        raise
    return Link(unix)


_NAME_IT: Final = "name the server's data directory with --data-dir, or its settings with --config"


def _not_allowed(data_dir: Path) -> str:
    try:
        owner = user_name(data_dir.stat().st_uid)
    except OSError:
        return f"{data_dir} is open to its owner alone: run this as the user the server runs as"
    return f"{data_dir} is open to {owner} alone: run this as {owner}, with sudo -u {owner} voipctl"
