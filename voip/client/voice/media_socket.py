"""The UDP socket of the media path: one port of ours, one address of the server.

Opens a socket on a free port, finds the server's address when it is given by name, sends there and
passes on what comes from there; anything else is dropped unread. Unconnected, so that the system
picks the way anew for each datagram: a change of network costs only what was under way. Knows
nothing of what the datagrams say.
"""

import ipaddress
from collections.abc import Callable

from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import (
    IAddress,
    IHostResolution,
    IListeningPort,
    IResolutionReceiver,
)
from twisted.internet.protocol import DatagramProtocol
from zope.interface import implementer

from voip.client.voice.commands import Trouble, VoiceTrouble
from voip.client.voice.reactor import MediaReactor


class MediaSocket:
    """Sends to one server and hears one server; opened anew for each path.

    `received` gets each datagram of the server, `tell` a socket that can't be had.
    """

    def __init__(
        self,
        reactor: MediaReactor,
        interface: str,
        received: Callable[[bytes], None],
        tell: Callable[[Trouble], None],
    ) -> None:
        self._reactor = reactor
        self._interface = interface
        self._received = received
        self._tell = tell
        self._port: IListeningPort | None = None
        self._protocol: _ServerSide | None = None
        self._opened = 0
        self.not_sent = 0
        """Datagrams for which there was no address yet, or no way."""

    def open(self, host: str, port: int) -> None:
        """Close what was open, and send to `host` from now on."""
        self.close()
        if _is_address(host):
            self._open(host, port)
            return
        opened = self._opened

        def found(address: str | None) -> None:
            if opened != self._opened:
                return
            if address is None:
                self._tell(Trouble(VoiceTrouble.UDP_BLOCKED, f"no address for {host}"))
            else:
                self._open(address, port)

        self._reactor.nameResolver.resolveHostName(_FirstAddress(found), host, port)

    def send(self, datagram: bytes) -> None:
        """Send it, as far as there is a way; speech is never sent twice."""
        if self._protocol is None or not self._protocol.send(datagram):
            self.not_sent += 1

    def close(self) -> None:
        """Close the socket, if one is open."""
        self._opened += 1
        port, self._port = self._port, None
        self._protocol = None
        if port is not None:
            port.stopListening()

    def _open(self, host: str, port: int) -> None:
        server = str(ipaddress.ip_address(host))
        protocol = _ServerSide((server, port), self._received)
        any_interface = "::" if ":" in server else "0.0.0.0"  # noqa: S104 - only the server is heard
        try:
            self._port = self._reactor.listenUDP(0, protocol, self._interface or any_interface)
        except CannotListenError as error:
            self._tell(Trouble(VoiceTrouble.UDP_BLOCKED, str(error)))
        else:
            self._protocol = protocol


class _ServerSide(DatagramProtocol):
    """The server, as seen from our port."""

    noisy = False

    def __init__(self, server: tuple[str, int], received: Callable[[bytes], None]) -> None:
        self._server = server
        self._received = received

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        """Pass on what the server sent."""
        if addr[:2] == self._server:
            self._received(datagram)

    def send(self, datagram: bytes) -> bool:
        """Tell whether the system took it."""
        if self.transport is None:
            return False
        try:
            self.transport.write(datagram, self._server)
        except OSError:
            # No network just now. The path's own PINGs tell how long that lasts.
            return False
        return True


@implementer(IResolutionReceiver)
class _FirstAddress:
    """Calls `found` with the first address of a name, or with None."""

    def __init__(self, found: Callable[[str | None], None]) -> None:
        self._found = found
        self._address: str | None = None

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        """Nothing to do yet."""

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        """Keep the first."""
        if self._address is None:
            self._address = getattr(address, "host", None)

    def resolutionComplete(self) -> None:  # noqa: N802
        """Tell it."""
        self._found(self._address)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
