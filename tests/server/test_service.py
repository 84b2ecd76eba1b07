"""The small services, each alone."""

from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NotedRelay, Office
from tests.server.someone import ANN
from tests.server.tls_pair import Wire, certificate
from voip.config import ListenAddress
from voip.server.certificate import TlsRules
from voip.server.entrance import PROTOCOLS, EntranceFactory
from voip.server.ports import bind
from voip.server.service import ControlService, RelayService, StoreService
from voip.store.memory import MemoryStore


class ServiceTests(SynchronousTestCase):
    """Start and end."""

    def test_the_store_is_closed_at_the_end(self) -> None:
        """And waited for."""
        closing: Deferred[None] = Deferred()

        class SlowStore(MemoryStore):
            def close(self) -> Deferred[None]:
                return closing

        service = StoreService(SlowStore())
        service.startService()
        stopped = service.stopService()
        self.assertNoResult(stopped)
        closing.callback(None)
        self.successResultOf(stopped)

    def test_the_relay_runs_while_its_service_does(self) -> None:
        """It takes datagrams from start to stop."""
        relay = NotedRelay()
        service = RelayService(relay)
        service.startService()
        self.assertTrue(relay.is_running)
        service.stopService()
        self.assertFalse(relay.is_running)

    def test_control_waits_for_its_last_connection(self) -> None:
        """The port is handed to the reactor; the end comes after the goodbyes."""
        office = Office()
        office.register(ANN)
        connections = EntranceFactory(
            office.premises, office.tunnels, office.clock, office.clock.seconds
        )
        wire_factory = TLSMemoryBIOFactory(
            TlsRules(certificate(), PROTOCOLS), False, connections, clock=office.clock
        )
        ports = bind(ListenAddress("127.0.0.1", 0))
        self.addCleanup(ports.udp.close)
        reactor = MemoryReactorClock()
        service = ControlService(reactor, ports.tcp, wire_factory, connections, office.reception)
        service.startService()
        self.assertEqual(len(reactor.adoptedPorts), 1)
        wire = Wire(connections, office.clock).shake_hands()
        stopped = service.stopService()
        self.assertNoResult(stopped)
        self.assertTrue(office.reception.is_stopping)
        wire.pump()
        self.successResultOf(stopped)
