"""Devices without hardware."""

import tempfile
from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import tone
from voip.client.voice.commands import DeviceList, VoiceTrouble
from voip.client.voice.devices import (
    DeviceError,
    FileMicrophone,
    FileSpeaker,
    NullSpeaker,
    SilentMicrophone,
    plain_devices,
)
from voip.media.samples import BLOCK_SAMPLES, Samples
from voip.media.wav import WavError, WavWriter, read_wav


def no_wake() -> None:
    """Devices without a clock never call it."""


class FileTests(SynchronousTestCase):
    """WAV files as microphone and speaker."""

    def setUp(self) -> None:
        """A folder for them."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "sound.wav"

    def write(self, samples: int) -> np.ndarray:
        """A file of so many samples."""
        sound = np.concatenate(tone(5))[:samples]
        with WavWriter(self.path) as writer:
            writer.write(sound)
        return sound

    def test_a_file_is_spoken_once_and_then_silence(self) -> None:
        """Block by block as they are due, the last filled up, and nothing more after it."""
        sound = self.write(1000)
        microphone = FileMicrophone(self.path)
        blocks = [*microphone.read(2), *microphone.read(0), *microphone.read(3)]
        self.assertEqual([len(block) for block in blocks], [BLOCK_SAMPLES] * 5)
        spoken = np.concatenate(blocks)
        self.assertTrue(np.array_equal(spoken[:1000], sound))
        self.assertFalse(spoken[1000:].any())
        self.assertEqual(microphone.name, str(self.path))
        self.assertEqual((microphone.take_lost(), microphone.is_gone(0.0)), (0, False))
        microphone.stop()

    def test_what_would_be_heard_is_written(self) -> None:
        """Every block is in the file when the speaker was stopped."""
        speaker = FileSpeaker(self.path)
        blocks = tone(3)
        self.assertEqual(speaker.wanted(3), 3)
        for block in blocks:
            speaker.write(block)
        self.assertFalse(speaker.is_gone(0.0))
        speaker.stop()
        self.assertTrue(np.array_equal(read_wav(self.path), np.concatenate(blocks)))

    def test_a_full_disk_is_a_speaker_that_is_gone(self) -> None:
        """It is noticed at the write that fails; later blocks do no harm."""

        def full(block: Samples) -> None:
            raise WavError("no space left")

        speaker = FileSpeaker(self.path)
        speaker.write(tone(1)[0])
        speaker._writer.write = full  # type: ignore[method-assign,assignment]
        speaker.write(tone(1)[0])
        speaker.write(tone(1)[0])
        self.assertTrue(speaker.is_gone(0.0))
        speaker.stop()
        self.assertEqual(len(read_wav(self.path)), BLOCK_SAMPLES)

    def test_files_that_can_not_be_used_are_told(self) -> None:
        """No such file and no WAV file: each is an AUDIO_FILE trouble."""
        missing = self.path.with_name("missing.wav")
        error = self.assertRaises(DeviceError, FileMicrophone, missing)
        self.assertEqual(error.what, VoiceTrouble.AUDIO_FILE)
        self.assertIn("missing.wav", error.detail)
        self.path.write_bytes(b"no sound")
        self.assertRaises(DeviceError, FileMicrophone, self.path)


class PlainTests(SynchronousTestCase):
    """Silence, nothing, and the words for them."""

    def test_silence_goes_by_the_beat(self) -> None:
        """As many silent blocks as are due."""
        microphone = SilentMicrophone()
        blocks = microphone.read(3)
        self.assertEqual(len(blocks), 3)
        self.assertFalse(np.concatenate(blocks).any())
        self.assertEqual((microphone.name, microphone.take_lost()), ("silence", 0))

    def test_the_words_choose(self) -> None:
        """`silence` and `null` need no file; anything else is a path, opened when it is wanted."""
        devices = plain_devices()
        self.assertIsInstance(devices.open_microphone("silence", no_wake), SilentMicrophone)
        speaker = devices.open_speaker("null", no_wake)
        self.assertIsInstance(speaker, NullSpeaker)
        self.assertEqual((speaker.name, speaker.wanted(4)), ("null", 4))
        self.assertEqual((speaker.delay_ms, speaker.is_gone(1.0)), (0.0, False))
        for words in ("/nowhere/of.wav", "mic", "mic:USB", "speaker", "speaker:USB"):
            open_it = devices.open_speaker if words[0] == "s" else devices.open_microphone
            self.assertRaises(DeviceError, open_it, words, no_wake)
        self.assertRaises(DeviceError, devices.open_speaker, "/nowhere/of.wav", no_wake)
        self.assertEqual(devices.names(), DeviceList((), ()))
