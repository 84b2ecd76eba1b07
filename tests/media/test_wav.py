"""WAV files read and written."""

import contextlib
import wave
from pathlib import Path
from unittest import SkipTest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.media.voices import tone
from voip.media.levels import decibels
from voip.media.samples import SAMPLE_RATE
from voip.media.wav import WavError, WavWriter, _header, read_wav


class WavCase(SynchronousTestCase):
    """A folder to work in."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir(parents=True)
        self.path = self.folder / "sound.wav"

    def write(self, data: bytes, rate: int, channels: int, width: int) -> Path:
        """A WAV file of this form."""
        with wave.open(str(self.path), "wb") as file:
            file.setframerate(rate)
            file.setnchannels(channels)
            file.setsampwidth(width)
            file.writeframes(data)
        return self.path

    def complaint(self, path: Path) -> str:
        """What a person is told of this file."""
        return str(self.assertRaises(WavError, read_wav, path))


class ReadTests(WavCase):
    """read_wav."""

    def test_what_is_in_our_form_comes_as_it_is(self) -> None:
        """To the sample."""
        sound = tone(440, 4800)
        path = self.write(sound.tobytes(), SAMPLE_RATE, 1, 2)
        self.assertTrue(np.array_equal(read_wav(path), sound))

    def test_any_rate_becomes_48_khz(self) -> None:
        """A second stays a second, and as loud."""
        for rate in (8000, 16_000, 22_050, 44_100, 96_000):
            phase = np.arange(rate) * (2 * np.pi * 440 / rate)
            sound = np.rint(np.sin(phase) * 8000).astype(np.int16)
            read = read_wav(self.write(sound.tobytes(), rate, 1, 2))
            self.assertApproximates(len(read), SAMPLE_RATE, 2)
            self.assertApproximates(decibels(read), decibels(sound), 0.2)

    def test_any_width_is_as_loud(self) -> None:
        """8, 16, 24 and 32 bits of the same tone."""
        sound = tone(440, 4800).astype(np.int64)
        forms = {
            1: ((sound >> 8) + 128).astype(np.uint8).tobytes(),
            2: sound.astype("<i2").tobytes(),
            3: b"".join(int(value << 8).to_bytes(3, "little", signed=True) for value in sound),
            4: (sound << 16).astype("<i4").tobytes(),
        }
        for width, data in forms.items():
            read = read_wav(self.write(data, SAMPLE_RATE, 1, width)).astype(int)
            self.assertLess(np.abs(read - sound).max(), 260 if width == 1 else 2)

    def test_channels_are_mixed(self) -> None:
        """Left and right in the mean."""
        pair = np.column_stack((tone(440, 480, 8000), np.zeros(480, np.int16)))
        read = read_wav(self.write(pair.tobytes(), SAMPLE_RATE, 2, 2))
        self.assertLess(np.abs(read - tone(440, 480, 4000).astype(int)).max(), 3)

    def test_a_file_cut_off_is_read_as_far_as_it_goes(self) -> None:
        """Half a sample at the end is left out."""
        path = self.write(tone(440, 4800).tobytes(), SAMPLE_RATE, 1, 2)
        path.write_bytes(path.read_bytes()[:-1001])
        self.assertEqual(len(read_wav(path)), 4299)

    def test_what_is_wrong_is_said_with_what_to_do(self) -> None:
        """A missing file, a folder, no WAV, a WAV that is no PCM, one of 64 bits."""
        self.assertIn("does not exist: check", self.complaint(self.path))
        self.assertIn("cannot be read", self.complaint(self.folder))
        self.path.write_bytes(b"ID3 and so on")
        self.assertIn("convert it", self.complaint(self.path))
        self.path.write_bytes(b"")
        self.assertIn("convert it", self.complaint(self.path))
        path = self.write(b"\0" * 96, SAMPLE_RATE, 1, 2)
        header = bytearray(path.read_bytes())
        header[20] = 3  # WAVE_FORMAT_IEEE_FLOAT
        path.write_bytes(header)
        self.assertIn("convert it", self.complaint(path))
        header[20], header[34] = 1, 64
        path.write_bytes(header)
        self.assertIn("convert it", self.complaint(path))

    def test_a_file_too_long_is_refused_before_it_is_read(self) -> None:
        """An hour, unless told otherwise."""
        path = self.write(tone(440, 4800).tobytes(), 8000, 1, 2)
        error = self.assertRaises(WavError, read_wav, path, 0.5)
        self.assertIn("use a shorter file", str(error))

    @given(st.binary(max_size=60), st.integers(0, 60))
    @settings(deadline=None, max_examples=100)
    def test_whatever_a_file_holds_it_is_sound_or_a_wav_error(self, junk: bytes, at: int) -> None:
        """A damaged header does no harm."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = bytearray(self.write(tone(440, 100).tobytes(), SAMPLE_RATE, 1, 2).read_bytes())
        data[at : at + len(junk)] = junk
        self.path.write_bytes(data)
        with contextlib.suppress(WavError):
            self.assertEqual(read_wav(self.path).dtype, np.int16)


class WriterTests(WavCase):
    """WavWriter."""

    def test_what_is_written_can_be_read(self) -> None:
        """Block by block."""
        sound = tone(440, 4800)
        with WavWriter(self.path) as writer:
            for start in range(0, 4800, 480):
                writer.write(sound[start : start + 480])
        self.assertTrue(np.array_equal(read_wav(self.path), sound))

    def test_a_file_is_whole_before_it_is_closed(self) -> None:
        """Whoever is killed leaves a file that plays."""
        writer = WavWriter(self.path)
        self.addCleanup(writer.close)
        writer.write(tone(440, 480))
        writer.write(tone(440, 480))
        self.assertEqual(len(read_wav(self.path)), 960)

    def test_nothing_said_is_an_empty_file(self) -> None:
        """Not a broken one."""
        WavWriter(self.path).close()
        self.assertEqual(len(read_wav(self.path)), 0)

    def test_a_place_that_cannot_be_written_is_told(self) -> None:
        """At once."""
        error = self.assertRaises(WavError, WavWriter, self.folder)
        self.assertIn("cannot be written", str(error))

    def test_a_full_disk_is_told(self) -> None:
        """When it is noticed, which is at once."""
        full = Path("/dev/full")
        if not full.exists():
            raise SkipTest("no /dev/full here")
        error = self.assertRaises(WavError, WavWriter, full)
        self.assertIn("make room", str(error))

    def test_twelve_hours_do_not_overflow_the_header(self) -> None:
        """The lengths stay at the most that they can say."""
        self.assertEqual(_header(1 << 33)[-4:], b"\xff" * 4)
