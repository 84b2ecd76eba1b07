"""The words by which devices are chosen."""

from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice.device_words import is_card, is_named, words_for


class DeviceWordsTests(SynchronousTestCase):
    """What they ask for."""

    def test_words_for_devices(self) -> None:
        """A file may be called like a device, with a path."""
        self.assertTrue(is_card("mic", "mic"))
        self.assertTrue(is_card("mic:USB", "mic"))
        self.assertFalse(is_card("./mic", "mic"))
        self.assertFalse(is_card("microphone.wav", "mic"))

    def test_a_name(self) -> None:
        """Only what follows a colon is one."""
        self.assertTrue(is_named("mic:USB", "mic"))
        self.assertFalse(is_named("mic", "mic"))

    def test_words_for_a_name(self) -> None:
        """Without a name they are those of the system's choice."""
        self.assertEqual(words_for("mic", "USB"), "mic:USB")
        self.assertEqual(words_for("speaker", ""), "speaker")
