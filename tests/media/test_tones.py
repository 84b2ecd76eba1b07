"""The sounds a phone makes by itself."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from voip.media.levels import decibels
from voip.media.samples import BLOCK_SAMPLES, FULL_SCALE, SAMPLE_RATE, SAMPLES_PER_MS
from voip.media.tones import RAMP_MS, RING, RING_BACK, WAITING, Melody, TonePlayer, rendered

MELODIES: dict[str, Melody] = {"ring": RING, "ring-back": RING_BACK, "waiting": WAITING}


class TonesTests(SynchronousTestCase):
    """Each of them."""

    def test_they_are_soft(self) -> None:
        """No peak is over a tenth of the loudest, and the waiting tone is softer than a voice."""
        for name, melody in MELODIES.items():
            self.assertLess(int(np.abs(rendered(melody)).max()), FULL_SCALE / 9, name)
        self.assertLess(decibels(rendered(WAITING)[: 150 * SAMPLES_PER_MS]), -30)

    def test_none_clicks(self) -> None:
        """Each note begins and ends in silence, over 20 ms, and so does the round."""
        for name, melody in MELODIES.items():
            sound, at = rendered(melody).astype(int), 0
            for note in melody:
                end = at + note.sound_ms * SAMPLES_PER_MS
                ramp = RAMP_MS * SAMPLES_PER_MS // 4
                loudest = int(np.abs(sound[at:end]).max())
                for edge in (sound[at : at + ramp], sound[end - ramp : end]):
                    self.assertLess(int(np.abs(edge).max()), loudest / 5, name)
                at = end + note.pause_ms * SAMPLES_PER_MS
            self.assertEqual((at, int(sound[0]), int(sound[-1])), (len(sound), 0, 0))

    def test_the_pitch_is_the_one_that_was_asked_for(self) -> None:
        """The strongest part of the ring-back tone is 425 Hz."""
        second = rendered(RING_BACK)[:SAMPLE_RATE]
        self.assertEqual(int(np.abs(np.fft.rfft(second)).argmax()), 425)

    def test_a_tone_goes_round(self) -> None:
        """Block by block it is the melody, then the same again."""
        for melody in MELODIES.values():
            whole = rendered(melody)
            self.assertEqual(len(whole) % BLOCK_SAMPLES, 0)
            player = TonePlayer(melody)
            blocks = [player.take() for _ in range(2 * len(whole) // BLOCK_SAMPLES)]
            self.assertTrue(np.array_equal(np.concatenate(blocks), np.concatenate([whole, whole])))
