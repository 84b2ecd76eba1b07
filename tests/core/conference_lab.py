"""A switchboard with several people on it, for the tests of hold, a second call and conferences."""

from tests.core.people_lab import ANNA, BOB, CARL, COMMITMENT, Desk, call_id, opened, session_id
from voip.core.call_limits import CallLimits
from voip.core.call_messages import Accept, CallChanged, Hold, Invite, InviteOk
from voip.core.calls import CallView, EndReason, LegState, LegView
from voip.core.effects import CallEnded, SetGate, SetReceivers, StartTimer, StopTimer, Tell
from voip.core.events import Event
from voip.core.ids import CallId, SessionId, StreamId, Username
from voip.core.messages import Done
from voip.core.switchboard import Switchboard, SwitchboardLimits
from voip.core.timers import TimerKey

DAVE = Username("dave")
ONE, TWO, THREE = call_id(1), call_id(2), call_id(3)
DEVICES = {"a1": ANNA, "b1": BOB, "b2": BOB, "c1": CARL, "d1": DAVE}


class Exchanged(Desk):
    """Anna, Carl and Dave have a device each, Bob has two; what the relay was told is kept."""

    def __init__(self, limits: CallLimits | None = None) -> None:
        super().__init__(Switchboard(SwitchboardLimits(calls=limits or CallLimits())))
        for device in ("c1", "d1"):
            self.switchboard.receive(opened(DEVICES[device], device), self.now)
        self.hearing: dict[tuple[SessionId, StreamId], SetReceivers] = {}
        self.shut: set[tuple[SessionId, StreamId]] = set()

    def happen(self, event: Event) -> None:
        self.effects = self.switchboard.receive(event, self.now)
        self.route()

    def done(self, device: str, *requests: object) -> None:
        """Each request is answered by Done."""
        for request in requests:
            answer = self.ask(device, request)  # type: ignore[arg-type]
            assert answer == Done(), answer
            self.route()

    def invite(self, device: str, *callees: Username, call: CallId = ONE) -> None:
        answer = self.ask(device, Invite(call, callees, COMMITMENT, len(callees) > 1))
        assert answer == InviteOk(call), answer
        self.route()

    def talk(self, device: str, other: str, call: CallId = ONE) -> None:
        """Two devices talk."""
        self.invite(device, DEVICES[other], call=call)
        self.done(other, Accept(call))

    def conference(self) -> None:
        """Anna, who is the host, Bob by b1 and Carl are in ``ONE``."""
        self.invite("a1", BOB, CARL)
        self.done("b1", Accept(ONE))
        self.done("c1", Accept(ONE))

    def two_calls(self) -> None:
        """Anna talks to Carl in ``TWO`` and holds Bob, who is on b1, in ``ONE``."""
        self.talk("a1", "b1")
        self.done("a1", Hold(ONE))
        self.talk("a1", "c1", call=TWO)

    def route(self) -> None:
        """Keep what the relay knows by now."""
        for effect in self.effects:
            match effect:
                case SetReceivers(sender, stream, receivers):
                    self.hearing[sender, stream] = effect
                    if not receivers:
                        del self.hearing[sender, stream]
                case SetGate(sender, stream, is_open):
                    self.shut.discard((sender, stream))
                    if not is_open:
                        self.shut.add((sender, stream))

    def hears(self, device: str) -> set[str]:
        """The devices whose voice reaches this one."""
        names = {session_id(name): name for name in DEVICES}
        return {
            names[sender]
            for (sender, stream), effect in self.hearing.items()
            if session_id(device) in effect.receivers and (sender, stream) not in self.shut
        }

    def call(self, number: CallId = ONE) -> CallView:
        """A call as the switchboard has it."""
        [view] = [one for one in self.switchboard.calls(self.now) if one.call_id == number]
        return view

    def leg(self, device: str, call: CallId = ONE) -> LegView:
        [leg] = [one for one in self.call(call).legs if one.device_name == device]
        return leg

    def state(self, device: str, call: CallId = ONE) -> LegState:
        return self.leg(device, call).state

    def told_of(self, device: str, call: CallId = ONE) -> CallView:
        """What a device was told of a call last."""
        session = session_id(device)
        tells = [one.notice for one in self.effects if isinstance(one, Tell)]
        sessions = [one.session for one in self.effects if isinstance(one, Tell)]
        views = [
            notice.call
            for notice, to in zip(tells, sessions, strict=True)
            if isinstance(notice, CallChanged) and to == session and notice.call.call_id == call
        ]
        return views[-1]

    def reason(self, device: str, call: CallId = ONE) -> EndReason | None:
        """Why a device's own leg left, as it was told."""
        names = {session_id(name): opened(who, name).device for name, who in DEVICES.items()}
        leg = self.told_of(device, call).leg_of(names[session_id(device)])
        assert leg is not None
        return leg.end_reason

    def ended(self) -> list[CallEnded]:
        return [one for one in self.effects if isinstance(one, CallEnded)]

    def started(self) -> list[TimerKey]:
        return [one.key for one in self.effects if isinstance(one, StartTimer)]

    def stopped(self) -> list[TimerKey]:
        return [one.key for one in self.effects if isinstance(one, StopTimer)]
