"""Two users, three devices and a real switchboard, in every order that messages can take.

Each device is a real ``Phone`` behind two queues, one each way. Hypothesis chooses what people do,
which queue moves, which timer runs out, who loses the connection and whether it comes back.
"""

from collections import deque
from dataclasses import dataclass, field, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.core.people_lab import ANNA, BOB, COMMITMENT, KEY, call_id, device_id, opened, session_id
from voip.core.call_messages import CallChanged
from voip.core.calls import CallView, LegState
from voip.core.effects import Effect, EndSession, Reply, SetReceivers, StartTimer, StopTimer, Tell
from voip.core.errors import Refusal
from voip.core.events import (
    Asked,
    Event,
    SessionClosed,
    SessionLost,
    SessionOpened,
    SessionResumed,
    TimerFired,
)
from voip.core.ids import CallId, SessionId, StreamId, Username
from voip.core.messages import Answer, Snapshot
from voip.core.phone import Phone
from voip.core.phone_words import (
    Ask,
    CloseMicrophone,
    Met,
    NeedKey,
    OpenMicrophone,
    PhoneCallState,
    PhoneOutputs,
    PhoneRequest,
    Ring,
    StopRinging,
)
from voip.core.switchboard import Switchboard
from voip.core.timers import GraceOver, TimerKey

SHOWN_AS = {
    LegState.DIALING: {PhoneCallState.DIALLING},
    LegState.INVITED: {PhoneCallState.RINGING, PhoneCallState.SILENCED},
    LegState.RINGING: {PhoneCallState.RINGING, PhoneCallState.SILENCED},
    LegState.ACTIVE: {PhoneCallState.TALKING},
}


@dataclass
class Device:
    """A phone, its two queues and what its user has wanted."""

    username: Username
    name: str
    logins: int = 0
    phone: Phone = field(init=False)
    session: SessionId = field(init=False)
    up: deque[PhoneRequest] = field(default_factory=deque)
    down: deque[tuple[PhoneRequest, Answer] | CallView | Snapshot] = field(default_factory=deque)
    is_linked: bool = True
    is_gone: bool = False
    keys_wanted: list[CallId] = field(default_factory=list)
    microphone: CallId | None = None
    ringing: set[CallId] = field(default_factory=set)
    consent: dict[CallId, frozenset[Username]] = field(default_factory=dict)
    versions: dict[CallId, int] = field(default_factory=dict)

    def login(self) -> SessionOpened:
        """A fresh session of the same device; its phone stays the same."""
        self.logins += 1
        self.session = session_id(f"{self.name}/{self.logins}")
        self.is_linked, self.is_gone = True, False
        self.up.clear()
        self.down.clear()
        return replace(opened(self.username, self.name), session=self.session)

    def carry_out(self, outputs: PhoneOutputs | Refusal) -> None:
        if isinstance(outputs, Refusal):
            return
        for output in outputs:
            match output:
                case Ask(request=request):
                    self.up.append(request)
                case NeedKey(call_id=call):
                    self.keys_wanted.append(call)
                case OpenMicrophone(call_id=call):
                    assert self.microphone is None
                    self.check_consent(call)
                    self.microphone = call
                case CloseMicrophone(call_id=call):
                    assert self.microphone == call
                    self.microphone = None
                case Ring(call_id=call):
                    assert call not in self.ringing
                    self.ringing.add(call)
                case StopRinging(call_id=call):
                    self.ringing.remove(call)
                case Met(dialled=dialled, call_id=call):
                    self.consent[call] = self.consent[dialled]

    def check_consent(self, call: CallId) -> None:
        shown = self.phone.call(call)
        assert shown is not None
        assert shown.view is not None
        active = {leg.username for leg in shown.view.legs if leg.state is LegState.ACTIVE}
        assert active - {self.username} <= self.consent[call]


class TwoUsers(RuleBasedStateMachine):
    """Anna has one device, Bob has two."""

    def __init__(self) -> None:
        super().__init__()
        self.switchboard = Switchboard()
        self.now = 0.0
        self.timers: dict[TimerKey, float] = {}
        self.streams: dict[tuple[SessionId, StreamId], tuple[SessionId, ...]] = {}
        self.calls_made = 0
        self.devices = [Device(ANNA, "a1"), Device(BOB, "b1"), Device(BOB, "b2")]
        for device in self.devices:
            event = device.login()
            device.phone = Phone(event.device)
            self.receive(event)

    # The server's side.

    def receive(self, event: Event, asked_by: Device | None = None) -> None:
        self.now += 0.01
        effects = self.switchboard.receive(event, self.now)
        replies = [effect for effect in effects if isinstance(effect, Reply)]
        assert len(replies) == (1 if asked_by else 0)
        for effect in effects:
            self.carry_out(effect, event)

    def carry_out(self, effect: Effect, event: Event) -> None:
        match effect:
            case Reply(session=session, answer=answer):
                assert isinstance(event, Asked)
                request = event.request
                self.device(session).down.append((request, answer))  # type: ignore[arg-type]
            case Tell(session=session, notice=CallChanged(call=view)):
                device = self.device(session)
                assert view.version > device.versions.get(view.call_id, 0)
                device.versions[view.call_id] = view.version
                device.down.append(view)
            case StartTimer(key=key, seconds=seconds):
                self.timers[key] = self.now + seconds
            case StopTimer(key=key):
                assert self.timers.pop(key, None) is not None
            case SetReceivers(sender=sender, stream=stream, receivers=receivers):
                assert self.streams.get((sender, stream), ()) != receivers
                self.streams[sender, stream] = receivers
                if not receivers:
                    del self.streams[sender, stream]
            case EndSession(session=session):
                self.device(session).is_gone = True

    def device(self, session: SessionId) -> Device:
        return next(one for one in self.devices if one.session == session)

    def fire(self, key: TimerKey) -> None:
        del self.timers[key]
        self.receive(TimerFired(key))

    # The wires.

    def move_up(self, device: Device) -> None:
        if device.is_linked and device.up:
            request = device.up.popleft()
            self.receive(Asked(device.session, 1, request), asked_by=device)

    def move_down(self, device: Device) -> None:
        if not (device.is_linked and device.down):
            return
        match device.down.popleft():
            case CallView() as view:
                device.carry_out(device.phone.call_changed(view))
            case Snapshot(calls=calls):
                device.carry_out(device.phone.resumed(calls))
            case request, answer:
                device.carry_out(device.phone.answered(request, answer))

    def come_back(self, device: Device, is_snapshot_first: bool) -> None:
        """Resume with what was kept for the session, or log in again when it is gone.

        A snapshot that had not arrived went down with its connection.
        """
        if device.is_gone:
            device.carry_out(device.phone.disconnected())
            self.receive(device.login())
            return
        device.is_linked = True
        device.down = deque(one for one in device.down if not isinstance(one, Snapshot))
        self.receive(SessionResumed(device.session))
        snapshot = self.switchboard.snapshot(device.session, self.now)
        if is_snapshot_first:
            device.down.appendleft(snapshot)
        else:
            device.down.append(snapshot)

    # What may happen.

    which = st.integers(0, 2)

    @rule(which=which)
    def dial(self, which: int) -> None:
        device = self.devices[which]
        self.calls_made += 1
        to = BOB if device.username == ANNA else ANNA
        new = call_id(self.calls_made)
        outputs = device.phone.dialled((to,), new, COMMITMENT)
        if not isinstance(outputs, Refusal):
            device.consent[new] = frozenset({to})
        device.carry_out(outputs)

    @rule(which=which, nth=st.integers(0, 3))
    def accept(self, which: int, nth: int) -> None:
        device = self.devices[which]
        for call in device.phone.calls()[nth : nth + 1]:
            outputs = device.phone.accepted(call.call_id)
            if not isinstance(outputs, Refusal):
                device.consent[call.call_id] = call.peers
            device.carry_out(outputs)

    @rule(which=which, nth=st.integers(0, 3), how=st.sampled_from(["decline", "ignore", "hang up"]))
    def turn_down(self, which: int, nth: int, how: str) -> None:
        device = self.devices[which]
        for call in device.phone.calls()[nth : nth + 1]:
            match how:
                case "decline":
                    device.carry_out(device.phone.declined(call.call_id))
                case "ignore":
                    device.carry_out(device.phone.ignored(call.call_id))
                case _:
                    device.carry_out(device.phone.hung_up(call.call_id))

    @rule(which=which, e2e_failed=st.booleans())
    def mute_or_distrust(self, which: int, e2e_failed: bool) -> None:
        device = self.devices[which]
        for call in device.phone.calls():
            if e2e_failed:
                device.carry_out(device.phone.hung_up(call.call_id, e2e_failed=True))
            else:
                device.carry_out(device.phone.muted(call.call_id, True))

    @rule(which=which)
    def keys_are_made(self, which: int) -> None:
        device = self.devices[which]
        while device.keys_wanted:
            device.carry_out(device.phone.key_ready(device.keys_wanted.pop(0), KEY))

    @rule(which=which)
    def one_request_arrives(self, which: int) -> None:
        self.move_up(self.devices[which])

    @rule(which=which)
    def one_message_arrives(self, which: int) -> None:
        self.move_down(self.devices[which])

    @rule()
    def all_arrives(self) -> None:
        while any(one.is_linked and (one.up or one.down) for one in self.devices):
            for device in self.devices:
                self.move_up(device)
                self.move_down(device)

    @precondition(lambda self: bool(self.timers))
    @rule(data=st.data())
    def a_timer_runs_out(self, data: st.DataObject) -> None:
        self.fire(data.draw(st.sampled_from(list(self.timers))))

    @rule(which=which)
    def connection_breaks(self, which: int) -> None:
        device = self.devices[which]
        if device.is_linked:
            device.is_linked = False
            self.receive(SessionLost(device.session))

    @rule(which=which, is_snapshot_first=st.booleans())
    def connection_returns(self, which: int, is_snapshot_first: bool) -> None:
        if not self.devices[which].is_linked:
            self.come_back(self.devices[which], is_snapshot_first)

    @rule(which=which)
    def logs_out_and_in(self, which: int) -> None:
        device = self.devices[which]
        if device.is_linked:
            self.receive(SessionClosed(device.session))
            device.carry_out(device.phone.disconnected())
            self.receive(device.login())

    @rule()
    def comes_to_rest(self) -> None:
        """All are connected and everything has arrived: server and phones see the same."""
        for device in self.devices:
            if not device.is_linked:
                self.come_back(device, is_snapshot_first=True)
        for which in range(3):
            self.keys_are_made(which)
        self.all_arrives()
        calls = self.switchboard.calls(self.now)
        for device in self.devices:
            self.check_agreement(device, calls)
        talking = [one for one in self.devices if one.microphone is not None]
        assert len(talking) in (0, 2)
        assert len(self.streams) == len(talking)
        assert len({one.microphone for one in talking}) < 2

    def check_agreement(self, device: Device, calls: tuple[CallView, ...]) -> None:
        shown = {call.call_id: call for call in device.phone.calls()}
        known = {view.call_id: view for view in calls if self.own_state(device, view)}
        assert shown.keys() == known.keys()
        for number, view in known.items():
            state = self.own_state(device, view)
            assert state is not None
            assert shown[number].state in SHOWN_AS[state]
            assert shown[number].view is not None
            is_ringing = shown[number].state is PhoneCallState.RINGING
            assert (number in device.ringing) == is_ringing
            assert (device.microphone == number) == (state is LegState.ACTIVE)

    def own_state(self, device: Device, view: CallView) -> LegState | None:
        leg = view.leg_of(device_id(device.name))
        return None if leg is None or leg.state is LegState.LEFT else leg.state

    # What always holds.

    @invariant()
    def nobody_answers_twice(self) -> None:
        for view in self.switchboard.calls(self.now):
            active = [leg.username for leg in view.legs if leg.state is LegState.ACTIVE]
            assert len(active) == len(set(active))
            assert len(active) in (0, 2)

    @invariant()
    def a_session_is_in_one_call(self) -> None:
        engaged = [
            leg.device
            for view in self.switchboard.calls(self.now)
            for leg in view.legs
            if leg.state in (LegState.DIALING, LegState.ACTIVE)
        ]
        assert len(engaged) == len(set(engaged))

    @invariant()
    def streams_flow_among_active_legs(self) -> None:
        expected = {}
        for view in self.switchboard.calls(self.now):
            active = [leg for leg in view.legs if leg.state is LegState.ACTIVE]
            for leg in active:
                others = {one.device for one in active if one is not leg}
                expected[leg.device, leg.stream] = others
        devices = {one.session: device_id(one.name) for one in self.devices}
        flowing = {
            (devices[sender], stream): {devices[one] for one in receivers}
            for (sender, stream), receivers in self.streams.items()
        }
        assert flowing == expected

    @invariant()
    def a_microphone_belongs_to_a_talk(self) -> None:
        for device in self.devices:
            talking = [
                call.call_id
                for call in device.phone.calls()
                if call.state is PhoneCallState.TALKING
            ]
            assert talking == ([] if device.microphone is None else [device.microphone])

    def teardown(self) -> None:
        """Everybody hangs up: nothing is left, nothing rings, no stream is open."""
        self.comes_to_rest()
        for device in self.devices:
            for call in device.phone.calls():
                device.carry_out(device.phone.hung_up(call.call_id))
        self.comes_to_rest()
        assert self.switchboard.calls(self.now) == ()
        assert self.streams == {}
        assert not any(one.ringing or one.microphone for one in self.devices)
        assert not any(isinstance(key, GraceOver) for key in self.timers)


TwoUsers.TestCase.settings = settings(
    deadline=None, max_examples=120, stateful_step_count=40, print_blob=False
)
