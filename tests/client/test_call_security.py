"""What the keys of calls ask for is carried out: sealed messages, keys for the engine, timers."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.client.pair import PairTestCase
from voip.client.call_security import MOST_PARTS, MOST_RELAY_BYTES, batches
from voip.client.sender_keys import ROTATE_AFTER_FRAMES, ROTATE_AFTER_SECONDS
from voip.client.voice.commands import CallFigures, ReceiveKey, SendKey
from voip.core.call_messages import SealedPart
from voip.core.ids import CallId, LegNumber


class BatchesTests(SynchronousTestCase):
    @given(st.lists(st.integers(1, 8192), max_size=300))
    def test_all_in_order_and_none_too_big(self, sizes: list[int]) -> None:
        """Every part travels once, in its order, in requests that the server takes."""
        parts = [SealedPart(LegNumber(at + 1), bytes(size)) for at, size in enumerate(sizes)]
        made = batches(parts)
        self.assertEqual([part for batch in made for part in batch], parts)
        for batch in made:
            self.assertTrue(0 < len(batch) <= MOST_PARTS)
            self.assertLessEqual(sum(len(part.sealed) for part in batch), MOST_RELAY_BYTES)

    def test_few_requests(self) -> None:
        """A full conference is given a later key in one request."""
        parts = [SealedPart(LegNumber(at + 2), bytes(256)) for at in range(231)]
        self.assertEqual(len(batches(parts)), 1)


class RotationTests(PairTestCase):
    """Two real clients past a real server."""

    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.registered("alice"), self.registered("bob")
        self.call_id = self.in_call(self.alice, self.bob, "bob")

    def keys(self, speaker: str, hearer: str) -> tuple[list[int], list[int]]:
        """The generations that one speaks under and the other hears by."""
        sent, heard = self.voices[speaker].told(SendKey), self.voices[hearer].told(ReceiveKey)
        self.assertEqual([each.base_key for each in sent], [each.base_key for each in heard])
        return [each.generation for each in sent], [each.generation for each in heard]

    def test_every_half_hour(self) -> None:
        """Both change their keys, and each hears of the other's."""
        self.network.pass_time(ROTATE_AFTER_SECONDS + 2, step=0.5)
        for pair in (("alice", "bob"), ("bob", "alice")):
            self.assertEqual(self.keys(*pair), ([0, 1], [0, 1]))

    def test_after_so_many_frames(self) -> None:
        """Who has sent 2^20 frames changes their key."""
        figures = CallFigures(
            self.call_id,
            "opus",
            "udp",
            0.0,
            0.0,
            3,
            20,
            40,
            80,
            ROTATE_AFTER_FRAMES,
            5,
            0,
            0,
            0,
            1.0,
        )
        self.voices["alice"].report(figures)
        self.network.pass_time(1)
        self.assertEqual(self.keys("alice", "bob"), ([0, 1], [0, 1]))
        self.assertEqual(self.keys("bob", "alice"), ([0], [0]))

    def test_figures_of_no_call(self) -> None:
        """What the engine says of a call that is over changes nothing."""
        self.done(self.alice.hang_up(self.call_id))
        self.voices["alice"].report(
            CallFigures(CallId(bytes(16)), "opus", "udp", 0, 0, 3, 20, 40, 80, 5, 5, 0, 0, 0, 1.0)
        )
        self.network.pass_time(ROTATE_AFTER_SECONDS + 2)
        self.assertEqual(len(self.voices["alice"].told(SendKey)), 1)
