"""Random schedules: two to four people, up to three devices each, and a real switchboard.

A seed chooses what people do, which queue moves, which timer runs out, who loses the connection and
whether it comes back. After each step it is checked what must always hold; at rest, that server and
phones see the same.
"""

from collections import deque
from collections.abc import Callable
from random import Random

from tests.core.people_lab import ANNA, BOB, CARL, COMMITMENT, KEY, call_id
from tests.core.schedule_checks import (
    check_agreement,
    check_answers,
    check_microphones,
    check_streams,
)
from tests.core.schedule_device import RINGING, Device
from voip.core.call_messages import (
    AddParticipant,
    CallChanged,
    EndForAll,
    Kick,
    Merge,
    SetLock,
    SetMute,
)
from voip.core.effects import (
    Effect,
    EndSession,
    Reply,
    SetGate,
    SetReceivers,
    StartTimer,
    StopTimer,
    Tell,
)
from voip.core.errors import Refusal
from voip.core.events import (
    Asked,
    Event,
    SessionClosed,
    SessionLost,
    SessionResumed,
    SwitchboardRequest,
    TimerFired,
)
from voip.core.ids import CallId, LegNumber, SessionId, StreamId, Username
from voip.core.messages import Snapshot
from voip.core.phone_words import PhoneCall, PhoneCallState
from voip.core.switchboard import Switchboard
from voip.core.timers import GraceOver, LonelyCall, NoAnswer, TimerKey

PEOPLE = (ANNA, BOB, CARL, Username("dave"))
STEPS = 80
_JOINED = (PhoneCallState.TALKING, PhoneCallState.HELD, PhoneCallState.RESUMING)


class World:
    """Everybody and the server, as one seed has them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.switchboard = Switchboard()
        self.now = 0.0
        self.timers: dict[TimerKey, None] = {}
        self.streams: dict[tuple[SessionId, StreamId], tuple[SessionId, ...]] = {}
        self.shut: set[tuple[SessionId, StreamId]] = set()
        self.calls_made = 0
        self.merged: set[CallId] = set()
        self.people = PEOPLE[: self.random.randint(2, len(PEOPLE))]
        self.devices = [
            Device(person, f"{person[0]}{number}")
            for person in self.people
            for number in range(1, self.random.choice((1, 1, 1, 2, 3)) + 1)
        ]
        self.by_session: dict[SessionId, Device] = {}
        for device in self.devices:
            self.log_in(device)
        if self.random.random() < 0.5:
            self.begin_with_two_calls()

    def begin_with_two_calls(self) -> None:
        """Somebody talks in one call and holds another, or talks to one person alone."""
        busy = self.devices[0]
        for other in self.people[1:3]:
            self.dial_those(busy, (other,), is_conference=False)
            self.move_all()
            callee = next(one for one in self.devices if one.username == other)
            self.accept(callee)
            self.move_all()

    def run(self, steps: int = STEPS) -> None:
        """The whole schedule, to the end, when everybody has hung up."""
        for _ in range(steps):
            actions = SELDOM if self.random.random() < 0.01 else ACTIONS
            self.random.choice(actions)(self, self.random.choice(self.devices))
            self.check()
        self.come_to_rest()
        for device in self.devices:
            for call in device.phone.calls():
                device.carry_out(device.phone.hung_up(call.call_id))
        self.come_to_rest()
        assert self.switchboard.calls(self.now) == ()
        assert (self.streams, self.shut) == ({}, set())
        assert not any(one.ringing or one.microphone for one in self.devices)
        assert not any(isinstance(key, GraceOver | NoAnswer | LonelyCall) for key in self.timers)

    # The server's side.

    def log_in(self, device: Device) -> None:
        event = device.login()
        self.by_session[device.session] = device
        self.receive(event)

    def receive(self, event: Event) -> None:
        self.now += 0.01
        effects = self.switchboard.receive(event, self.now)
        replies = [effect for effect in effects if isinstance(effect, Reply)]
        assert len(replies) == isinstance(event, Asked)
        for effect in effects:
            self.carry_out(effect, event)

    def carry_out(self, effect: Effect, event: Event) -> None:  # noqa: C901 - one case an effect
        match effect:
            case Reply(session=session, answer=answer):
                assert isinstance(event, Asked)
                self.by_session[session].down.append((event.request, answer))
                if isinstance(event.request, Merge) and not isinstance(answer, Refusal):
                    self.merged.add(event.request.call_id)
            case Tell(session=session, notice=CallChanged(call=view)):
                device = self.by_session[session]
                assert view.version > device.versions.get(view.call_id, 0)
                device.versions[view.call_id] = view.version
                device.down.append(view)
            case StartTimer(key=key):
                self.timers[key] = None
            case StopTimer(key=key):
                assert key in self.timers
                del self.timers[key]
            case SetReceivers(sender=sender, stream=stream, receivers=receivers):
                self.streams[sender, stream] = receivers
                if not receivers:
                    del self.streams[sender, stream]
            case SetGate(sender=sender, stream=stream, is_open=is_open):
                assert ((sender, stream) in self.shut) == is_open
                if is_open:
                    self.shut.remove((sender, stream))
                else:
                    self.shut.add((sender, stream))
            case EndSession(session=session):
                self.by_session[session].is_gone = True

    # The wires.

    def move_up(self, device: Device) -> None:
        if device.is_linked and device.up:
            self.receive(Asked(device.session, 1, device.up.popleft()))

    def move_down(self, device: Device) -> None:
        if device.is_linked and device.down:
            device.hear(device.down.popleft())

    def move_all(self, _device: Device | None = None) -> None:
        while waiting := [one for one in self.devices if one.is_linked and (one.up or one.down)]:
            device = self.random.choice(waiting)
            self.move_up(device)
            self.move_down(device)

    def break_link(self, device: Device) -> None:
        if device.is_linked:
            device.is_linked = False
            self.receive(SessionLost(device.session))

    def come_back(self, device: Device) -> None:
        """Resume with what was kept for the session, or log in again when it is gone.

        A snapshot that had not arrived went down with its connection.
        """
        if device.is_linked:
            return
        if device.is_gone:
            device.carry_out(device.phone.disconnected())
            self.log_in(device)
            return
        device.is_linked = True
        device.down = deque(one for one in device.down if not isinstance(one, Snapshot))
        self.receive(SessionResumed(device.session))
        snapshot = self.switchboard.snapshot(device.session, self.now)
        if self.random.random() < 0.5:
            device.down.appendleft(snapshot)
        else:
            device.down.append(snapshot)

    def log_out_and_in(self, device: Device) -> None:
        if device.is_linked:
            self.receive(SessionClosed(device.session))
            device.carry_out(device.phone.disconnected())
            self.log_in(device)

    def run_out(self, _device: Device) -> None:
        if self.timers:
            key = self.random.choice(list(self.timers))
            del self.timers[key]
            self.receive(TimerFired(key))

    # What people do.

    def dial(self, device: Device) -> None:
        if len(device.phone.calls()) > self.random.randint(0, 2):
            return
        others = [one for one in self.people if one != device.username]
        count = 1 if self.random.random() < 0.7 else self.random.randint(1, len(others))
        callees = tuple(self.random.sample(others, count))
        self.dial_those(device, callees, is_conference=count > 1 or self.random.random() < 0.2)

    def dial_those(
        self, device: Device, callees: tuple[Username, ...], is_conference: bool
    ) -> None:
        self.calls_made += 1
        new = call_id(self.calls_made)
        outputs = device.phone.dialled(callees, new, COMMITMENT, is_conference=is_conference)
        if not isinstance(outputs, Refusal):
            device.meant[new] = frozenset(callees)
        device.carry_out(outputs)

    def accept(self, device: Device) -> None:
        for call in self.one_call(device, *RINGING):
            outputs = device.phone.accepted(call.call_id)
            if not isinstance(outputs, Refusal):
                device.meant[call.call_id] = call.peers
            device.carry_out(outputs)

    def turn_down(self, device: Device) -> None:
        for call in self.one_call(device, *PhoneCallState):
            how = self.random.choice(
                (device.phone.declined, device.phone.ignored, device.phone.hung_up)
            )
            device.carry_out(how(call.call_id))

    def distrust(self, device: Device) -> None:
        for call in self.one_call(device, *PhoneCallState):
            device.carry_out(device.phone.hung_up(call.call_id, e2e_failed=True))

    def hold(self, device: Device) -> None:
        for call in self.one_call(device, PhoneCallState.TALKING):
            device.carry_out(device.phone.held(call.call_id))

    def take_back(self, device: Device) -> None:
        for call in self.one_call(device, PhoneCallState.HELD):
            outputs = device.phone.taken_back(call.call_id)
            if not isinstance(outputs, Refusal):
                device.on_hold.discard(call.call_id)
            device.carry_out(outputs)

    def mute(self, device: Device) -> None:
        for call in self.one_call(device, *_JOINED):
            device.carry_out(device.phone.muted(call.call_id, self.random.random() < 0.5))

    def add(self, device: Device) -> None:
        for call in self.one_call(device, *_JOINED):
            who = self.random.choice(self.people)
            device.up.append(AddParticipant(call.call_id, (who,), self.random.random() < 0.2))

    def merge(self, device: Device) -> None:
        calls = [call for call in device.phone.calls() if call.state in _JOINED]
        if len(calls) > 1:
            one, other = self.random.sample(calls, 2)
            device.up.append(Merge(one.call_id, other.call_id))

    def be_host(self, device: Device) -> None:
        for call in self.one_call(device, *_JOINED):
            who = self.random.choice(self.people)
            leg = LegNumber(self.random.randint(1, 4))
            requests: tuple[SwitchboardRequest, ...] = (
                Kick(call.call_id, who),
                SetLock(call.call_id, self.random.random() < 0.3),
                SetMute(call.call_id, True, leg),
                EndForAll(call.call_id),
            )
            device.up.append(self.random.choice(requests))

    def make_keys(self, device: Device) -> None:
        while device.keys_wanted:
            device.carry_out(device.phone.key_ready(device.keys_wanted.pop(0), KEY))

    def one_call(self, device: Device, *states: PhoneCallState) -> list[PhoneCall]:
        """One of the device's calls, mostly one for which the deed makes sense."""
        calls = device.phone.calls()
        fitting = [call for call in calls if call.state in states]
        among = calls if self.random.random() < 0.1 else fitting
        return [self.random.choice(among)] if among else []

    # What must hold.

    def come_to_rest(self) -> None:
        """All are connected and everything has arrived: server and phones see the same."""
        for device in self.devices:
            self.come_back(device)
            self.make_keys(device)
        self.move_all()
        for device in self.devices:
            self.make_keys(device)
        self.move_all()
        self.check()
        check_agreement(self.devices, self.switchboard.calls(self.now))

    def check(self) -> None:
        """What always holds."""
        calls = self.switchboard.calls(self.now)
        check_answers(calls, self.merged)
        check_streams(
            calls, {one.session: one.name for one in self.devices}, self.streams, self.shut
        )
        check_microphones(self.devices)


Action = Callable[[World, Device], None]

# Each as often as it stands here.
ACTIONS: tuple[Action, ...] = (
    *(World.move_up,) * 8,
    *(World.move_down,) * 10,
    *(World.move_all,) * 8,
    *(World.dial,) * 5,
    *(World.accept,) * 12,
    World.turn_down,
    *(World.hold,) * 4,
    *(World.take_back,) * 6,
    *(World.add,) * 6,
    *(World.merge,) * 6,
    *(World.be_host,) * 2,
    *(World.make_keys,) * 3,
    World.mute,
    World.run_out,
    World.break_link,
    *(World.come_back,) * 3,
)
SELDOM: tuple[Action, ...] = (World.distrust, World.log_out_and_in)
