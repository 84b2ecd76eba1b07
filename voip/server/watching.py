"""Everything that watches the server: its counters, and the port at which machines ask for them.

    Watching
      log meter     counts what the log tells
      status        the port: /metrics and /health, where it is not off
      pulse         times the server's thread, once it serves

It is there before the other parts and ends after them. It hands counters to those who bump them,
and the parts, once they are there, to what reads them.
"""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from twisted.application.service import IService, MultiService
from twisted.internet.interfaces import IReactorSocket, IReactorTime
from twisted.logger import LogPublisher

from voip.server.certificate import ServerCertificate
from voip.server.data_dir import METRICS
from voip.server.entrance import EntranceFactory
from voip.server.log_meter import LogMeter
from voip.server.meters import Meters
from voip.server.ports import Door
from voip.server.pulse import Pulse
from voip.server.reception import Reception
from voip.server.relay.interface import RelayEngine
from voip.server.store_meter import StoreMeter
from voip.server.watched import Watched
from voip.store.observed import ObservedWorkers
from voip.store.operator import OperatorStore
from voip.store.threads import Workers

if TYPE_CHECKING:
    from voip.server.status_port import Status


class Watching(MultiService):
    """``clock`` is monotonic seconds, ``wall_clock`` UTC seconds since the epoch. ``door`` is for
    the port; None: it is off."""

    name = "watching"

    def __init__(
        self,
        sockets: IReactorSocket,
        timers: IReactorTime,
        clock: Callable[[], float],
        wall_clock: Callable[[], int],
        log_publisher: LogPublisher,
        data_dir: Path,
        door: Door | None,
    ) -> None:
        MultiService.__init__(self)
        self.meters = Meters()
        self._timers = timers
        self._clock = clock
        self._wall_clock = wall_clock
        self._data_dir = data_dir
        self._store_meter = StoreMeter()
        self.log_meter = LogMeter(log_publisher)
        self._add(self.log_meter)
        self._status = None if door is None else self._open(door, sockets)

    def _open(self, door: Door, sockets: IReactorSocket) -> "Status":
        # Imported here: HTTP and Prometheus cost a tenth of a second at the start.
        from voip.server.status_port import Status, StatusPort

        status = Status(self._timers, self._wall_clock)
        file = self._data_dir / METRICS
        self._add(StatusPort(sockets, self._timers, door, status, file))
        return status

    def observe(self, workers: Workers) -> Workers:
        """The store's workers, measured."""
        return ObservedWorkers(workers, self._store_meter, self._clock)

    def watch(
        self,
        reception: Reception,
        relay: RelayEngine,
        connections: EntranceFactory,
        store: OperatorStore,
        certificate: Callable[[], ServerCertificate],
    ) -> None:
        """The server has all its parts and serves from now on."""
        reception.listen_started(lambda _: self.meters.call_started())
        reception.listen(self.meters.call_ended)
        if self._status is None:
            return
        pulse = Pulse(self._timers, self._clock)
        self._add(pulse)
        watched = Watched(
            reception=reception,
            relay=relay,
            connections=connections,
            meters=self.meters,
            store_meter=self._store_meter,
            log_meter=self.log_meter,
            pulse=pulse,
            certificate=certificate,
            data_dir=self._data_dir,
            started_at=self._wall_clock(),
            version=version("voip"),
        )
        self._status.watch(watched, store)

    def _add(self, part: IService) -> None:
        MultiService.addService(self, part)
