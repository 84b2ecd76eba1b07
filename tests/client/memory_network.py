"""Real clients and a real server in one process, joined through memory instead of sockets.

Everything is the program's own but the TCP connections, the clock, the threads and the relay: TLS,
frames, logins, the switchboard and the key exchange run as they do for people.
"""

import datetime as dt
import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar, cast

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, execute, fail, succeed
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.test import iosim
from zope.interface import implementer

from tests.client.scripted_voice import ScriptedVoice
from tests.server.noted_audit import NotedAudit
from tests.server.offices import live_settings
from voip.client.address import Address
from voip.client.client import Client
from voip.client.voice.commands import VoiceEngine
from voip.core.call_limits import CallLimits
from voip.core.call_messages import E2eRelay
from voip.core.events import SwitchboardRequest
from voip.core.ids import Cid, StreamId
from voip.core.limits import ConnectionLimits
from voip.core.messages import Done, RegistrationPolicy
from voip.core.switchboard import Switchboard, SwitchboardLimits
from voip.server.accounts import Accounts
from voip.server.certificate import ServerCertificate, TlsRules, make_key, self_sign
from voip.server.entrance import PROTOCOLS, EntranceFactory
from voip.server.logins import Logins
from voip.server.media import MediaLegs
from voip.server.people import People
from voip.server.premises import Premises
from voip.server.rates import live_buckets, live_throttle
from voip.server.reception import Reception
from voip.server.relay.interface import RelayStats, Way
from voip.server.sessions import Session
from voip.server.tunnels import Tunnels
from voip.store.memory import MemoryStore
from voip.store.people import Store
from voip.wire.datagram import MediaKeys
from voip.wire.roaming import Tunnel

Result = TypeVar("Result")

ADDRESS = "call.example.org"
PASSWORD = "correct horse battery"
MEDIA_PORT = 5061
SERVER_HOST = "127.0.0.77"


def make_certificate() -> ServerCertificate:
    """A server's key and certificate, fresh."""
    key = serialization.load_pem_private_key(make_key(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return ServerCertificate(x509.load_pem_x509_certificate(self_sign(key, now)), key)


class NoRelay:
    """A relay engine that forwards nothing."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def open_leg(self, cid: Cid, keys_in: MediaKeys, keys_out: MediaKeys) -> None: ...

    def close_leg(self, cid: Cid) -> None: ...

    def set_receivers(
        self, cid: Cid, stream: StreamId, receivers: Sequence[Cid], room: int = 0
    ) -> None: ...

    def set_gate(self, cid: Cid, stream: StreamId, is_open: bool) -> None: ...

    def take_tunnelled(self, datagram: bytes, tunnel: Tunnel) -> None: ...

    def tunnel_lost(self, cid: Cid, tunnel: Tunnel) -> None: ...

    def way(self, cid: Cid) -> Way | None:
        return None

    def stats(self) -> RelayStats:
        return RelayStats("none", 0, 0, 0, 0, 0, 0, {})


class MemoryServer:
    """A whole server but its sockets."""

    def __init__(
        self,
        clock: Clock,
        policy: RegistrationPolicy = RegistrationPolicy.OPEN,
        limits: ConnectionLimits | None = None,
        calls: CallLimits | None = None,
        store: Store | None = None,
    ) -> None:
        self.certificate = make_certificate()
        self.store: Store = store or MemoryStore()
        live = live_settings(policy, limits, registrations_per_hour=1000)
        accounts = Accounts(self.store, live, lambda: int(clock.seconds()), secrets.token_bytes)
        self.accounts = accounts
        logins = Logins(
            accounts,
            live_throttle(live),
            live_throttle(live),
            secrets.token_bytes(32),
            clock.seconds,
            lambda: int(clock.seconds()),
            secrets.token_bytes,
        )
        relay = NoRelay()
        tunnels = Tunnels(relay)
        self.reception = Reception(
            Switchboard(SwitchboardLimits(calls=calls or CallLimits())),
            MediaLegs(relay, tunnels, secrets.token_bytes, "", MEDIA_PORT),
            clock,
            clock.seconds,
            secrets.token_bytes,
            live,
        )
        premises = Premises(
            machine="memory",
            live=live,
            logins=logins,
            reception=self.reception,
            people=People(accounts, self.reception, live, lambda: int(clock.seconds())),
            buckets=live_buckets(live),
            random=secrets.token_bytes,
            audit=NotedAudit(),
        )
        self._clock = clock
        self.connections = EntranceFactory(premises, tunnels, clock, clock.seconds)

    def swallow_e2e(self) -> None:
        """From now on nothing that devices say to each other gets through."""
        asked = self.reception.asked

        def swallowed(session: Session, request_id: int, request: SwitchboardRequest) -> None:
            if isinstance(request, E2eRelay):
                session.answer(request_id, Done())
            else:
                asked(session, request_id, request)

        self.reception.asked = swallowed  # type: ignore[method-assign]

    def factory(self) -> IProtocolFactory:
        """What would listen on the TCP port."""
        tls = TlsRules(self.certificate, PROTOCOLS)
        return TLSMemoryBIOFactory(tls, False, self.connections, clock=self._clock)


@implementer(IStreamClientEndpoint)
class MemoryEndpoint:
    """Connects to what the network has at the moment of connecting."""

    def __init__(self, network: "MemoryNetwork") -> None:
        self._network = network

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        return self._network.join(factory)


class MemoryNetwork:
    """One server and its clients; nothing moves but by ``settle`` and ``pass_time``."""

    def __init__(
        self,
        data_dir: Path,
        server: Callable[[Clock], MemoryServer] = MemoryServer,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.server = server(self.clock)
        self.is_reachable = True
        self.is_silent = False  # nothing arrives, and nothing breaks
        self.data_dir = data_dir
        self.slow_works = 0  # what clients have handed to threads: Argon2id, each time
        self.listen()
        self._pumps: list[iosim.IOPump] = []
        self.hosts: Iterator[int] = itertools.count(1)  # each connection from another computer

    def listen(self) -> None:
        """Answer new connections with the server's present certificate."""
        self.listener = self.server.factory()

    def client(self, name: str) -> tuple[Client, ScriptedVoice]:
        """A client on a computer of its own."""
        voice = ScriptedVoice()
        return self.client_with(name, voice), voice

    def client_with(self, name: str, voice: VoiceEngine) -> Client:
        """A client with a voice engine of its own."""
        return Client(
            self.clock,
            self.data_dir / name,
            voice,
            self.endpoint_of,
            self._in_thread,
            device_name=f"{name}'s computer",
            jitter=lambda: 0.5,
        )

    def _in_thread(self, work: Callable[[], Result], /) -> Deferred[Result]:
        """A ``RunInThread`` without threads."""
        self.slow_works += 1
        return execute(work)

    def endpoint_of(self, _address: Address) -> IStreamClientEndpoint:
        return cast("IStreamClientEndpoint", MemoryEndpoint(self))

    def join(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect a client's protocol to a new one of the server's."""
        if not self.is_reachable:
            return fail(Refused())
        address = IPv4Address("TCP", f"127.0.1.{next(self.hosts)}", 40000)
        server, client = self.listener.buildProtocol(address), factory.buildProtocol(address)
        assert server is not None
        assert client is not None
        server_end = iosim.FakeTransport(server, True, peerAddress=address)
        listens_at = IPv4Address("TCP", SERVER_HOST, MEDIA_PORT)
        client_end = iosim.FakeTransport(client, False, peerAddress=listens_at)
        self._pumps.append(
            iosim.connect(server, server_end, client, client_end, greet=False, clock=self.clock)
        )
        return succeed(client)

    def settle(self) -> None:
        """Let everything that was sent arrive, and what comes of it."""
        if self.is_silent:
            self._end_aborted()
            return
        while any(pump.flush() for pump in tuple(self._pumps)):
            pass

    def _end_aborted(self) -> None:
        """Tell those who gave a connection up that it is over, although nothing moves."""
        for pump in self._pumps:
            if pump.clientIO.disconnecting and not pump.clientIO.disconnected:
                pump.clientIO.disconnected = True
                pump.clientIO.reportDisconnect()

    def pass_time(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass, in steps."""
        while seconds > 0:
            self.clock.advance(min(step, seconds))
            seconds -= step
            self.settle()

    def cut(self) -> None:
        """Every connection breaks, as when a cable is pulled."""
        self._break(self._pumps)

    def cut_one(self, number: int) -> None:
        """Only this connection breaks, of those there are, the oldest first."""
        self._break([self._pumps[number]])

    def _break(self, pumps: Sequence[iosim.IOPump]) -> None:
        for pump in tuple(pumps):
            for end in (pump.clientIO, pump.serverIO):
                if not end.disconnected:
                    end.disconnecting = end.disconnected = True
                    end.reportDisconnect()
            self._pumps.remove(pump)
        self.settle()
