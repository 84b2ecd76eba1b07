"""The rings between a sound card's thread and the engine."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip_terminal.devices.rings import (
    BLOCK_BYTES,
    LEAST_BLOCKS,
    MOST_BLOCKS,
    MOST_HEARD_BLOCKS,
    SETTLED_AFTER_PULLS,
    SHRINK_AFTER_BLOCKS,
    STALLED_AFTER_BLOCKS,
    UNEVEN_BLOCKS,
    HeardRing,
    PlayedRing,
)


def block(number: int) -> bytes:
    """A block that can be told from others."""
    return bytes([number % 251]) * BLOCK_BYTES


class HeardRingTests(SynchronousTestCase):
    """From the microphone."""

    @settings(deadline=None)
    @given(st.lists(st.integers(0, 3 * BLOCK_BYTES), max_size=12))
    def test_any_sizes_make_blocks(self, sizes: list[int]) -> None:
        """Whatever the card gives at a time, all of it comes out in blocks of 10 ms."""
        data = b"".join(block(number) for number in range(40))[: sum(sizes)]
        ring, at = HeardRing(), 0
        for size in sizes:
            ring.push(data[at : at + size])
            at += size
        blocks = ring.fetch(due=50)
        self.assertEqual({len(each) for each in blocks} - {BLOCK_BYTES}, set())
        self.assertEqual(b"".join(blocks), data[: len(data) // BLOCK_BYTES * BLOCK_BYTES])

    def test_an_uneven_card_loses_nothing(self) -> None:
        """A few blocks more than are due are only uneven."""
        ring = HeardRing()
        for number in range(UNEVEN_BLOCKS + 1):
            ring.push(block(number))
        self.assertEqual(len(ring.fetch(due=1)), UNEVEN_BLOCKS + 1)
        self.assertEqual(ring.take_lost(), 0)

    def test_what_a_card_held_back_is_dropped(self) -> None:
        """Half a second at once is old: the newest is kept, and the rest is told as lost."""
        ring = HeardRing()
        for number in range(40):
            ring.push(block(number))
        self.assertEqual(ring.fetch(due=2), [block(38), block(39)])
        self.assertEqual((ring.take_lost(), ring.take_lost()), (38, 0))
        ring.push(block(1) * 40)
        self.assertEqual(ring.fetch(due=0), [])

    def test_a_stall_of_the_engine_is_made_up_for(self) -> None:
        """When it was the engine that was late, everything is kept, up to half a second."""
        ring = HeardRing()
        for number in range(30):
            ring.push(block(number))
        self.assertEqual(len(ring.fetch(due=30)), 30)
        for number in range(MOST_HEARD_BLOCKS + 7):
            ring.push(block(number))
        self.assertEqual(len(ring.fetch(due=57)), MOST_HEARD_BLOCKS)
        self.assertEqual(ring.take_lost(), 7)
        self.assertEqual(ring.pushed, 87)


class PlayedRingTests(SynchronousTestCase):
    """To the speaker."""

    def settled(self) -> PlayedRing:
        """A ring whose card runs evenly."""
        ring = PlayedRing()
        for number in range(SETTLED_AFTER_PULLS + 5):
            self.fill(ring, number)
            ring.pull(BLOCK_BYTES)
        self.assertEqual(ring.dry, 0)
        return ring

    def fill(self, ring: PlayedRing, number: int = 0) -> int:
        """One beat of the engine; how many blocks it wrote."""
        wanted = ring.wanted(1)
        for _ in range(wanted):
            ring.write(block(number))
        return wanted

    @settings(deadline=None)
    @given(st.lists(st.integers(0, 5000), max_size=30), st.integers(0, 8))
    def test_the_card_always_gets_what_it_asked_for(self, asks: list[int], written: int) -> None:
        """Exactly so many bytes, whatever there is to play: a short answer ends the stream."""
        ring = PlayedRing()
        for number in range(written):
            ring.write(block(number))
        for ask in asks:
            self.assertEqual(len(ring.pull(ask)), ask)

    def test_nothing_is_lost_between_odd_sizes(self) -> None:
        """What is left of a block comes first the next time."""
        ring = self.settled()
        self.fill(ring)
        ring.pull(BLOCK_BYTES)
        ring.wanted(1)
        ring.write(block(1))
        ring.write(block(2))
        played = ring.pull(700) + ring.pull(700) + ring.pull(520)
        self.assertEqual(played, block(1) + block(2))

    def test_the_card_sets_the_pace(self) -> None:
        """As much is wanted as was taken, no matter how many beats passed."""
        ring = self.settled()
        self.assertEqual(self.fill(ring), LEAST_BLOCKS)
        self.assertEqual([ring.wanted(1) for _ in range(3)], [0, 0, 0])
        ring.pull(BLOCK_BYTES)
        self.assertEqual(ring.wanted(1), 1)

    def test_running_dry_makes_it_longer_and_peace_shorter(self) -> None:
        """A block more after each gap, up to a limit; one less after ten quiet seconds or more."""
        ring = self.settled()
        for gap in range(1, MOST_BLOCKS + 2):
            while any(ring.pull(BLOCK_BYTES)):
                pass
            self.assertEqual(ring.dry, gap)
            self.assertEqual(ring.target, min(LEAST_BLOCKS + gap, MOST_BLOCKS))
            self.fill(ring, 1)
        ring = self.settled()
        self.fill(ring, 1)
        ring.pull(2 * BLOCK_BYTES)
        self.assertEqual(ring.target, LEAST_BLOCKS + 1)
        for _ in range(2 * SHRINK_AFTER_BLOCKS):
            self.fill(ring, 1)
            ring.pull(BLOCK_BYTES)
        self.assertEqual((ring.target, ring.dry), (LEAST_BLOCKS, 1))

    def test_a_greedy_start_tells_nothing(self) -> None:
        """A card that fills its own buffer first does not make the ring longer."""
        ring = PlayedRing()
        self.fill(ring)
        for _ in range(3):
            ring.pull(BLOCK_BYTES)
        self.assertEqual((ring.target, ring.dry), (LEAST_BLOCKS, 0))

    def test_a_card_that_stands_still_is_not_waited_for(self) -> None:
        """Sound goes on by the beat, none of the beats is left out, and the newest is kept."""
        ring = self.settled()
        wrote = sum(self.fill(ring, number) for number in range(100))
        # The ring was empty at first, which the beats of the stall do not include.
        self.assertApproximates(wrote, 100, 2)
        self.assertEqual(ring.pull(BLOCK_BYTES), block(99))

    def test_a_card_that_never_starts_swallows_all(self) -> None:
        """From the first beat on, as much is wanted as is due."""
        ring = PlayedRing()
        self.assertEqual([self.fill(ring) for _ in range(2 * STALLED_AFTER_BLOCKS)], [1] * 16)
