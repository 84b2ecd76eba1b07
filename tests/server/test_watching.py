"""What watches the server, from before its start until after its end."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorSocket
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogPublisher
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NOW_UTC, Office, invite
from tests.server.someone import ANN, BOB
from tests.server.tls_pair import certificate
from voip.config import ListenAddress, Settings
from voip.core.call_messages import Leave
from voip.core.calls import EndReason
from voip.server.data_dir import METRICS
from voip.server.entrance import EntranceFactory
from voip.server.ports import bind_doors, close_doors
from voip.server.watching import Watching
from voip.store.memory import MemoryStore
from voip.store.observed import ObservedWorkers
from voip.store.threads import Workers


class WatchingTests(SynchronousTestCase):
    """On a reactor of the test."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name)
        self.reactor = MemoryReactorClock()
        self.office = Office()

    def watching(self, *, is_open: bool = True) -> Watching:
        other, door = bind_doors(Settings(listen=ListenAddress("127.0.0.1", 0)), self.path)
        self.addCleanup(close_doors, other, door)
        watching = Watching(
            cast("IReactorSocket", self.reactor),
            self.reactor,
            self.reactor.seconds,
            lambda: NOW_UTC,
            LogPublisher(),
            self.path,
            door if is_open else None,
        )
        watching.startService()
        return watching

    def serve(self, watching: Watching) -> None:
        office = self.office
        entrance = EntranceFactory(
            office.premises, office.tunnels, office.clock, office.clock.seconds
        )
        watching.watch(office.reception, office.relay, entrance, MemoryStore(), certificate)

    def test_the_port_is_there_before_the_server_serves(self) -> None:
        """And nothing is left of it after the end."""
        watching = self.watching()
        self.assertTrue((self.path / METRICS).exists())
        self.serve(watching)
        self.reactor.advance(1.0)
        stopped = watching.stopService()
        assert isinstance(stopped, Deferred)
        self.successResultOf(stopped)
        self.assertFalse((self.path / METRICS).exists())
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_a_port_that_is_off(self) -> None:
        """Nothing listens and nothing is timed; what happens is counted for the operator's eyes."""
        watching = self.watching(is_open=False)
        self.serve(watching)
        self.assertEqual(self.reactor.adoptedPorts, [])
        self.assertEqual(self.reactor.getDelayedCalls(), [])
        self.assertFalse((self.path / METRICS).exists())

    def test_calls_are_counted(self) -> None:
        """When they begin and when they end."""
        watching = self.watching(is_open=False)
        self.serve(watching)
        self.office.register(ANN, BOB)
        ann, _ = self.office.login(ANN), self.office.login(BOB)
        call = invite(BOB)
        ann.ask(call)
        calls = watching.meters.calls
        self.assertEqual((calls.started, calls.ended.total()), (1, 0))
        ann.ask(Leave(call.call_id))
        self.assertEqual(calls.ended.total(), 1)
        self.assertIn((False, EndReason.CANCELLED), calls.ended)

    def test_the_store_is_watched(self) -> None:
        """Its workers work for somebody who measures."""
        watching = self.watching(is_open=False)
        self.assertIsInstance(watching.observe(cast("Workers", None)), ObservedWorkers)
