"""What somebody who has left can make of the datagrams of the real relay.

The relay goes on sending everything to them, as if it were on their side.
"""

from tests.client.group_parties import Device, Gathering
from tests.server.relay.clients import Client
from tests.server.relay.relay_case import RelayCase
from voip.client.group_keys import COLLECT_SECONDS
from voip.client.sender_keys import USE_AFTER_SECONDS
from voip.core.ids import StreamId
from voip.wire.media_frames import Media

STEPS_PER_WORD = 8  # of 2.5 ms


class CapturedDatagramsTests(RelayCase):
    def setUp(self) -> None:
        super().setUp()
        self.room = Gathering()
        self.seats: list[tuple[Device, Client]] = [
            (self.room.joins(name), client)
            for name, client in (("ann", self.ann), ("bob", self.bob), ("cat", self.cat))
        ]
        self.room.settle()
        for device, client in self.seats:
            others = [other.cid for _, other in self.seats if other is not client]
            self.engine.set_receivers(client.cid, device.shown.stream, others)
        self.settle(self.ann, self.bob, self.cat)
        self.words = 0

    def say(self, device: Device, client: Client) -> None:
        """A word of somebody goes through the relay."""
        self.words += 1
        timestamp = self.words * STEPS_PER_WORD
        client.send(Media(device.shown.stream, 0x83, timestamp, device.speak()))
        self.relay.doRead()

    def captured(self, client: Client) -> list[Media]:
        """The speech in all datagrams that came to a client since it was last asked."""
        return [frame for frame in client.heard() if isinstance(frame, Media)]

    def openable(self, device: Device, frames: list[Media]) -> list[bool]:
        speakers = {each.shown.stream: each for each, _ in self.seats}
        return [device.can_open(speakers[StreamId(frame.stream)], frame.sframe) for frame in frames]

    def test_who_left(self) -> None:
        """Of what the relay sends to somebody who has left, nothing opens that was said after the
        others changed their keys; all of it opens for those who are there."""
        (ann, _), (bob, _), (cat, _) = self.seats
        self.say(*self.seats[0])
        self.say(*self.seats[1])
        self.assertEqual(self.openable(cat, self.captured(self.cat)), [True, True])
        self.room.leaves(cat)
        self.room.pass_time(COLLECT_SECONDS + USE_AFTER_SECONDS)
        for _ in range(3):
            self.say(*self.seats[0])
            self.say(*self.seats[1])
        for_cat = self.captured(self.cat)
        self.assertEqual(len(for_cat), 6)
        self.assertEqual(self.openable(cat, for_cat), [False] * 6)
        for device, client in ((ann, self.ann), (bob, self.bob)):
            self.assertEqual(self.openable(device, self.captured(client)), [True] * 4)

    def test_who_left_and_knows_later_keys_of_nobody(self) -> None:
        """Nor does anything open that is said after somebody else came, or a key was ratcheted."""
        (ann, _), _, (cat, _) = self.seats
        self.room.leaves(cat)
        self.room.settle()
        self.room.joins("dan")
        self.room.settle()
        self.say(ann, self.ann)
        self.assertEqual(self.openable(cat, self.captured(self.cat)), [False])

    def test_what_was_captured_before_one_came(self) -> None:
        """Who comes later opens nothing of what somebody kept for them."""
        self.say(*self.seats[0])
        kept = self.captured(self.bob)
        dan = self.room.joins("dan")
        self.room.settle()
        self.assertEqual(self.openable(dan, kept), [False])
        self.say(*self.seats[0])
        self.assertEqual(self.openable(dan, self.captured(self.bob)), [True])
