"""A server without sockets for tests: a memory store, a relay that notes, a clock that stands.

``Office`` holds the parts; ``Talk`` is one connection to it, spoken on in plain messages.
"""

from collections.abc import Sequence
from dataclasses import replace

from twisted.internet.task import Clock

from tests.server.noted_audit import NotedAudit
from tests.server.someone import Counted, Someone
from voip.config import Limits, Settings
from voip.core.call_messages import Invite
from voip.core.errors import ErrorCode, LocalProtocolError, Refusal
from voip.core.ids import CallId, Cid, StreamId
from voip.core.limits import ConnectionLimits
from voip.core.messages import (
    Answer,
    AuthChallenge,
    AuthOk,
    Hello,
    Notice,
    RegistrationPolicy,
    Request,
)
from voip.core.switchboard import Switchboard
from voip.server.accounts import Accounts
from voip.server.conversation import Conversation
from voip.server.live import LiveSettings
from voip.server.logins import Logins
from voip.server.media import MediaLegs
from voip.server.people import People
from voip.server.premises import Premises
from voip.server.rates import live_buckets, live_throttle
from voip.server.reception import Reception
from voip.server.relay.interface import RelayStats, Way
from voip.server.tunnels import Tunnels
from voip.store.memory import MemoryStore
from voip.store.people import Store
from voip.wire.codec import ClientFrame
from voip.wire.datagram import MediaKeys
from voip.wire.roaming import Tunnel

EXPORTER = b"e" * 32
NOW_UTC = 1_700_000_000


CALL = CallId(b"c" * 16)


def code_of(answer: Answer | None) -> ErrorCode | None:
    """The code of a refusal; None for anything else."""
    return answer.code if isinstance(answer, Refusal) else None


def invite(callee: Someone) -> Invite:
    """A call to somebody."""
    return Invite(CALL, (callee.username,), b"h" * 32)


class NotedRelay:
    """A ``RelayEngine`` that keeps the rules of the interface and moves nothing."""

    def __init__(self) -> None:
        self.legs: dict[Cid, tuple[MediaKeys, MediaKeys]] = {}
        self.receivers: dict[tuple[Cid, StreamId], tuple[Cid, ...]] = {}
        self.rooms: dict[tuple[Cid, StreamId], int] = {}
        self.gates: dict[tuple[Cid, StreamId], bool] = {}
        self.tunnelled: list[tuple[bytes, Tunnel]] = []
        self.tunnels_lost: list[tuple[Cid, Tunnel]] = []
        self.ways: dict[Cid, Way] = {}
        self.figures = RelayStats("noted", 0, 0, 0, 0, 0, 0, {})
        self.is_running = False

    def start(self) -> None:
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False

    def open_leg(self, cid: Cid, keys_in: MediaKeys, keys_out: MediaKeys) -> None:
        if cid in self.legs:
            raise LocalProtocolError("cid in use")
        self.legs[cid] = (keys_in, keys_out)

    def close_leg(self, cid: Cid) -> None:
        if cid not in self.legs:
            raise LocalProtocolError("no such leg")
        del self.legs[cid]
        kept = {key: to for key, to in self.receivers.items() if key[0] != cid}
        self.receivers = {key: tuple(c for c in to if c != cid) for key, to in kept.items()}

    def set_receivers(
        self, cid: Cid, stream: StreamId, receivers: Sequence[Cid], room: int = 0
    ) -> None:
        if {cid, *receivers} - self.legs.keys():
            raise LocalProtocolError("no such leg")
        self.receivers[cid, stream] = tuple(receivers)
        self.rooms[cid, stream] = room
        self.gates.setdefault((cid, stream), True)
        if not receivers:
            del self.gates[cid, stream]

    def set_gate(self, cid: Cid, stream: StreamId, is_open: bool) -> None:
        if not self.receivers.get((cid, stream)):
            raise LocalProtocolError("no such stream")
        self.gates[cid, stream] = is_open

    def take_tunnelled(self, datagram: bytes, tunnel: Tunnel) -> None:
        self.tunnelled.append((datagram, tunnel))

    def tunnel_lost(self, cid: Cid, tunnel: Tunnel) -> None:
        self.tunnels_lost.append((cid, tunnel))

    def way(self, cid: Cid) -> Way | None:
        return self.ways.get(cid)

    def stats(self) -> RelayStats:
        return replace(self.figures, legs=len(self.legs))


def live_settings(
    policy: RegistrationPolicy = RegistrationPolicy.OPEN,
    limits: ConnectionLimits | None = None,
    sessions_per_account: int = 10,
    registrations_per_hour: int = 200,
) -> LiveSettings:
    """Settings of a server with these limits of connections."""
    limits = limits or ConnectionLimits()
    settings = Settings(
        registration=policy,
        server_name="test server",
        limits=Limits(
            unauthenticated_per_source=limits.fresh_per_source,
            sessions_per_account=sessions_per_account,
            registrations_per_hour=registrations_per_hour,
        ),
    )
    return LiveSettings(settings, limits)


class Office:
    """The parts of a server that decide, on a clock of the test."""

    def __init__(
        self,
        store: Store | None = None,
        policy: RegistrationPolicy = RegistrationPolicy.OPEN,
        limits: ConnectionLimits | None = None,
        sessions_per_account: int = 10,
        registrations_per_hour: int = 200,
    ) -> None:
        self.clock = Clock()
        self.random = Counted()
        self.store = store if store is not None else MemoryStore()
        self.relay = NotedRelay()
        self.audit = NotedAudit()
        self.live = live_settings(policy, limits, sessions_per_account, registrations_per_hour)
        accounts = self.accounts = Accounts(self.store, self.live, lambda: NOW_UTC, self.random)
        self.throttle = live_throttle(self.live)
        self.logins = Logins(
            accounts,
            self.throttle,
            live_throttle(self.live),
            b"f" * 32,
            self.clock.seconds,
            lambda: NOW_UTC,
            self.random,
        )
        self.tunnels = Tunnels(self.relay)
        self.media = MediaLegs(self.relay, self.tunnels, self.random, "", 5061)
        self.reception = Reception(
            Switchboard(),
            self.media,
            self.clock,
            self.clock.seconds,
            self.random,
            self.live,
        )
        self.premises = Premises(
            "machine.example",
            self.live,
            self.logins,
            self.reception,
            People(accounts, self.reception, self.live, lambda: NOW_UTC),
            live_buckets(self.live),
            self.random,
            self.audit,
        )

    def connect(self, address: str = "192.0.2.7", exporter: bytes = EXPORTER) -> "Talk":
        """A connection that has not said anything."""
        return Talk(self, address, exporter)

    def greet(self, address: str = "192.0.2.7", exporter: bytes = EXPORTER) -> "Talk":
        """A connection that has said Hello."""
        talk = self.connect(address, exporter)
        talk.ask(Hello(1, 1, "test"))
        return talk

    def register(self, *people: Someone) -> None:
        for person in people:
            self.greet().ask(person.register())

    def login(self, person: Someone) -> "Talk":
        """A connection on which a registered person has logged in by password."""
        talk = self.greet()
        challenge = talk.ask(person.start())
        assert isinstance(challenge, AuthChallenge), challenge
        talk.ask(person.finish(challenge, talk.exporter))
        opened = talk.ask(person.enrol(talk.exporter))
        assert isinstance(opened, AuthOk), opened
        talk.opened = opened
        return talk


class Talk:
    """One connection: a ``Line`` that keeps what the server sent."""

    opened: AuthOk

    def __init__(self, office: Office, address: str, exporter: bytes) -> None:
        self.exporter = exporter
        self.answers: list[tuple[int, Answer]] = []
        self.notices: list[tuple[int, Notice]] = []
        self.is_logged_in = self.is_closed = self.is_aborted = False
        self.conversation = Conversation(office.premises, self, address, exporter)
        self._last_id = 0

    def ask(self, request: Request, request_id: int | None = None, ack: int = 0) -> Answer | None:
        """Send a request; its answer, if that came at once."""
        self._last_id = self._last_id + 1 if request_id is None else request_id
        before = len(self.answers)
        self.conversation.receive(ClientFrame(self._last_id, ack, request))
        given = [answer for number, answer in self.answers[before:] if number == self._last_id]
        return given[-1] if given else None

    def told(self, kind: type[Notice]) -> list[Notice]:
        """The notices of one kind, in their order."""
        return [notice for _, notice in self.notices if isinstance(notice, kind)]

    def send_answer(self, request_id: int, answer: Answer) -> None:
        self.answers.append((request_id, answer))

    def send_notice(self, seq: int, notice: Notice) -> None:
        self.notices.append((seq, notice))

    def login_done(self) -> None:
        self.is_logged_in = True

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_aborted = True


def other_device(person: Someone) -> Someone:
    """The same person on another device."""
    return replace(person, device_seed=b"2" * 32, device_name="phone")
