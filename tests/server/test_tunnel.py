"""Tunnels over real TLS in memory: who may open one, and what none may cost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import Office
from tests.server.tunnel_end import OpenLeg, TunnelEnd
from voip.core.ids import Cid, SessionId
from voip.core.limits import ConnectionLimits
from voip.server.entrance import Entrance, EntranceFactory
from voip.server.tunnel import (
    DATAGRAMS_AT_ONCE,
    DATAGRAMS_PER_SECOND,
    FLOOD_PAUSE_SECONDS,
    SILENT_SECONDS,
    STUCK_SECONDS,
    TunnelProtocol,
)
from voip.wire.datagram import MAX_DATAGRAM
from voip.wire.tunnel import FRESH_SECONDS, MOST_WAITING, framed, prove

LIMITS = ConnectionLimits()


class Case(SynchronousTestCase):
    """An entrance over an office, with one leg open."""

    def setUp(self) -> None:
        self.office = Office()
        self.factory = EntranceFactory(
            self.office.premises,
            self.office.tunnels,
            self.office.clock,
            self.office.clock.seconds,
        )
        self.leg = OpenLeg(self.office, SessionId(b"s" * 16))

    def connect(self, address: str = "192.0.2.7") -> TunnelEnd:
        return TunnelEnd(self.office, self.factory, address)

    def tunnel(self) -> TunnelEnd:
        return self.connect().open(self.leg)

    def warnings(self, events: Sequence[Mapping[str, object]]) -> list[str]:
        return [str(event["reason"]) for event in events if event["log_level"] is LogLevel.warn]

    def assert_nothing_kept(self, end: TunnelEnd) -> None:
        """The connection is gone, and nothing of it is left."""
        end.pump()
        self.assertTrue(end.is_over)
        self.assertEqual(len(self.factory), 0)
        self.assertEqual(len(self.factory.strangers), 0)
        self.assertEqual(len(self.office.tunnels), 0)


class OpeningTests(Case):
    """From the handshake to the first datagram."""

    def test_the_holder_of_the_keys_is_let_in(self) -> None:
        """Its datagrams reach the relay, the relay's reach it, and it is no stranger any more."""
        end = self.tunnel()
        datagram = self.leg.datagram()
        end.send_datagram(datagram)
        [(came, tunnel)] = self.office.relay.tunnelled
        self.assertEqual(came, datagram)
        tunnel.send(b"down")
        end.pump()
        self.assertEqual(end.got.datagrams, [b"down"])
        self.assertEqual(len(self.factory.strangers), 0)

    def test_nobody_else_is(self) -> None:
        """A wrong proof, a leg that is not there, a proof of another connection: cut off, with one
        word in the log, and nothing passed on."""
        other = self.connect()
        for asked in (
            replace(prove(self.leg.cid, self.leg.keys, other.exporter)),
            prove(Cid(self.leg.cid ^ 1), self.leg.keys, b"e" * 32),
            replace(prove(self.leg.cid, self.leg.keys, b""), proof=bytes(32)),
        ):
            end = self.connect()
            with capturedLogs() as events:
                end.open(self.leg, asked)
                end.send_datagram(self.leg.datagram())
            self.assertTrue(end.is_over)
            self.assertEqual(len(self.warnings(events)), 1)
        self.assertEqual(self.office.relay.tunnelled, [])
        other.cut()
        self.assert_nothing_kept(other)

    def test_who_says_nothing_is_cut_off(self) -> None:
        """As long as a login may take, from the first byte of TCP on."""
        end = self.connect()
        self.office.clock.advance(LIMITS.login_deadline_seconds)
        self.assert_nothing_kept(end)

    def test_strangers_of_one_source_are_counted_here_too(self) -> None:
        """Tunnels that have proven nothing are as many as connections that have not logged in."""
        held = [self.connect() for _ in range(LIMITS.fresh_per_source)]
        with capturedLogs() as events:
            refused = self.connect()
        self.assertTrue(refused.is_over)
        self.assertEqual(len(self.warnings(events)), 1)
        self.assertFalse(self.connect("192.0.2.8").is_over)
        self.assertFalse(held[0].is_over)

    @settings(deadline=None, max_examples=40)
    @given(st.binary(min_size=1, max_size=3000))
    def test_random_bytes_open_nothing(self, noise: bytes) -> None:
        """Whatever is said instead, the relay hears nothing of it."""
        end = self.connect()
        end.send_raw(noise)
        end.cut()
        self.assertEqual(self.office.relay.tunnelled, [])
        self.assert_nothing_kept(end)


class DatagramTests(Case):
    """In an open tunnel."""

    def test_what_is_no_datagram_ends_it(self) -> None:
        """Too long, empty, of another leg, or noise."""
        for wrong in (
            (MAX_DATAGRAM + 1).to_bytes(2, "big"),
            (0).to_bytes(2, "big"),
            framed(b"\x08" + bytes(40)),
            framed(b"x"),
        ):
            end = self.tunnel()
            with capturedLogs() as events:
                end.send_raw(wrong)
            self.assertEqual(len(self.warnings(events)), 1)
            self.assert_nothing_kept(end)
            [(cid, _)] = self.office.relay.tunnels_lost
            self.assertEqual(cid, self.leg.cid)
            self.office.relay.tunnels_lost.clear()

    @settings(deadline=None, max_examples=40)
    @given(st.binary(max_size=3000))
    def test_random_bytes_in_it(self, noise: bytes) -> None:
        """They are datagrams of this leg, or the end."""
        end = self.tunnel()
        end.send_raw(noise)
        for datagram, _ in self.office.relay.tunnelled:
            self.assertEqual(datagram[1:5], self.leg.cid.to_bytes(4, "big"))
        end.cut()
        self.assert_nothing_kept(end)

    def test_the_newest_tunnel_of_a_leg_counts(self) -> None:
        """The one before is closed, and its end does not end the new one."""
        first = self.tunnel()
        second = self.tunnel()
        first.pump()
        self.assertTrue(first.is_over)
        second.send_datagram(self.leg.datagram())
        self.assertEqual(len(self.office.relay.tunnelled), 1)
        self.assertEqual(len(self.office.tunnels), 1)

    def test_the_end_of_the_leg_ends_it(self) -> None:
        """Who logs out, or resumes with another leg, has no tunnel left."""
        end = self.tunnel()
        self.office.media.close(SessionId(b"s" * 16))
        self.assert_nothing_kept(end)

    def test_the_end_of_the_server_ends_it(self) -> None:
        """Nobody waits for a goodbye."""
        end = self.tunnel()
        closed = self.factory.close_all()
        end.pump()
        self.successResultOf(closed)

    def test_silence_ends_it(self) -> None:
        """A client that is there says so; one that is gone holds no connection."""
        end = self.tunnel()
        self.office.clock.advance(SILENT_SECONDS - 1)
        end.send_datagram(self.leg.datagram())
        self.office.clock.advance(SILENT_SECONDS - 1)
        self.assertFalse(end.is_over)
        self.office.clock.advance(1)
        self.assert_nothing_kept(end)

    def test_a_flood_is_read_more_slowly(self) -> None:
        """So many at once and a second; the rest waits in the client's own queue, none is lost."""
        end = self.tunnel()
        most = int(DATAGRAMS_AT_ONCE)
        end.send_raw(framed(self.leg.datagram()) * (most + 50))
        came = len(self.office.relay.tunnelled)
        self.assertLessEqual(came, most + 1)
        end.send_datagram(self.leg.datagram())
        self.assertEqual(len(self.office.relay.tunnelled), came)
        self.office.clock.advance(FLOOD_PAUSE_SECONDS)
        end.pump()
        more = len(self.office.relay.tunnelled) - came
        self.assertGreater(more, 0)
        self.assertLessEqual(more, DATAGRAMS_PER_SECOND * FLOOD_PAUSE_SECONDS + 2)
        for _ in range(8):
            self.office.clock.advance(FLOOD_PAUSE_SECONDS)
            end.pump()
        self.assertEqual(len(self.office.relay.tunnelled), most + 51)


class SlowReaderTests(Case):
    """Someone who reads more slowly than is spoken."""

    def setUp(self) -> None:
        super().setUp()
        self.end = self.tunnel()
        self.end.send_datagram(self.leg.datagram())
        [(_, self.sink)] = self.office.relay.tunnelled
        entrance: object = self.end.server.wrappedProtocol
        assert isinstance(entrance, Entrance)
        assert isinstance(entrance.within, TunnelProtocol)
        self.protocol = entrance.within

    def test_only_fresh_speech_waits(self) -> None:
        """What waits longer than 80 ms is thrown away; what is fresh goes when there is room."""
        self.protocol.pauseProducing()
        self.sink.send(b"old")
        self.office.clock.advance(FRESH_SECONDS + 0.01)
        self.sink.send(b"new")
        self.end.pump()
        self.assertEqual(self.end.got.datagrams, [])
        self.protocol.resumeProducing()
        self.end.pump()
        self.assertEqual(self.end.got.datagrams, [b"new"])

    def test_never_more_than_so_much(self) -> None:
        """However much is said at once, so many datagrams are kept."""
        self.protocol.pauseProducing()
        for number in range(1000):
            self.sink.send(number.to_bytes(2, "big"))
        self.protocol.resumeProducing()
        self.end.pump()
        self.assertEqual(len(self.end.got.datagrams), MOST_WAITING)

    def test_one_that_reads_nothing_is_cut_off(self) -> None:
        """After a while, with a word in the log; what is sent then goes nowhere."""
        self.protocol.pauseProducing()
        with capturedLogs() as events:
            self.office.clock.advance(STUCK_SECONDS)
        self.assertEqual(self.warnings(events), ["it does not read"])
        self.sink.send(b"late")
        self.assert_nothing_kept(self.end)
        self.assertEqual(self.end.got.datagrams, [])
