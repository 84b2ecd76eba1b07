"""Voices mixed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.media.voices import tone
from voip.media.mixer import mix
from voip.media.samples import BLOCK_SAMPLES, Samples, silence


class MixTests(SynchronousTestCase):
    """mix."""

    def test_nobody_is_silence(self) -> None:
        """A whole block of it."""
        self.assertTrue(np.array_equal(mix([]), silence()))

    def test_one_voice_passes_untouched(self) -> None:
        """However loud."""
        loud = tone(300, BLOCK_SAMPLES, 32_767)
        self.assertTrue(np.array_equal(mix([loud]), loud))
        self.assertTrue(np.array_equal(mix([loud, silence()])[:10], loud[:10]))

    def test_quiet_voices_add_up(self) -> None:
        """Sample by sample."""
        one, other = tone(300, BLOCK_SAMPLES, 9000), tone(700, BLOCK_SAMPLES, 9000)
        self.assertTrue(np.array_equal(mix([one, other]), one + other))

    @given(st.lists(st.sampled_from([-32_768, -20_000, -1, 0, 1, 20_000, 32_767]), min_size=2))
    @settings(deadline=None)
    def test_it_never_wraps_round(self, values: list[int]) -> None:
        """The sum of any voices has its sign, and more gives more."""
        mixed = mix([np.full(BLOCK_SAMPLES, value, np.int16) for value in values])
        self.assertEqual(np.sign(mixed[0]), np.sign(sum(values)))
        self.assertEqual(mixed.dtype, np.int16)

    def test_loud_voices_are_bent_and_not_cut_off(self) -> None:
        """The peaks of two loud voices keep their shape: few samples are at the very top."""
        both = mix([tone(300, BLOCK_SAMPLES, 20_000), tone(310, BLOCK_SAMPLES, 20_000)])
        cut_off = np.clip(2 * tone(305, BLOCK_SAMPLES, 20_000).astype(int), -32_767, 32_767)
        self.assertLess(at_the_top(both), at_the_top(cut_off.astype(np.int16)) / 4)


def at_the_top(sound: Samples) -> int:
    """How many samples are as loud as can be."""
    return int((np.abs(sound.astype(int)) >= 32_700).sum())
