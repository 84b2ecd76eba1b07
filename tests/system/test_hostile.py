"""A real server under attack, and a call that goes on beside it without losing a packet."""

import contextlib
import random
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import Node
from tests.server.someone import ANN, BOB, Someone
from tests.system.plain_client import PlainClient
from tests.system.programs.steady import SteadyCall
from tests.system.test_daemon import CLEAN_ENDS
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId, LegNumber, Username
from voip.core.messages import (
    Done,
    E2eRelay,
    GetPerson,
    Hello,
    HelloOk,
    Invite,
    InviteOk,
    ListUsers,
    Ping,
    Pong,
    Register,
    Request,
    SetProfile,
)
from voip.wire.codec import AnswerFrame, encode_request
from voip.wire.framing import frame
from voip.wire.v1.envelope_pb2 import Envelope

CONFIG = """
json_log = true
[limits]
login_seconds = 3
unauthenticated_per_source = 5
slow_reader_seconds = 1
"""
SEED = 20260729
STEADY = ("127.0.40.1", "127.0.40.2")
LONGEST_GAP_SECONDS = 1.0  # an idle machine shows 0.05; the tests share theirs
MEMORY_MB = 40.0
STOP_SECONDS = 6.0
ESCAPE = "\x1b[2J"
# The kernel keeps up to 4 MiB for a reader before the server notices that it does not read.
LOUD_CALLERS = 4
RELAYS_AT_ONCE = 180


class HostileTests(SynchronousTestCase):
    """One long call, and one attack after the other."""

    def setUp(self) -> None:
        self.random = random.Random(SEED)
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        place = Path(self.stack.enter_context(TemporaryDirectory()))
        config = place / "voip.toml"
        config.write_text(CONFIG)
        self.node = Node(place / "data", options=("--config", str(config)))
        self.stack.enter_context(self.node)
        host, _, port = self.node.address.rpartition(":")
        self.target = host, int(port)
        self.call = SteadyCall(self.node.address, place / "home", STEADY)
        self.stack.enter_context(self.call)
        self.json_log = place / "data" / "log.json"

    def test_a_call_goes_on_through_all_of_it(self) -> None:
        """Nothing that strangers or users send disturbs others, crashes, leaks or hangs."""
        patient = [self.half_open_tls(), self.slow_loris()]
        attacks: list[Callable[[], None]] = [
            self.random_bytes,
            self.other_tls,
            self.bad_frames_of_strangers,
            self.bad_frames_of_users,
            self.thousands_of_empty_messages,
            self.mutated_frames,
            self.bogus_datagrams,
            self.replayed_datagrams,
            self.a_flood_of_requests,
            self.who_does_not_read,
            self.too_many_connections,
            self.forged_log_lines,
        ]
        self.random_bytes()  # warms the server up
        before = self.node.process.memory_info().rss
        for attack in attacks:
            attack()
            self.goes_on(attack.__name__)
        for impatient in patient:
            impatient()
        self.goes_on("patient ones")
        grown = (self.node.process.memory_info().rss - before) / 1e6
        self.assertLess(grown, MEMORY_MB)
        self.nothing_was_lost()
        self.ends_well()

    # ---- what must hold ------------------------------------------------------------------------

    def goes_on(self, after: str) -> None:
        """Both talk still, and the server answers others."""
        for end in self.call.how():
            self.assertTrue(end["talks"], after)
            self.assertEqual(end["links"], ["connecting", "connected", "logged_in"], after)
            self.assertEqual(end["wrong"], 0, after)
            self.assertLess(end["longest_gap"], LONGEST_GAP_SECONDS, after)
        with PlainClient(self.node.address, "127.0.50.1") as client:
            self.assertIsInstance(client.ask(Hello(1, 1, "test")), HelloOk, after)

    def nothing_was_lost(self) -> None:
        one, other = self.call.stop_talking()
        self.assertGreater(one["sent"], 100)
        self.assertEqual(one["received"], other["sent"])
        self.assertEqual(other["received"], one["sent"])

    def ends_well(self) -> None:
        """SIGTERM ends the call, tells both, and the server is gone soon, without complaint."""
        began = time.monotonic()
        self.assertIn(self.node.stop(), CLEAN_ENDS)
        self.assertLess(time.monotonic() - began, STOP_SECONDS)
        self.assertEqual([end["ended"] for end in self.call.end()], ["server_stop"] * 2)
        log = self.node.log()
        for bad in ("Traceback", "Unhandled", "a request failed", "failed:", ESCAPE[0]):
            self.assertFalse(bad in log, f"{bad!r} in {log[-4000:]}")
        self.assertNotIn('"critical"', self.json_log.read_text())

    # ---- strangers -----------------------------------------------------------------------------

    def random_bytes(self) -> None:
        """Noise on TCP is closed."""
        for number in range(20):
            with self.connected(f"127.0.66.{1 + number % 4}") as tcp:
                tcp.sendall(self.random.randbytes(self.random.randrange(1, 5000)))
                tcp.shutdown(socket.SHUT_WR)
                self.is_closed(tcp)

    def other_tls(self) -> None:
        """Without our ALPN name, with another, or below TLS 1.3, nobody is talked to."""
        for names, newest in (
            ([], ssl.TLSVersion.TLSv1_3),
            (["h2", "http/1.1"], ssl.TLSVersion.TLSv1_3),
            (["voip-media/1"], ssl.TLSVersion.TLSv1_3),
            (["voip/1"], ssl.TLSVersion.TLSv1_2),
        ):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.maximum_version = newest
            if names:
                context.set_alpn_protocols(names)
            with self.connected("127.0.66.10") as tcp:
                self.assertEqual(self.said_over_tls(context, tcp), b"", names)

    def said_over_tls(self, context: ssl.SSLContext, tcp: socket.socket) -> bytes:
        """What the server answers to a Hello; nothing when it closes or refuses."""
        try:
            with context.wrap_socket(tcp) as tls:
                tls.sendall(frame(encode_request(1, Hello(1, 1, "test"))))
                return tls.recv(4096)
        except (ssl.SSLError, ConnectionError):
            return b""

    def half_open_tls(self) -> Callable[[], None]:
        """The first bytes of a handshake, and then nothing: closed when the time to log in ends."""
        hello = ssl.MemoryBIO()
        with_nobody = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), hello, False, "x")
        with self.assertRaises(ssl.SSLWantReadError):
            with_nobody.do_handshake()
        begun = hello.read()
        stalled = []
        for number, sent in enumerate((b"", begun[:5], begun[:-1], begun)):
            tcp = self.stack.enter_context(self.connected(f"127.0.66.{20 + number}"))
            tcp.sendall(sent)
            stalled.append(tcp)
        return lambda: self.are_closed(stalled)

    def slow_loris(self) -> Callable[[], None]:
        """A login that takes for ever is ended, before and after Hello."""
        silent = self.plain("127.0.66.30")
        slow = self.plain("127.0.66.31")
        self.assertIsInstance(slow.ask(Hello(1, 1, "test")), HelloOk)
        slow.send_raw(b"\0\0\4\0" + b"x")
        return lambda: self.are_ended([silent, slow])

    def too_many_connections(self) -> None:
        """One source may hold five, five more are told to come later, the rest is cut off."""
        held = [self.plain("127.0.66.40") for _ in range(5)]
        told = [self.plain("127.0.66.40") for _ in range(2)]
        for one in told:
            [refused] = one.read_to_the_end()
            assert isinstance(refused, AnswerFrame)
            assert isinstance(refused.answer, Refusal)
            self.assertEqual(refused.answer.code, ErrorCode.RATE_LIMITED)
            self.assertGreater(refused.answer.retry_after_ms, 0)
        crowd: list[socket.socket] = []
        for _ in range(20):
            # who is cut off before its connect() returns has no socket to look at
            with contextlib.suppress(ConnectionError):
                crowd.append(self.stack.enter_context(self.connected("127.0.66.40")))
        left = [tcp for tcp in crowd if not self.has_ended(tcp)]
        self.assertIn(len(left), (3, 4, 5))  # those told may still be saying goodbye
        self.assertIsInstance(held[0].ask(Hello(1, 1, "test")), HelloOk)
        self.assertIsInstance(self.plain("127.0.66.41").ask(Hello(1, 1, "test")), HelloOk)
        for one in (*held, *told):
            one.close()
        for tcp in crowd:
            tcp.close()

    def bad_frames_of_strangers(self) -> None:
        """Each is told BAD_REQUEST and closed, or the connection is just closed."""
        for raw in self.bad_frames(most=4096):
            with self.plain("127.0.66.50") as client:
                self.is_refused(client, raw)

    # ---- users ---------------------------------------------------------------------------------

    def bad_frames_of_users(self) -> None:
        """Who is logged in may say no more nonsense than others."""
        for raw in self.bad_frames(most=65536):
            with self.user(ANN, "127.0.67.1") as client:
                self.is_refused(client, raw)

    def thousands_of_empty_messages(self) -> None:
        """64 KiB that swell to many times as much are refused, and none of it stays."""
        bombs = [Envelope(id=9) for _ in range(4)]
        for _ in range(16000):
            bombs[0].user_page.people.add()
            bombs[1].call_state.call.legs.add()
        bombs[2].hello.capabilities.extend([""] * 32000)
        bombs[3].invite.callees.extend([""] * 32000)
        for bomb in bombs * 3:
            payload = bomb.SerializeToString()
            self.assertLess(len(payload), 65536)
            with self.user(ANN, "127.0.67.2") as client:
                self.is_refused(client, frame(payload))

    def mutated_frames(self) -> None:
        """Requests with flipped bytes are answered, refused or closed; the next login works."""
        good: list[Request] = [
            Hello(1, 1, "test", ("a", "b"), "en"),
            ListUsers("a", "", 50),
            GetPerson(Username("bob")),
            Invite(CallId(b"c" * 16), (Username("nobody"),), b"h" * 32),
            E2eRelay(CallId(b"c" * 16), LegNumber(2), b"sealed" * 20),
            SetProfile("Ann"),
            ANN.register(),
        ]
        for _ in range(40):
            with self.user(ANN, "127.0.67.3") as client:
                for number in range(100, 110):
                    payload = bytearray(encode_request(number, self.random.choice(good)))
                    for _ in range(self.random.randrange(1, 4)):
                        payload[self.random.randrange(len(payload))] = self.random.randrange(256)
                    client.send_raw(frame(bytes(payload)))
                client.send_raw(frame(encode_request(200, Ping())))
                self.answers_or_ends(client, 200)

    def a_flood_of_requests(self) -> None:
        """Tens of thousands of requests wait in the sender's own queue."""
        flood = frame(encode_request(77, Ping())) * 2000
        for client in (self.plain("127.0.67.4"), self.user(ANN, "127.0.67.4")):
            until = time.monotonic() + 1.0
            client.socket.setblocking(False)
            while time.monotonic() < until and select.select([], [client.socket], [], 0.05)[1]:
                client.try_to_send(flood)
            client.close()

    def who_does_not_read(self) -> None:
        """A reader that stands still is cut off, however much others send to it."""
        slow = self.stack.enter_context(
            PlainClient(self.node.address, "127.0.67.5", receive_buffer=2048)
        )
        self.log_in(slow, BOB)
        for number in range(LOUD_CALLERS):
            self.shout_at(BOB, replace(ANN, username=Username(f"loud-{number}")), number)
        self.until(lambda: "it does not read" in self.node.log())
        self.assertRaises(ConnectionError, self.read_for_ever, slow)

    def shout_at(self, called: Someone, caller: Someone, number: int) -> None:
        """As much as one may, at once."""
        loud = self.user(caller, f"127.0.67.{10 + number}")
        call = CallId(b"%16d" % number)
        self.assertEqual(loud.ask(Invite(call, (called.username,), b"h" * 32)), InviteOk(call))
        for _ in range(RELAYS_AT_ONCE):
            self.assertEqual(loud.ask(E2eRelay(call, LegNumber(2), bytes(8192))), Done())
        loud.close()

    def forged_log_lines(self) -> None:
        """What somebody calls another cannot write to the operator's terminal."""
        client = self.user(ANN, "127.0.67.7")
        name = Username(f"{ESCAPE}\nforged line")
        client.ask(Invite(CallId(b"to a forged name"), (name,), b"h" * 32))
        client.ask(GetPerson(name))
        client.close()
        stranger = self.plain("127.0.67.8")
        stranger.ask(Hello(1, 1, ESCAPE))
        stranger.ask(replace(ANN, username=name).start())
        stranger.ask(Register(name, ESCAPE, ANN.register().verifier, ANN.keys))
        stranger.close()
        self.assertFalse(any(line.startswith("forged") for line in self.node.log().splitlines()))

    # ---- datagrams -----------------------------------------------------------------------------

    def bogus_datagrams(self) -> None:
        """A thousand: random, of the right size and form, with the ids of those who talk."""
        cids = [end["cid"].to_bytes(4, "big") for end in self.call.how()]
        with self.udp("127.0.66.60") as udp:
            for number in range(1000):
                size = self.random.choice((0, 1, 8, 9, 24, 25, 26, 131, 1200, 1201, 1500))
                data = self.random.randbytes(size)
                if number % 3:
                    cid = self.random.choice(cids) if number % 3 == 1 else self.random.randbytes(4)
                    data = b"\x08" + cid + self.random.randrange(1, 9000).to_bytes(4, "big")
                    data += self.random.randbytes(122)
                udp.sendto(data, self.target)
                if number % 50 == 49:
                    time.sleep(0.01)  # not to fill the socket's buffer, which is the kernel's limit
            udp.settimeout(0.2)
            self.assertRaises(TimeoutError, udp.recv, 2048)

    def replayed_datagrams(self) -> None:
        """Genuine ones, sent again from their own address and from another."""
        self.assertGreater(self.call.replay(), 100)

    # ---- the means -----------------------------------------------------------------------------

    def bad_frames(self, most: int) -> Iterator[bytes]:
        """Frames that are none, too long, or hold what no client sends."""
        yield b"\xff\xff\xff\xff"
        yield b"\x7f\xff\xff\xff" + self.random.randbytes(1000)
        yield (most + 1).to_bytes(4, "big") + bytes(100)
        yield frame(b"")
        yield frame(b"\xff\xff")
        yield frame(Envelope(id=1).SerializeToString())
        yield frame(Envelope(id=1, seq=5).SerializeToString())
        yield frame(b"\x0a" * 3000)
        for _ in range(10):
            yield frame(self.random.randbytes(self.random.randrange(1, 4000)))

    def is_refused(self, client: PlainClient, raw: bytes) -> None:
        client.send_raw(raw)
        answers = [one.answer for one in client.read_to_the_end() if isinstance(one, AnswerFrame)]
        self.assertEqual(answers, [Refusal(ErrorCode.BAD_REQUEST)], raw[:80])

    def answers_or_ends(self, client: PlainClient, request_id: int) -> None:
        try:
            while True:
                got = client.next_frame()
                if isinstance(got, AnswerFrame) and got.request_id == request_id:
                    self.assertEqual(got.answer, Pong())
                    return
        except ConnectionError as error:
            self.assertNotIn("WantRead", str(error), "neither answered nor closed")

    def user(self, person: Someone, source: str) -> PlainClient:
        """A client that is logged in."""
        client = self.plain(source)
        self.log_in(client, person)
        return client

    def log_in(self, client: PlainClient, person: Someone) -> None:
        registering = self.plain("127.0.67.99")
        registering.ask(Hello(1, 1, "test"))
        registering.ask(person.register())
        registering.close()
        client.log_in(person)

    def plain(self, source: str) -> PlainClient:
        return self.stack.enter_context(PlainClient(self.node.address, source))

    @contextmanager
    def connected(self, source: str) -> Iterator[socket.socket]:
        with socket.create_connection(self.target, 10, (source, 0)) as tcp:
            yield tcp

    @contextmanager
    def udp(self, source: str) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind((source, 0))
            yield udp

    def is_closed(self, tcp: socket.socket) -> None:
        """The other side ends it, before the test's patience does."""
        try:
            while tcp.recv(4096):
                pass
        except ConnectionError:
            pass

    def are_closed(self, connections: list[socket.socket]) -> None:
        for tcp in connections:
            self.is_closed(tcp)

    def are_ended(self, clients: list[PlainClient]) -> None:
        """Closed without a word."""
        for client in clients:
            self.assertEqual(client.read_to_the_end(), [])

    def has_ended(self, tcp: socket.socket) -> bool:
        """Whether it was cut off at once."""
        tcp.settimeout(0.1)
        try:
            return tcp.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def read_for_ever(self, client: PlainClient) -> None:
        while True:
            client.next_frame()

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not is_so():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
