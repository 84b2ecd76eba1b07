"""The back-ups that a running server makes of its own data: one at a time, in a thread.

What is in one, and how it is written, is known to ``voip.store.backup``.
"""

from pathlib import Path

from twisted.application.service import Service
from twisted.internet.defer import Deferred

from voip.server.own_thread import InTurn
from voip.store.archive import Manifest
from voip.store.backup import make


class Backups(Service):
    """Makes back-ups of one data directory; at the end it waits for the one that is begun."""

    name = "backups"

    def __init__(self, thread: InTurn, data_dir: Path) -> None:
        self._thread = thread
        self._data_dir = data_dir

    def stopService(self) -> Deferred[None]:
        Service.stopService(self)
        return self._thread.stop()

    def make(self, file: Path) -> Deferred[Manifest]:
        """Write one to an absolute path where there is nothing yet; fails with ``BackupFailed``."""
        return self._thread.do(lambda: make(self._data_dir, file))
