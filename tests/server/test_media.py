"""The media legs of sessions, against a relay that only notes."""

from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NotedRelay
from tests.server.someone import Counted
from voip.core.ids import CallId, Cid, SessionId, StreamId
from voip.core.media_config import MediaSuite
from voip.server.media import MediaLegs
from voip.server.relay.interface import Way
from voip.server.tunnels import Tunnels

ANN, BOB = SessionId(b"a" * 16), SessionId(b"b" * 16)
STREAM = StreamId(7)


class MediaLegsTests(SynchronousTestCase):
    """One leg a session."""

    def setUp(self) -> None:
        self.relay = NotedRelay()
        self.legs = MediaLegs(self.relay, Tunnels(self.relay), Counted(), "media.example", 5061)

    def test_a_session_is_told_what_the_relay_is_told(self) -> None:
        """Both ends get the same cid and keys, and each direction its own."""
        config = self.legs.open(ANN)
        up, down = self.relay.legs[config.cid]
        self.assertEqual((config.key_up, config.iv_up), (up.key, up.iv))
        self.assertEqual((config.key_down, config.iv_down), (down.key, down.iv))
        self.assertNotEqual(config.key_up, config.key_down)
        self.assertEqual((config.host, config.port), ("media.example", 5061))
        self.assertEqual(config.suite, MediaSuite.AES_128_GCM)

    def test_a_cid_in_use_is_not_given_twice(self) -> None:
        """A draw that hits a live leg, or 0, is drawn again."""
        draws = iter([b"\0\0\0\1", b"\0\0\0\1", b"\0\0\0\0", b"\0\0\0\2"])
        tunnels = Tunnels(self.relay)
        legs = MediaLegs(self.relay, tunnels, lambda n: next(draws) if n == 4 else bytes(n), "", 1)
        self.assertEqual([legs.open(ANN).cid, legs.open(BOB).cid], [1, 2])

    def test_streams_go_to_the_legs_of_their_receivers(self) -> None:
        """Sessions become cids."""
        ann, bob = self.legs.open(ANN).cid, self.legs.open(BOB).cid
        self.legs.set_receivers(ANN, STREAM, (BOB,))
        self.assertEqual(self.relay.receivers[ann, STREAM], (bob,))
        self.legs.set_receivers(ANN, STREAM, ())
        self.assertEqual(self.relay.receivers[ann, STREAM], ())

    def test_streams_outlive_a_new_leg(self) -> None:
        """After a resume both directions go on, by the new cid."""
        old = self.legs.open(ANN).cid
        bob = self.legs.open(BOB).cid
        self.legs.set_receivers(ANN, STREAM, (BOB,))
        self.legs.set_receivers(BOB, StreamId(8), (ANN,))
        new = self.legs.open(ANN).cid
        self.assertNotEqual(new, old)
        self.assertNotIn(old, self.relay.legs)
        self.assertEqual(self.relay.receivers[new, STREAM], (bob,))
        self.assertEqual(self.relay.receivers[bob, StreamId(8)], (new,))

    def test_sessions_without_a_leg_are_left_out(self) -> None:
        """Who has gone neither sends nor hears, and nothing is raised."""
        ann = self.legs.open(ANN).cid
        self.legs.set_receivers(ANN, STREAM, (BOB,))
        self.assertEqual(self.relay.receivers[ann, STREAM], ())
        self.legs.set_receivers(BOB, StreamId(8), (ANN,))
        self.assertNotIn((Cid(0), StreamId(8)), self.relay.receivers)

    def test_a_closed_leg_leaves_nothing(self) -> None:
        """Closing twice is as good as once."""
        self.legs.open(ANN)
        self.legs.set_receivers(ANN, STREAM, (BOB,))
        self.legs.close(ANN)
        self.legs.close(ANN)
        self.assertEqual((len(self.legs), self.relay.legs), (0, {}))
        ann = self.legs.open(ANN).cid
        self.legs.open(BOB)
        self.assertNotIn((ann, STREAM), self.relay.receivers)

    def test_the_way_to_a_session(self) -> None:
        """As the relay has it for the session's leg; none without a leg."""
        self.assertIsNone(self.legs.way(ANN))
        self.relay.ways[self.legs.open(ANN).cid] = Way.TLS
        self.assertIs(self.legs.way(ANN), Way.TLS)

    def test_a_call_is_a_room(self) -> None:
        """Streams of one call compete with each other and with no others, after a resume too."""
        ann, bob = self.legs.open(ANN).cid, self.legs.open(BOB).cid
        self.legs.set_receivers(ANN, STREAM, (BOB,), CallId(bytes(16)))
        self.legs.set_receivers(BOB, StreamId(8), (ANN,), CallId(bytes(15) + b"\1"))
        self.legs.set_receivers(ANN, StreamId(9), (BOB,))
        rooms = self.relay.rooms
        one, two = rooms[ann, STREAM], rooms[bob, StreamId(8)]
        self.assertEqual((len({0, one, two}), rooms[ann, StreamId(9)]), (3, 0))
        self.assertEqual(rooms[self.legs.open(ANN).cid, STREAM], one)

    def test_a_gate_outlives_everything_but_the_session(self) -> None:
        """A new leg, or a time without anybody who hears, opens no gate."""
        ann = self.legs.open(ANN).cid
        self.legs.set_gate(ANN, STREAM, is_open=False)
        self.legs.set_receivers(ANN, STREAM, (BOB,))
        self.legs.open(BOB)
        self.legs.set_receivers(ANN, STREAM, (BOB,))
        self.assertIs(self.relay.gates[ann, STREAM], False)
        self.legs.set_receivers(ANN, STREAM, ())
        self.legs.set_receivers(ANN, STREAM, (BOB,))
        self.assertIs(self.relay.gates[ann, STREAM], False)
        ann = self.legs.open(ANN).cid
        self.assertIs(self.relay.gates[ann, STREAM], False)
        self.legs.set_gate(ANN, STREAM, is_open=True)
        self.assertIs(self.relay.gates[ann, STREAM], True)
        ann = self.legs.open(ANN).cid
        self.assertIs(self.relay.gates[ann, STREAM], True)

    def test_a_gate_of_nobody(self) -> None:
        """A gate set without a leg, or before the session went, is as good as none."""
        self.legs.set_gate(ANN, STREAM, is_open=False)
        ann = self.legs.open(ANN).cid
        self.legs.open(BOB)
        self.legs.close(ANN)
        ann = self.legs.open(ANN).cid
        self.legs.set_receivers(ANN, STREAM, (BOB,))
        self.assertIs(self.relay.gates[ann, STREAM], True)
