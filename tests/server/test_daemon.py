"""The daemon put together, on a reactor of the test: what starts, in which order, and what ends."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogLevel, LogPublisher, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NOW_UTC
from tests.server.someone import Counted
from tests.server.tls_pair import certificate
from voip.config import ADMIN_SOCKET, ListenAddress, Settings
from voip.core.ids import Username
from voip.server.admin.house import House
from voip.server.daemon import Daemon, Listening
from voip.server.data_dir import JSON_LOG, LISTENING, METRICS, open_data_dir
from voip.server.echo_account import load_or_make_keys
from voip.server.outside import DaemonReactor, Outside, Prepared
from voip.server.ports import bind, bind_doors, bind_unix
from voip.store.interface import Account, StoreUnavailable
from voip.store.memory import MemoryStore
from voip.store.observed import Observe

FREE = Settings(listen=ListenAddress("127.0.0.1", 0))


class NotedStore(MemoryStore):
    """Says when it is closed, and can be told to fail."""

    is_closed = False
    is_broken = False
    metrics_file: Path | None = None
    was_watched_at_the_end = False

    def account(self, username: Username) -> Deferred[Account | None]:
        return fail(StoreUnavailable("locked")) if self.is_broken else super().account(username)

    def close(self) -> Deferred[None]:
        self.is_closed = True
        self.was_watched_at_the_end = self.metrics_file is not None and self.metrics_file.exists()
        return super().close()


class Resident(Service):
    """Something that lives in the daemon."""

    def __init__(self, listening: Listening, store: NotedStore) -> None:
        self.listening = listening
        self._store = store
        self.store_was_open_at_the_end = False

    def stopService(self) -> None:
        Service.stopService(self)
        self.store_was_open_at_the_end = not self._store.is_closed


class DaemonTests(SynchronousTestCase):
    """From start to stop."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name) / "data"
        self.reactor = MemoryReactorClock()
        self.store = NotedStore()
        self.publisher = LogPublisher()
        self.residents: list[Resident] = []
        self.houses: list[House] = []
        self.given_up: list[bool] = []
        self.is_store_gone = False

    def open_store(self, _observe: Observe) -> NotedStore:
        if self.is_store_gone:
            raise StoreUnavailable("the disk is gone")
        return self.store

    def daemon(self, settings: Settings | None = None) -> Daemon:
        directory = open_data_dir(self.path)
        settings = settings or FREE
        admin_port, metrics_port = bind_doors(settings, directory.path)
        prepared = Prepared(
            settings=settings,
            machine="machine.example",
            directory=directory,
            certificate=certificate(),
            fake_salt_key=b"f" * 32,
            echo=load_or_make_keys(directory, Counted()),
            ports=bind(settings.listen),
            admin_port=admin_port,
            metrics_port=metrics_port,
            admin_socket=bind_unix(self.path / ADMIN_SOCKET),
        )
        outside = Outside(
            clock=self.reactor.seconds,
            wall_clock=lambda: NOW_UTC,
            random=Counted(),
            open_store=self.open_store,
            stop=lambda: None,
            read_settings=lambda: settings,
            log_publisher=self.publisher,
            give_up=lambda: self.given_up.append(True),
        )
        reactor = cast("DaemonReactor", self.reactor)
        return Daemon(reactor, prepared, outside, [self.resident], [self.door])

    def door(self, house: House) -> Service:
        self.houses.append(house)
        return Service()

    def resident(self, listening: Listening) -> Resident:
        self.residents.append(Resident(listening, self.store))
        return self.residents[-1]

    def test_a_start_says_what_it_made_and_how_to_reach_it(self) -> None:
        """The log has the directory, the address and the pin; the file has the address."""
        daemon = self.daemon()
        with capturedLogs() as events:
            daemon.startService()
        address = (self.path / LISTENING).read_text().strip()
        told = {event["log_format"]: event for event in events}
        made = next(event for text, event in told.items() if "first start" in text)
        self.assertEqual(made["path"], str(self.path))
        reach = next(event for text, event in told.items() if "reach it" in text)
        self.assertEqual((reach["reach"], reach["pin"]), (address, certificate().pin))
        self.successResultOf(daemon.stopService())

    def test_echo_is_there_before_anybody_else(self) -> None:
        """The account exists once the server listens, and residents get its keys."""
        daemon = self.daemon()
        daemon.startService()
        account = self.successResultOf(self.store.account(Username("echo")))
        assert account is not None
        listening = self.residents[0].listening
        self.assertEqual(account.keys.public, listening.echo[0].account_public)
        self.assertTrue(self.residents[0].running)
        self.successResultOf(daemon.stopService())

    def test_stopping_goes_from_the_outside_in(self) -> None:
        """Residents end while the store still works; nothing of the server is left."""
        daemon = self.daemon()
        daemon.startService()
        self.successResultOf(daemon.stopService())
        self.assertTrue(self.residents[0].store_was_open_at_the_end)
        self.assertTrue(self.store.is_closed)
        self.assertFalse((self.path / LISTENING).exists())
        self.assertEqual(self.reactor.getDelayedCalls(), [])
        open_data_dir(self.path).close()

    def test_who_watches_is_there_first_and_last(self) -> None:
        """The port for Prometheus outlives the database, so that it can tell of the end."""
        self.store.metrics_file = self.path / METRICS
        daemon = self.daemon()
        daemon.startService()
        self.successResultOf(daemon.stopService())
        self.assertTrue(self.store.was_watched_at_the_end)
        self.assertFalse(self.store.metrics_file.exists())

    def test_operators_come_in_to_the_parts_that_run(self) -> None:
        """A door is handed the parts of this server, in the order of its start."""
        daemon = self.daemon()
        daemon.startService()
        (house,) = self.houses
        self.assertIs(house.store, self.store)
        self.assertEqual(house.data_dir, self.path)
        self.assertEqual(house.started_at, NOW_UTC)
        names = [type(part).__name__ for part in daemon]
        self.assertLess(names.index("ControlService"), names.index("Service"))
        self.successResultOf(daemon.stopService())

    def test_a_part_that_fails_to_stop_does_not_keep_the_others_up(self) -> None:
        """What went wrong stands in the log; the rest still ends."""
        daemon = self.daemon()
        daemon.startService()
        self.residents[0].stopService = lambda: 1 / 0  # type: ignore[method-assign,assignment]
        self.successResultOf(daemon.stopService())
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertTrue(self.store.is_closed)

    def test_a_store_that_is_locked_costs_echo_only(self) -> None:
        """The server comes up and says that echo cannot be called."""
        self.store.is_broken = True
        daemon = self.daemon()
        with capturedLogs() as events:
            daemon.startService()
        self.assertEqual(self.residents, [])
        errors = [event for event in events if event["log_level"] is LogLevel.error]
        self.assertEqual([event["reason"] for event in errors], ["locked"])
        self.assertTrue((self.path / LISTENING).exists())
        self.successResultOf(daemon.stopService())

    def test_a_hangup_before_the_start_and_after_the_end(self) -> None:
        """Does nothing and says nothing."""
        daemon = self.daemon()
        with capturedLogs() as events:
            daemon.hang_up()
        daemon.startService()
        self.successResultOf(daemon.stopService())
        with capturedLogs() as later:
            daemon.hang_up()
        self.assertEqual((events, later), ([], []))

    def test_a_start_that_fails_ends_the_process(self) -> None:
        """What went wrong stands in the log, and nothing looks like a server that runs."""
        self.is_store_gone = True
        daemon = self.daemon()
        daemon.startService()
        self.assertEqual(len(self.flushLoggedErrors(StoreUnavailable)), 1)
        self.assertEqual(self.given_up, [True])
        self.assertFalse((self.path / LISTENING).exists())
        self.successResultOf(daemon.stopService())

    def test_the_json_log_is_written_when_it_is_wanted(self) -> None:
        """From the first event on."""
        daemon = self.daemon(replace(FREE, json_log=True))
        daemon.startService()
        self.successResultOf(daemon.stopService())
        self.assertIn("first start", (self.path / JSON_LOG).read_text())

    def test_stopping_what_never_started_gives_everything_back(self) -> None:
        """The data directory can be opened again."""
        self.successResultOf(self.daemon().stopService())
        open_data_dir(self.path).close()
