"""How loud sound is."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from tests.media.voices import speech, tone
from voip.media.levels import SILENT_LEVEL, PauseDetector, audio_level, decibels, rms
from voip.media.samples import FRAME_SAMPLES, silence


class LevelTests(SynchronousTestCase):
    """rms, decibels and audio_level."""

    def test_the_loudest_is_zero(self) -> None:
        """A square wave over the whole range."""
        loudest = np.full(480, 32_767, np.int16)
        self.assertEqual(audio_level(loudest), 0)
        self.assertApproximates(decibels(loudest), 0.0, 0.001)
        self.assertEqual(audio_level(np.full(480, -32_768, np.int16)), 0)

    def test_silence_is_127(self) -> None:
        """And so is no sound at all."""
        for nothing in (silence(), silence(0)):
            self.assertEqual((audio_level(nothing), decibels(nothing)), (SILENT_LEVEL, -127.0))

    def test_half_as_loud_is_6_db_less(self) -> None:
        """A sine is 3 dB under its peak."""
        self.assertApproximates(decibels(tone(1000, 4800, 32_767)), -3.0, 0.1)
        self.assertEqual(audio_level(tone(1000, 4800, 16_383)), 9)

    def test_rms_of_a_constant_is_the_constant(self) -> None:
        """Of either sign."""
        self.assertApproximates(rms(np.full(100, -1234, np.int16)), 1234, 0.01)


class PauseDetectorTests(SynchronousTestCase):
    """PauseDetector."""

    def test_it_tells_words_from_gaps(self) -> None:
        """In silence all is pause; a vowel is none."""
        pauses = PauseDetector()
        self.assertTrue(pauses.is_pause(silence(FRAME_SAMPLES)))
        self.assertFalse(pauses.is_pause(tone(200, FRAME_SAMPLES)))
        self.assertTrue(pauses.is_pause(tone(200, FRAME_SAMPLES, 100)))

    def test_a_soft_voice_is_heard_after_a_loud_word(self) -> None:
        """Within some seconds."""
        pauses = PauseDetector()
        pauses.is_pause(tone(200, FRAME_SAMPLES, 30_000))
        soft = [pauses.is_pause(tone(200, FRAME_SAMPLES, 300)) for _ in range(250)]
        self.assertTrue(soft[0])
        self.assertFalse(soft[-1])

    def test_speech_has_both(self) -> None:
        """A sentence is mostly words."""
        pauses = PauseDetector()
        sound = speech()
        found = [
            pauses.is_pause(sound[start : start + FRAME_SAMPLES])
            for start in range(0, len(sound) - FRAME_SAMPLES, FRAME_SAMPLES)
        ]
        self.assertTrue(0.05 < np.mean(found) < 0.6)
