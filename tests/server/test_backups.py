"""Back-ups of a running server."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from twisted.internet.defer import Deferred, execute, succeed
from twisted.trial.unittest import SynchronousTestCase

from tests.store.stores import DirectWorkers
from voip.server.backups import Backups
from voip.store.archive import DATABASE
from voip.store.backup import BackupFailed, restore
from voip.store.migrate import upgrade
from voip.store.sql import SqlStore
from voip.store.sqlite import open_database

T = TypeVar("T")


class AtOnce:
    """A thread of one's own that is none."""

    def __init__(self) -> None:
        self.is_stopped = False

    def do(self, work: Callable[[], T]) -> Deferred[T]:
        return execute(work)

    def stop(self) -> Deferred[None]:
        self.is_stopped = True
        return succeed(None)


def make_database(data_dir: Path) -> SqlStore:
    """An empty database as a server has it."""
    engines = open_database(data_dir / DATABASE)
    upgrade(engines, data_dir / DATABASE)
    return SqlStore(DirectWorkers(engines))


class BackupsTests(SynchronousTestCase):
    """Made in a thread, and waited for at the end."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.data_dir = self.folder / "data"
        self.data_dir.mkdir(parents=True)
        self.thread = AtOnce()
        self.backups = Backups(self.thread, self.data_dir)

    def test_a_back_up(self) -> None:
        """Can be restored."""
        store = make_database(self.data_dir)
        made = self.successResultOf(self.backups.make(self.folder / "voip.tar"))
        self.successResultOf(store.close())
        self.assertEqual(set(made.files), {DATABASE})
        self.assertEqual(restore(self.folder / "voip.tar", self.folder / "new"), made)

    def test_one_that_cannot_be_made(self) -> None:
        """Is told in a sentence."""
        self.failureResultOf(self.backups.make(self.folder / "voip.tar"), BackupFailed)

    def test_the_end(self) -> None:
        """The thread is waited for."""
        self.backups.startService()
        self.backups.stopService()
        self.assertTrue(self.thread.is_stopped)
