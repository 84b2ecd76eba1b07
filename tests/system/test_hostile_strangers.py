"""A real server under attack by strangers, and a call that goes on beside it."""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.system.plain_client import PlainClient
from tests.system.under_attack import UnderAttack
from voip.core.errors import ErrorCode, Refusal
from voip.core.messages import (
    Hello,
    HelloOk,
)
from voip.wire.codec import AnswerFrame, encode_request
from voip.wire.framing import frame

pytestmark = pytest.mark.alone


class HostileStrangersTests(UnderAttack):
    """What can be done without an account: to the TCP port, to TLS and to the UDP port."""

    def test_a_call_goes_on_whatever_strangers_send(self) -> None:
        """Nothing of it disturbs others, crashes, leaks or hangs."""
        patient = [self.half_open_tls(), self.slow_loris()]

        def the_patient_ones() -> None:
            for impatient in patient:
                impatient()

        self.survives(
            [
                self.random_bytes,
                self.other_tls,
                self.bad_frames_of_strangers,
                self.bogus_datagrams,
                self.replayed_datagrams,
                self.too_many_connections,
                the_patient_ones,
            ]
        )

    # ---- control -------------------------------------------------------------------------------

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
