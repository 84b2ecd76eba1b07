"""From an address to a connection on which the server's key was found right.

It knows how names are looked up and raced (RFC 8305) and what each failure means to a person. It
says nothing on the connection and keeps none.
"""

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.interfaces import IAddress, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory

from voip.client.address import Address
from voip.client.connection import ControlConnection
from voip.client.known_servers import KnownServers
from voip.client.model import LinkError, LinkTrouble
from voip.client.tls import ALPN_CONTROL, Channel, ClientTls

CONNECT_WITHIN_SECONDS = 10.0
HANDSHAKE_WITHIN_SECONDS = 10.0

EndpointOf = Callable[[Address], IStreamClientEndpoint]
"""How a server is reached, without TLS: by TCP, or through a test's memory."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """An open connection; ``is_new_pin``: the server's key was never seen before."""

    connection: ControlConnection
    channel: Channel
    is_new_pin: bool


def tcp(reactor: IReactorTime) -> EndpointOf:
    """Servers on the network; the IPv6 and IPv4 addresses of a name are raced."""

    def endpoint_of(address: Address) -> IStreamClientEndpoint:
        return HostnameEndpoint(reactor, address.host, address.port, CONNECT_WITHIN_SECONDS)

    return endpoint_of


class Dialer:
    """Connects to servers."""

    def __init__(
        self, clock: IReactorTime, known_servers: KnownServers, endpoint_of: EndpointOf
    ) -> None:
        self._clock = clock
        self._known_servers = known_servers
        self._endpoint_of = endpoint_of
        self._tls = ClientTls(ALPN_CONTROL)

    async def dial(self, address: Address) -> Dialled:
        """Connect and check the server's key. Every failure is a ``LinkError``, but
        ``DataFileError`` when the file of known servers cannot be used."""
        is_new_pin = False

        def check_pin(pin: str) -> None:
            nonlocal is_new_pin
            is_new_pin = self._known_servers.expect(address, pin)

        connection = await self._reach(address, check_pin)
        give_up = self._clock.callLater(HANDSHAKE_WITHIN_SECONDS, connection.abort)
        try:
            channel = await connection.opened
        finally:
            if give_up.active():
                give_up.cancel()
        return Dialled(connection, channel, is_new_pin)

    async def _reach(self, address: Address, check_pin: Callable[[str], None]) -> ControlConnection:
        endpoint = wrapClientTLS(self._tls, self._endpoint_of(address), clock=self._clock)
        try:
            connection = await endpoint.connect(_ConnectionFactory(check_pin))
        except DNSLookupError:
            raise LinkError(LinkTrouble.NAME_NOT_FOUND) from None
        except (ConnectError, OSError) as failure:
            raise LinkError(LinkTrouble.NOT_REACHABLE, detail=str(failure)) from None
        except ValueError:  # a name that cannot be looked up at all
            raise LinkError(LinkTrouble.NAME_NOT_FOUND) from None
        assert isinstance(connection, ControlConnection)
        return connection


class _ConnectionFactory(Factory):
    noisy = False

    def __init__(self, check_pin: Callable[[str], None]) -> None:
        self._check_pin = check_pin

    def buildProtocol(self, addr: IAddress | None) -> ControlConnection:  # noqa: ARG002
        return ControlConnection(self._check_pin)
