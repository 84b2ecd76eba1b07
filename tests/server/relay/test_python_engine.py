"""The relay engine in Python."""

import errno
import os
import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from tests.server.relay.clients import Client, PretendSocket, loopback_socket
from tests.server.relay.relay_case import ANNS_VOICE, BOBS_VOICE, CAFE, HELLO, WORD, RelayCase
from voip.core.errors import LocalProtocolError
from voip.core.ids import StreamId
from voip.server.relay.interface import (
    LegHeard,
    RelayEvent,
)
from voip.server.relay.python_engine import BATCH, PythonRelay
from voip.server.relay.rooms import MARKED_PACKETS
from voip.server.relay.sockets import listen
from voip.wire.datagram import MAX_FRAMES, PACKET_NUMBER_LIMIT
from voip.wire.media_frames import Close, Media, Ping, Pong, Report, encode_frames


class ForwardingTests(RelayCase):
    """Speech goes to whom it was set for, and to nobody else."""

    def setUp(self) -> None:
        super().setUp()
        self.settle(self.ann, self.bob, self.cat)

    def test_speech_is_sealed_anew_and_otherwise_unchanged(self) -> None:
        """Bob gets Ann's frame with its level, time and mark; Ann and Cat get nothing."""
        sent = self.ann.sealer.seal(encode_frames([WORD]))
        self.ann.send_raw(sent)
        self.relay.doRead()
        (datagram,) = self.bob.datagrams()
        self.assertEqual(list(self.bob.open(datagram)), [WORD])
        self.assertEqual(len(datagram), len(sent))
        self.assertNotEqual(datagram[9:], sent[9:])
        self.assertEqual(self.network.outgoing, [])

    def test_several_receivers(self) -> None:
        """Each receiver gets its own seal of the same frame."""
        self.engine.set_receivers(self.ann.cid, ANNS_VOICE, [self.bob.cid, self.cat.cid])
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual((self.bob.heard(), self.cat.heard()), ([WORD], [WORD]))

    def test_redundant_speech_stays_in_one_datagram(self) -> None:
        """An older frame that is sent along stays along."""
        older = Media(ANNS_VOICE, 0x85, 769, b"an older word")
        self.ann.send(WORD, older)
        self.relay.doRead()
        (datagram,) = self.bob.datagrams()
        self.assertEqual(list(self.bob.open(datagram)), [WORD, older])

    def test_streams_in_one_datagram_part(self) -> None:
        """Two streams of one leg go to their own receivers."""
        screen = Media(StreamId(13), 0, 1, b"another stream")
        self.engine.set_receivers(self.ann.cid, StreamId(13), [self.cat.cid])
        self.ann.send(WORD, screen)
        self.relay.doRead()
        self.assertEqual((self.bob.heard(), self.cat.heard()), ([WORD], [screen]))

    def test_the_longest_frame_passes(self) -> None:
        """A datagram of full length is forwarded at full length."""
        longest = Media(ANNS_VOICE, 0, 0, bytes(MAX_FRAMES - 6))
        self.ann.send(longest)
        self.relay.doRead()
        self.assertEqual(self.bob.heard(), [longest])

    def test_a_leg_sends_only_its_own_streams(self) -> None:
        """Speech under another's stream, or after the stream was closed, is counted and dropped."""
        self.ann.send(Media(BOBS_VOICE, 0, 0, b"in bob's name"))
        self.cat.send(WORD)
        self.engine.set_receivers(self.ann.cid, ANNS_VOICE, [])
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.network.outgoing, [])
        self.assertEqual(self.drops(), {"foreign_stream": 3})

    def test_the_gate(self) -> None:
        """A shut gate stops the stream, an open one lets it pass again."""
        self.engine.set_gate(self.ann.cid, ANNS_VOICE, is_open=False)
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.bob.heard(), [])
        self.assertEqual(self.drops(), {"gated": 1})
        self.engine.set_gate(self.ann.cid, ANNS_VOICE, is_open=True)
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.bob.heard(), [WORD])

    def test_a_leg_that_is_closed(self) -> None:
        """It sends nothing any more and gets nothing; closing it again is our bug."""
        self.engine.close_leg(self.bob.cid)
        self.ann.send(WORD)
        self.bob.send(Media(BOBS_VOICE, 0, 0, b"still talking"))
        self.relay.doRead()
        self.assertEqual(self.network.outgoing, [])
        self.assertEqual(self.drops(), {"foreign_stream": 1, "unknown_leg": 1})
        self.assertRaises(LocalProtocolError, self.engine.close_leg, self.bob.cid)

    def test_only_the_loudest_of_a_room_pass(self) -> None:
        """Who is quieter than three others is held back; who gets a place is marked at first."""
        self.engine.set_receivers(self.ann.cid, ANNS_VOICE, [self.bob.cid], room=1)
        for number in (21, 22, 23):
            self.engine.set_receivers(self.cat.cid, StreamId(number), [self.bob.cid], room=1)
        loud = [Media(number, 20, 1, b"loud") for number in (21, 22, 23)]
        soft = replace(WORD, level=30, is_first_after_silence=False)
        for _ in range(MARKED_PACKETS):
            for word in loud:
                self.cat.send(word)
        self.cat.send(*loud)
        self.ann.send(soft)
        self.relay.doRead()
        marked = [replace(word, is_first_after_silence=True) for word in loud]
        self.assertEqual(self.bob.heard(), marked * MARKED_PACKETS + loud)
        self.assertEqual(self.drops(), {"held_back": 1})

    def test_reports_go_to_the_speaker(self) -> None:
        """How Bob hears Ann is told to Ann; a report on a stream one doesn't get is dropped."""
        report = Report(ANNS_VOICE, lost=10, jitter_ms=7)
        self.bob.send(report, Report(99, 1, 1))
        self.cat.send(report)
        self.relay.doRead()
        self.assertEqual(self.ann.heard(), [report])
        self.assertEqual(self.network.outgoing, [])
        self.assertEqual(self.drops(), {"foreign_stream": 2})

    def test_many_small_frames_make_no_more_datagrams(self) -> None:
        """A datagram full of reports and PINGs makes one of each."""
        self.bob.send(*[Report(ANNS_VOICE, 1, 1)] * 40, *[Ping(bytes(8))] * 40)
        self.relay.doRead()
        self.assertEqual(len(self.ann.datagrams()), 1)
        self.assertEqual(len(self.bob.datagrams()), 1)

    def test_statistics(self) -> None:
        """Packets and bytes are counted both ways."""
        before = self.engine.stats()
        self.ann.send(WORD)
        self.ann.send_raw(b"?")
        self.relay.doRead()
        after = self.engine.stats()
        length = len(self.bob.datagrams()[0])
        self.assertEqual((after.engine, after.legs, after.socket_drops), ("python", 3, 0))
        self.assertEqual(after.packets_in - before.packets_in, 2)
        self.assertEqual(after.bytes_in - before.bytes_in, length + 1)
        self.assertEqual(after.packets_out - before.packets_out, 1)
        self.assertEqual(after.bytes_out - before.bytes_out, length)


class StrangerTests(RelayCase):
    """What is not genuine is counted and has no other effect."""

    def test_each_cause_is_counted(self) -> None:
        """Junk, other phases, unknown legs, forgeries and replays are told apart, none answered."""
        genuine = self.ann.sealer.seal(encode_frames([Ping(bytes(8))]))
        stranger = Client(9, self.network)
        self.ann.send_raw(b"")
        self.ann.send_raw(genuine + bytes(1200))
        self.ann.send_raw(b"\x80" + genuine[1:])
        self.ann.send_raw(b"\x09" + genuine[1:])
        self.ann.send_raw(genuine[:5] + bytes(4) + genuine[9:])
        self.ann.send_raw(genuine[:-1] + bytes([genuine[-1] ^ 1]))
        stranger.send(Ping(bytes(8)))
        self.relay.doRead()
        self.assertEqual(
            self.drops(),
            {
                "too_short": 1,
                "too_long": 1,
                "not_ours": 1,
                "key_phase": 1,
                "bad_number": 1,
                "forged": 1,
                "unknown_leg": 1,
            },
        )
        self.assertEqual((self.network.outgoing, self.events), ([], []))

    def test_a_replay_is_not_answered(self) -> None:
        """A copied PING from elsewhere gets no PONG and makes no candidate."""
        self.settle(self.ann)
        ping = self.ann.sealer.seal(encode_frames([Ping(bytes(8))]))
        self.network.incoming.append((ping, self.ann.address))
        self.network.incoming.append((ping, CAFE))
        self.relay.doRead()
        self.assertEqual(self.ann.heard(), [Pong(bytes(8))])
        self.assertEqual(self.network.outgoing, [])
        self.assertEqual(self.drops(), {"replayed": 1})

    @settings(deadline=None, max_examples=200)
    @given(st.binary(max_size=80), st.booleans())
    def test_any_bytes(self, data: bytes, is_framed: bool) -> None:
        """Whatever comes from a stranger, it is dropped, unanswered."""
        before = sum(self.drops().values())
        self.ann.send_raw(b"\x08\x00\x00\x00\x01" + data if is_framed else data)
        self.relay.doRead()
        self.assertEqual(sum(self.drops().values()), before + 1)
        self.assertEqual((self.network.outgoing, self.events), ([], []))

    @settings(deadline=None, max_examples=200)
    @given(st.binary(max_size=80))
    def test_any_frames(self, frames: bytes) -> None:
        """A client that seals nonsense does no harm, and the relay goes on."""
        self.cat.send_raw(self.cat.sealer.seal(frames))
        self.cat.send(*HELLO)
        self.relay.doRead()
        self.assertIn(Pong(b"hello..."), self.cat.heard())

    def test_malformed_frames_are_counted(self) -> None:
        """What stands before the broken frame is still acted on."""
        self.settle(self.ann)
        self.ann.send_raw(self.ann.sealer.seal(encode_frames([Ping(bytes(8)), Close()]) + b"x"))
        self.relay.doRead()
        self.assertEqual(self.ann.heard(), [Pong(bytes(8))])
        self.assertEqual(self.drops(), {"malformed": 1})


class TroubleTests(RelayCase):
    """The network and our own callbacks fail; the relay goes on."""

    def setUp(self) -> None:
        super().setUp()
        self.settle(self.ann, self.bob)

    def test_a_full_send_buffer_and_a_refused_address(self) -> None:
        """What the kernel doesn't take is counted by cause and lost, and the next one goes."""
        for error in (BlockingIOError(errno.EAGAIN, ""), PermissionError(errno.EPERM, "")):
            self.network.send_error = error
            self.ann.send(WORD)
            self.relay.doRead()
        self.assertEqual(self.drops(), {"socket_busy": 1, "socket_error": 1})
        self.network.send_error = None
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.bob.heard(), [WORD])

    def test_an_error_while_receiving(self) -> None:
        """It is counted, and what lies behind it is still taken."""
        self.network.incoming.append(ConnectionRefusedError(errno.ECONNREFUSED, ""))
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.drops(), {"socket_error": 1})
        self.assertEqual(self.bob.heard(), [WORD])

    def test_keys_that_are_used_up(self) -> None:
        """A receiver without packet numbers gets nothing, and it is counted."""
        self.relay._legs[self.bob.cid].sealer._next = PACKET_NUMBER_LIMIT
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.drops(), {"keys_used_up": 1})

    def test_a_turn_has_an_end(self) -> None:
        """One turn takes a bounded number of datagrams and leaves the rest for the next."""
        for _ in range(BATCH + 3):
            self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(len(self.bob.datagrams()), BATCH)
        self.relay.doRead()
        self.assertEqual(len(self.bob.datagrams()), 3)

    def test_a_callback_that_raises(self) -> None:
        """The failure is logged with its event, and the packet still goes its way."""

        def broken(event: RelayEvent) -> None:
            raise ZeroDivisionError

        self.relay._on_event = broken
        self.settle(self.cat)
        (failure, *_) = self.flushLoggedErrors(ZeroDivisionError)
        self.assertTrue(failure.check(ZeroDivisionError))
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.bob.heard(), [WORD])


class LifeTests(RelayCase):
    """Starting and stopping."""

    def test_what_the_reactor_needs(self) -> None:
        """The engine is read from while it runs, has its socket's number, and a name for logs."""
        self.assertEqual(self.reactor.getReaders(), [self.relay])
        self.assertEqual(self.relay.fileno(), self.network.fileno())
        self.assertEqual(self.relay.logPrefix(), "relay")

    def test_stopping(self) -> None:
        """Nothing is left in the reactor and the socket is closed; stopping again does nothing."""
        self.engine.stop()
        self.engine.stop()
        self.assertEqual(self.reactor.getReaders(), [])
        self.assertEqual(self.reactor.getDelayedCalls(), [])
        self.assertEqual(self.network.fileno(), -1)

    def test_the_reactor_lets_go(self) -> None:
        """When the reactor shuts down first, the engine stops by itself."""
        self.relay.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.network.fileno(), -1)

    def test_which_engine_runs_is_in_the_log(self) -> None:
        """Starting says the engine's name."""
        other = PythonRelay(
            PretendSocket(), MemoryReactorClock(), time.monotonic, os.urandom, self.events.append
        )
        with capturedLogs() as events:
            other.start()
        other.stop()
        self.assertEqual([event["engine"] for event in events], ["python"])


class LoopbackTests(SynchronousTestCase):
    """Over the kernel's own loopback, with two clients on real sockets."""

    def test_two_people(self) -> None:
        """Both prove their addresses, and each hears the other's word, byte for byte."""
        events: list[RelayEvent] = []
        udp = listen("127.0.0.1", 0)
        relay = PythonRelay(udp, MemoryReactorClock(), time.monotonic, os.urandom, events.append)
        self.addCleanup(relay.stop)
        network = PretendSocket()
        self.addCleanup(network.close)
        ann, bob = (Client(cid, network) for cid in (1, 2))
        words = {ann.cid: Media(1, 0, 0, b"from ann"), bob.cid: Media(2, 0, 0, b"from bob")}
        for client in (ann, bob):
            client.join(relay)
        relay.set_receivers(ann.cid, StreamId(1), [bob.cid])
        relay.set_receivers(bob.cid, StreamId(2), [ann.cid])
        with loopback_socket() as anns, loopback_socket() as bobs:
            ends = ((ann, anns), (bob, bobs))
            for client, end in ends:
                end.sendto(client.sealer.seal(encode_frames(HELLO)), udp.getsockname())
                relay.doRead()
                (challenge,) = client.open(end.recv(2000))
                assert isinstance(challenge, Ping)
                self.assertEqual(list(client.open(end.recv(2000))), [Pong(b"hello...")])
                pong = encode_frames([Pong(challenge.token)])
                end.sendto(client.sealer.seal(pong), udp.getsockname())
                relay.doRead()
            for client, end in ends:
                word = encode_frames([words[client.cid]])
                end.sendto(client.sealer.seal(word), udp.getsockname())
                relay.doRead()
            self.assertEqual(list(bob.open(bobs.recv(2000))), [words[ann.cid]])
            self.assertEqual(list(ann.open(anns.recv(2000))), [words[bob.cid]])
        self.assertEqual(events, [LegHeard(ann.cid), LegHeard(bob.cid)])
        self.assertEqual(relay.stats().drops, {})
