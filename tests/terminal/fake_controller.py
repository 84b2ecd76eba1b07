"""A client core that is told what to say: the whole ``Controller`` without a network.

It records every verb in ``asked`` and answers at once, unless ``refusals`` holds an error for the
verb or ``holds`` its name. Tests change its model with ``change``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from twisted.internet.defer import Deferred, fail, succeed

from tests.terminal.fake_account import LAPTOP, PHONE, FakeAccount
from tests.terminal.fake_calls import FakeCalls
from tests.terminal.fake_people import FakePeople, contact
from tests.terminal.fake_sound import FakeSound
from voip.client.model import (
    CallInfo,
    Change,
    ConnectionView,
    Controller,
    Link,
    LinkError,
    Model,
    Peer,
    ServerInfo,
)
from voip.client.voice.commands import CallFigures, DeviceList
from voip.core.calls import EndReason, LegState
from voip.core.history import HistoryEntry
from voip.core.ids import CallId, Username
from voip.core.messages import RegistrationPolicy
from voip.core.people import Person, Presence
from voip.core.people_messages import UserPage

T = TypeVar("T")

PIN = "9f2c41d07ab3e655" * 4
OTHER_PIN = "00112233aabbccdd" * 4
CALL_ID = CallId(b"c" * 16)

SERVER = ServerInfo(
    host="call.example.org",
    port=5061,
    name="call.example.org",
    policy=RegistrationPolicy.OPEN,
    pin=PIN,
    is_new_pin=False,
)


def person(
    username: str, nick: str = "", presence: Presence = Presence.AVAILABLE, text: str = ""
) -> Person:
    return Person(Username(username), nick or username, presence, text)


PEOPLE = (
    person("bob", "Bob Martin", text="at my desk until 17:00"),
    person("carol", "Carol Nguyen"),
    person("dave", "Dave Okafor", Presence.IN_CALL),
    person("echo", "Echo"),
    person("erin", "Erin Weiss", Presence.AWAY),
    person("tanaka", "田中 太郎"),
    person("zoe", "Zoé Martin", Presence.DO_NOT_DISTURB),
)


def call_with(
    who: Person,
    state: LegState,
    now: float = 0.0,
    *,
    is_incoming: bool = False,
    peer_state: LegState | None = None,
) -> CallInfo:
    """A call with one person."""
    peer = Peer(
        who.username,
        who.nick,
        "laptop",
        peer_state or (LegState.ACTIVE if state is LegState.ACTIVE else LegState.DIALING),
        is_connected=True,
        is_muted=False,
    )
    return CallInfo(CALL_ID, is_incoming, state, (peer,), now)


FIGURES = CallFigures(
    call_id=CALL_ID,
    codec="opus 48 kHz",
    path="udp",
    loss=0.004,
    loss_total=0.003,
    jitter_ms=4.0,
    rtt_ms=24.0,
    buffer_ms=40.0,
    mouth_to_ear_ms=118.0,
    sent=6650,
    received=6630,
    concealed_ms=60.0,
    repaired=12,
    undecryptable=0,
    seconds_heard=132.0,
)


class FakeController(FakeAccount, FakeCalls, FakePeople):
    """Answers as told."""

    def __init__(self) -> None:
        self.model = Model()
        self.asked: list[tuple[object, ...]] = []
        self.sound = FakeSound(self.asked, self._devices_are)
        self.refusals: dict[str, Exception] = {}
        self.holds: dict[str, Deferred[object]] = {}
        self.known: list[str] = []
        self.server = SERVER
        self.pages: list[UserPage] = []
        self.past: list[HistoryEntry] = []
        self.own_devices = [LAPTOP, PHONE]
        self.people: tuple[Person, ...] = ()
        self.looked_up: list[tuple[object, ...]] = []
        self._watchers: list[Callable[[Change], None]] = []

    # ---- for the test ------------------------------------------------------------------------

    def change(self, change: Change, **fields: object) -> None:
        """Set fields of the model and tell the watchers."""
        self.model = replace(self.model, **fields)  # type: ignore[arg-type]  # named by the test
        for watcher in list(self._watchers):
            watcher(change)

    def _devices_are(self, choices: DeviceList) -> None:
        self.change(Change.AUDIO, audio=replace(self.model.audio, choices=choices))

    def connection(self, link: Link, **fields: object) -> None:
        view = ConnectionView(link, self.server, **fields)  # type: ignore[arg-type]  # as above
        self.change(Change.CONNECTION, connection=view)

    def signed_in(self, username: str = "alice", people: Sequence[Person] = PEOPLE) -> None:
        me = Person(Username(username), username.capitalize(), Presence.AVAILABLE)
        self.people = tuple(people)
        self.model = replace(self.model, me=me, contacts=tuple(map(contact, people)))
        self.connection(Link.LOGGED_IN, rtt_ms=23.0)
        self.change(Change.ME | Change.CONTACTS)

    def ended(self, call: CallInfo, reason: EndReason, seconds: float = 0.0) -> None:
        over = replace(call, state=LegState.LEFT, end_reason=reason, talked_seconds=seconds)
        self.change(Change.CALLS, calls=(), last_ended=over)

    def _answer(self, verb: str, result: T, *arguments: object) -> Deferred[T]:
        self.asked.append((verb, *arguments))
        if verb in self.holds:
            held: Deferred[T] = Deferred()
            held_for_test: Deferred[object] = held  # type: ignore[assignment]  # fired by the test
            self.holds[verb] = held_for_test
            return held
        if verb in self.refusals:
            return fail(self.refusals[verb])
        return succeed(result)

    # ---- Controller --------------------------------------------------------------------------

    def watch(self, changed: Callable[[Change], None]) -> Callable[[], None]:
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def connect(self, address: str) -> Deferred[ServerInfo]:
        answer = self._answer("connect", self.server, address)
        if "connect" in self.refusals:
            error = self.refusals["connect"]
            trouble = error.trouble if isinstance(error, LinkError) else None
            self.change(Change.CONNECTION, connection=ConnectionView(Link.OFFLINE, trouble=trouble))
        elif "connect" in self.holds:
            self.change(Change.CONNECTION, connection=ConnectionView(Link.CONNECTING))
        else:
            self.connection(Link.CONNECTED)
        return answer

    def accept_new_pin(self, address: str, pin: str) -> None:
        self.asked.append(("accept_new_pin", address, pin))
        if "accept_new_pin" in self.refusals:
            raise self.refusals["accept_new_pin"]
        self.refusals.pop("connect", None)

    def call(self, usernames: Sequence[str]) -> Deferred[CallId]:
        return self._answer("call", CALL_ID, *usernames)

    def accept(self, call_id: CallId) -> Deferred[None]:
        return self._answer("accept", None, call_id)

    def decline(self, call_id: CallId) -> Deferred[None]:
        return self._answer("decline", None, call_id)

    def ignore(self, call_id: CallId) -> None:
        self.asked.append(("ignore", call_id))
        self.call_is(call_id, is_silenced=True)

    def hang_up(self, call_id: CallId) -> Deferred[None]:
        return self._answer("hang_up", None, call_id)

    def set_muted(self, is_muted: bool) -> None:
        self.asked.append(("set_muted", is_muted))
        self.calls(*(replace(call, is_muted=is_muted) for call in self.model.calls))

    def mark_verified(self, call_id: CallId) -> None:
        self.asked.append(("mark_verified", call_id))
        if "mark_verified" in self.refusals:
            raise self.refusals["mark_verified"]

    def trust_new_key(self, username: str) -> None:
        self.asked.append(("trust_new_key", username))
        if "trust_new_key" in self.refusals:
            raise self.refusals["trust_new_key"]

    def close(self) -> Deferred[None]:
        return self._answer("close", None)


def as_controller(fake: FakeController) -> Controller:
    """The type checker's word that the fake is whole."""
    return fake
