"""The store that forgets."""

from twisted.trial.unittest import SynchronousTestCase

from tests.store.stores import StorePromises
from voip.store.memory import MemoryStore


class MemoryStoreTests(StorePromises, SynchronousTestCase):
    """Keeps every promise of a store, until it ends."""

    def setUp(self) -> None:
        self.store = MemoryStore()

    def tearDown(self) -> None:
        self.successResultOf(self.store.close())
