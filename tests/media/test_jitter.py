"""The jitter buffer on good paths and bad ones, in simulated time."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bench.audio_quality import NETWORKS, encode, measure, repeated
from tests.media.listener import STEPS, WRAP, Listener, Sent, stalled, stream, without
from tests.media.voices import packets
from voip.media.jitter import JitterBuffer
from voip.media.levels import rms
from voip.media.opus import carries_fec
from voip.media.samples import BLOCK_SAMPLES
from voip.media.speech import FEMALE, MALE


class EvenPathTests(SynchronousTestCase):
    """A path that delays every packet alike."""

    def test_everything_is_heard_as_it_was_decoded(self) -> None:
        """Nothing is made up, and 40 ms later than at the earliest."""
        listener = Listener()
        sound = listener.hear(7.9, stream(400))
        stats = listener.stats
        self.assertEqual((stats.received, stats.lost, stats.late, stats.concealed), (395, 0, 0, 0))
        self.assertEqual(rms(sound[: 4 * BLOCK_SAMPLES]), 0)
        self.assertGreater(rms(sound), 500)

    def test_the_delay_becomes_small(self) -> None:
        """At most 30 ms, once the path is known."""
        listener = Listener()
        listener.hear(29.9, stream(1500))
        self.assertLess(listener.stats.buffer_ms, 30)
        self.assertEqual(listener.stats.target_ms, 20)

    def test_the_least_delay_can_be_set(self) -> None:
        """From the beginning, and later; nothing is made up for it."""
        listener = Listener(JitterBuffer(100.0, 200.0))
        listener.hear(20.0, stream(1500))
        self.assertEqual(listener.stats.target_ms, 100)
        self.assertApproximates(listener.stats.buffer_ms, 100, 20)
        listener.buffer.delay_between(20.0, 400.0)
        listener.hear(29.9, ())
        self.assertEqual(listener.stats.target_ms, 20)
        self.assertEqual(listener.stats.lost, 0)

    def test_drift_is_absorbed(self) -> None:
        """200 ppm either way for three minutes: nothing is made up, the delay stays small."""
        for drift in (-200e-6, 200e-6):
            listener = Listener()
            drifting = [
                Sent(sent.sequence, sent.timestamp, sent.at * (1 + drift), sent.data)
                for sent in stream(9000)
            ]
            listener.hear(179.0, drifting)
            stats = listener.stats
            self.assertEqual((stats.lost, stats.late, stats.concealed), (0, 0, 0))
            self.assertLess(stats.buffer_ms, 35)
            self.assertTrue(1 <= stats.stretched <= 30)

    def test_timestamps_may_come_round(self) -> None:
        """They do every 164 s, and nothing is heard of it."""
        listener = Listener()
        near = WRAP // STEPS - 50
        listener.hear(3.9, stream(200, first=near))
        self.assertEqual((listener.stats.lost, listener.stats.concealed), (0, 0))


class LossTests(SynchronousTestCase):
    """Packets that never come."""

    def test_a_lost_packet_is_rebuilt_from_its_successor(self) -> None:
        """Where the sender put redundancy in it; nothing is made up then."""
        voice = packets(10)
        lost = next(number for number in range(50, 150) if carries_fec(voice[number + 1]))
        listener = Listener()
        listener.hear(3.7, without(stream(190, loss=10), lost))
        stats = listener.stats
        self.assertEqual((stats.lost, stats.fec_recovered, stats.concealed), (1, 1, 0))

    def test_without_redundancy_it_is_concealed(self) -> None:
        """For as long as it would have lasted: the delay is what it was."""
        even, lossy = Listener(), Listener()
        even.hear(3.7, stream(190))
        lossy.hear(3.7, without(stream(190), 60))
        stats = lossy.stats
        self.assertEqual((stats.lost, stats.fec_recovered, stats.concealed), (1, 0, 2))
        self.assertApproximates(stats.buffer_ms, even.stats.buffer_ms, 1)

    def test_several_lost_in_a_row_do_not_make_the_delay_grow(self) -> None:
        """When nothing is at hand, what was made up stands for what was lost."""
        listener = Listener()
        listener.hear(1.9, without(stream(190), *range(100, 104)))
        before = listener.stats.buffer_ms
        listener.hear(3.7)
        self.assertEqual(listener.stats.lost, 4)
        self.assertApproximates(listener.stats.buffer_ms, before, 1)

    def test_what_was_made_up_is_not_rebuilt_besides(self) -> None:
        """Its time has passed: rebuilding it would only make the delay grow."""
        listener = Listener()
        listener.hear(3.7, without(stalled(stream(190, loss=10), 1.2, 1.3), 60))
        stats = listener.stats
        self.assertEqual((stats.lost, stats.fec_recovered), (1, 0))
        self.assertGreater(stats.concealed, 0)

    def test_redundancy_is_waited_for_only_under_loss(self) -> None:
        """The target then has a frame more."""
        sent = [
            Sent(one.sequence, one.timestamp, one.at + one.sequence % 2 * 0.03, one.data)
            for one in stream(600, loss=10)
        ]
        even, lossy = Listener(), Listener()
        even.hear(11.9, sent)
        lossy.hear(11.9, without(sent, *range(30, 600, 20)))
        self.assertApproximates(even.stats.target_ms, 30, 1)
        self.assertApproximates(lossy.stats.target_ms, 50, 1)

    def test_a_malformed_packet_is_a_lost_one(self) -> None:
        """The others are heard."""
        listener = Listener()
        sent = stream(190)
        sent[60] = Sent(60, 480, sent[60].at, b"\xff\xff")
        listener.hear(3.7, sent)
        self.assertEqual((listener.stats.lost, listener.stats.received), (1, 185))

    def test_nothing_is_rebuilt_from_a_malformed_packet(self) -> None:
        """Loss and damage together are two losses, even when redundancy is promised."""
        for junk in (b"", bytes([9 << 3 | 3, 0x41, 3, 0x40])):
            listener = Listener()
            sent = stream(190)
            sent[60] = Sent(60, 480, sent[60].at, junk)
            listener.hear(3.7, without(sent, 59))
            stats = listener.stats
            self.assertEqual((stats.lost, stats.fec_recovered, stats.concealed), (2, 0, 4))


class LatePathTests(SynchronousTestCase):
    """Packets that come unevenly."""

    def test_the_target_follows_the_jitter(self) -> None:
        """With every second packet 60 ms late it is 60 ms, and nothing more is missed."""
        listener = Listener()
        sent = [
            Sent(one.sequence, one.timestamp, one.at + one.sequence % 2 * 0.06, one.data)
            for one in stream(1000)
        ]
        listener.hear(10.0, sent)
        before = listener.stats
        listener.hear(19.0)
        self.assertApproximates(listener.stats.target_ms, 60, 3)
        self.assertEqual(listener.stats.concealed, before.concealed)

    def test_a_stall_loses_nothing_and_its_delay_comes_back(self) -> None:
        """150 ms are made up and nothing is skipped; half a minute later the delay is short."""
        listener = Listener()
        listener.hear(4.0, stalled(stream(2500), 3.0, 3.15))
        stats = listener.stats
        self.assertEqual((stats.lost, stats.late), (0, 0))
        self.assertTrue(5 <= stats.concealed <= 15)
        self.assertGreater(stats.buffer_ms, 100)
        listener.hear(40.0)
        self.assertLess(listener.stats.buffer_ms, 50)
        self.assertEqual(listener.stats.concealed, stats.concealed)

    def test_the_delay_does_not_creep(self) -> None:
        """After the tenth stall it is what it was after the first."""
        listener = Listener()
        sent = stream(5000)
        for begin in range(3, 93, 9):
            sent = stalled(sent, begin, begin + 0.12)
        listener.hear(12.0, sent)
        first = listener.stats.buffer_ms
        listener.hear(93.0)
        self.assertLess(listener.stats.buffer_ms, first + 30)

    def test_a_packet_after_its_time_is_counted_and_dropped(self) -> None:
        """It was concealed already."""
        listener = Listener()
        sent = stream(190)
        late = sent.pop(60)
        sent.append(Sent(late.sequence, late.timestamp, late.at + 1, late.data))
        listener.hear(3.7, sent)
        self.assertEqual((listener.stats.lost, listener.stats.late), (1, 1))

    def test_a_packet_that_comes_while_its_place_is_filled_is_late(self) -> None:
        """With a later one at hand its place was given up: playing it would delay the others."""
        even, listener = Listener(), Listener()
        sent = stream(190)
        late = sent[59]
        listener.hear(
            3.7,
            [
                *without(sent, 59, 60),
                Sent(59, late.timestamp, late.at + 0.055, late.data),
            ],
        )
        even.hear(3.7, sent)
        self.assertEqual((listener.stats.lost, listener.stats.late), (2, 1))
        self.assertApproximates(listener.stats.buffer_ms, even.stats.buffer_ms, 1)

    def test_order_does_not_matter(self) -> None:
        """Two packets that overtake each other are heard in their order."""
        listener = Listener()
        sent = stream(190)
        swapped = [*sent[:60], sent[61], sent[60], *sent[62:]]
        swapped = [
            Sent(one.sequence, one.timestamp, sent[place].at, one.data)
            for place, one in enumerate(swapped)
        ]
        listener.hear(3.7, swapped)
        self.assertEqual((listener.stats.lost, listener.stats.concealed), (0, 0))

    def test_doubles_change_nothing(self) -> None:
        """Redundancy brings packets twice."""
        listener = Listener()
        listener.hear(3.7, [one for sent in stream(190) for one in (sent, sent)])
        self.assertEqual((listener.stats.received, listener.stats.late), (185, 0))


PUTS = st.tuples(
    st.integers(0, 300) | st.integers(0, 2**40),
    st.integers(0, WRAP - 1),
    st.sampled_from(packets(10)[40:60]) | st.binary(max_size=100),
    st.booleans(),
)


class AnyStreamTests(SynchronousTestCase):
    """Whatever a peer sends."""

    @given(st.lists(st.tuples(PUTS, st.floats(0, 3), st.integers(0, 60)), max_size=25))
    @settings(deadline=None, max_examples=150)
    def test_each_take_is_a_block(
        self, turns: list[tuple[tuple[int, int, bytes, bool], float, int]]
    ) -> None:
        """Any numbers, times and bytes: nothing raises, hangs or piles up."""
        buffer, now = JitterBuffer(), 0.0
        for (sequence, timestamp, data, marker), passed, takes in turns:
            now += passed
            buffer.put(sequence, timestamp, data, now, marker)
            for _ in range(takes):
                self.assertEqual(buffer.take().shape, (BLOCK_SAMPLES,))
            self.assertLess(len(buffer._packets), 40)

    @given(
        st.lists(st.floats(0, 0.3), min_size=60, max_size=60),
        st.sets(st.integers(0, 59), max_size=20),
    )
    @settings(deadline=None, max_examples=60)
    def test_every_packet_is_accounted_for(self, lateness: list[float], lost: set[int]) -> None:
        """No packet is both played and lost, and an even path is played again soon."""
        listener = Listener()
        sent = [
            Sent(one.sequence, one.timestamp, one.at + late, one.data)
            for one, late in zip(stream(60), lateness, strict=True)
            if one.sequence not in lost
        ]
        listener.hear(4.0, [*sent, *stream(40, first=60, begin=1.6)])
        stats = listener.stats
        self.assertEqual(stats.received, 100 - len(lost))
        played = stats.received - stats.late
        self.assertLessEqual(played + stats.lost, 100)
        self.assertGreaterEqual(played, 20)


class QualityTests(SynchronousTestCase):
    """Speech over bad networks reaches its floors: bench.audio_quality, for one seed each."""

    def meets(self, name: str) -> None:
        """A network of the bench reaches its floor."""
        network = next(network for network in NETWORKS if network.name == name)
        speech = repeated((MALE, FEMALE))
        row = measure(speech, encode(speech, 10), network, seeds=1)
        self.assertTrue(row.meets_floor, row)

    def test_jitter_alone_costs_next_to_nothing(self) -> None:
        """Up to 40 ms, without loss."""
        self.meets("jitter 40")

    def test_loss_is_made_good_by_redundancy(self) -> None:
        """5 % at random with jitter up to 40 ms."""
        self.meets("5 % random, jitter 40")

    def test_much_loss_stays_fair(self) -> None:
        """10 % at random with jitter up to 60 ms."""
        self.meets("10 % random, jitter 60")

    def test_a_coarse_sound_card_is_heard_well(self) -> None:
        """One that takes 40 ms in one go."""
        self.meets("40 ms sound card")
