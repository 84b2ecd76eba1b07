"""A phone from outside: calls as a server shows them, and a listener that trusts none of it."""

from dataclasses import replace

from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import (
    ANNA,
    BOB,
    CARL,
    COMMITMENT,
    KEY,
    call_id,
    call_view,
    device_id,
    leg_view,
)
from voip.core.call_messages import Accept, Hold, Invite, InviteOk, Swap, Unhold
from voip.core.calls import CallView, DeclineReason, EndReason, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId, Username
from voip.core.messages import Done
from voip.core.phone import Phone
from voip.core.phone_words import (
    Ask,
    Changed,
    CloseMicrophone,
    OpenMicrophone,
    PhoneCall,
    PhoneCallState,
    PhoneOutput,
    PhoneOutputs,
)

DIALING, INVITED, RINGING = LegState.DIALING, LegState.INVITED, LegState.RINGING
ACTIVE, LEFT = LegState.ACTIVE, LegState.LEFT
CALL, OTHER = call_id(1), call_id(2)
BUSY = DeclineReason.BUSY
WRONG_STATE = Refusal(ErrorCode.WRONG_STATE)


def incoming(mine: LegState, number: int = 1, version: int = 1, caller: Username = BOB) -> CallView:
    """A call to anna's device."""
    his = ACTIVE if mine is ACTIVE else LEFT if mine is LEFT else DIALING
    reason = EndReason.CANCELLED if mine is LEFT else None
    return call_view(
        number,
        version,
        leg_view(1, caller, "b1", his, reason),
        leg_view(2, ANNA, "a1", mine, reason),
    )


def outgoing(mine: LegState, version: int = 1, callee: Username = BOB) -> CallView:
    """A call of anna's device."""
    his = INVITED if mine is DIALING else mine
    reason = EndReason.DECLINED if mine is LEFT else None
    return call_view(
        1, version, leg_view(1, ANNA, "a1", mine, reason), leg_view(2, callee, "b1", his, reason)
    )


def done(outputs: PhoneOutputs | Refusal) -> list[PhoneOutput]:
    """What is to be done, without what changed."""
    assert not isinstance(outputs, Refusal), outputs
    return [one for one in outputs if not isinstance(one, Changed)]


def ended(outputs: PhoneOutputs | Refusal) -> list[EndReason | None]:
    """How calls ended."""
    assert not isinstance(outputs, Refusal), outputs
    calls = [one.call for one in outputs if isinstance(one, Changed)]
    return [call.end_reason for call in calls if call.state is PhoneCallState.ENDED]


def incoming_two(mine: LegState) -> CallView:
    """The second call, which anna dialled."""
    return call_view(2, 1, leg_view(1, ANNA, "a1", mine), leg_view(2, BOB, "b1", mine))


class AnnasPhone(SynchronousTestCase):
    """Anna's phone."""

    def setUp(self) -> None:
        self.phone = Phone(device_id("a1"))

    def dial(self, number: int = 1, callee: Username = BOB) -> list[PhoneOutput]:
        return done(self.phone.dialled((callee,), call_id(number), COMMITMENT))

    def state(self, call: CallId = CALL) -> PhoneCallState | None:
        shown = self.phone.call(call)
        return None if shown is None else shown.state


# What a server may send that wants to listen: anything at all.
PEOPLE = st.sampled_from([ANNA, BOB, CARL])
LEGS = st.builds(
    leg_view,
    st.integers(1, 3),
    PEOPLE,
    st.sampled_from(["a1", "a2", "b1", "c1"]),
    st.sampled_from(LegState),
    st.none() | st.sampled_from(EndReason),
)
NUMBERS = st.integers(1, 4)
VIEWS = st.builds(
    lambda number, version, legs, is_conference, into: replace(
        call_view(number, version, *legs),
        is_conference=is_conference,
        merged_into=None if into is None else call_id(into),
    ),
    NUMBERS,
    st.integers(1, 6),
    st.lists(LEGS, min_size=1, max_size=3),
    st.booleans(),
    st.none() | NUMBERS,
)
STEPS = st.one_of(
    st.tuples(st.just("view"), VIEWS),
    st.tuples(st.just("view"), VIEWS),
    st.tuples(st.just("snapshot"), st.lists(VIEWS, max_size=2)),
    st.tuples(st.just("invite ok"), st.tuples(NUMBERS, NUMBERS)),
    st.tuples(st.just("refused"), NUMBERS),
    st.tuples(st.just("dial"), st.tuples(NUMBERS, st.sampled_from([BOB, CARL]))),
    st.tuples(st.just("accept"), NUMBERS),
    st.tuples(st.just("hang up"), NUMBERS),
    st.tuples(st.just("hold"), NUMBERS),
    st.tuples(st.just("take back"), NUMBERS),
    st.tuples(st.just("hold refused"), NUMBERS),
    st.tuples(st.just("unhold refused"), NUMBERS),
    st.tuples(st.just("swap refused"), st.tuples(NUMBERS, NUMBERS)),
    st.tuples(st.just("key"), NUMBERS),
)


class Listener:
    """Watches a phone from outside: what the user wanted, and what the microphone does."""

    def __init__(self) -> None:
        self.phone = Phone(device_id("a1"))
        self.dialled: dict[CallId, Username] = {}
        self.accepted: dict[CallId, frozenset[Username]] = {}
        # those into which a call went that the user wanted, and with whom it was
        self.merged: dict[CallId, frozenset[Username]] = {}
        self.on_hold: set[CallId] = set()  # by the user's word
        self.open: CallId | None = None

    def step(self, kind: str, what: object) -> None:
        outputs = self.outputs(kind, what)
        for one in () if isinstance(outputs, Refusal) else outputs:
            match one:
                case OpenMicrophone(call_id=call):
                    assert self.open is None
                    self.check(call)
                    self.open = call
                case CloseMicrophone(call_id=call):
                    assert self.open == call
                    self.open = None
                case Ask(request=Hold(call_id=call) | Swap(hold=call)):
                    self.on_hold.add(call)
                case Changed(
                    call=PhoneCall(
                        end_reason=EndReason.MERGED, view=CallView() as view, peers=peers
                    )
                ):
                    self.went_on(view, peers)

    def went_on(self, view: CallView, peers: frozenset[Username]) -> None:
        """A call was merged: the wish to talk in it goes on in the other."""
        if view.merged_into is not None and view.call_id not in self.on_hold:
            into = view.merged_into
            self.merged[into] = self.merged.get(into, frozenset()) | peers
            self.on_hold.discard(view.merged_into)

    def check(self, call: CallId) -> None:
        """The user dialled or accepted this call, or dialled exactly who is in it; and has not
        put it on hold."""
        assert call not in self.on_hold
        shown = self.phone.call(call)
        assert shown is not None
        assert shown.view is not None
        is_wanted = call in self.merged or call in self.accepted or call in self.dialled
        if shown.view.is_conference and is_wanted:
            return
        others = {
            leg.username
            for leg in shown.view.legs
            if leg.state is ACTIVE and leg != shown.view.leg_of(device_id("a1"))
        }
        wanted = [self.accepted.get(call, frozenset()), *({one} for one in self.dialled.values())]
        wanted.append(self.merged.get(call, frozenset()))
        assert any(others and others <= people for people in wanted)
        if not is_wanted:
            assert shown.is_incoming

    def outputs(self, kind: str, what: object) -> PhoneOutputs | Refusal:  # noqa: C901 - one a step
        match kind, what:
            case "view", CallView() as view:
                return self.phone.call_changed(view)
            case "snapshot", list(views):
                return self.phone.resumed(views)
            case "invite ok", (int(dialled), int(named)):
                request = Invite(call_id(dialled), (BOB,), COMMITMENT)
                return self.phone.answered(request, InviteOk(call_id(named)))
            case "refused", int(number):
                return self.phone.answered(Accept(call_id(number)), WRONG_STATE)
            case "dial", (int(number), str(callee)):
                outputs = self.phone.dialled((Username(callee),), call_id(number), COMMITMENT)
                if not isinstance(outputs, Refusal):
                    self.dialled[call_id(number)] = Username(callee)
                return outputs
            case "accept", int(number):
                return self.accept(call_id(number))
            case "hang up", int(number):
                return self.phone.hung_up(call_id(number))
            case "hold", int(number):
                return self.phone.held(call_id(number))
            case "take back", int(number):
                return self.take_back(call_id(number))
            case "hold refused", int(number):
                return self.phone.answered(Hold(call_id(number)), WRONG_STATE)
            case "unhold refused", int(number):
                return self.phone.answered(Unhold(call_id(number)), WRONG_STATE)
            case "swap refused", (int(one), int(other)):
                return self.phone.answered(Swap(call_id(one), call_id(other)), WRONG_STATE)
            case _, int(number):
                return self.phone.key_ready(call_id(number), KEY)
        raise AssertionError(kind)

    def take_back(self, call: CallId) -> PhoneOutputs | Refusal:
        outputs = self.phone.taken_back(call)
        if not isinstance(outputs, Refusal):
            self.on_hold.discard(call)
        return outputs

    def accept(self, call: CallId) -> PhoneOutputs | Refusal:
        shown = self.phone.call(call)
        outputs = self.phone.accepted(call)
        if shown is not None and not isinstance(outputs, Refusal):
            self.accepted[call] = shown.peers
        return outputs


def mine(state: LegState, version: int, number: int = 1) -> CallView:
    """A call that anna dialled and bob answered; her leg is where it says."""
    return call_view(
        number, version, leg_view(1, ANNA, "a1", state), leg_view(2, BOB, "b1", ACTIVE)
    )


class TalkingCase(AnnasPhone):
    """Anna talks to Bob, whom she has dialled."""

    def setUp(self) -> None:
        super().setUp()
        self.dial()
        self.phone.call_changed(mine(ACTIVE, 1))

    def on_hold(self) -> None:
        """She has put him on hold, and the server knows."""
        self.phone.held(CALL)
        self.phone.answered(Hold(CALL), Done())
        self.phone.call_changed(mine(LegState.HELD, 2))


def merged(view: CallView, into: int) -> CallView:
    """The end of a call whose leg goes on in another."""
    legs = tuple(replace(leg, end_reason=EndReason.MERGED) for leg in view.legs)
    return replace(view, legs=legs, ended=EndReason.MERGED, merged_into=call_id(into))
