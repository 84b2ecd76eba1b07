"""Both ways to the server: the UDP socket, and the tunnel while it is wanted.

Datagrams go by the way they are marked for and come in marked by the way they came. Knows nothing
of what they say and chooses nothing.
"""

from collections.abc import Callable

from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IStreamClientEndpoint

from voip.client.voice.commands import Trouble, UsePath
from voip.client.voice.media_socket import MediaSocket
from voip.client.voice.media_tunnel import MediaTunnel
from voip.client.voice.path import Tunnelled
from voip.client.voice.reactor import MediaReactor

CONNECT_WITHIN_SECONDS = 10.0


class MediaWays:
    """The ways of one path at a time. `interface` is the local address to send from."""

    def __init__(
        self,
        reactor: MediaReactor,
        interface: str,
        received: Callable[[bytes], None],
        tell: Callable[[Trouble], None],
    ) -> None:
        self._reactor = reactor
        self._interface = interface
        self._socket = MediaSocket(reactor, interface, received, tell)
        self._tunnel = MediaTunnel(
            reactor, self._endpoint_of, lambda datagram: received(Tunnelled(datagram))
        )
        self._path: UsePath | None = None

    def open(self, path: UsePath) -> None:
        """Close what was open, and send to this server from now on."""
        self._tunnel.close()
        self._path = path
        self._socket.open(path.media.host or path.host, path.media.port)

    def hold_tunnel(self, is_wanted: bool) -> None:
        """Have a tunnel, or none; again changes nothing."""
        if is_wanted and self._path is not None and self._path.pin:
            self._tunnel.open(self._path)
        else:
            self._tunnel.close()

    def send(self, datagram: bytes) -> None:
        """Send it the way it is marked for, as far as there is one."""
        if isinstance(datagram, Tunnelled):
            self._tunnel.send(datagram)
        else:
            self._socket.send(datagram)

    def close(self) -> None:
        """Close both."""
        self._path = None
        self._tunnel.close()
        self._socket.close()

    def _endpoint_of(self, host: str, port: int) -> IStreamClientEndpoint:
        bind = (self._interface, 0) if self._interface else None
        return HostnameEndpoint(self._reactor, host, port, CONNECT_WITHIN_SECONDS, bind)
