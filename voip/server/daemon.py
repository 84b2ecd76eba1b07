"""The daemon: the parts of the server put together, started in order and stopped in the other.

    daemon
      log        the JSON file, where it is wanted
      watching   counters, and the port for Prometheus and health checks, which tells of the start
                 and the end too
      store      the database and its threads
      audit      the file of who did what, and a thread of its own
      relay      the UDP socket and who hears whom
      control    the TCP port, the connections and their sessions
      ...        doors: where operators come in
      ...        residents: what lives in the server as a client of it

Stopping goes from the outside in: no new connections, every call ends, every client is told, what
is written goes out; only then relay, store and log end. Only what a process needs once is here;
what happens on a connection is not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure

from voip.config import ListenAddress
from voip.core.errors import VoipError
from voip.core.switchboard import Switchboard
from voip.server.accounts import Accounts
from voip.server.admin.house import House
from voip.server.audit import Audit
from voip.server.audit_file import AuditFile
from voip.server.audit_trail import AuditTrail
from voip.server.backups import Backups
from voip.server.certificate import TlsRules
from voip.server.collector import Collector
from voip.server.data_dir import JSON_LOG
from voip.server.echo_account import EchoKeys, ensure_account
from voip.server.entrance import PROTOCOLS, EntranceFactory
from voip.server.live import LiveSettings
from voip.server.log import JsonLog
from voip.server.log_level import LogLevelService
from voip.server.logins import Logins
from voip.server.media import MediaLegs
from voip.server.outside import DaemonReactor, Outside, Prepared
from voip.server.own_thread import OwnThread
from voip.server.people import People
from voip.server.premises import Premises
from voip.server.rates import live_buckets, live_throttle
from voip.server.reception import Reception
from voip.server.relay.interface import RelayEngine, RelayEvent
from voip.server.relay.python_engine import PythonRelay
from voip.server.reloading import Reloading
from voip.server.service import ControlService, RelayService, StoreService
from voip.server.tunnels import Tunnels
from voip.server.watching import Watching
from voip.store.people import Store


@dataclass(frozen=True, slots=True)
class Listening:
    """A server that can be reached, as those who live in it need to know it."""

    address: ListenAddress
    tls: TlsRules
    echo: tuple[EchoKeys, ...]


Resident = Callable[[Listening], IService]
"""Makes a service that lives in the daemon and starts once it listens."""


OpenDoor = Callable[[House], IService]
"""Makes a service by which operators come in; it starts once the server listens."""


class Daemon(MultiService):
    """The whole server. ``doors`` and then ``residents`` are started once it listens."""

    log = Logger()

    def __init__(
        self,
        reactor: DaemonReactor,
        prepared: Prepared,
        outside: Outside,
        residents: Iterable[Resident] = (),
        doors: Iterable[OpenDoor] = (),
    ) -> None:
        MultiService.__init__(self)
        self._reactor = reactor
        self._prepared = prepared
        self._outside = outside
        self._residents = tuple(residents)
        self._doors = tuple(doors)
        self._live = LiveSettings(prepared.settings)
        self._watching = Watching(
            reactor,
            reactor,
            outside.clock,
            outside.wall_clock,
            outside.log_publisher,
            prepared.directory.path,
            prepared.metrics_port,
        )
        self._tls = TlsRules(prepared.certificate, PROTOCOLS)
        self._reloading: Reloading | None = None
        self._started: Deferred[None] | None = None
        if prepared.settings.json_log:
            self._add(JsonLog(prepared.directory.path / JSON_LOG))
        counting = (self._watching.log_meter,)
        self._add(LogLevelService(reactor, outside.log_publisher, self._live, counting))
        self._add(self._watching)

    def startService(self) -> None:
        MultiService.startService(self)
        self._started = Deferred.fromCoroutine(self._start())
        self._started.addErrback(self._start_failed)

    def stopService(self) -> Deferred[None]:
        """Stop the parts one after the other, the one started last first."""
        Service.stopService(self)
        return Deferred.fromCoroutine(self._stop())

    def hang_up(self) -> None:
        """SIGHUP: read settings and certificate again, once everything has started."""
        Deferred.fromCoroutine(self._hang_up()).addErrback(
            lambda failure: self.log.failure("the settings were not read again", failure)
        )

    async def _hang_up(self) -> None:
        if self._started is not None:
            await self._started
        if self._reloading is not None and self.running:
            await self._reloading.hung_up()

    async def _start(self) -> None:
        prepared, outside = self._prepared, self._outside
        if prepared.directory.is_new:
            self.log.info(
                "first start: made {path} with a certificate, keys and a database",
                path=str(prepared.directory.path),
            )
        store = outside.open_store(self._watching.observe)
        self._add(StoreService(store))
        audit = self._audit(store)
        self._add(audit)
        self._reloading = reloading = Reloading(
            outside.read_settings, self._live, self._tls, prepared.directory.path, audit
        )
        has_echo = await self._has_echo(store)  # before anybody could take the name
        relay = PythonRelay(
            prepared.ports.udp,
            self._reactor,
            outside.clock,
            outside.random,
            _unheeded,
        )
        self._add(RelayService(relay))
        control, accounts = self._control(store, audit, relay)
        self._add(control)
        self._add(Collector(self._reactor, lambda: control.reception.is_quiet))
        self._watching.watch(
            control.reception, relay, control.connections, store, lambda: self._tls.certificate
        )
        self._say_listening()
        house = self._house(store, audit, relay, control, accounts, reloading)
        for open_door in self._doors:
            self._add(open_door(house))
        if has_echo:
            listening = Listening(prepared.ports.address, self._tls, prepared.echo)
            for resident in self._residents:
                self._add(resident(listening))

    def _start_failed(self, failure: Failure) -> None:
        """What is only half there must not look like a server: somebody has to start it again."""
        self.log.failure("the start failed", failure)
        self._outside.give_up()

    def _add(self, part: IService) -> None:
        MultiService.addService(self, part)

    async def _stop(self) -> None:
        if self._started is not None:
            await self._started
        for service in reversed(list(self)):
            try:
                await maybeDeferred(service.stopService)
            except Exception:  # noqa: BLE001 - one part that fails must not keep the others up
                self.log.failure("{service} did not stop well", service=service.name)
        self._prepared.close()

    async def _has_echo(self, store: Store) -> bool:
        try:
            await ensure_account(store, self._prepared.echo, self._outside.wall_clock())
        except VoipError as error:
            self.log.error("echo cannot be called: {reason}", reason=str(error))
            return False
        return True

    def _audit(self, store: Store) -> AuditTrail:
        outside = self._outside
        return AuditTrail(
            AuditFile(self._prepared.directory.path, outside.wall_clock),
            OwnThread(self._reactor, "audit"),
            store,
            self._live,
            self._reactor,
            outside.wall_clock,
            outside.random,
            outside.clock,
            self._watching.meters.audit,
        )

    def _house(
        self,
        store: Store,
        audit: Audit,
        relay: RelayEngine,
        control: ControlService,
        accounts: Accounts,
        reloading: Reloading,
    ) -> House:
        outside = self._outside
        data_dir = self._prepared.directory.path
        backups = Backups(OwnThread(self._reactor, "backups"), data_dir)
        self._add(backups)
        return House(
            reception=control.reception,
            store=store,
            accounts=accounts,
            relay=relay,
            connections=control.connections,
            live=self._live,
            audit=audit,
            data_dir=data_dir,
            started_at=outside.wall_clock(),
            clock=outside.clock,
            wall_clock=outside.wall_clock,
            random=outside.random,
            reload=reloading.reload,
            stop=outside.stop,
            backups=backups,
            meters=self._watching.meters,
        )

    def _control(
        self, store: Store, audit: Audit, relay: RelayEngine
    ) -> tuple[ControlService, Accounts]:
        """Put together what answers control connections."""
        prepared, outside = self._prepared, self._outside
        settings = prepared.settings
        live = self._live
        tunnels = Tunnels(relay)
        accounts = Accounts(store, live, outside.wall_clock, outside.random)
        logins = Logins(
            accounts,
            live_throttle(live),
            live_throttle(live),
            prepared.fake_salt_key,
            outside.clock,
            outside.wall_clock,
            outside.random,
        )
        reception = Reception(
            Switchboard(),
            MediaLegs(
                relay, tunnels, outside.random, settings.media_host, prepared.ports.address.port
            ),
            self._reactor,
            outside.clock,
            outside.random,
            live,
        )
        premises = Premises(
            machine=prepared.machine,
            live=live,
            logins=logins,
            reception=reception,
            people=People(accounts, reception, live, outside.wall_clock),
            buckets=live_buckets(live),
            random=outside.random,
            audit=audit,
            meters=self._watching.meters,
        )
        connections = EntranceFactory(premises, tunnels, self._reactor, outside.clock)
        wire = TLSMemoryBIOFactory(self._tls, False, connections, clock=self._reactor)
        service = ControlService(self._reactor, prepared.ports.tcp, wire, connections, reception)
        return service, accounts

    def _say_listening(self) -> None:
        prepared = self._prepared
        address = prepared.ports.address
        prepared.directory.say_listening(str(address))
        self.log.info("listening on {address}, TCP and UDP", address=str(address))
        self.log.info(
            "reach it with: voip {reach} (public key SHA-256 {pin})",
            reach=str(_reachable(address, prepared.machine)),
            pin=prepared.certificate.pin,
        )


def _unheeded(_event: RelayEvent) -> None:
    """Who is heard or silent on UDP concerns nobody, the log least: control tells who is there."""


def _reachable(address: ListenAddress, machine: str) -> ListenAddress:
    """An address to type at a client: every-address wildcards become the machine's name."""
    is_wildcard = address.host in ("0.0.0.0", "::")  # noqa: S104 - recognized, not bound
    return ListenAddress(machine, address.port) if is_wildcard else address
