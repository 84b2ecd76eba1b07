"""What a daemon is handed: what the process gives it, and what was made ready before the start.

Only values; who makes them (``voip.tap``, or a test) and what becomes of them is not known here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.interfaces import (
    IReactorCore,
    IReactorFDSet,
    IReactorFromThreads,
    IReactorSocket,
    IReactorTime,
)
from twisted.logger import LogPublisher

from voip.config import Settings
from voip.server.accounts import Random
from voip.server.certificate import ServerCertificate
from voip.server.data_dir import DataDirectory
from voip.server.echo_account import EchoKeys
from voip.server.ports import BoundPorts, Door, close_doors
from voip.store.observed import Observe
from voip.store.people import Store


class DaemonReactor(IReactorCore, IReactorTime, IReactorFDSet, IReactorFromThreads, IReactorSocket):
    """The part of a reactor that the daemon uses."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the daemon does not make itself: the clock (monotonic seconds), the calendar (UTC
    seconds since the epoch), randomness, the way to open the store, two ends of the process
    (``stop`` as SIGTERM does, ``give_up`` with an exit code that says it failed), the settings read
    anew, and where the log's observers are."""

    clock: Callable[[], float]
    wall_clock: Callable[[], int]
    random: Random
    open_store: Callable[[Observe], Store]
    stop: Callable[[], None]
    give_up: Callable[[], None]
    read_settings: Callable[[], Settings]
    log_publisher: LogPublisher


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made ready before the process went into the background."""

    settings: Settings
    machine: str  # its host name
    directory: DataDirectory
    certificate: ServerCertificate
    fake_salt_key: bytes
    echo: tuple[EchoKeys, ...]
    ports: BoundPorts
    admin_port: Door | None  # where the operator's shell waits for ssh
    metrics_port: Door | None
    admin_socket: Door

    def close(self) -> None:
        """Give back what nobody has taken over, and the directory last."""
        self.ports.close()
        close_doors(self.admin_port, self.metrics_port, self.admin_socket)
        self.directory.close()
