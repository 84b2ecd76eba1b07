"""One device's leg: every state and every input."""

from collections.abc import Callable

from automat import NoTransition
from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import BOB, KEY, opened
from voip.core.calls import DeclineReason, EndReason, LegKey, LegState
from voip.core.ids import LegNumber, StreamId
from voip.core.leg import Leg, LegFacts, callees_leg, callers_leg, joined_leg

DIALING, INVITED, RINGING = LegState.DIALING, LegState.INVITED, LegState.RINGING
ACTIVE, HELD, LEFT = LegState.ACTIVE, LegState.HELD, LegState.LEFT


def facts() -> LegFacts:
    return LegFacts(LegNumber(2), opened(BOB, "b1"), StreamId(7))


def leg_in(state: LegState) -> Leg:
    """A fresh leg, brought to a state by the shortest way."""
    if state is DIALING:
        return callers_leg(facts())
    leg = callees_leg(facts())
    if state is RINGING:
        leg.alerted(KEY)
    elif state is ACTIVE:
        leg.accepted(False)
    elif state is HELD:
        leg.accepted(False)
        leg.held()
    elif state is LEFT:
        leg.ended(EndReason.CANCELLED)
    return leg


INPUTS: dict[str, Callable[[Leg], object]] = {
    "alerted": lambda leg: leg.alerted(KEY),
    "answered": lambda leg: leg.answered(),
    "accepted": lambda leg: leg.accepted(False),
    "held": lambda leg: leg.held(),
    "unheld": lambda leg: leg.unheld(),
    "declined": lambda leg: leg.declined(DeclineReason.BUSY),
    "cancelled": lambda leg: leg.cancelled(),
    "hung_up": lambda leg: leg.hung_up(),
    "distrusted": lambda leg: leg.distrusted(),
    "ended": lambda leg: leg.ended(EndReason.SERVER_STOP),
    "lost": lambda leg: leg.lost(),
    "resumed": lambda leg: leg.resumed(),
    "grace_over": lambda leg: leg.grace_over(),
    "session_closed": lambda leg: leg.session_closed(),
    "named_host": lambda leg: leg.named_host(),
    "muted": lambda leg: leg.muted(True),
}

# The state an input leads to, and the reason when that is LEFT. What is not here is refused.
TABLE: dict[tuple[LegState, str], LegState | EndReason] = {
    (DIALING, "answered"): ACTIVE,
    (DIALING, "cancelled"): EndReason.CANCELLED,
    (DIALING, "hung_up"): EndReason.CANCELLED,
    (DIALING, "distrusted"): EndReason.E2E_FAILED,
    (DIALING, "ended"): EndReason.SERVER_STOP,
    (DIALING, "lost"): DIALING,
    (DIALING, "resumed"): DIALING,
    (DIALING, "grace_over"): EndReason.NETWORK_LOST,
    (DIALING, "session_closed"): EndReason.CANCELLED,
    (DIALING, "muted"): DIALING,
    (DIALING, "named_host"): DIALING,
    (DIALING, "alerted"): DIALING,
    (INVITED, "alerted"): RINGING,
    (INVITED, "accepted"): ACTIVE,
    (INVITED, "declined"): EndReason.BUSY,
    (INVITED, "hung_up"): EndReason.FAILED,
    (INVITED, "distrusted"): EndReason.E2E_FAILED,
    (INVITED, "ended"): EndReason.SERVER_STOP,
    (INVITED, "lost"): INVITED,
    (INVITED, "resumed"): INVITED,
    (INVITED, "grace_over"): EndReason.UNAVAILABLE,
    (INVITED, "session_closed"): EndReason.UNAVAILABLE,
    (RINGING, "accepted"): ACTIVE,
    (RINGING, "declined"): EndReason.BUSY,
    (RINGING, "hung_up"): EndReason.FAILED,
    (RINGING, "distrusted"): EndReason.E2E_FAILED,
    (RINGING, "ended"): EndReason.SERVER_STOP,
    (RINGING, "lost"): RINGING,
    (RINGING, "resumed"): RINGING,
    (RINGING, "grace_over"): EndReason.UNAVAILABLE,
    (RINGING, "session_closed"): EndReason.UNAVAILABLE,
    (ACTIVE, "alerted"): ACTIVE,
    (ACTIVE, "cancelled"): EndReason.HANGUP,
    (ACTIVE, "hung_up"): EndReason.HANGUP,
    (ACTIVE, "distrusted"): EndReason.E2E_FAILED,
    (ACTIVE, "ended"): EndReason.SERVER_STOP,
    (ACTIVE, "lost"): ACTIVE,
    (ACTIVE, "resumed"): ACTIVE,
    (ACTIVE, "grace_over"): EndReason.NETWORK_LOST,
    (ACTIVE, "session_closed"): EndReason.HANGUP,
    (ACTIVE, "muted"): ACTIVE,
    (ACTIVE, "named_host"): ACTIVE,
    (ACTIVE, "held"): HELD,
    (HELD, "unheld"): ACTIVE,
    (HELD, "alerted"): HELD,
    (HELD, "cancelled"): EndReason.HANGUP,
    (HELD, "hung_up"): EndReason.HANGUP,
    (HELD, "distrusted"): EndReason.E2E_FAILED,
    (HELD, "ended"): EndReason.SERVER_STOP,
    (HELD, "lost"): HELD,
    (HELD, "resumed"): HELD,
    (HELD, "grace_over"): EndReason.NETWORK_LOST,
    (HELD, "session_closed"): EndReason.HANGUP,
    (HELD, "muted"): HELD,
    (HELD, "named_host"): HELD,
}


class LegTableTests(SynchronousTestCase):
    """Each input in each state."""

    def test_every_input_in_every_state(self) -> None:
        """An input leads where the table says, or is refused and leaves the leg as it was."""
        for state in LegState:
            for name, happen in INPUTS.items():
                leg = leg_in(state)
                before = leg.describe()
                expected = TABLE.get((state, name))
                if expected is None:
                    self.assertRaises(NoTransition, happen, leg)
                    self.assertEqual(leg.describe(), before, (state, name))
                    continue
                happen(leg)
                after = leg.describe()
                if isinstance(expected, EndReason):
                    self.assertEqual((after.state, after.end_reason), (LEFT, expected), name)
                else:
                    self.assertEqual((after.state, after.end_reason), (expected, None), name)

    def test_the_table_has_every_input(self) -> None:
        """No input of a leg is forgotten here."""
        declared = {name for name in vars(Leg) if not name.startswith("_")}
        self.assertEqual(declared, {*INPUTS, "describe"})


class LegTests(SynchronousTestCase):
    """What a leg shows of itself."""

    def test_it_shows_who_sits_there(self) -> None:
        """The view carries the device and its certificate as the session logged in with them."""
        view = callees_leg(facts()).describe()
        who = opened(BOB, "b1")
        self.assertEqual(
            (view.number, view.username, view.nick, view.device, view.certificate, view.stream),
            (2, BOB, "Bob", who.device, who.certificate, 7),
        )
        self.assertEqual(view.device_name, "b1")

    def test_the_key_is_kept_once(self) -> None:
        """A second key is not taken, neither after ringing nor after joining without one."""
        for state in (RINGING, ACTIVE):
            leg = leg_in(state)
            if state is RINGING:
                leg.accepted(False)
            else:
                self.assertTrue(leg.alerted(KEY))
            self.assertFalse(leg.alerted(LegKey(b"another", b"")))
            self.assertEqual(leg.describe().key, KEY)

    def test_a_broken_connection_shows(self) -> None:
        """Connected goes with lost and resumed, in every state that lives."""
        for state in (DIALING, INVITED, RINGING, ACTIVE, HELD):
            leg = leg_in(state)
            leg.lost()
            self.assertFalse(leg.describe().is_connected)
            leg.resumed()
            self.assertTrue(leg.describe().is_connected)

    def test_a_leg_that_comes_from_another_call(self) -> None:
        """It is active or held there at once."""
        self.assertIs(joined_leg(facts(), is_held=False).describe().state, ACTIVE)
        self.assertIs(joined_leg(facts(), is_held=True).describe().state, HELD)

    def test_a_place_to_listen_shows(self) -> None:
        """Who joins when the speaking places are taken is a listener."""
        leg = leg_in(RINGING)
        leg.accepted(True)
        self.assertTrue(leg.describe().is_listener)

    def test_the_host_shows(self) -> None:
        """Once named, for as long as the leg lives."""
        leg = leg_in(HELD)
        leg.named_host()
        leg.unheld()
        self.assertTrue(leg.describe().is_host)

    def test_muting_shows(self) -> None:
        """Muted is as the device said last."""
        leg = leg_in(ACTIVE)
        leg.muted(True)
        self.assertTrue(leg.describe().is_muted)
        leg.muted(False)
        self.assertFalse(leg.describe().is_muted)

    def test_each_way_to_decline_has_its_reason(self) -> None:
        """The others learn why a device did not take the call."""
        for reason in DeclineReason:
            leg = leg_in(RINGING)
            leg.declined(reason)
            self.assertEqual(leg.describe().end_reason, EndReason(reason.value))
