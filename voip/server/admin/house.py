"""What the operator's commands can reach: the parts of a running server, in one value."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from voip.server.accounts import Accounts, Random
from voip.server.admin.leaving import Leaving
from voip.server.audit import Audit
from voip.server.backups import Backups
from voip.server.entrance import EntranceFactory
from voip.server.live import LiveSettings
from voip.server.meters import Meters
from voip.server.reception import Reception
from voip.server.relay.interface import RelayEngine
from voip.store.people import Store


@dataclass(frozen=True, slots=True)
class House:
    """``clock`` is monotonic seconds, ``wall_clock`` UTC seconds since the epoch; ``started_at`` is
    by the latter. ``reload`` reads the settings again and says what came of it; ``stop`` ends the
    server as SIGTERM does."""

    reception: Reception
    store: Store
    accounts: Accounts
    relay: RelayEngine
    connections: EntranceFactory
    live: LiveSettings
    audit: Audit
    data_dir: Path
    started_at: int
    clock: Callable[[], float]
    wall_clock: Callable[[], int]
    random: Random
    reload: Callable[[], Awaitable[str]]
    stop: Callable[[], None]
    backups: Backups
    leaving: Leaving = field(default_factory=Leaving)
    meters: Meters = field(default_factory=Meters)
