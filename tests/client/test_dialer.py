"""The way to a server."""

from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from voip.client.address import Address
from voip.client.dialer import CONNECT_WITHIN_SECONDS, tcp


class TcpTests(SynchronousTestCase):
    def test_names_are_raced_and_ports_are_the_persons(self) -> None:
        """A server on the network is reached at its host and port, within a time."""
        reactor = MemoryReactorClock()
        endpoint = tcp(reactor)(Address("127.0.0.1", 7000))
        self.assertIsInstance(endpoint, HostnameEndpoint)
        connecting = endpoint.connect(_Nothing())
        ((host, port, _, timeout, _),) = reactor.tcpClients
        self.assertEqual((host, port, timeout), ("127.0.0.1", 7000, CONNECT_WITHIN_SECONDS))
        self.assertNoResult(connecting)


class _Nothing(Factory):
    """Makes no connection that is used."""
