"""A server that is to end with its last call."""

from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import CALL, Office, invite
from tests.server.someone import ANN, BOB
from voip.core.call_messages import Cancel
from voip.server.admin.leaving import Leaving


class LeavingTests(SynchronousTestCase):
    """It ends once, and when it is meant to."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)
        self.ann, self.bob = self.office.login(ANN), self.office.login(BOB)
        self.leaving = Leaving()
        self.stops = 0

    def stop(self) -> None:
        self.stops += 1

    def test_without_calls_it_ends_at_once(self) -> None:
        """There is nobody to wait for."""
        self.leaving.want(self.office.reception, self.stop)
        self.assertEqual(self.stops, 1)

    def test_with_the_last_call(self) -> None:
        """Not before, and not twice for being asked twice."""
        self.ann.ask(invite(BOB))
        self.leaving.want(self.office.reception, self.stop)
        self.leaving.want(self.office.reception, self.stop)
        self.assertEqual(self.stops, 0)
        self.ann.ask(Cancel(CALL))
        self.assertEqual(self.stops, 1)

    def test_it_goes_on_after_all(self) -> None:
        """What is forgotten does not happen, until it is wanted again."""
        self.ann.ask(invite(BOB))
        self.leaving.want(self.office.reception, self.stop)
        self.leaving.forget()
        self.ann.ask(Cancel(CALL))
        self.assertEqual(self.stops, 0)
        self.leaving.want(self.office.reception, self.stop)
        self.assertEqual(self.stops, 1)
