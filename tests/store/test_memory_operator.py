"""What the operator asks, in the store that forgets."""

from twisted.trial.unittest import SynchronousTestCase

from tests.store.operator_promises import ANOTHER, TOKEN, OperatorPromises, an_invite
from voip.store.interface import StoreUnavailable
from voip.store.memory import MemoryStore


class MemoryOperatorTests(OperatorPromises, SynchronousTestCase):
    """Keeps every promise, until it ends."""

    def setUp(self) -> None:
        self.store = MemoryStore()

    def test_two_invites_never_have_one_name(self) -> None:
        """As in a database."""
        self.now(self.store.add_invite(TOKEN, an_invite()))
        again = self.failureResultOf(self.store.add_invite(ANOTHER, an_invite()))
        self.assertIsInstance(again.value, StoreUnavailable)
