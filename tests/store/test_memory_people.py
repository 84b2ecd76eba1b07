"""Phone books, past calls and names in the store that forgets."""

from twisted.trial.unittest import SynchronousTestCase

from tests.store.people_promises import PeoplePromises
from voip.store.memory import MemoryStore


class MemoryPeopleTests(PeoplePromises, SynchronousTestCase):
    """Keeps every promise, until it ends."""

    def setUp(self) -> None:
        self.store = MemoryStore()
