"""Where the relay engine sends to: addresses that are learnt, proven, left and silent."""

from tests.server.relay.relay_case import BOBS_VOICE, CAFE, HELLO, WORD, RelayCase
from voip.server.relay.interface import (
    LegClosed,
    LegHeard,
    LegMoved,
    LegSilent,
)
from voip.wire.media_frames import Close, Media, Pad, Ping, Pong, encode_frames


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
