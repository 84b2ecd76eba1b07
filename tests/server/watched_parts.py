"""The parts of a server that are read at a scrape, on a clock of the test."""

from pathlib import Path

from twisted.logger import LogPublisher

from tests.server.offices import NOW_UTC, Office
from tests.server.tls_pair import certificate
from voip.server.entrance import EntranceFactory
from voip.server.log_meter import LogMeter
from voip.server.pulse import Pulse
from voip.server.store_meter import StoreMeter
from voip.server.watched import Watched


def watched(office: Office, data_dir: Path = Path("/")) -> Watched:
    """An office as it is watched."""
    return Watched(
        reception=office.reception,
        relay=office.relay,
        connections=EntranceFactory(
            office.premises, office.tunnels, office.clock, office.clock.seconds
        ),
        meters=office.premises.meters,
        store_meter=StoreMeter(),
        log_meter=LogMeter(LogPublisher()),
        pulse=Pulse(office.clock, office.clock.seconds, []),
        certificate=certificate,
        data_dir=data_dir,
        started_at=NOW_UTC,
        version="1.2.3",
    )
