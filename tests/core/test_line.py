"""One call at a device: every state and every input."""

from collections.abc import Callable

from automat import NoTransition
from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import BOB, CARL, KEY, call_id
from voip.core.call_messages import (
    Accept,
    Alerting,
    Cancel,
    Decline,
    Hold,
    Leave,
    SetMute,
    Unhold,
)
from voip.core.calls import DeclineReason, EndReason
from voip.core.ids import StreamId
from voip.core.line import Line, dialled_line, incoming_line, merged_line
from voip.core.line_outputs import LineFacts
from voip.core.phone_words import (
    Ask,
    CloseMicrophone,
    MuteMicrophone,
    NeedKey,
    OpenMicrophone,
    PhoneCallState,
    PhoneOutput,
    PhoneOutputs,
    Ring,
    StopRinging,
)

DIALLING, RINGING = PhoneCallState.DIALLING, PhoneCallState.RINGING
SILENCED, MEETING = PhoneCallState.SILENCED, PhoneCallState.MEETING
ACCEPTING, TALKING = PhoneCallState.ACCEPTING, PhoneCallState.TALKING
HELD, RESUMING = PhoneCallState.HELD, PhoneCallState.RESUMING
ENDED = PhoneCallState.ENDED

CALL = call_id(1)
STREAM = StreamId(7)
HUSH = StopRinging(CALL)
OPEN, CLOSE = OpenMicrophone(CALL, STREAM), CloseMicrophone(CALL)
LEAVE, DISTRUST = Ask(Leave(CALL)), Ask(Leave(CALL, e2e_failed=True))
BUSY = Ask(Decline(CALL, DeclineReason.BUSY))
NO = Ask(Decline(CALL, DeclineReason.DECLINED))
ALERTING = Ask(Alerting(CALL, KEY))
MUTE = Ask(SetMute(CALL, is_muted=True))
HOLD, UNHOLD = Ask(Hold(CALL)), Ask(Unhold(CALL))
MUTED = MuteMicrophone(CALL)
KEY_WANTED = NeedKey(CALL)

# The way to each state, for a fresh line.
WAYS: dict[PhoneCallState, list[str]] = {
    DIALLING: [],
    MEETING: [],
    RINGING: ["not_met"],
    SILENCED: ["not_met", "silenced"],
    ACCEPTING: ["not_met", "accepted"],
    TALKING: ["both_active"],
    HELD: ["both_active", "held"],
    RESUMING: ["both_active", "held", "taken_back"],
    ENDED: ["left"],
}

INPUTS: dict[str, Callable[[Line], PhoneOutputs]] = {
    "accepted": lambda line: line.accepted(),
    "declined": lambda line: line.declined(DeclineReason.BUSY),
    "silenced": lambda line: line.silenced(),
    "hung_up": lambda line: line.hung_up(False),
    "hung_up_e2e": lambda line: line.hung_up(True),
    "muted": lambda line: line.muted(True),
    "dialled_back": lambda line: line.dialled_back(),
    "met": lambda line: line.met(frozenset({CARL})),
    "not_met": lambda line: line.not_met(),
    "key_ready": lambda line: line.key_ready(KEY),
    "held": lambda line: line.held(True),
    "taken_back": lambda line: line.taken_back(True),
    "not_taken_back": lambda line: line.not_taken_back(),
    "held_there": lambda line: line.held_there(),
    "active_there": lambda line: line.active_there(),
    "muted_there": lambda line: line.muted_there(),
    "conference": lambda line: line.conference(),
    "wanted_here": lambda line: line.wanted_here(),
    "held_here": lambda line: line.held_here(),
    "both_active": lambda line: line.both_active(STREAM),
    "strangers_active": lambda line: line.strangers_active(),
    "refused": lambda line: line.refused(),
    "left": lambda line: line.left(EndReason.SERVER_STOP),
}

Row = tuple[PhoneCallState | EndReason, list[PhoneOutput]]

# Where an input leads (a reason: to ENDED) and what comes of it. What is not here is refused.
TABLE: dict[tuple[PhoneCallState, str], Row] = {
    (DIALLING, "hung_up"): (EndReason.CANCELLED, [Ask(Cancel(CALL))]),
    (DIALLING, "hung_up_e2e"): (EndReason.E2E_FAILED, [DISTRUST]),
    (DIALLING, "muted"): (DIALLING, [MUTE]),
    (DIALLING, "key_ready"): (DIALLING, []),
    (DIALLING, "both_active"): (TALKING, [OPEN]),
    (DIALLING, "strangers_active"): (EndReason.E2E_FAILED, [DISTRUST]),
    (DIALLING, "refused"): (EndReason.FAILED, []),
    (DIALLING, "left"): (EndReason.SERVER_STOP, []),
    (RINGING, "accepted"): (ACCEPTING, [HUSH, Ask(Accept(CALL))]),
    (RINGING, "declined"): (EndReason.BUSY, [HUSH, BUSY]),
    (RINGING, "silenced"): (SILENCED, [HUSH]),
    (RINGING, "hung_up"): (EndReason.DECLINED, [HUSH, NO]),
    (RINGING, "hung_up_e2e"): (EndReason.E2E_FAILED, [HUSH, DISTRUST]),
    (RINGING, "dialled_back"): (MEETING, [HUSH]),
    (RINGING, "key_ready"): (RINGING, [ALERTING]),
    (RINGING, "both_active"): (EndReason.FAILED, [HUSH, LEAVE]),
    (RINGING, "strangers_active"): (EndReason.E2E_FAILED, [HUSH, DISTRUST]),
    (RINGING, "left"): (EndReason.SERVER_STOP, [HUSH]),
    (SILENCED, "accepted"): (ACCEPTING, [Ask(Accept(CALL))]),
    (SILENCED, "declined"): (EndReason.BUSY, [BUSY]),
    (SILENCED, "hung_up"): (EndReason.DECLINED, [NO]),
    (SILENCED, "hung_up_e2e"): (EndReason.E2E_FAILED, [DISTRUST]),
    (SILENCED, "dialled_back"): (MEETING, []),
    (SILENCED, "key_ready"): (SILENCED, [ALERTING]),
    (SILENCED, "both_active"): (EndReason.FAILED, [LEAVE]),
    (SILENCED, "strangers_active"): (EndReason.E2E_FAILED, [DISTRUST]),
    (SILENCED, "left"): (EndReason.SERVER_STOP, []),
    (MEETING, "declined"): (EndReason.BUSY, [BUSY]),
    (MEETING, "hung_up"): (EndReason.HANGUP, [LEAVE]),
    (MEETING, "hung_up_e2e"): (EndReason.E2E_FAILED, [DISTRUST]),
    (MEETING, "met"): (ACCEPTING, [NeedKey(CALL)]),
    (MEETING, "not_met"): (RINGING, [Ring(CALL), NeedKey(CALL)]),
    (MEETING, "key_ready"): (MEETING, [ALERTING]),
    (MEETING, "both_active"): (MEETING, []),
    (MEETING, "strangers_active"): (EndReason.E2E_FAILED, [DISTRUST]),
    (MEETING, "left"): (EndReason.SERVER_STOP, []),
    (ACCEPTING, "hung_up"): (EndReason.HANGUP, [LEAVE]),
    (ACCEPTING, "hung_up_e2e"): (EndReason.E2E_FAILED, [DISTRUST]),
    (ACCEPTING, "muted"): (ACCEPTING, [MUTE]),
    (ACCEPTING, "key_ready"): (ACCEPTING, [ALERTING]),
    (ACCEPTING, "both_active"): (TALKING, [OPEN]),
    (ACCEPTING, "strangers_active"): (EndReason.E2E_FAILED, [DISTRUST]),
    (ACCEPTING, "refused"): (EndReason.FAILED, [LEAVE]),
    (ACCEPTING, "left"): (EndReason.SERVER_STOP, []),
    (TALKING, "hung_up"): (EndReason.HANGUP, [CLOSE, LEAVE]),
    (TALKING, "hung_up_e2e"): (EndReason.E2E_FAILED, [CLOSE, DISTRUST]),
    (TALKING, "muted"): (TALKING, [MUTE]),
    (TALKING, "key_ready"): (TALKING, [ALERTING]),
    (TALKING, "both_active"): (TALKING, []),
    (TALKING, "strangers_active"): (EndReason.E2E_FAILED, [CLOSE, DISTRUST]),
    (TALKING, "left"): (EndReason.SERVER_STOP, [CLOSE]),
    (TALKING, "held"): (HELD, [CLOSE, HOLD]),
    (TALKING, "held_there"): (RESUMING, [CLOSE]),
    (HELD, "hung_up"): (EndReason.HANGUP, [LEAVE]),
    (HELD, "hung_up_e2e"): (EndReason.E2E_FAILED, [DISTRUST]),
    (HELD, "muted"): (HELD, [MUTE]),
    (HELD, "key_ready"): (HELD, [ALERTING]),
    (HELD, "taken_back"): (RESUMING, [UNHOLD]),
    (HELD, "both_active"): (HELD, []),
    (HELD, "active_there"): (HELD, [HOLD]),
    (HELD, "wanted_here"): (RESUMING, []),
    (HELD, "strangers_active"): (EndReason.E2E_FAILED, [DISTRUST]),
    (HELD, "left"): (EndReason.SERVER_STOP, []),
    (RESUMING, "hung_up"): (EndReason.HANGUP, [LEAVE]),
    (RESUMING, "hung_up_e2e"): (EndReason.E2E_FAILED, [DISTRUST]),
    (RESUMING, "muted"): (RESUMING, [MUTE]),
    (RESUMING, "key_ready"): (RESUMING, [ALERTING]),
    (RESUMING, "held"): (HELD, [HOLD]),
    (RESUMING, "not_taken_back"): (HELD, []),
    (RESUMING, "both_active"): (TALKING, [OPEN]),
    (RESUMING, "strangers_active"): (EndReason.E2E_FAILED, [DISTRUST]),
    (RESUMING, "left"): (EndReason.SERVER_STOP, []),
    **{
        (state, "muted_there"): (state, [MUTED])
        for state in (DIALLING, ACCEPTING, TALKING, HELD, RESUMING)
    },
    **{
        (state, "held_there"): (state, [])
        for state in (DIALLING, MEETING, ACCEPTING, HELD, RESUMING)
    },
    **{
        (state, "wanted_here"): (state, [])
        for state in (DIALLING, MEETING, ACCEPTING, TALKING, RESUMING)
    },
    **{
        (state, "held_here"): (state, [])
        for state in (DIALLING, MEETING, ACCEPTING, TALKING, HELD, RESUMING)
    },
    # A line that has rung has asked for its key already.
    **{(state, "conference"): (state, []) for state in (RINGING, SILENCED, ACCEPTING)},
    **{
        (state, "conference"): (state, [KEY_WANTED])
        for state in (DIALLING, MEETING, TALKING, HELD, RESUMING)
    },
    (RINGING, "held_there"): (EndReason.FAILED, [HUSH, LEAVE]),
    (SILENCED, "held_there"): (EndReason.FAILED, [LEAVE]),
    (RINGING, "wanted_here"): (RESUMING, [HUSH]),
    (SILENCED, "wanted_here"): (RESUMING, []),
    (RINGING, "held_here"): (HELD, [HUSH]),
    (SILENCED, "held_here"): (HELD, []),
}


def line_in(state: PhoneCallState) -> Line:
    is_dialled = state in (DIALLING, TALKING, HELD, RESUMING)
    facts = LineFacts(CALL, is_incoming=not is_dialled, peers=frozenset({BOB}))
    line = dialled_line(facts) if is_dialled else incoming_line(facts)
    for name in WAYS[state]:
        INPUTS[name](line)
    return line


class LineTableTests(SynchronousTestCase):
    """Each input in each state."""

    def test_every_input_in_every_state(self) -> None:
        """An input leads where the table says with those outputs, or is refused without any."""
        for state in PhoneCallState:
            for name, happen in INPUTS.items():
                line = line_in(state)
                before = line.describe()
                self.assertIs(before.state, state)
                row = TABLE.get((state, name))
                if row is None:
                    self.assertRaises(NoTransition, happen, line)
                    self.assertEqual(line.describe(), before)
                    continue
                leads_to, outputs = row
                self.assertEqual(list(happen(line)), outputs, (state, name))
                after = line.describe()
                reached = after.end_reason if after.state is ENDED else after.state
                self.assertEqual(reached, leads_to, (state, name))

    def test_the_table_has_every_input(self) -> None:
        """No input of a line is forgotten here."""
        declared = {name for name in vars(Line) if not name.startswith("_")}
        self.assertEqual(declared, {*INPUTS, "describe"} - {"hung_up_e2e"})

    def test_the_microphone_opens_by_three_ways_only(self) -> None:
        """From dialling, accepting and resuming, where only the user's own wish leads."""
        opening = {state for (state, _), (_, outputs) in TABLE.items() if OPEN in outputs}
        self.assertEqual(opening, {DIALLING, ACCEPTING, RESUMING})
        self.assertEqual(
            self.leading_to(ACCEPTING),
            {(RINGING, "accepted"), (SILENCED, "accepted"), (MEETING, "met")},
        )
        self.assertEqual(
            self.leading_to(RESUMING),
            {
                (HELD, "taken_back"),
                (TALKING, "held_there"),
                *((state, "wanted_here") for state in (RINGING, SILENCED, HELD)),
            },
        )
        self.assertEqual(self.leading_to(DIALLING), set())

    def leading_to(self, there: PhoneCallState) -> set[tuple[PhoneCallState, str]]:
        """What leads to a state from another."""
        return {
            key for key, (leads_to, _) in TABLE.items() if leads_to is there and key[0] is not there
        }


class LineTests(SynchronousTestCase):
    """What a line remembers."""

    def test_the_key_is_asked_for_and_shown_once(self) -> None:
        """However often a call rings, and whatever the key machinery sends."""
        line = line_in(RINGING)
        line.dialled_back()
        self.assertEqual(line.met(frozenset({BOB})), ())
        self.assertEqual(line.key_ready(KEY), (ALERTING,))
        self.assertEqual(line.key_ready(KEY), ())

    def test_a_caller_shows_its_key_in_a_conference(self) -> None:
        """And not in a call between two, where it is revealed to each device."""
        line = line_in(DIALLING)
        self.assertEqual(line.key_ready(KEY), ())
        self.assertEqual(line.conference(), (NeedKey(CALL),))
        self.assertEqual(line.conference(), ())
        self.assertEqual(line.key_ready(KEY), (ALERTING,))

    def test_a_swap_is_asked_for_by_the_phone(self) -> None:
        """The lines ask nothing then."""
        line = line_in(TALKING)
        self.assertEqual(line.held(False), (CLOSE,))
        self.assertEqual(line.taken_back(False), ())

    def test_another_call_goes_on_here(self) -> None:
        """Wanted or held, as it was there."""
        for is_wanted, state in ((True, RESUMING), (False, HELD)):
            facts = LineFacts(CALL, is_incoming=False, peers=frozenset({BOB}))
            self.assertIs(merged_line(facts, is_wanted).describe().state, state)

    def test_whom_the_user_dialled(self) -> None:
        """A call that was met is with whom the user dialled."""
        line = line_in(MEETING)
        line.met(frozenset({CARL}))
        self.assertEqual(line.describe().peers, frozenset({CARL}))

    def test_muting_shows(self) -> None:
        """As it was set last."""
        line = line_in(TALKING)
        line.muted(True)
        self.assertTrue(line.describe().is_muted)

    def test_each_way_to_decline_has_its_reason(self) -> None:
        """The call ends here with what the user said."""
        for reason in DeclineReason:
            line = line_in(RINGING)
            line.declined(reason)
            self.assertEqual(line.describe().end_reason, EndReason(reason.value))
