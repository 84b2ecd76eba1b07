"""The speech sample."""

from twisted.trial.unittest import SynchronousTestCase

from voip.media.levels import decibels
from voip.media.speech import FEMALE, MALE
from voip.media.wav import read_wav


class SpeechTests(SynchronousTestCase):
    """MALE and FEMALE."""

    def test_both_are_there_with_their_notice(self) -> None:
        """Each is some seconds of sound, and COPYING names whose."""
        for path in (MALE, FEMALE):
            sound = read_wav(path)
            self.assertGreater(len(sound), 3 * 48_000)
            self.assertGreater(decibels(sound), -40)
        self.assertIn("Carnegie Mellon", MALE.with_name("COPYING").read_text())
