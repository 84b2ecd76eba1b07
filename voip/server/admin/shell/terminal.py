"""The terminal at the far end of an SSH channel, or of an admin socket: Conch's, made to last.

Conch's wipes the screen when it closes, and lets an exception in what a key does end the
connection. Bytes in, keys out; what a key does is the shell's affair.
"""

from typing import Final

from twisted.conch.insults.insults import ServerProtocol
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.server.admin.shell.shell import Shell

MAX_SEQUENCE: Final = 64
"""Bytes of an escape sequence; none that is known has a fourth of it."""


class Terminal(ServerProtocol):
    """Carries one shell. Its transport has ``write`` and ``loseConnection``."""

    log = Logger()
    terminalProtocol: Shell | None
    transport: ITransport

    def __init__(self, shell: Shell) -> None:
        super().__init__(lambda: shell)

    def dataReceived(self, data: bytes) -> None:
        """Keys; whatever they do, the next ones find a terminal that listens."""
        for at in range(len(data)):
            if self.terminalProtocol is None:
                return
            try:
                super().dataReceived(data[at : at + 1])
            except Exception:  # noqa: BLE001 - it would end the whole connection
                self.state = b"data"
                self.log.failure("a key in the admin shell failed")
            if self.state == b"bracket-escaped" and len(self.escBuf) > MAX_SEQUENCE:
                self.state = b"data"
        if self.terminalProtocol is not None:
            self.terminalProtocol.keys_done()

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size."""
        if self.terminalProtocol is not None:
            self.terminalProtocol.terminalSize(columns, rows)

    def write(self, data: str | bytes) -> None:
        """Send as it is; the shell ends its lines itself."""
        if data:
            self.transport.write(data.encode("utf-8", "replace") if isinstance(data, str) else data)

    def loseConnection(self) -> None:
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
