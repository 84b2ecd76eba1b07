"""The parts of a running server that are read at a scrape, in one value.

It knows nothing of how the figures leave.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from voip.server.certificate import ServerCertificate
from voip.server.entrance import EntranceFactory
from voip.server.log_meter import LogMeter
from voip.server.meters import Meters
from voip.server.pulse import Pulse
from voip.server.reception import Reception
from voip.server.relay.interface import RelayEngine
from voip.server.store_meter import StoreMeter


@dataclass(frozen=True, slots=True)
class Watched:
    """What is read. ``started_at`` is UTC seconds since the epoch."""

    reception: Reception
    relay: RelayEngine
    connections: EntranceFactory
    meters: Meters
    store_meter: StoreMeter
    log_meter: LogMeter
    pulse: Pulse
    certificate: Callable[[], ServerCertificate]
    data_dir: Path
    started_at: int
    version: str
