"""What machines that watch are told, and by which name they must ask."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IReactorSocket
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NOW_UTC, Office, invite
from tests.server.someone import ANN, BOB
from tests.server.watched_parts import watched
from voip.config import ListenAddress, Settings
from voip.server.ports import Door, bind_doors, close_doors
from voip.server.status_http import MISDIRECTED, Question, Reply
from voip.server.status_port import FIGURES_SECONDS, FRESH_SECONDS, Status, StatusPort, is_loopback
from voip.store.interface import StoreUnavailable
from voip.store.memory import MemoryStore
from voip.store.operator import StoreFigures

FIGURES = StoreFigures(accounts=5, pending=1, banned=2, database_bytes=4096)


class AskedStore(MemoryStore):
    """Tells its figures when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Deferred[StoreFigures]] = []

    def figures(self, now: int) -> Deferred[StoreFigures]:
        self.asked.append(Deferred())
        return self.asked[-1]


class FailingStore(MemoryStore):
    """Cannot tell its figures."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def figures(self, now: int) -> Deferred[StoreFigures]:
        return fail(self.error)


class StatusTests(SynchronousTestCase):
    """From the first moment of a server to its last."""

    def setUp(self) -> None:
        self.office = Office()
        self.status = Status(self.office.clock, lambda: NOW_UTC)

    def watch(self, store: MemoryStore | None = None) -> None:
        self.status.watch(watched(self.office), store or MemoryStore())

    def asking(self, path: str, method: str = "GET", host: str = "localhost") -> Deferred[Reply]:
        return Deferred.fromCoroutine(self.status.answer(Question(method, path, host)))

    def ask(self, path: str, method: str = "GET", host: str = "localhost") -> tuple[int, str]:
        reply = self.successResultOf(self.asking(path, method, host))
        return reply.code, reply.body.decode()

    def test_a_server_that_starts(self) -> None:
        """It lives, and is not ready; there are no figures."""
        self.assertEqual(self.ask("/health/live"), (200, "live\n"))
        code, said = self.ask("/health/ready")
        self.assertEqual((code, said.split(":")[0]), (503, "starting"))
        self.assertEqual(self.ask("/metrics")[0], 503)

    def test_a_server_that_serves(self) -> None:
        """It is ready, and has figures, with those of the database."""
        self.watch()
        self.assertEqual(self.ask("/health/ready"), (200, "ready\n"))
        code, text = self.ask("/metrics")
        self.assertEqual(code, 200)
        self.assertIn("\nvoip_accounts 0.0\n", text)
        self.assertIn("\nvoip_store_up 1.0\n", text)

    def test_who_asks_all_day_costs_a_scrape_a_second(self) -> None:
        """Also those who ask at one moment; after that the figures are new."""
        store = AskedStore()
        self.watch(store)
        first, second = self.asking("/metrics"), self.asking("/metrics")
        store.asked[0].callback(FIGURES)
        told = self.successResultOf(first)
        self.assertIs(self.successResultOf(second), told)
        self.office.register(ANN)
        self.office.login(ANN)
        self.assertIs(self.successResultOf(self.asking("/metrics")), told)
        self.office.clock.advance(FRESH_SECONDS)
        later = self.asking("/metrics")
        store.asked[1].callback(FIGURES)
        self.assertIn(b"voip_accounts_online 1.0", self.successResultOf(later).body)

    def test_a_format_that_there_is_not(self) -> None:
        """Whatever a scraper asks for, it is given one of the two, and no more is said of it."""
        self.watch()
        for version in ("x", "99.0", "1.0.0; escaping=values"):
            accept = f"application/openmetrics-text; version={version}"
            asked = Question("GET", "/metrics", "localhost", accept)
            reply = self.successResultOf(Deferred.fromCoroutine(self.status.answer(asked)))
            self.assertEqual(reply.code, 200)
            self.assertIn("version=1.0.0", reply.content_type)
            self.office.clock.advance(FRESH_SECONDS)

    def test_a_server_that_is_drained(self) -> None:
        """It tells how many calls are left, and lives."""
        self.watch()
        self.office.register(ANN, BOB)
        ann, _ = self.office.login(ANN), self.office.login(BOB)
        ann.ask(invite(BOB))
        self.office.reception.drain(is_on=True)
        self.assertEqual(
            self.ask("/health/ready"), (503, "draining: no new calls, 1 call is left\n")
        )
        self.assertIn("\nvoip_draining 1.0\n", self.ask("/metrics")[1])
        self.assertEqual(self.ask("/health/live")[0], 200)
        self.office.reception.drain(is_on=False)
        self.assertEqual(self.ask("/health/ready")[0], 200)

    def test_a_server_that_stops(self) -> None:
        """It is not ready to the end."""
        self.watch()
        self.office.reception.stop()
        code, said = self.ask("/health/ready")
        self.assertEqual((code, said.split(":")[0]), (503, "stopping"))

    def test_what_there_is_not(self) -> None:
        """Other pages and methods are refused, and what there is instead is named."""
        self.assertEqual(self.ask("/")[0], 404)
        self.assertIn("/metrics", self.ask("/metricsx")[1])
        reply = self.successResultOf(self.asking("/metrics", "POST"))
        self.assertEqual((reply.code, reply.allow), (405, "GET, HEAD"))
        self.assertEqual(self.ask("/health/live", "HEAD")[0], 200)

    def test_a_page_of_somebody_else_reads_nothing(self) -> None:
        """A name that was made to point at this machine is not the machine's."""
        self.watch()
        for path in ("/metrics", "/health/ready", "/"):
            self.assertEqual(self.ask(path, host="evil.example:80")[0], MISDIRECTED)

    def test_a_database_that_is_slow(self) -> None:
        """The scrape does not wait for it, and the next asks it nothing more meanwhile."""
        store = AskedStore()
        self.watch(store)
        first = self.asking("/metrics")
        self.assertNoResult(first)
        self.office.clock.advance(FIGURES_SECONDS)
        text = self.successResultOf(first).body.decode()
        self.assertIn("\nvoip_store_up 0.0\n", text)
        self.assertNotIn("\nvoip_accounts ", text)
        self.office.clock.advance(FRESH_SECONDS)
        second = self.asking("/metrics")
        self.assertEqual(len(store.asked), 1)
        store.asked[0].callback(FIGURES)
        text = self.successResultOf(second).body.decode()
        self.assertIn("\nvoip_accounts 5.0\n", text)
        self.assertEqual(self.office.clock.getDelayedCalls(), [])
        self.office.clock.advance(FRESH_SECONDS)
        self.assertNoResult(self.asking("/metrics"))
        self.assertEqual(len(store.asked), 2)

    def test_a_database_that_fails(self) -> None:
        """Is told as a figure; the log has been told by others."""
        self.watch(FailingStore(StoreUnavailable("locked")))
        self.assertIn("\nvoip_store_up 0.0\n", self.ask("/metrics")[1])

    def test_a_bug_of_ours_in_the_database(self) -> None:
        """Costs its figures only, and stands in the log."""
        self.watch(FailingStore(ZeroDivisionError()))
        self.assertIn("\nvoip_store_up 0.0\n", self.ask("/metrics")[1])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class HostTests(SynchronousTestCase):
    """Names by which this machine may be asked."""

    def test_loopback(self) -> None:
        """By number or as localhost, with or without a port."""
        for host in ("127.0.0.1", "127.0.0.1:9", "127.8.9.1", "[::1]:9", "[::1]", "LocalHost:80"):
            self.assertTrue(is_loopback(host), host)

    def test_anything_else(self) -> None:
        """Whatever it may point at."""
        for host in (
            *("", "evil.example", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example"),
            *("[::2]", "::1:9", "localhost:port", "0.0.0.0", "127.0.0.1\n", "[::1"),
        ):
            self.assertFalse(is_loopback(host), host)


class StatusPortTests(SynchronousTestCase):
    """The port as a service."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.file = Path(place.name) / "metrics"
        self.reactor = MemoryReactorClock()
        settings = Settings(listen=ListenAddress("127.0.0.1", 0))
        other, door = bind_doors(settings, Path(place.name))
        self.addCleanup(close_doors, other, door)
        assert door is not None
        self.door: Door = door
        self.port = StatusPort(
            cast("IReactorSocket", self.reactor),
            self.reactor,
            door,
            Status(self.reactor, lambda: NOW_UTC),
            self.file,
        )

    def test_where_it_is_stands_in_a_file(self) -> None:
        """As long as it is there."""
        self.port.startService()
        self.assertEqual(self.file.read_text(), f"{self.door.address}\n")
        self.assertEqual(len(self.reactor.adoptedPorts), 1)
        self.successResultOf(self.port.stopService())
        self.assertFalse(self.file.exists())

    def test_it_is_stopped_before_it_started(self) -> None:
        """Nothing happens."""
        self.successResultOf(self.port.stopService())
