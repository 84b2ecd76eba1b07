"""Voices mixed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.media.voices import speech, tone
from voip.media.mixer import MOST_GAIN_DB, QUIETEST_DB, Mixer, gain_of
from voip.media.samples import BLOCK_SAMPLES, Samples, silence


def mix(*blocks: Samples) -> Samples:
    """Blocks mixed as they are, by a mixer that has heard nothing yet."""
    return Mixer().mix([(block, 1.0) for block in blocks])


def mixed_through(voices: list[Samples], factor: float = 1.0) -> Samples:
    """Whole sounds, mixed block by block."""
    mixer = Mixer()
    starts = range(0, min(map(len, voices)) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES)
    return np.concatenate(
        [mixer.mix([(voice[at : at + BLOCK_SAMPLES], factor) for voice in voices]) for at in starts]
    )


class MixTests(SynchronousTestCase):
    """The sum of what is heard."""

    def test_nobody_is_silence(self) -> None:
        """A whole block of it."""
        self.assertTrue(np.array_equal(mix(), silence()))

    def test_one_voice_passes_untouched(self) -> None:
        """However loud."""
        loud = tone(300, BLOCK_SAMPLES, 32_767)
        self.assertTrue(np.array_equal(mix(loud), loud))

    def test_quiet_voices_add_up(self) -> None:
        """Sample by sample."""
        one, other = tone(300, BLOCK_SAMPLES, 9000), tone(700, BLOCK_SAMPLES, 9000)
        self.assertTrue(np.array_equal(mix(one, other), one + other))

    @given(st.lists(st.sampled_from([-32_768, -20_000, -1, 0, 1, 20_000, 32_767]), min_size=2))
    @settings(deadline=None)
    def test_it_never_wraps_round(self, values: list[int]) -> None:
        """The sum of any voices has its sign, and more gives more."""
        mixed = mix(*(np.full(BLOCK_SAMPLES, value, np.int16) for value in values))
        self.assertEqual(np.sign(mixed[0]), np.sign(sum(values)))
        self.assertEqual(mixed.dtype, np.int16)

    def test_loud_voices_are_bent_and_not_cut_off(self) -> None:
        """The peaks of two loud voices keep their shape: few samples are at the very top."""
        both = mix(tone(300, BLOCK_SAMPLES, 20_000), tone(310, BLOCK_SAMPLES, 20_000))
        cut_off = np.clip(2 * tone(305, BLOCK_SAMPLES, 20_000).astype(int), -32_767, 32_767)
        self.assertLess(at_the_top(both), at_the_top(cut_off.astype(np.int16)) / 4)


class LimiterTests(SynchronousTestCase):
    """Many loud voices for longer than a moment."""

    def test_speech_of_many_is_never_cut_off(self) -> None:
        """Eight at once, of which each alone is loud: nothing is at the top of the range."""
        sound = speech()
        voices = [np.roll(sound, shift * 9_000) for shift in range(8)]
        self.assertEqual(at_the_top(mixed_through(voices)), 0)

    def test_it_is_turned_down_and_not_bent(self) -> None:
        """Two steady tones too loud together stay two tones: next to nothing is added to them."""
        one, other = tone(300, 48_000, 20_000), tone(700, 48_000, 20_000)
        steady = mixed_through([one, other])[24_000:].astype(float)
        clean = (one + other.astype(float))[24_000:]
        scale = np.dot(steady, clean) / np.dot(clean, clean)
        error = steady - scale * clean
        self.assertLess(np.sqrt(np.mean(error**2)) / np.sqrt(np.mean(steady**2)), 0.02)

    def test_it_comes_back(self) -> None:
        """A fifth of a second after the loud moment everything is as loud as it was said."""
        mixer = Mixer()
        loud, soft = tone(300, BLOCK_SAMPLES, 30_000), tone(300, BLOCK_SAMPLES, 5_000)
        mixer.mix([(loud, 1.0), (loud, 1.0)])
        after = [mixer.mix([(soft, 1.0)]) for _ in range(25)]
        self.assertLess(int(np.abs(after[0]).max()), 4_000)
        self.assertTrue(np.array_equal(after[-1], soft))

    def test_it_comes_back_in_silence_too(self) -> None:
        """Nobody needs to speak for it."""
        mixer = Mixer()
        loud, soft = tone(300, BLOCK_SAMPLES, 30_000), tone(300, BLOCK_SAMPLES, 5_000)
        mixer.mix([(loud, 1.0), (loud, 1.0)])
        for _ in range(25):
            self.assertTrue(np.array_equal(mixer.mix([]), silence()))
        self.assertTrue(np.array_equal(mixer.mix([(soft, 1.0)]), soft))


class VolumeTests(SynchronousTestCase):
    """How loud each one is played."""

    def test_a_factor_for_each_voice(self) -> None:
        """Half as loud is half as loud; one at nothing is not heard."""
        one, other = tone(300, BLOCK_SAMPLES, 8_000), tone(700, BLOCK_SAMPLES, 8_000)
        mixed = Mixer().mix([(one, 0.5), (other, 0.0)])
        error = mixed.astype(int) - tone(300, BLOCK_SAMPLES, 4_000)
        self.assertLessEqual(int(np.abs(error).max()), 1)

    def test_louder_is_limited(self) -> None:
        """A voice turned up beyond the range is hardly ever at its top either."""
        turned_up = mixed_through([speech()], gain_of(MOST_GAIN_DB))
        self.assertLess(at_the_top(turned_up), len(turned_up) / 10_000)

    def test_decibels(self) -> None:
        """6 dB double; from the quietest on down there is nothing; NaN is nothing."""
        self.assertAlmostEqual(gain_of(6.0206), 2.0, 3)
        self.assertEqual(gain_of(0.0), 1.0)
        self.assertEqual([gain_of(QUIETEST_DB), gain_of(-1e9), gain_of(float("nan"))], [0, 0, 0])
        self.assertEqual(gain_of(1e9), gain_of(MOST_GAIN_DB))


def at_the_top(sound: Samples) -> int:
    """How many samples are as loud as can be."""
    return int((np.abs(sound.astype(int)) >= 32_700).sum())
