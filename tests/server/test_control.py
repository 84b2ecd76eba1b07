"""Control connections over real TLS in memory: what a socket must put up with, and what not."""

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import SSL
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import Office
from tests.server.someone import ANN, BOB, Someone
from tests.server.tls_pair import Wire
from voip.core.call_messages import E2eRelay, SealedPart
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId, LegNumber
from voip.core.limits import ConnectionLimits
from voip.core.messages import (
    AuthChallenge,
    AuthOk,
    Hello,
    HelloOk,
    Logout,
    NoticeKind,
    Ping,
    Pong,
    ServerNotice,
)
from voip.server.control import (
    CLOSING_SECONDS,
    FLOOD_PAUSE_SECONDS,
    FRAMES_AT_ONCE,
    FRAMES_PER_SECOND,
)
from voip.server.entrance import EntranceFactory
from voip.wire.codec import AnswerFrame, NoticeFrame, encode_request
from voip.wire.framing import HEADER_SIZE, frame

HELLO = Hello(1, 1, "test")


class Case(SynchronousTestCase):
    """A factory over an office without sockets."""

    limits = ConnectionLimits()

    def setUp(self) -> None:
        self.office = Office(limits=self.limits)
        self.factory = EntranceFactory(
            self.office.premises, self.office.tunnels, self.office.clock, self.office.clock.seconds
        )

    def connect(self, address: str = "192.0.2.7") -> Wire:
        return Wire(self.factory, self.office.clock, address).shake_hands()

    def login(self, person: Someone) -> Wire:
        """A wire on which a registered person has logged in by password."""
        wire = self.connect()
        wire.ask(HELLO, 1)
        challenge = wire.ask(person.start(), 2)
        assert isinstance(challenge, AuthChallenge)
        wire.ask(person.finish(challenge, wire.exporter), 3)
        opened = wire.ask(person.enrol(wire.exporter), 4)
        assert isinstance(opened, AuthOk), opened
        return wire

    def warnings(self, events: Sequence[Mapping[str, object]]) -> list[str]:
        """The reasons of the connections that were closed with a word in the log."""
        return [str(event["reason"]) for event in events if event["log_level"] is LogLevel.warn]


class TlsTests(Case):
    """Below the messages."""

    def test_a_login_is_bound_to_its_connection(self) -> None:
        """Both ends export the same bytes, so that a whole login over TLS succeeds."""
        self.office.register(ANN)
        self.assertIsInstance(self.login(ANN).answers()[-1], AuthOk)

    def test_an_older_tls_is_refused(self) -> None:
        """TLS 1.2 gets no connection."""
        wire = Wire(self.factory, self.office.clock, version=SSL.TLS1_2_VERSION).shake_hands()
        self.assertTrue(wire.is_over)
        self.assertEqual(self.factory.failed_handshakes, 1)

    def test_another_protocol_is_refused(self) -> None:
        """A browser that speaks TLS but not ours gets no connection, named or not."""
        for alpn in ((b"h2",), ()):
            wire = Wire(self.factory, self.office.clock, alpn=alpn).shake_hands()
            self.assertTrue(wire.is_over, alpn)
            self.assertEqual(wire.answers(), [])

    def test_who_speaks_another_protocol_is_told_so(self) -> None:
        """The alert is the one for it (RFC 7301), not that of a server that broke."""
        wire = Wire(self.factory, self.office.clock, alpn=(b"h2",)).shake_hands()
        ended = wire.listener.ended
        assert ended is not None
        self.assertIn("alert no application protocol", str(ended.value))

    @settings(deadline=None, max_examples=40)
    @given(st.binary(min_size=1, max_size=600))
    def test_random_bytes_are_counted_and_nothing_else(self, noise: bytes) -> None:
        """Whatever the bytes, nothing stands in the log but that a handshake failed."""
        before = self.factory.failed_handshakes
        wire = Wire(self.factory, self.office.clock)
        with capturedLogs() as events:
            wire.server.dataReceived(noise)
            wire.cut()
        self.assertEqual(self.factory.failed_handshakes, before + 1)
        self.assertEqual([e for e in events if e["log_level"] >= LogLevel.warn], [])
        self.assertEqual(len(self.factory), 0)


class FrameTests(Case):
    """Frames that no correct client sends."""

    def test_a_malformed_frame_is_answered_and_ends_it(self) -> None:
        """The client is told BAD_REQUEST, the log names a part of the address, once."""
        wire = self.connect()
        with capturedLogs() as events:
            wire.send(b"\xff\xff\xff")
            wire.send(b"\xff\xff\xff")
        self.assertEqual(wire.answers(), [Refusal(ErrorCode.BAD_REQUEST)])
        self.assertTrue(wire.is_over)
        told = [e for e in events if e["log_level"] is LogLevel.warn]
        self.assertEqual([e["address"] for e in told], ["192.0.2.0/24"])
        self.assertEqual(self.office.premises.meters.refusals, {ErrorCode.BAD_REQUEST: 1})

    def test_an_oversized_frame_is_refused_by_its_length(self) -> None:
        """Four bytes suffice: nothing of it is waited for."""
        wire = self.connect()
        wire.send_raw((5000).to_bytes(HEADER_SIZE, "big"))
        self.assertEqual(wire.answers(), [Refusal(ErrorCode.BAD_REQUEST)])
        self.assertTrue(wire.is_over)

    def test_frames_may_be_larger_after_login(self) -> None:
        """What a stranger may not send, somebody who is known may; up to 64 KiB."""
        self.office.register(ANN)
        wire = self.login(ANN)
        long = E2eRelay(CallId(b"c" * 16), (SealedPart(LegNumber(1), b"x" * 6000),))
        answer = wire.ask(long, 9)
        assert isinstance(answer, Refusal)
        self.assertEqual(answer.code, ErrorCode.NO_SUCH_CALL)
        wire.send_raw((65 * 1024).to_bytes(HEADER_SIZE, "big"))
        self.assertTrue(wire.is_over)

    def test_nothing_is_heard_after_the_end(self) -> None:
        """Frames that came along with the one that ended it are dropped."""
        wire = self.connect()
        bad = b"\x00\x00\x00\x01\xff"
        wire.client.write(bad + bad + bad)
        wire.pump()
        self.assertEqual(len(wire.answers()), 1)

    @settings(deadline=None, max_examples=60)
    @given(st.binary(max_size=200))
    def test_whatever_the_frame_the_server_stands(self, payload: bytes) -> None:
        """Random frames are answered, refused or closed; nothing of ours breaks."""
        wire = self.connect()
        wire.ask(HELLO)
        with capturedLogs() as events:
            wire.send(payload)
            wire.cut()
        self.assertEqual([e for e in events if e["log_level"] > LogLevel.warn], [])
        self.assertEqual(len(self.factory.strangers), 0)


class PatienceTests(Case):
    """What a connection may take its time for, and for how long."""

    def test_who_does_not_log_in_is_closed(self) -> None:
        """After 20 s without a login the connection ends, TLS or not."""
        silent = Wire(self.factory, self.office.clock)
        greeted = self.connect()
        greeted.ask(HELLO)
        self.office.clock.advance(19.9)
        self.assertFalse(greeted.server_io.disconnecting)
        self.office.clock.advance(0.2)
        greeted.pump()
        self.assertTrue(greeted.is_over)
        self.assertTrue(silent.server_io.disconnecting)

    def test_who_is_silent_after_login_is_lost(self) -> None:
        """Three missed signs of life end the connection, not the session."""
        self.office.register(ANN)
        wire = self.login(ANN)
        self.office.clock.advance(30)
        self.assertEqual(wire.ask(Ping(), 8), Pong())
        self.office.clock.advance(44)
        self.assertFalse(wire.server_io.disconnecting)
        self.office.clock.advance(2)
        wire.pump()
        self.assertTrue(wire.is_over)
        self.assertEqual(len(self.office.reception.sessions), 1)

    def test_who_does_not_read_is_cut_off(self) -> None:
        """A reader whose queue stays full for over 2 s is aborted, with a word in the log."""
        self.office.register(ANN)
        wire = self.login(ANN)
        assert wire.server_io.producer is not None
        with capturedLogs() as events:
            wire.server_io.producer.pauseProducing()
            self.office.clock.advance(1.9)
            wire.server_io.producer.resumeProducing()
            self.office.clock.advance(5)
            self.assertFalse(wire.server_io.disconnecting)
            wire.server_io.producer.pauseProducing()
            self.office.clock.advance(2.1)
        self.assertTrue(wire.server_io.disconnecting)
        self.assertEqual(self.warnings(events), ["it does not read"])

    def test_who_does_not_close_its_side_is_cut_off(self) -> None:
        """A goodbye that nobody answers does not hold the connection."""
        self.office.register(ANN)
        wire = self.login(ANN)
        wire.client.write(b"")
        self.office.reception.stop()
        self.assertFalse(wire.server_io.disconnecting)
        self.office.clock.advance(CLOSING_SECONDS + 0.1)
        self.assertTrue(wire.server_io.disconnecting)


class FloodTests(Case):
    """A client that sends more than anybody types."""

    def test_a_flood_waits_in_its_own_queue(self) -> None:
        """Beyond the allowance the server stops reading, and goes on at the pace it allows."""
        wire = self.connect()
        wire.ask(HELLO)
        burst = b"".join(frame(encode_request(number, Ping())) for number in range(2, 1002))
        wire.client.write(burst)
        wire.pump()
        at_once = len(wire.answers())
        self.assertLess(at_once, FRAMES_AT_ONCE + 10)
        self.office.clock.advance(FLOOD_PAUSE_SECONDS)
        wire.pump()
        more = len(wire.answers()) - at_once
        self.assertTrue(0 < more <= FRAMES_PER_SECOND * FLOOD_PAUSE_SECONDS + 1, more)

    def test_what_comes_while_it_waits_is_kept_in_order(self) -> None:
        """In the end every request has its one answer."""
        wire = self.connect()
        wire.ask(HELLO)
        for number in range(2, 502):
            wire.client.write(frame(encode_request(number, Ping())))
            wire.pump()
        for _ in range(10):
            self.office.clock.advance(FLOOD_PAUSE_SECONDS)
            wire.pump()
        numbers = [f.request_id for f in wire.listener.frames if isinstance(f, AnswerFrame)]
        self.assertEqual(numbers, list(range(1, 502)))

    def test_who_does_not_read_is_answered_little(self) -> None:
        """Or small questions with large answers would fill the memory before it is cut off."""
        self.office.register(ANN)
        wire = self.login(ANN)
        producer = wire.server_io.producer
        assert producer is not None
        producer.pauseProducing()
        before = len(wire.answers())
        wire.client.write(b"".join(frame(encode_request(9 + each, Ping())) for each in range(50)))
        wire.pump()
        self.assertEqual(len(wire.answers()) - before, 1)
        producer.resumeProducing()
        self.office.clock.advance(FLOOD_PAUSE_SECONDS)
        wire.pump()
        self.assertEqual(len(wire.answers()) - before, 50)

    def test_a_flood_can_still_be_ended(self) -> None:
        """Closing a paused connection reads on for the other side's goodbye."""
        wire = self.connect()
        wire.ask(HELLO)
        wire.client.write(frame(encode_request(2, Ping())) * 600)
        wire.pump()
        self.factory.close_all()
        wire.pump()
        self.assertTrue(wire.is_over)
        self.assertEqual(self.office.clock.getDelayedCalls(), [])


class StrangersTests(Case):
    """Too many at once."""

    limits = ConnectionLimits(fresh_per_source=2)

    def test_beyond_the_limit_a_source_is_told_to_wait(self) -> None:
        """The third connection that has not logged in is refused with a time; others are not."""
        self.connect()
        self.connect()
        third = self.connect()
        refusal = third.answers()[0]
        assert isinstance(refusal, Refusal)
        self.assertEqual(refusal.code, ErrorCode.RATE_LIMITED)
        self.assertGreater(refusal.retry_after_ms, 0)
        self.assertTrue(third.is_over)
        self.assertEqual(self.office.premises.meters.refusals, {ErrorCode.RATE_LIMITED: 1})
        self.assertIsInstance(self.connect("198.51.100.1").ask(HELLO), HelloOk)

    def test_a_flood_is_not_even_given_tls(self) -> None:
        """Far beyond the limit a connection ends before any handshake."""
        held = [Wire(self.factory, self.office.clock) for _ in range(4)]
        fifth = Wire(self.factory, self.office.clock)
        self.assertTrue(fifth.server_io.disconnecting)
        self.assertFalse(any(wire.server_io.disconnecting for wire in held))

    def test_who_leaves_or_logs_in_makes_room(self) -> None:
        """Only strangers count, and only while they are there."""
        self.office.register(ANN, BOB)
        self.login(ANN)
        self.login(BOB)
        first, _ = self.connect(), self.connect()
        first.cut()
        self.assertIsInstance(self.connect().ask(HELLO), HelloOk)


class EndTests(Case):
    """How a connection ends well."""

    def test_logout_is_answered_before_the_end(self) -> None:
        """The client gets its Done, then the server closes."""
        self.office.register(ANN)
        wire = self.login(ANN)
        wire.send(encode_request(9, Logout()))
        self.assertEqual(len(wire.answers()), 5)
        self.assertTrue(wire.is_over)
        self.assertEqual(len(self.factory), 0)

    def test_a_stop_is_told_to_everyone(self) -> None:
        """Each client is told SHUTDOWN; the server waits until the last connection is gone."""
        self.office.register(ANN)
        wire, stranger = self.login(ANN), self.connect()
        self.office.reception.stop()
        closed = self.factory.close_all()
        self.assertNoResult(closed)
        wire.pump()
        stranger.pump()
        self.successResultOf(closed)
        told = [each.notice for each in wire.listener.frames if isinstance(each, NoticeFrame)]
        self.assertIn(ServerNotice(NoticeKind.SHUTDOWN), told)

    def test_nothing_is_left_of_a_connection(self) -> None:
        """After the end no timer runs and nobody is counted."""
        self.connect().cut()
        self.assertEqual(self.office.clock.getDelayedCalls(), [])
        self.assertEqual(len(self.factory.strangers), 0)
        self.successResultOf(self.factory.close_all())
