"""The table of legs and streams."""

from twisted.trial.unittest import SynchronousTestCase

from voip.core.errors import LocalProtocolError
from voip.core.ids import Cid, StreamId
from voip.server.relay.legs import LegTable
from voip.server.relay.rooms import Forwarding
from voip.wire.datagram import MediaKeys, Suite

KEYS = MediaKeys(Suite.AES_128_GCM, bytes(16), bytes(12))
ANN, BOB, CAT = Cid(1), Cid(2), Cid(3)
VOICE, OTHER = StreamId(7), StreamId(8)


class LegTableTests(SynchronousTestCase):
    """Keeps both directions of a stream true."""

    def setUp(self) -> None:
        self.table = LegTable()
        for cid in (ANN, BOB, CAT):
            self.table.open(cid, KEYS, KEYS, now=0.0)

    def receivers(self, cid: Cid, stream: StreamId) -> list[Cid]:
        """Who gets a stream."""
        return [leg.cid for leg in self.table.by_cid[cid].streams[stream].receivers]

    def sources(self, cid: Cid) -> dict[int, Cid]:
        """Whose streams reach a leg."""
        return {number: leg.cid for number, leg in self.table.by_cid[cid].sources.items()}

    def test_receivers_know_their_sources(self) -> None:
        """Setting receivers makes the stream reach them; setting others takes it away again."""
        self.table.set_receivers(ANN, VOICE, [BOB, CAT], 0)
        self.assertEqual(self.receivers(ANN, VOICE), [BOB, CAT])
        self.assertEqual((self.sources(BOB), self.sources(CAT)), ({7: ANN}, {7: ANN}))
        self.table.set_receivers(ANN, VOICE, [CAT], 0)
        self.assertEqual((self.sources(BOB), self.sources(CAT)), ({}, {7: ANN}))

    def test_a_receiver_named_twice_counts_once(self) -> None:
        """Nobody gets a stream double."""
        self.table.set_receivers(ANN, VOICE, [BOB, BOB], 0)
        self.assertEqual(self.receivers(ANN, VOICE), [BOB])

    def test_no_receivers_close_the_stream(self) -> None:
        """An empty list takes the right to send from the leg, open or not before."""
        self.table.set_receivers(ANN, VOICE, [BOB], 0)
        self.table.set_receivers(ANN, VOICE, [], 0)
        self.table.set_receivers(ANN, OTHER, [], 0)
        self.assertEqual(self.table.by_cid[ANN].streams, {})
        self.assertEqual(self.sources(BOB), {})

    def test_a_new_list_keeps_the_gate(self) -> None:
        """A gate stays shut when the receivers change."""
        self.table.set_receivers(ANN, VOICE, [BOB], 0)
        self.table.set_gate(ANN, VOICE, is_open=False)
        self.table.set_receivers(ANN, VOICE, [CAT], 0)
        self.assertFalse(self.table.by_cid[ANN].streams[VOICE].is_open)

    def test_closing_takes_a_leg_out_of_everything(self) -> None:
        """The streams of others lose the receiver, its own reach nobody any more."""
        self.table.set_receivers(ANN, VOICE, [BOB, CAT], 0)
        self.table.set_receivers(BOB, OTHER, [ANN, BOB], 0)
        self.table.close(BOB)
        self.assertEqual(self.receivers(ANN, VOICE), [CAT])
        self.assertEqual(self.sources(ANN), {})
        self.assertNotIn(BOB, self.table.by_cid)

    def test_a_leg_that_is_not_open_is_our_bug(self) -> None:
        """Naming one raises, whatever is asked, and changes nothing."""
        nobody = Cid(99)
        self.table.set_receivers(ANN, VOICE, [BOB], 0)
        self.assertRaises(LocalProtocolError, self.table.close, nobody)
        self.assertRaises(LocalProtocolError, self.table.set_receivers, nobody, VOICE, [ANN], 0)
        self.assertRaises(LocalProtocolError, self.table.set_receivers, ANN, VOICE, [nobody], 0)
        self.assertRaises(LocalProtocolError, self.table.set_gate, nobody, VOICE, True)
        self.assertRaises(LocalProtocolError, self.table.set_gate, ANN, OTHER, True)
        self.assertRaises(LocalProtocolError, self.table.open, ANN, KEYS, KEYS, 0.0)
        self.assertEqual(self.receivers(ANN, VOICE), [BOB])


class RoomTests(SynchronousTestCase):
    """Streams of one room compete, and a room lasts as long as it has streams."""

    def setUp(self) -> None:
        self.table = LegTable()
        for cid in (ANN, BOB, CAT):
            self.table.open(cid, KEYS, KEYS, now=0.0)
        self.table.set_receivers(ANN, VOICE, [BOB, CAT], 5)
        self.table.set_receivers(BOB, OTHER, [ANN, CAT], 5)

    def test_streams_share_their_room(self) -> None:
        """Those of one number are in one room; a change of receivers changes nothing there."""
        (room,) = self.table.rooms.values()
        self.table.set_receivers(ANN, VOICE, [CAT], 5)
        self.assertEqual((len(room), self.table.rooms), (2, {5: room}))

    def test_a_room_ends_with_its_last_stream(self) -> None:
        """However the streams leave: closed, moved out, or with their leg."""
        self.table.set_receivers(ANN, VOICE, [CAT], 0)
        self.assertIsNone(self.table.by_cid[ANN].streams[VOICE].room)
        self.table.set_receivers(ANN, VOICE, [CAT], 5)
        self.table.set_receivers(ANN, VOICE, [], 5)
        self.assertEqual(len(self.table.rooms[5]), 1)
        self.table.close(BOB)
        self.assertEqual(self.table.rooms, {})

    def test_a_stream_ends_with_its_last_receiver(self) -> None:
        """Nobody is left who hears it."""
        self.table.close(CAT)
        self.table.close(BOB)
        self.assertEqual((self.table.by_cid[ANN].streams, self.table.rooms), ({}, {}))

    def test_a_gated_stream_begins_anew(self) -> None:
        """It gives its place up, and keeps competing once it is heard again."""
        room = self.table.rooms[5]
        room.hear(VOICE, 10, 0.0)
        self.table.set_gate(ANN, VOICE, is_open=False)
        self.table.set_gate(ANN, VOICE, is_open=True)
        self.assertIs(room.hear(VOICE, 10, 60.0), Forwarding.MARKED)
