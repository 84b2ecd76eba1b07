"""One device in a random schedule: a real ``Phone`` behind two queues, one each way.

It carries out what the phone says and remembers what its user has meant, from outside the phone.
"""

from collections import deque
from dataclasses import dataclass, field, replace

from tests.core.people_lab import device_id, opened, session_id
from voip.core.call_messages import Hold, Swap
from voip.core.calls import JOINED, CallView, EndReason, LegState, filled_in
from voip.core.errors import Refusal
from voip.core.events import SessionOpened, SwitchboardRequest
from voip.core.ids import CallId, SessionId, Username
from voip.core.messages import Answer, Snapshot
from voip.core.phone import Phone
from voip.core.phone_words import (
    Ask,
    Changed,
    CloseMicrophone,
    Met,
    NeedKey,
    OpenMicrophone,
    PhoneCall,
    PhoneCallState,
    PhoneOutputs,
    PhoneRequest,
    Ring,
    StopRinging,
)

RINGING = (PhoneCallState.RINGING, PhoneCallState.SILENCED)
SHOWN_AS = {
    LegState.DIALING: (PhoneCallState.DIALLING,),
    LegState.INVITED: RINGING,
    LegState.RINGING: RINGING,
    LegState.ACTIVE: (PhoneCallState.TALKING,),
    LegState.HELD: (PhoneCallState.HELD,),
}

Told = tuple[SwitchboardRequest, Answer] | CallView | Snapshot


@dataclass
class Device:
    """A phone, its two queues and what its user has wanted."""

    username: Username
    name: str
    logins: int = 0
    phone: Phone = field(init=False)
    session: SessionId = field(init=False)
    up: deque[SwitchboardRequest] = field(default_factory=deque)
    down: deque[Told] = field(default_factory=deque)
    is_linked: bool = True
    is_gone: bool = False
    keys_wanted: list[CallId] = field(default_factory=list)
    microphone: CallId | None = None
    ringing: set[CallId] = field(default_factory=set)
    meant: dict[CallId, frozenset[Username]] = field(default_factory=dict)
    on_hold: set[CallId] = field(default_factory=set)
    versions: dict[CallId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.phone = Phone(device_id(self.name))

    def login(self) -> SessionOpened:
        """A fresh session of the same device; its phone stays the same."""
        self.logins += 1
        self.session = session_id(f"{self.name}/{self.logins}")
        self.is_linked, self.is_gone = True, False
        self.up.clear()
        self.down.clear()
        return replace(opened(self.username, self.name), session=self.session)

    def carry_out(self, outputs: PhoneOutputs | Refusal) -> None:
        for output in () if isinstance(outputs, Refusal) else outputs:
            match output:
                case Ask(request=request):
                    self.up.append(request)
                    self.note_hold(request)
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
                    self.meant[call] = self.meant[dialled]
                case Changed(call=call) if call.state is PhoneCallState.ENDED:
                    self.note_end(call)

    def note_hold(self, request: PhoneRequest) -> None:
        match request:
            case Hold(call_id=call) | Swap(hold=call):
                self.on_hold.add(call)

    def note_end(self, call: PhoneCall) -> None:
        """What the user meant of a call ends with it, or goes on in the one it was merged into."""
        meant = self.meant.pop(call.call_id, None)
        was_on_hold = call.call_id in self.on_hold
        self.on_hold.discard(call.call_id)
        into = call.view.merged_into if call.view is not None else None
        if call.end_reason is not EndReason.MERGED or into is None or meant is None:
            return
        if was_on_hold and into not in self.meant:
            self.on_hold.add(into)
        elif not was_on_hold:
            self.on_hold.discard(into)
        self.meant.setdefault(into, meant)

    def check_consent(self, call: CallId) -> None:
        """The user dialled, accepted or took back, and meant those who are there."""
        assert call in self.meant
        assert call not in self.on_hold
        shown = self.phone.call(call)
        assert shown is not None
        assert shown.view is not None
        others = {leg.username for leg in shown.view.legs if leg.state in JOINED}
        assert shown.view.is_conference or others - {self.username} <= self.meant[call]

    def hear(self, told: Told) -> None:
        """One thing that the server said."""
        match told:
            case CallView() as view:
                known = self.phone.call(view.call_id)
                view = filled_in(view, None if known is None else known.view)
                self.carry_out(self.phone.call_changed(view))
            case Snapshot(calls=calls):
                self.carry_out(self.phone.resumed(calls))
            case request, answer:
                if isinstance(request, PhoneRequest):
                    self.carry_out(self.phone.answered(request, answer))
