"""Whom a call may ring."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, call_id, invite, opened
from voip.core.call_limits import CallLimits
from voip.core.call_messages import InviteOk
from voip.core.exchange import Exchange
from voip.core.ids import Username
from voip.core.sessions import Sessions


class MayRingTests(SynchronousTestCase):
    """Those who may not be rung look absent."""

    def exchange(self, may_ring: bool) -> Exchange:
        """Anna and Bob are there, and Bob may be called by Anna or not."""
        sessions = Sessions()
        for one in (opened(ANNA, "a1"), opened(BOB, "b1")):
            sessions.open(one)
        wants_quiet = (BOB, ANNA)
        return Exchange(
            sessions,
            CallLimits(),
            lambda callee, caller: may_ring or (callee, caller) != wants_quiet,
        )

    def test_nothing_tells_quiet_from_absent(self) -> None:
        """The caller gets the same answer and the same view, and no device is told."""
        exchange = self.exchange(may_ring=False)
        told = [
            exchange.invited(opened(ANNA, "a1"), invite(name, number), 0.0)
            for number, name in ((1, BOB), (2, Username("nobody")))
        ]
        self.assertEqual(
            [answer for answer, _ in told], [InviteOk(call_id(1)), InviteOk(call_id(2))]
        )
        first, second = ([type(one) for one in effects] for _, effects in told)
        self.assertEqual(first, second)

    def test_it_is_between_two_people(self) -> None:
        """Who wants quiet may call, and others may ring."""
        exchange = self.exchange(may_ring=False)
        exchange.invited(opened(BOB, "b1"), invite(ANNA), 0.0)
        self.assertEqual([leg.username for leg in exchange.calls[0].view(0.0).legs], [BOB, ANNA])
        self.exchange(may_ring=True).invited(opened(ANNA, "a1"), invite(BOB), 0.0)
