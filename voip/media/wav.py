"""WAV files in and out: the file devices, the speech sample and the tests read and write here.

Reading takes PCM of any rate, width and number of channels and gives 48 kHz mono (soxr resamples);
writing streams 48 kHz mono and keeps the header right all along, so that a file cut off in the
middle still plays. The only place of the package that touches files.
"""

import struct
import wave
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import soxr

from voip.core.errors import VoipError
from voip.media.samples import SAMPLE_RATE, Samples

LONGEST_SECONDS: Final = 3600
"""A file is held in memory whole; an hour is 350 MB."""

_LOUDEST: Final = 1 << 15
_HEADER: Final = struct.Struct("<4sI8sIHHIIHH4sI")


class WavError(VoipError):
    """A file cannot be used. The message is for a person: what is wrong, and what to do."""


def read_wav(path: Path, longest_seconds: float = LONGEST_SECONDS) -> Samples:
    """All of a PCM WAV file as 48 kHz mono; raises WavError."""
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            if rate < 1 or file.getnframes() > longest_seconds * rate:
                minutes = longest_seconds / 60
                raise WavError(f"{path} is longer than {minutes:.0f} minutes: use a shorter file")
            data = file.readframes(file.getnframes())
    except FileNotFoundError:
        raise WavError(f"{path} does not exist: check the path") from None
    except OSError as error:
        raise WavError(f"{path} cannot be read ({error.strerror}): check the file") from None
    except (wave.Error, EOFError, RuntimeError):  # the last: a damaged length, seeking past it
        raise WavError(
            f"{path} is not a PCM WAV file: convert it, for example with"
            " ffmpeg -i FILE -c:a pcm_s16le NEW.wav"
        ) from None
    if not 1 <= width <= 4:
        raise WavError(f"{path} has {width * 8} bits a sample: convert it to 16")
    whole = len(data) - len(data) % (width * channels)
    if (rate, channels, width) == (SAMPLE_RATE, 1, 2):  # ours already: five copies less of an hour
        return np.frombuffer(data[:whole], dtype="<i2").astype(np.int16)
    mono = _as_float(data[:whole], width).reshape(-1, channels).mean(axis=1)
    if rate != SAMPLE_RATE:
        mono = np.asarray(soxr.resample(mono, rate, SAMPLE_RATE), dtype=np.float32)
    sound: Samples = np.clip(np.rint(mono * _LOUDEST), -_LOUDEST, _LOUDEST - 1).astype(np.int16)
    return sound


class WavWriter:
    """A 48 kHz mono WAV file that grows; use it in a ``with``, or close it."""

    def __init__(self, path: Path) -> None:
        """Make the file, or empty it; raises WavError."""
        self._path = path
        self._size = 0
        try:
            # Unbuffered: what was written is in the file even when the process is killed.
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise self._error(error) from None
        self.write(np.zeros(0, dtype=np.int16))

    def write(self, sound: Samples) -> None:
        """Add to the file; raises WavError, as when the disk is full."""
        data = sound.astype("<i2").tobytes()
        try:
            self._file.seek(_HEADER.size + self._size)
            self._file.write(data)
            self._size += len(data)
            self._file.seek(0)
            self._file.write(_header(self._size))
        except OSError as error:
            self.close()
            raise self._error(error) from None

    def close(self) -> None:
        """Finish the file; harmless when done already."""
        with suppress(OSError):
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _error(self, error: OSError) -> WavError:
        return WavError(
            f"{self._path} cannot be written ({error.strerror}): choose another place or make room"
        )


def _header(size: int) -> bytes:
    """What stands before ``size`` bytes of samples: RIFF, the format and the length."""
    # Players read to the end of the file when a length is at its most, as after twelve hours.
    most = 0xFFFF_FFFF
    return _HEADER.pack(
        b"RIFF",
        min(size + _HEADER.size - 8, most),
        b"WAVEfmt ",
        16,  # bytes of the format that follow
        1,  # PCM
        1,  # channel
        SAMPLE_RATE,
        SAMPLE_RATE * 2,  # bytes a second
        2,  # bytes of all channels together
        16,  # bits
        b"data",
        min(size, most),
    )


def _as_float(data: bytes, width: int) -> npt.NDArray[np.float32]:
    """Little-endian PCM (8 bits are unsigned, all others signed) as -1 to 1."""
    if width == 1:
        return (np.frombuffer(data, dtype=np.uint8).astype(np.float32) - 128) / np.float32(128)
    if width == 2:
        return np.frombuffer(data, dtype="<i2").astype(np.float32) / np.float32(_LOUDEST)
    if width == 3:
        # Three bytes become the upper three of four.
        padded = np.zeros((len(data) // 3, 4), dtype=np.uint8)
        padded[:, 1:] = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
        data = padded.tobytes()
    return np.frombuffer(data, dtype="<i4").astype(np.float32) / np.float32(2**31)
