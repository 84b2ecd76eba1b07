"""Steps of loudness."""

from twisted.trial.unittest import SynchronousTestCase

from voip_terminal.volume import louder, volume_word


class VolumeTests(SynchronousTestCase):
    """Louder and quieter."""

    def test_steps(self) -> None:
        """Each step is 3 dB, and there is an end to both sides."""
        self.assertEqual((louder(0.0, 1), louder(0.0, -1)), (3.0, -3.0))
        self.assertEqual((louder(12.0, 1), louder(-30.0, -1)), (12.0, -30.0))

    def test_words(self) -> None:
        """A volume reads as a difference from how it came."""
        told = [volume_word(volume_db) for volume_db in (0.0, 6.0, -3.0)]
        self.assertEqual(told, ["normal volume", "volume +6 dB", "volume -3 dB"])
