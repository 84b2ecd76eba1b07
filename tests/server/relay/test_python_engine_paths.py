"""Where the relay engine sends to: addresses that are learnt, proven, left and silent."""

from tests.server.relay.relay_case import BOBS_VOICE, CAFE, HELLO, WORD, RelayCase
from voip.core.ids import Cid
from voip.server.relay.interface import (
    LegClosed,
    LegHeard,
    LegMoved,
    LegSilent,
    Way,
)
from voip.wire.media_frames import (
    Close,
    Frame,
    Malformed,
    Media,
    Pad,
    Ping,
    Pong,
    encode_frames,
)


class PathTests(RelayCase):
    """Addresses are learnt, proven and left by the rules of roaming."""

    def test_the_first_packet_is_told_and_challenged(self) -> None:
        """The leg is heard; its address gets a PING and the PONG it asked for."""
        self.ann.send(*HELLO)
        self.relay.doRead()
        self.assertEqual(self.events, [LegHeard(self.ann.cid)])
        challenge, answer = self.ann.heard()
        self.assertIsInstance(challenge, Ping)
        self.assertEqual(answer, Pong(b"hello..."))

    def test_nothing_is_sent_to_one_who_was_never_heard(self) -> None:
        """Speech for a leg without an address is counted and dropped."""
        self.settle(self.ann)
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.network.outgoing, [])
        self.assertEqual(self.drops(), {"no_address": 1})

    def test_an_unproven_address_is_not_flooded(self) -> None:
        """Until Bob answers the challenge he gets three times what he sent, then all."""
        self.settle(self.ann)
        sent = self.bob.sealer.seal(encode_frames(HELLO))
        self.bob.send_raw(sent)
        for _ in range(50):
            self.ann.send(WORD)
        self.relay.doRead()
        got = self.bob.datagrams()
        self.assertLessEqual(sum(map(len, got)), 3 * len(sent))
        self.assertGreater(len(got), 2)
        self.assertIn("no_address", self.drops())
        challenges = [f for f in self.bob.open(got[0]) if isinstance(f, Ping)]
        self.bob.send(Pong(challenges[0].token))
        for _ in range(50):
            self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(len(self.bob.datagrams()), 50)

    def test_a_late_ping_from_elsewhere_is_not_answered(self) -> None:
        """An address that isn't even on trial gets nothing, however genuine the packet."""
        self.settle(self.ann, self.bob)
        ping = self.ann.sealer.seal(encode_frames([Ping(bytes(8))]))
        self.ann.send(WORD)
        self.network.incoming.append((ping, CAFE))
        self.relay.doRead()
        self.assertEqual(self.bob.heard(), [WORD])
        self.assertEqual(self.network.outgoing, [])
        self.assertEqual(self.drops(), {"no_address": 1})

    def test_a_client_that_moves(self) -> None:
        """From its new address it is challenged; till it answers all goes to the old one."""
        self.settle(self.ann, self.bob)
        home = self.bob.address
        self.bob.address = CAFE
        self.bob.send(Media(BOBS_VOICE, 0, 0, b"from the cafe"))
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.ann.heard(), [Media(BOBS_VOICE, 0, 0, b"from the cafe")])
        (challenge,) = self.bob.heard()
        self.assertEqual(self.bob.heard(home), [WORD])
        self.assertEqual(self.events, [])
        assert isinstance(challenge, Ping)
        self.bob.send(Pong(challenge.token))
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.events, [LegMoved(self.bob.cid)])
        self.assertEqual(self.bob.heard(), [WORD])
        self.assertEqual(self.network.outgoing, [])

    def test_a_client_that_says_goodbye(self) -> None:
        """Nothing more is sent there, and the leg is heard anew when it comes back."""
        self.settle(self.ann, self.bob)
        self.bob.send(Close())
        self.ann.send(WORD)
        self.relay.doRead()
        self.assertEqual(self.network.outgoing, [])
        self.bob.send(*HELLO)
        self.relay.doRead()
        self.assertEqual(self.events, [LegClosed(self.bob.cid), LegHeard(self.bob.cid)])


class SilenceTests(RelayCase):
    """A leg that says nothing for a while is told of, once."""

    def test_silence_is_told_once_and_ends(self) -> None:
        """After 15 s without a packet the leg is silent; its next packet makes it heard."""
        self.settle(self.ann, self.bob, self.cat)
        for _ in range(40):
            self.reactor.advance(1.0)
            self.ann.send(Pad(0))
            self.cat.send(Pad(0))
            self.relay.doRead()
        self.assertEqual(self.events, [LegSilent(self.bob.cid)])
        self.bob.send(Pad(0))
        self.relay.doRead()
        self.assertEqual(self.events, [LegSilent(self.bob.cid), LegHeard(self.bob.cid)])

    def test_a_leg_that_never_comes_is_silent_too(self) -> None:
        """The time counts from the opening of the leg."""
        self.reactor.pump([1.0] * 14)
        self.assertEqual(self.events, [])
        self.reactor.pump([1.0] * 2)
        self.assertEqual(
            self.events, [LegSilent(client.cid) for client in (self.ann, self.bob, self.cat)]
        )


class Line:
    """A tunnel that keeps what is sent through it."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, datagram: bytes) -> None:
        self.sent.append(datagram)


class TunnelTests(RelayCase):
    """A tunnel is an address: tried, proven and left like one."""

    def setUp(self) -> None:
        super().setUp()
        self.settle(self.ann, self.bob)
        self.line = Line()

    def through(self, *frames: Frame) -> list[Frame | Malformed]:
        """Bob sends through the tunnel; what comes back there."""
        self.engine.take_tunnelled(self.bob.sealer.seal(encode_frames(frames)), self.line)
        sent, self.line.sent = self.line.sent, []
        return [frame for datagram in sent for frame in self.bob.open(datagram)]

    def move_in(self) -> None:
        """Bob's leg is reached through the tunnel."""
        challenge, answer = self.through(*HELLO)
        self.assertEqual(answer, Pong(b"hello..."))
        assert isinstance(challenge, Ping)
        self.through(Pong(challenge.token))
        self.assertEqual(self.events, [LegMoved(self.bob.cid)])

    def speak(self) -> list[Frame | Malformed]:
        """Ann says a word; what Bob hears of it through the tunnel."""
        self.ann.send(WORD)
        self.relay.doRead()
        return [frame for datagram in self.line.sent for frame in self.bob.open(datagram)]

    def test_a_client_that_moves_into_a_tunnel(self) -> None:
        """It speaks and is spoken to there, and nothing more goes to its address."""
        self.move_in()
        self.through(Media(BOBS_VOICE, 0, 0, b"through"))
        self.assertEqual(self.ann.heard(), [Media(BOBS_VOICE, 0, 0, b"through")])
        self.assertEqual(self.speak(), [WORD])
        self.assertEqual(self.bob.heard(), [])

    def test_back_to_udp(self) -> None:
        """When datagrams get through again and the client answers there, all goes there."""
        self.move_in()
        self.settle(self.bob)
        self.assertEqual(self.speak(), [])
        self.assertEqual(self.bob.heard(), [WORD])

    def test_the_end_of_the_tunnel(self) -> None:
        """Nothing is sent there any more; the client is heard again wherever it is next."""
        self.move_in()
        self.engine.tunnel_lost(self.bob.cid, self.line)
        self.assertEqual(self.speak(), [])
        self.settle(self.bob)
        self.assertEqual(self.speak(), [])
        self.assertEqual(self.bob.heard(), [WORD])

    def test_the_way_that_a_leg_is_reached(self) -> None:
        """By UDP or by the tunnel; none when that has ended, before the first word and after."""
        self.assertEqual(self.engine.way(self.bob.cid), Way.UDP)
        self.move_in()
        self.assertEqual(self.engine.way(self.bob.cid), Way.TLS)
        self.engine.tunnel_lost(self.bob.cid, self.line)
        self.assertIsNone(self.engine.way(self.bob.cid))
        self.assertIsNone(self.engine.way(Cid(77)))

    def test_the_end_of_a_tunnel_whose_leg_is_closed(self) -> None:
        """Changes nothing."""
        self.move_in()
        self.engine.close_leg(self.bob.cid)
        self.engine.tunnel_lost(self.bob.cid, self.line)

    def test_nonsense_through_a_tunnel_is_counted(self) -> None:
        """It is answered nowhere and moves nothing."""
        self.engine.take_tunnelled(b"nonsense", self.line)
        self.assertEqual(self.line.sent, [])
        self.assertEqual(self.drops(), {"too_short": 1})
