"""The port for machines that watch the server: /metrics, /health/live and /health/ready by HTTP.

    GET /metrics       the figures, for Prometheus
    GET /health/live   200 as long as the server's thread turns
    GET /health/ready  200 ready, or 503 and what it is instead: starting, draining, stopping

It is opened first and closed last, so that it can tell of both. It listens on loopback alone, asks
for no password and changes nothing. A page in a browser of this machine must not read it either:
only who asks for a loopback address by its number, or for localhost, is answered (a name that
somebody else made point here is no such). What a figure means is for ``exposition``, how HTTP goes
for ``status_http``.
"""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.interfaces import (
    IDelayedCall,
    IListeningPort,
    IReactorSocket,
    IReactorTime,
)
from twisted.internet.protocol import ServerFactory
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web import http

from voip.server.data_dir import write_private
from voip.server.exposition import OPENMETRICS, Exposition
from voip.server.ports import Door
from voip.server.status_http import MISDIRECTED, Question, Reply, StatusFactory
from voip.server.watched import Watched
from voip.store.interface import StoreUnavailable
from voip.store.operator import OperatorStore, StoreFigures

FIGURES_SECONDS: Final = 2.0
"""The database may take so long; Prometheus itself gives a scrape up after 10 s."""

FRESH_SECONDS: Final = 1.0
"""So long the figures are told again as they were: to write them costs some milliseconds in which
nobody is heard, and any program of this machine may ask for them all day."""

METRICS: Final = "/metrics"
LIVE: Final = "/health/live"
READY: Final = "/health/ready"

_HOST: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::\d{1,5})?")


class Figures:
    """What the database tells for a scrape, which must not wait for long; one question at a time,
    however many scrape."""

    log = Logger()

    def __init__(self, reactor: IReactorTime, ask: Callable[[], Deferred[StoreFigures]]) -> None:
        self._reactor = reactor
        self._ask = ask
        self._waiting: list[Deferred[StoreFigures | None]] = []
        self._is_asking = False

    def now(self) -> Deferred[StoreFigures | None]:
        """The figures; None when the database does not tell them in time."""
        coming: Deferred[StoreFigures | None] = Deferred()
        late = self._reactor.callLater(FIGURES_SECONDS, self._is_late, coming)
        coming.addCallback(_in_time, late)
        self._waiting.append(coming)
        if not self._is_asking:
            self._is_asking = True
            self._ask().addErrback(self._failed).addCallback(self._came)
        return coming

    def _failed(self, failure: Failure) -> None:
        if failure.check(StoreUnavailable) is None:
            self.log.failure("the figures of the database cannot be read", failure)

    def _came(self, figures: StoreFigures | None) -> None:
        self._is_asking = False
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.callback(figures)

    def _is_late(self, coming: Deferred[StoreFigures | None]) -> None:
        self._waiting.remove(coming)
        coming.callback(None)


class Status:
    """What there is to ask, and the answers."""

    def __init__(self, reactor: IReactorTime, wall_clock: Callable[[], int]) -> None:
        self._reactor = reactor
        self._wall_clock = wall_clock
        self._watched: Watched | None = None
        self._exposition: Exposition | None = None
        self._figures: Figures | None = None
        self._told: dict[bool, tuple[float, Reply]] = {}

    def watch(self, watched: Watched, store: OperatorStore) -> None:
        """The server serves from now on."""
        self._watched = watched
        self._exposition = Exposition(watched)
        self._figures = Figures(self._reactor, lambda: store.figures(self._wall_clock()))

    async def answer(self, asked: Question) -> Reply:
        """Answer one question."""
        if not is_loopback(asked.host):
            return _said(MISDIRECTED, "ask for 127.0.0.1, [::1] or localhost")
        if asked.path not in (METRICS, LIVE, READY):
            return _said(http.NOT_FOUND, f"there are {METRICS}, {LIVE} and {READY}")
        if asked.method not in ("GET", "HEAD"):
            return Reply(http.NOT_ALLOWED, b"there are GET and HEAD\n", allow="GET, HEAD")
        if asked.path == METRICS:
            return await self._scrape(asked.accept)
        return _said(http.OK, "live") if asked.path == LIVE else self._ready()

    def _ready(self) -> Reply:
        if self._watched is None:
            return _said(http.SERVICE_UNAVAILABLE, "starting: the database is being opened")
        reception = self._watched.reception
        if reception.is_stopping:
            return _said(http.SERVICE_UNAVAILABLE, "stopping: everybody is told goodbye")
        if reception.is_draining:
            left = sum(reception.count_calls().values())
            calls = "1 call is" if left == 1 else f"{left} calls are"
            return _said(http.SERVICE_UNAVAILABLE, f"draining: no new calls, {calls} left")
        return _said(http.OK, "ready")

    async def _scrape(self, accept: str) -> Reply:
        if self._exposition is None or self._figures is None:
            return _said(http.SERVICE_UNAVAILABLE, "starting: there are no figures yet")
        is_open = OPENMETRICS in accept
        if (fresh := self._fresh(is_open)) is not None:
            return fresh
        kept = await self._figures.now()
        if (fresh := self._fresh(is_open)) is not None:  # somebody else has asked meanwhile
            return fresh
        body, content_type = self._exposition.text(kept, accept)
        reply = Reply(http.OK, body, content_type)
        self._told[is_open] = self._reactor.seconds(), reply
        return reply

    def _fresh(self, is_open: bool) -> Reply | None:
        told_at, reply = self._told.get(is_open, (0.0, None))
        return reply if self._reactor.seconds() - told_at < FRESH_SECONDS else None


class StatusPort(Service):
    """Listens on a socket that is bound already, and leaves its address in ``address_file``."""

    name = "status"
    log = Logger()

    def __init__(
        self,
        sockets: IReactorSocket,
        timers: IReactorTime,
        door: Door,
        status: Status,
        address_file: Path,
    ) -> None:
        self._sockets = sockets
        self._door = door
        self._factory = StatusFactory(status.answer, timers)
        self._address_file = address_file
        self._port: IListeningPort | None = None

    def startService(self) -> None:
        Service.startService(self)
        address = str(self._door.address)
        self._port = self._door.listen(self._sockets, cast("ServerFactory", self._factory))
        write_private(self._address_file, f"{address}\n".encode())
        self.log.info("metrics are at http://{address}/metrics", address=address)

    def stopService(self) -> Deferred[None]:
        Service.stopService(self)
        self._address_file.unlink(missing_ok=True)
        port, self._port = self._port, None
        stopped = succeed(None) if port is None else maybeDeferred(port.stopListening)
        self._factory.close_all()
        return stopped.addCallback(lambda _: None)


def is_loopback(host: str) -> bool:
    """Whether a Host header is a loopback address by number, or localhost, with or without port."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["host"].lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _in_time(figures: StoreFigures | None, late: IDelayedCall) -> StoreFigures | None:
    if late.active():
        late.cancel()
    return figures


def _said(code: int, sentence: str) -> Reply:
    return Reply(code, f"{sentence}\n".encode())
