"""Periods of speech are dropped and repeated where nobody hears it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.media.voices import tone
from voip.media.samples import FRAME_SAMPLES, SAMPLE_RATE, Samples
from voip.media.stretch import (
    LONGEST_PERIOD,
    PAST_NEEDED,
    SHORTEST_PERIOD,
    cut,
    drop_period,
    pad,
    repeat_period,
)


def voice(hertz: float) -> tuple[Samples, Samples]:
    """What was played and what comes, of a steady voice with overtones."""
    length = PAST_NEEDED + FRAME_SAMPLES
    whole = sum(tone(hertz * over, length, 6000 / over) for over in range(1, 6))
    sound = np.asarray(whole, dtype=np.int16)
    return sound[:PAST_NEEDED], sound[PAST_NEEDED:]


def noise(samples: int, seed: int = 1) -> Samples:
    """Nothing in it repeats."""
    random = np.random.default_rng(seed)
    return random.integers(-8000, 8000, samples).astype(np.int16)


def largest_step(sound: Samples) -> int:
    """Between neighbouring samples: a click is a large one."""
    return int(np.abs(np.diff(sound.astype(int))).max())


class PeriodTests(SynchronousTestCase):
    """drop_period and repeat_period."""

    @given(st.floats(90, 390))
    @settings(deadline=None, max_examples=40)
    def test_a_voice_loses_whole_periods(self, hertz: float) -> None:
        """What is missing is a multiple of the period, and the joint does not click."""
        past, sound = voice(hertz)
        shorter = drop_period(past, sound)
        assert shorter is not None
        periods = (len(sound) - len(shorter)) * hertz / SAMPLE_RATE
        self.assertApproximates(periods, round(periods), 0.05)
        joined = np.concatenate((past, shorter))
        self.assertLess(largest_step(joined), 1.2 * largest_step(np.concatenate((past, sound))))

    @given(st.floats(90, 390))
    @settings(deadline=None, max_examples=40)
    def test_a_voice_gains_whole_periods(self, hertz: float) -> None:
        """What is added is a multiple of the period, and the joint does not click."""
        past, sound = voice(hertz)
        longer = repeat_period(past, sound)
        assert longer is not None
        periods = (len(longer) - len(sound)) * hertz / SAMPLE_RATE
        self.assertApproximates(periods, round(periods), 0.05)
        joined = np.concatenate((past, longer))
        self.assertLess(largest_step(joined), 1.2 * largest_step(np.concatenate((past, sound))))

    def test_noise_is_left_as_it_is(self) -> None:
        """Where nothing repeats, a joint would be heard."""
        past, sound = noise(PAST_NEEDED), noise(FRAME_SAMPLES, seed=2)
        self.assertIsNone(drop_period(past, sound))
        self.assertIsNone(repeat_period(past, sound))

    def test_silence_has_no_period(self) -> None:
        """It is a pause, and is cut as one."""
        past, sound = np.zeros(PAST_NEEDED, np.int16), np.zeros(FRAME_SAMPLES, np.int16)
        self.assertIsNone(drop_period(past, sound))

    def test_the_change_is_within_a_voices_periods(self) -> None:
        """From 2.5 to 15 ms."""
        past, sound = voice(100)
        shorter, longer = drop_period(past, sound), repeat_period(past, sound)
        assert shorter is not None
        assert longer is not None
        for change in (len(sound) - len(shorter), len(longer) - len(sound)):
            self.assertTrue(SHORTEST_PERIOD <= change <= LONGEST_PERIOD)


class PauseTests(SynchronousTestCase):
    """cut and pad."""

    @given(st.integers(1, LONGEST_PERIOD))
    @settings(deadline=None, max_examples=40)
    def test_they_change_the_length_as_told(self, count: int) -> None:
        """To the sample; the start goes on from before and the end is kept."""
        past, sound = noise(PAST_NEEDED), noise(FRAME_SAMPLES, seed=2)
        shorter, longer = cut(sound, count), pad(past, sound, count)
        self.assertEqual(len(shorter), len(sound) - count)
        self.assertEqual(len(longer), len(sound) + count)
        self.assertEqual((shorter[0], longer[0]), (sound[0], sound[0]))
        self.assertEqual((shorter[-1], longer[-1]), (sound[-1], sound[-1]))
