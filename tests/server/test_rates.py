"""The table of rates."""

from typing import get_args

from twisted.trial.unittest import SynchronousTestCase

from voip.config import Limits
from voip.core.messages import Request
from voip.server.rates import rates


class RatesTests(SynchronousTestCase):
    """No message is without a limit."""

    def test_every_request_has_a_rate(self) -> None:
        """A message that is added later is limited from its first day."""
        self.assertEqual(set(rates(Limits())), {kind.__name__ for kind in get_args(Request)})

    def test_what_everybody_in_a_call_is_told(self) -> None:
        """Is rarer than what two have among themselves: in a conference it is told hundreds."""
        table = rates(Limits())
        for name in ("Hold", "Unhold", "Swap"):
            self.assertLess(table[name].per_second, table["Accept"].per_second)

    def test_registrations_are_the_operator_s(self) -> None:
        """The setting is a number an hour, all of which may come at once."""
        rate = rates(Limits(registrations_per_hour=36))["Register"]
        self.assertEqual((rate.per_second, rate.burst), (0.01, 36.0))

    def test_calls_are_the_operators(self) -> None:
        """The setting is a number a minute; a whole room may be added at once, whatever it is."""
        table = rates(Limits(calls_per_minute=6))
        self.assertEqual((table["Invite"].per_second, table["Invite"].burst), (0.1, 6.0))
        added = table["AddParticipant"]
        self.assertEqual((added.per_second, added.burst), (0.1, 40.0))
