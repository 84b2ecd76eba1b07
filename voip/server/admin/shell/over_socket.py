"""A shell at the admin socket: keys come in, and what is shown goes out, as text in JSON lines.

It carries a ``Terminal`` and knows nothing of what is typed. What the other end does not read is
the socket's affair.
"""

from collections.abc import Callable, Mapping

from twisted.internet.protocol import connectionDone

from voip.core.deeds import Actor
from voip.server.admin.shell.shells import Shells
from voip.server.admin.shell.terminal import Terminal

Send = Callable[[Mapping[str, str | int]], None]


class SocketShell:
    """One shell. ``send`` sends a JSON line; ``{"end": code}`` is the last."""

    def __init__(self, shells: Shells, actor: Actor, columns: int, rows: int, send: Send) -> None:
        self._send = send
        self._is_over = False
        self._shell = shells.shell(actor)
        self._terminal = Terminal(self._shell)
        self._terminal.makeConnection(self)
        self._terminal.resize(columns, rows)

    def keys(self, text: str) -> None:
        """What was typed."""
        if not self._is_over:
            self._terminal.dataReceived(text.encode("utf-8", "replace"))

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size."""
        self._terminal.resize(columns, rows)

    def lost(self) -> None:
        """The other end is gone."""
        self._is_over = True
        self._terminal.connectionLost(connectionDone)

    def end(self, text: str) -> None:
        """Close, with a last word."""
        self._shell.end(text)

    def write(self, data: bytes) -> None:
        """Show something (for the terminal, whose transport this is)."""
        if not self._is_over:
            self._send({"screen": data.decode("utf-8", "replace")})

    def loseConnection(self) -> None:
        """The shell is over (for the terminal)."""
        if not self._is_over:
            self._is_over = True
            self._send({"end": 0})
