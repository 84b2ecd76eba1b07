"""A voice engine that deals in whole packets."""

from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice.commands import (
    DropPath,
    DropStream,
    PathUp,
    ReceiveKey,
    SendKey,
    SetMicrophone,
    StartTalking,
    StopTalking,
    UsePath,
    VoiceReport,
)
from voip.client.voice.packet_engine import ECHO_SECONDS, EchoSpeaker, Packet, PacketEngine
from voip.client.voice.reactor import MediaReactor
from voip.core.ids import CallId, Cid, StreamId
from voip.core.media_config import MediaConfig, MediaSuite
from voip.media.sframe import Receiver, Sender, SenderKey, Unsealed
from voip.wire.datagram import MediaKeys, Opened, Opener, Sealer, Suite
from voip.wire.media_frames import (
    Frame,
    Malformed,
    Media,
    Ping,
    Pong,
    encode_frames,
    parse_frames,
)

CALL = CallId(b"c" * 16)
OTHER_CALL = CallId(b"o" * 16)
MINE, THEIRS = StreamId(7), StreamId(8)
MY_KEY, THEIR_KEY = b"m" * 16, b"t" * 16
SERVER = ("127.0.0.1", 5061)
MEDIA = MediaConfig(
    host="",
    port=SERVER[1],
    cid=Cid(99),
    suite=MediaSuite.AES_128_GCM,
    key_up=b"u" * 16,
    iv_up=b"i" * 12,
    key_down=b"d" * 16,
    iv_down=b"j" * 12,
    keepalive_seconds=15,
    max_datagram_bytes=1200,
)


class OneSocketReactor(Clock):
    """A clock, and the one UDP socket that is opened on it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.protocol: DatagramProtocol | None = None
        self.is_open = False

    def listenUDP(  # noqa: N802 - Twisted's name
        self, port: int, protocol: DatagramProtocol, interface: str = ""
    ) -> object:
        """Open it."""
        self.protocol = protocol
        self.is_open = True
        protocol.transport = self  # type: ignore[assignment] # as much of one as is used
        return cast("IListeningPort", self)

    def write(self, datagram: bytes, _address: tuple[str, int]) -> None:
        """What is sent."""
        self.sent.append(datagram)

    def stopListening(self) -> None:  # noqa: N802 - Twisted's name
        """Close it."""
        self.is_open = False


class _Speaker:
    def __init__(self, test: "TalkingTests") -> None:
        self._test = test

    def heard(self, stream: StreamId, packet: Packet) -> None:
        self._test.heard.append((stream, packet))

    def stop(self) -> None:
        self._test.stopped += 1


class TalkingTests(SynchronousTestCase):
    """What goes in and out of a call."""

    def setUp(self) -> None:
        self.reactor = OneSocketReactor()
        self.reports: list[VoiceReport] = []
        self.heard: list[tuple[StreamId, Packet]] = []
        self.stopped = 0
        self.engine = PacketEngine(cast("MediaReactor", self.reactor), lambda _say: _Speaker(self))
        self.engine.listen(self.reports.append)
        self.opener = Opener(MEDIA.cid, MediaKeys(Suite.AES_128_GCM, MEDIA.key_up, MEDIA.iv_up))
        self.sealer = Sealer(MEDIA.cid, MediaKeys(Suite.AES_128_GCM, MEDIA.key_down, MEDIA.iv_down))
        self.their_sender = Sender(SenderKey(THEIR_KEY, 0))
        self.engine.command(UsePath(MEDIA, SERVER[0]))
        self.addCleanup(self.engine.close)

    def frames_sent(self) -> list[Frame | Malformed]:
        """What the server can open of what was sent since the last time."""
        sent, self.reactor.sent = self.reactor.sent, []
        opened = [self.opener.open(datagram) for datagram in sent]
        return [
            frame
            for each in opened
            if isinstance(each, Opened)
            for frame in parse_frames(each.frames)
        ]

    def arrive(self, datagram: bytes) -> None:
        """The server sent this."""
        assert self.reactor.protocol is not None
        self.reactor.protocol.datagramReceived(datagram, SERVER)

    def they_say(self, opus: bytes, stream: StreamId = THEIRS) -> None:
        """The other side's packet comes in."""
        media = Media(stream, 20, 1234, self.their_sender.seal(opus), True)
        self.arrive(self.sealer.seal(encode_frames((media,))))

    def talk(self) -> None:
        """The call is on, with the keys of both."""
        self.engine.command(StartTalking(CALL, MINE))
        self.engine.command(SendKey(CALL, 0, MY_KEY))
        self.engine.command(ReceiveKey(CALL, THEIRS, 0, THEIR_KEY))

    def test_a_heard_packet_comes_with_what_travelled_beside_it(self) -> None:
        """Level and time of a packet are the sender's."""
        self.talk()
        self.they_say(b"hello")
        self.assertEqual(self.heard, [(THEIRS, Packet(b"hello", 20, 1234, True))])

    def test_what_is_said_can_be_opened_by_the_other_side_alone(self) -> None:
        """A packet goes out on the own stream, sealed with the call's key."""
        self.talk()
        self.frames_sent()
        self.engine.say(Packet(b"hello", 20, 1234))
        (media,) = self.frames_sent()
        assert isinstance(media, Media)
        self.assertNotIn(b"hello", media.sframe)
        receiver = Receiver()
        receiver.accept(SenderKey(MY_KEY, 0))
        opened = receiver.open(media.sframe)
        assert isinstance(opened, Unsealed)
        self.assertEqual(
            (media.stream, media.level, media.timestamp, opened.plaintext),
            (MINE, 20, 1234, b"hello"),
        )

    def test_nothing_is_said_outside_a_call_or_without_a_key(self) -> None:
        """Before the key, and after the end, a packet goes nowhere."""
        self.frames_sent()
        self.engine.say(Packet(b"too early", 0, 0))
        self.engine.command(StartTalking(CALL, MINE))
        self.engine.say(Packet(b"no key", 0, 0))
        self.engine.command(SendKey(CALL, 0, MY_KEY))
        self.engine.command(StopTalking(CALL))
        self.engine.say(Packet(b"too late", 0, 0))
        self.assertEqual([f for f in self.frames_sent() if isinstance(f, Media)], [])

    def test_streams_without_a_key_are_not_heard(self) -> None:
        """Nor those whose key was dropped."""
        self.talk()
        self.they_say(b"stranger", StreamId(9))
        self.engine.command(DropStream(CALL, THEIRS))
        self.they_say(b"gone")
        self.assertEqual(self.heard, [])

    def test_commands_for_another_call_change_nothing(self) -> None:
        """A late command of the call before cannot end or listen to this one."""
        self.talk()
        self.engine.command(StopTalking(OTHER_CALL))
        self.engine.command(DropStream(OTHER_CALL, THEIRS))
        self.engine.command(StartTalking(CALL, MINE))  # the same again
        self.engine.command(SetMicrophone(is_muted=True))
        self.they_say(b"hello")
        self.assertEqual(len(self.heard), 1)
        self.assertEqual(self.stopped, 0)

    def test_the_server_is_pinged_and_answered(self) -> None:
        """The path is kept open, and known to be up when the server answers."""
        (ping,) = self.frames_sent()
        assert isinstance(ping, Ping)
        self.arrive(self.sealer.seal(encode_frames((Pong(ping.token), Ping(b"8 octets")))))
        self.assertEqual([type(report) for report in self.reports], [PathUp])
        self.assertEqual(self.frames_sent(), [Pong(b"8 octets")])
        self.reactor.advance(15)
        self.assertEqual([type(frame) for frame in self.frames_sent()], [Ping])

    def test_a_dropped_path_is_silent(self) -> None:
        """After logging out nothing is sent and the socket is closed."""
        self.engine.command(DropPath())
        self.frames_sent()
        self.reactor.advance(60)
        self.talk()
        self.engine.say(Packet(b"hello", 0, 0))
        self.assertEqual(self.frames_sent(), [])
        self.assertFalse(self.reactor.is_open)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_what_is_given_again_does_not_start_again(self) -> None:
        """No number is used twice under one key, whether of a path or of a call."""
        self.talk()
        self.engine.say(Packet(b"one", 0, 0))
        self.engine.command(UsePath(MEDIA, SERVER[0]))
        self.engine.command(SendKey(CALL, 0, MY_KEY))
        self.engine.say(Packet(b"two", 0, 0))
        receiver = Receiver()
        receiver.accept(SenderKey(MY_KEY, 0))
        said = [frame for frame in self.frames_sent() if isinstance(frame, Media)]
        opened = [receiver.open(media.sframe) for media in said]
        words = [each.plaintext for each in opened if isinstance(each, Unsealed)]
        self.assertEqual(words, [b"one", b"two"])

    def test_another_call_ends_the_one_before(self) -> None:
        """The speaker of the old call is stopped."""
        self.talk()
        self.engine.command(StartTalking(OTHER_CALL, MINE))
        self.assertEqual(self.stopped, 1)

    @settings(max_examples=50, deadline=None)
    @given(st.binary(max_size=200))
    def test_no_bytes_can_hurt_it(self, data: bytes) -> None:
        """Whatever comes from the server's address, nothing is heard or raised."""
        self.talk()
        self.heard.clear()
        self.arrive(data)
        self.assertEqual(self.heard, [])


class EchoSpeakerTests(SynchronousTestCase):
    """What echo says."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.said: list[Packet] = []
        self.echo = EchoSpeaker(self.clock, self.said.append)

    def test_it_says_what_it_heard_a_second_later(self) -> None:
        """In the order and at the pace it was heard."""
        packets = [Packet(bytes([number]), 10, number * 8) for number in range(3)]
        for packet in packets:
            self.echo.heard(THEIRS, packet)
            self.clock.advance(0.02)
        self.clock.advance(ECHO_SECONDS - 0.05)
        self.assertEqual(self.said, packets[:1])
        self.clock.advance(0.05)
        self.assertEqual(self.said, packets)

    def test_it_says_nothing_after_the_call(self) -> None:
        """What was still to be said is forgotten."""
        self.echo.heard(THEIRS, Packet(b"late", 10, 0))
        self.echo.stop()
        self.clock.advance(ECHO_SECONDS)
        self.assertEqual(self.said, [])
