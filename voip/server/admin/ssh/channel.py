"""One session of a connection: a shell on a terminal, or one command without one.

A command's stdin is not read. Its answer goes to stdout, a refusal to stderr, and the exit code is
the command's (``voip.server.admin.desk.Exit``). What the peer does not read is held here, up to a
bound. Nothing that goes wrong in a session ends the others of its connection.
"""

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from twisted.conch.ssh.channel import SSHChannel
from twisted.conch.ssh.common import getNS
from twisted.conch.ssh.connection import EXTENDED_DATA_STDERR, SSHConnection
from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.core.deeds import Deed
from voip.core.names import clean_text
from voip.server.admin.shell.lines import Ran
from voip.server.admin.shell.painter import harmless
from voip.server.admin.shell.terminal import Terminal
from voip.server.admin.ssh.hush import HushedLogger

if TYPE_CHECKING:
    from voip.server.admin.ssh.transport import AdminTransport

HELD_BYTES: Final = 8 * 1024 * 1024
"""Of output that is not read: twice the JSON of ten thousand users."""
MAX_COMMAND: Final = 16 * 1024
MAX_SHOWN: Final = 64
USUAL_WIDTH: Final = 80
USAGE: Final = 2


class SessionChannel(SSHChannel):
    """``conn`` is the ``Sessions`` it belongs to."""

    name = b"session"
    _log = HushedLogger()
    log = Logger()
    conn: SSHConnection

    def __init__(self, transport: "AdminTransport", window: int, max_packet: int) -> None:
        super().__init__(remoteWindow=window, remoteMaxPacket=max_packet)
        self._transport = transport
        self._size: tuple[int, int] | None = None
        self._terminal: Terminal | None = None
        self._is_used = False

    def channelOpen(self, specificData: bytes) -> None:
        """Nothing to do until something is asked for."""

    # what is asked for

    def requestReceived(self, requestType: bytes, data: bytes) -> bool:
        try:
            match requestType:
                case b"pty-req":
                    return self._take_terminal(data)
                case b"window-change":
                    return self._resize(data)
                case b"shell":
                    return self._begin(self._shell)
                case b"exec":
                    return self._begin(self._command, getNS(data)[0])
                case b"env" | b"signal" | b"eow@openssh.com":
                    return False
                case b"subsystem":
                    self._transport.refused(Deed("ssh subsystem", _shown(getNS(data)[0])))
                case _:
                    self._transport.refused(Deed("ssh request", _shown(requestType)))
        except (struct.error, IndexError) as error:
            self.log.debug("a request that cannot be read: {reason}", reason=repr(error))
        return False

    def _take_terminal(self, data: bytes) -> bool:
        if self._is_used:
            return False
        _, rest = getNS(data)
        self._size = _size(rest)
        return True

    def _resize(self, data: bytes) -> bool:
        self._size = _size(data)
        if self._terminal is not None:
            self._terminal.resize(*self._size)
        return True

    def _begin(self, do: Callable[..., None], *arguments: bytes) -> bool:
        """Begin once this request is answered."""
        if self._is_used:
            return False
        self._is_used = True
        self._transport.factory.reactor.callLater(0, self._safely, do, *arguments)
        return True

    def _safely(self, do: Callable[..., None], *arguments: bytes) -> None:
        if self.localClosed:
            return
        try:
            do(*arguments)
        except Exception:  # noqa: BLE001 - the other sessions of the connection go on
            self.log.failure("a session of the admin shell could not begin")
            self._finish(Ran(1, "This failed on our side; the server's log says why."))

    def _shell(self) -> None:
        actor = self._transport.actor
        assert actor is not None
        if self._size is None:
            self._finish(
                Ran(
                    USAGE,
                    "A shell needs a terminal: leave out -T, or give a command, as in "
                    "`ssh ... 'users --json'`.",
                )
            )
            return
        terminal = Terminal(self._transport.factory.shells.shell(actor))
        terminal.makeConnection(_Screen(self))
        terminal.resize(*self._size)
        self._terminal = terminal

    def _command(self, command: bytes) -> None:
        actor = self._transport.actor
        assert actor is not None
        if len(command) > MAX_COMMAND:
            self._finish(Ran(USAGE, "The command is too long."))
            return
        columns = self._size[0] if self._size else 0  # a pipe has no right edge
        running = Deferred.fromCoroutine(
            self._transport.factory.shells.run(
                actor, command.decode("utf-8", "replace"), columns, self._print
            )
        )
        running.addErrback(self._failed).addCallback(self._finish)

    def _failed(self, failure: Failure) -> Ran:
        self.log.failure("a command of the admin shell failed", failure)
        return Ran(1, "This failed on our side; the server's log says why.")

    def _print(self, text: str) -> None:
        self.write(self._shown(text))

    def _finish(self, ran: Ran) -> None:
        """Give the answer and the exit code, and close."""
        if self.localClosed:
            return
        shown = self._shown(ran.text)
        is_json = ran.text.startswith("{")
        if ran.exit and not is_json and self._size is None:
            self.writeExtended(EXTENDED_DATA_STDERR, shown)
        else:
            self.write(shown)
        if ran.warning and self._size is None:
            self.writeExtended(EXTENDED_DATA_STDERR, self._shown(ran.warning))
        self.leave(ran.exit)

    def _shown(self, text: str) -> bytes:
        text = harmless(text)
        if text and not text.endswith("\n"):
            text += "\n"
        if self._size is not None:
            text = text.replace("\n", "\r\n")
        return text.encode("utf-8", "replace")

    def leave(self, code: int) -> None:
        """Close with an exit code, once all that was written is taken."""
        if not self.localClosed and not self.closing:
            self.conn.sendRequest(self, b"exit-status", struct.pack(">L", code))
            self.loseConnection()

    # what comes in

    def dataReceived(self, data: bytes) -> None:
        if self._terminal is not None and not self.closing:
            self._terminal.dataReceived(data)

    def extReceived(self, dataType: int, data: bytes) -> None:
        """Clients have no stderr to send."""

    def eofReceived(self) -> None:
        if self._terminal is not None:
            self.leave(0)

    def closeReceived(self) -> None:
        self.buf, self.extBuf = b"", []  # nobody is there to read it
        self.loseConnection()

    def closed(self) -> None:
        terminal, self._terminal = self._terminal, None
        if terminal is not None:
            terminal.connectionLost(connectionDone)

    # what goes out

    def write(self, data: bytes) -> None:
        if self.localClosed:
            return
        if len(self.buf) + len(data) > HELD_BYTES:
            self.log.warn(  # noqa: G010 - Twisted's logger has no other
                "a session of the admin shell does not read what it is shown; it is closed"
            )
            self.closeReceived()
        elif self._transport.is_held:
            self.buf += data
        else:
            super().write(data)

    def let_go(self) -> None:
        """The peer reads again."""
        if self.buf and self.remoteWindowLeft > 0:
            held, self.buf = self.buf, b""
            self.write(held)
        elif self.closing and not self.buf:
            self.loseConnection()


class _Screen:
    """The transport of a terminal."""

    def __init__(self, channel: SessionChannel) -> None:
        self._channel = channel

    def write(self, data: bytes) -> None:
        self._channel.write(data)

    def loseConnection(self) -> None:
        self._channel.leave(0)


def _size(data: bytes) -> tuple[int, int]:
    columns, rows = struct.unpack(">2L", data[:8])
    return columns or USUAL_WIDTH, rows


def _shown(text: bytes) -> str:
    return clean_text(text.decode("utf-8", "replace"), MAX_SHOWN)
