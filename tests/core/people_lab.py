"""People and devices for the tests of calls and presence: short names for long values."""

from hashlib import sha256

from voip.core.call_messages import CallChanged, Invite
from voip.core.calls import CallView, EndReason, LegKey, LegState, LegView
from voip.core.effects import Effect, Reply, Tell
from voip.core.events import Asked, SessionOpened, SwitchboardRequest
from voip.core.ids import AccountId, CallId, DeviceId, LegNumber, SessionId, StreamId, Username
from voip.core.messages import Answer, Notice
from voip.core.switchboard import Switchboard

ANNA, BOB, CARL = Username("anna"), Username("bob"), Username("carl")
KEY = LegKey(bytes(1216), bytes(64))
COMMITMENT = bytes(32)


def session_id(name: str) -> SessionId:
    return SessionId(sha256(name.encode()).digest()[:16])


def device_id(name: str) -> DeviceId:
    return DeviceId(sha256(name.encode()).digest())


def call_id(number: int) -> CallId:
    return CallId(number.to_bytes(16, "big"))


def opened(
    username: Username,
    device: str,
    nick: str = "",
    *,
    contacts: tuple[Username, ...] = (ANNA, BOB, CARL),
    blocked: tuple[Username, ...] = (),
) -> SessionOpened:
    """A login of ``username`` with the device of this name, which also names the session."""
    return SessionOpened(
        session=session_id(device),
        account=AccountId(sum(username.encode())),
        username=username,
        nick=nick or username.title(),
        device=device_id(device),
        device_name=device,
        certificate=b"certificate of " + device.encode(),
        contacts=tuple(name for name in contacts if name != username),
        blocked=blocked,
    )


def anyone_may_ring(callee: Username, caller: Username) -> bool:
    """Nobody is blocked and nobody wants quiet."""
    return True


def invite(to: Username, number: int = 1) -> Invite:
    return Invite(call_id(number), (to,), COMMITMENT)


def leg_view(
    number: int,
    username: Username,
    device: str,
    state: LegState,
    end_reason: EndReason | None = None,
) -> LegView:
    return LegView(
        number=LegNumber(number),
        username=username,
        nick=username.title(),
        device=device_id(device),
        certificate=b"",
        device_name=device,
        state=state,
        stream=StreamId(number * 10),
        end_reason=end_reason,
    )


def call_view(number: int, version: int, *legs: LegView) -> CallView:
    return CallView(call_id(number), version, legs, COMMITMENT)


class Desk:
    """A switchboard with anna's one device and bob's two, and what it said last."""

    def __init__(self, switchboard: Switchboard | None = None) -> None:
        self.switchboard = switchboard or Switchboard()
        self.now = 1000.0
        self.effects: list[Effect] = []
        for username, device in ((ANNA, "a1"), (BOB, "b1"), (BOB, "b2")):
            self.switchboard.receive(opened(username, device), self.now)

    def ask(self, device: str, request: SwitchboardRequest) -> Answer:
        """The one answer to a request; the other effects are in ``effects``."""
        asked = Asked(session_id(device), 7, request)
        first, *self.effects = self.switchboard.receive(asked, self.now)
        assert isinstance(first, Reply)
        assert (first.session, first.request_id) == (asked.session, 7)
        assert not any(isinstance(effect, Reply) for effect in self.effects)
        return first.answer

    def told(self, device: str) -> list[Notice]:
        """What a session was told last."""
        session = session_id(device)
        return [
            one.notice for one in self.effects if isinstance(one, Tell) if one.session == session
        ]

    def view(self, device: str) -> CallView:
        """The call that a session was told of last."""
        [notice] = self.told(device)
        assert isinstance(notice, CallChanged)
        return notice.call

    def states(self, device: str) -> list[LegState]:
        return [leg.state for leg in self.view(device).legs]

    def reasons(self, device: str) -> list[EndReason | None]:
        return [leg.end_reason for leg in self.view(device).legs]
