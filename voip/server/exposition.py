"""The server's figures in the format of Prometheus.

    counters (Meters, StoreMeter, Pulse)  ┐
    what there is now (sessions, relay)   ├ collect -> prometheus-client -> text
    what the database told for this scrape┘

Only this module knows prometheus-client, and only ``families`` the names. Everything is read at the
scrape, on the reactor's thread, so that between two scrapes it costs nothing; with a thousand
sessions that takes a few milliseconds (``bench/metrics.py``).
"""

import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, assert_never

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from voip.core.calls import EndReason
from voip.core.deeds import Door
from voip.core.describe import CallSort
from voip.core.errors import ErrorCode
from voip.server import families as f
from voip.server.entrance import EntranceFactory
from voip.server.families import Family, Kind
from voip.server.histogram import Histogram
from voip.server.meters import Meters
from voip.server.pulse import Pulse
from voip.server.reception import Reception
from voip.server.relay.interface import RelayDrop, RelayEngine
from voip.server.store_meter import StoreMeter
from voip.server.watched import Watched
from voip.store.observed import Work
from voip.store.operator import StoreFigures
from voip.wire.datagram import Dropped

KINDS: Final = {False: "pair", True: "conference"}
STATES: Final = {False: "ringing", True: "talking"}
DOORS: Final = (Door.CONTROL, Door.SSH, Door.SOCKET)

OPENMETRICS: Final = "application/openmetrics-text"
"""The other format there is, by its media type. What else of a header a scraper asks for is its own
affair: prometheus-client would heed it, and repeat it."""

Labels = tuple[str, ...]
Reading = tuple[Family, Iterable[tuple[Labels, float | Histogram]]]


class Exposition(Collector):
    """Everything about one server, as text."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._kept: StoreFigures | None = None
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self, kept: StoreFigures | None, accept: str = "") -> tuple[bytes, str]:
        """All figures now, and the content type; ``kept`` None: the database did not tell.

        ``accept`` is the header by which a scraper says which format it reads.
        """
        self._kept = kept
        wanted = f"{OPENMETRICS}; version=1.0.0" if OPENMETRICS in accept else ""
        encode, content_type = choose_encoder(wanted)
        return encode(self._registry), content_type

    def describe(self) -> Iterable[Metric]:
        """Nothing is collected when this is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Read everything (prometheus-client calls this)."""
        watched = self._watched
        for family, values in (
            *_people(watched.reception, self._kept),
            *_calls(watched.reception, watched.meters),
            *_media(watched.relay, watched.connections),
            *_doors(watched.connections, watched.meters),
            *_operator(watched.meters),
            *_itself(watched),
            *_pulse(watched.pulse),
            *_store(watched.store_meter, self._kept),
        ):
            yield _metric(family, values)


def _one(value: float | Histogram) -> Iterable[tuple[Labels, float | Histogram]]:
    return [((), value)]


def _each(
    values: Mapping[str, float | Histogram],
) -> Iterable[tuple[Labels, float | Histogram]]:
    return [((label,), value) for label, value in values.items()]


def _people(reception: Reception, kept: StoreFigures | None) -> Iterator[Reading]:
    sessions = reception.sessions
    away = sum(session.connection is None for session in sessions)
    yield f.SESSIONS, _each({"connected": len(sessions) - away, "away": away})
    yield f.ACCOUNTS_ONLINE, _one(sessions.count_accounts())
    if kept is not None:
        yield f.ACCOUNTS, _one(kept.accounts)
        yield f.ACCOUNTS_PENDING, _one(kept.pending)
        yield f.ACCOUNTS_BANNED, _one(kept.banned)


def _calls(reception: Reception, meters: Meters) -> Iterator[Reading]:
    there = reception.count_calls()
    calls = meters.calls
    yield (
        f.CALLS,
        [
            ((kind, state), there.get(CallSort(is_conference, is_answered), 0))
            for is_conference, kind in KINDS.items()
            for is_answered, state in STATES.items()
        ],
    )
    yield f.CALLS_STARTED, _one(calls.started)
    yield (
        f.CALLS_ENDED,
        [
            ((kind, outcome.value), calls.ended[is_conference, outcome])
            for is_conference, kind in KINDS.items()
            for outcome in EndReason
        ],
    )
    yield f.TALK, _one(calls.talk_seconds)
    yield f.LOSS, _one(calls.loss)
    yield f.ROUND_TRIP, _one(calls.round_trip_seconds)


def _media(relay: RelayEngine, connections: EntranceFactory) -> Iterator[Reading]:
    stats = relay.stats()
    yield f.LEGS, _one(stats.legs)
    yield f.TUNNELS, _one(len(connections.tunnels))
    yield f.PACKETS, _each({"in": stats.packets_in, "out": stats.packets_out})
    yield f.BYTES, _each({"in": stats.bytes_in, "out": stats.bytes_out})
    causes = (*Dropped, *RelayDrop)
    yield f.DROPS, [((cause.value,), stats.drops.get(cause, 0)) for cause in causes]
    yield f.SOCKET_DROPS, _one(stats.socket_drops)


def _doors(connections: EntranceFactory, meters: Meters) -> Iterator[Reading]:
    yield f.CONNECTIONS, _one(len(connections))
    yield f.STRANGERS, _one(connections.strangers.connections)
    yield f.FAILED_HANDSHAKES, _one(connections.failed_handshakes)
    yield f.REQUESTS, [((_word(kind),), count) for kind, count in meters.requests.items()]
    yield f.REFUSALS, [((code.value,), meters.refusals[code]) for code in ErrorCode]
    yield f.LOGINS, meters.logins.items()
    yield f.REGISTRATIONS, _each(meters.registrations)


def _operator(meters: Meters) -> Iterator[Reading]:
    audit = meters.audit
    yield f.COMMANDS, meters.commands.items()
    yield f.DOOR_REFUSALS, [((door.value,), audit.refused[door]) for door in DOORS]
    yield f.AUDIT_LINES, _one(audit.lines)
    yield f.AUDIT_FAILURES, _one(audit.failures)
    yield f.AUDIT_WRITABLE, _one(audit.is_writable)
    yield f.AUDIT_SECONDS, _one(audit.seconds)


def _itself(watched: Watched) -> Iterator[Reading]:
    relay = watched.relay.stats().engine
    yield f.BUILD, [((watched.version, platform.python_version(), relay), 1)]
    yield f.STARTED, _one(watched.started_at)
    yield f.LOG_EVENTS, _each(watched.log_meter.events)
    yield f.DRAINING, _one(watched.reception.is_draining)
    expiry = watched.certificate().certificate.not_valid_after_utc
    yield f.CERTIFICATE_EXPIRY, _one(expiry.timestamp())
    disk = os.statvfs(watched.data_dir)
    yield f.DISK_FREE, _one(disk.f_bavail * disk.f_frsize)
    yield f.DISK_SIZE, _one(disk.f_blocks * disk.f_frsize)


def _pulse(pulse: Pulse) -> Iterator[Reading]:
    yield f.LAG, _one(pulse.lag)
    yield f.GC_PAUSES, [((str(number),), one) for number, one in enumerate(pulse.pauses)]


def _store(meter: StoreMeter, kept: StoreFigures | None) -> Iterator[Reading]:
    yield f.STORE_UP, _one(kept is not None)
    yield f.STORE_QUEUE, [((work.value,), meter.queue[work]) for work in Work]
    yield f.STORE_WAIT, [((work.value,), meter.wait[work]) for work in Work]
    yield f.STORE_SECONDS, [((work.value,), meter.seconds[work]) for work in Work]
    yield f.STORE_FAILURES, [((work.value,), meter.failures[work]) for work in Work]
    if kept is not None:
        yield f.DATABASE_BYTES, _one(kept.database_bytes)


def _word(kind: type) -> str:
    """``SetMute`` -> ``set_mute``."""
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in kind.__name__).lstrip("_")


def _metric(family: Family, values: Iterable[tuple[Labels, float | Histogram]]) -> Metric:
    match family.kind:
        case Kind.COUNTER:
            metric: Metric = _plain(CounterMetricFamily, family, values)
        case Kind.GAUGE:
            metric = _plain(GaugeMetricFamily, family, values)
        case Kind.HISTOGRAM:
            metric = _histogram(family, values)
        case _:
            assert_never(family.kind)
    return metric


def _plain(
    kind: type[CounterMetricFamily] | type[GaugeMetricFamily],
    family: Family,
    values: Iterable[tuple[Labels, float | Histogram]],
) -> Metric:
    metric = kind(family.name, family.help, labels=family.labels)
    for labels, value in values:
        assert not isinstance(value, Histogram)
        metric.add_metric(labels, float(value))
    return metric


def _histogram(family: Family, values: Iterable[tuple[Labels, float | Histogram]]) -> Metric:
    metric = HistogramMetricFamily(family.name, family.help, labels=family.labels)
    for labels, value in values:
        assert isinstance(value, Histogram)
        buckets = [(_bound(bound), count) for bound, count in value.cumulated()]
        metric.add_metric(labels, buckets, value.total)
    return metric


def _bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else repr(bound)
