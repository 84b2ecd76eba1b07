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

    def test_a_key_long_gone(self) -> None:
        """A packet under a key long gone can't lead to a number that is far off."""
        count = PacketCount()
        for kid in (0, 8, 16, 24):
            count.number(kid, 0)
        self.assertEqual(count.number(0, 0), 1)
        self.assertEqual(count.number(8, 0), 1)

    @settings(deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 500), st.sets(st.integers(0, 40), min_size=1)),
            min_size=1,
            max_size=10,
        ),
        st.integers(0, 2),
    )
    def test_what_was_not_forwarded_is_no_loss(
        self, runs: list[tuple[int, set[int]]], new_key_every: int
    ) -> None:
        """Pauses in forwarding, behind which three packets are marked, add nothing to the loss."""
        count, ctr, kid, lost = PacketCount(), 0, 0, 0
        for turn, (pause, dropped) in enumerate(runs):
            ctr += pause
            if new_key_every and turn and turn % new_key_every == 0:
                kid, ctr = kid + 8, pause
            for index in range(60):
                came = index not in dropped - {0, 1, 2}
                if came:
                    count.number(kid, ctr + index, is_first=index < 3)
                lost += not came
            ctr += 60
        self.assertEqual(count.total, Share(60 * len(runs), 60 * len(runs) - lost))

    def test_a_lost_mark_leaves_two(self) -> None:
        """Any of the first three packets after a pause is enough to know of it."""
        count = PacketCount()
        count.number(0, 0)
        self.assertEqual(count.number(0, 902, is_first=True), 1)
        self.assertEqual(count.number(0, 903), 2)
        self.assertEqual(count.total.lost, 0.0)

    def test_marks_out_of_order(self) -> None:
        """One that the next after a pause overtook is late, and costs no more than itself."""
        count = PacketCount()
        numbers = [
            count.number(0, ctr, is_first)
            for ctr, is_first in ((0, False), (901, True), (900, True))
        ]
        self.assertEqual([*numbers, count.number(0, 902)], [0, 1, 0, 2])

    def test_the_first_packet_of_all(self) -> None:
        """Its mark changes nothing: who joins late has missed nothing."""
        count = PacketCount()
        self.assertEqual(count.number(0, 500, is_first=True), 500)
        self.assertEqual(count.number(0, 498), 498)
        self.assertEqual(count.total, Share(3, 2))

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
