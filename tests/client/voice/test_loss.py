"""Which packets of a stream never came."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice.loss import PacketCount, Share


class PacketCountTests(SynchronousTestCase):
    """Numbers through all keys, and the shares that are missing."""

    @settings(deadline=None)
    @given(st.sets(st.integers(0, 500), min_size=1), st.randoms(use_true_random=False))
    def test_order_does_not_matter(self, came: set[int], random: object) -> None:
        """Whatever order packets come in, what is missing is what did not come."""
        packets = sorted(came)
        random.shuffle(packets)  # type: ignore[attr-defined]
        count = PacketCount()
        for ctr in packets:
            self.assertEqual(count.number(0, ctr), ctr)
        expected = max(came) - min(came) + 1
        self.assertEqual(count.total, Share(expected, len(came)))

    def test_numbers_go_on_with_a_new_key(self) -> None:
        """The counter of a new key starts at 0; the stream's numbers do not."""
        count = PacketCount()
        numbers = [count.number(*packet) for packet in ((8, 0), (8, 1), (16, 0), (8, 2), (16, 1))]
        self.assertEqual(numbers, [0, 1, 2, 2, 3])

    def test_only_two_keys_are_remembered(self) -> None:
        """A packet under a key long gone can't lead to a number that is far off."""
        count = PacketCount()
        for kid in (0, 8, 16):
            count.number(kid, 0)
        self.assertEqual(count.number(0, 0), 1)

    def test_recent_loss_leaves_after_five_seconds(self) -> None:
        """A bad second is seen for five seconds, and in the total for ever."""
        count = PacketCount()
        count.number(0, 0)
        count.number(0, 9)
        self.assertEqual(count.close_second(), Share(10, 2))
        self.assertAlmostEqual(count.recent.lost, 0.8)
        for second in range(5):
            for ctr in range(10):
                count.number(0, 10 + second * 10 + ctr)
            self.assertEqual(count.close_second(), Share(10, 10))
        self.assertEqual(count.recent.lost, 0.0)
        self.assertAlmostEqual(count.total.lost, 8 / 60)

    def test_nothing_expected_is_nothing_lost(self) -> None:
        """A stream that was never heard has no loss, and late packets make none negative."""
        self.assertEqual(PacketCount().total.lost, 0.0)
        self.assertEqual(Share(0, 3).lost, 0.0)
        self.assertEqual(Share(2, 3).lost, 0.0)
