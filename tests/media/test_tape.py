"""Decoded sound waiting to be played."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.media.voices import tone
from voip.media.samples import BLOCK_SAMPLES, FRAME_SAMPLES, silence
from voip.media.tape import Tape


class TapeTests(SynchronousTestCase):
    """Tape."""

    @given(st.lists(st.integers(1, 2000), max_size=8), st.integers(1, 700))
    @settings(deadline=None, max_examples=50)
    def test_what_goes_in_comes_out(self, lengths: list[int], step: int) -> None:
        """In order, whole, whatever the portions."""
        tape = Tape()
        sound = tone(333, sum(lengths))
        start = 0
        for length in lengths:
            tape.append(sound[start : start + length])
            start += length
        taken = [tape.take(step) for _ in range(tape.pending // step)]
        taken.append(tape.take(tape.pending))
        self.assertTrue(np.array_equal(np.concatenate(taken), sound))
        self.assertEqual(tape.pending, 0)

    def test_a_pause_becomes_shorter_and_longer_as_wished(self) -> None:
        """To the sample, up to 15 ms at once."""
        for wish, change in ((-100, -100), (300, 300), (-5000, -720), (5000, 720)):
            tape = Tape()
            self.assertEqual(tape.append_stretched(silence(FRAME_SAMPLES), wish, True), change)
            self.assertEqual(tape.pending, FRAME_SAMPLES + change)

    def test_a_voice_is_changed_by_its_own_period(self) -> None:
        """200 Hz repeat after 240 samples, or a multiple."""
        for wish in (-960, 960):
            tape = Tape()
            sound = tone(200, 3 * FRAME_SAMPLES)
            tape.append(sound[: 2 * FRAME_SAMPLES])
            change = tape.append_stretched(sound[2 * FRAME_SAMPLES :], wish, False)
            self.assertEqual(change % 240, 0)
            self.assertEqual(change > 0, wish > 0)
            self.assertNotEqual(change, 0)

    def test_what_does_not_repeat_is_kept(self) -> None:
        """No change, and the sound as it was."""
        noise = np.random.default_rng(1).integers(-8000, 8000, FRAME_SAMPLES).astype(np.int16)
        tape = Tape()
        self.assertEqual(tape.append_stretched(noise, -BLOCK_SAMPLES, False), 0)
        self.assertTrue(np.array_equal(tape.take(FRAME_SAMPLES), noise))
