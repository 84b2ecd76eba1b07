"""How well speech came through: alignment and PESQ of what was heard against what was said.

Works on 48 kHz mono int16 samples. PESQ is the wideband measure of ITU-T P.862.2, computed at
16 kHz; 4.64 is its ceiling. Knows no calls and no files.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

SAMPLE_RATE = 48_000
PESQ_RATE = 16_000

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Score:
    """``offset_ms``: how much later than in the original the speech stands in what was heard."""

    pesq_wb: float
    offset_ms: float


def score(said: Samples, heard: Samples, within_seconds: float | None = None) -> Score:
    """Align what was heard with what was said, and rate it. Silence rates 1.0.

    ``within_seconds`` bounds the shift that is looked for: speech that repeats itself is like
    itself at other shifts too.
    """
    offset = align(said, heard, within_seconds)
    begin = max(0, offset)
    part = heard[begin : begin + len(said)]
    reference = said[: len(part)] if offset >= 0 else said[-offset : len(part) - offset]
    part = part[: len(reference)]
    if not np.any(part):
        return Score(1.0, 0.0)
    # a measuring tool: not loaded by those who only want to align
    from pesq import pesq

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rated = pesq(PESQ_RATE, _at_16k(reference), _at_16k(part), "wb")
    return Score(round(float(rated), 3), round(offset / SAMPLE_RATE * 1000, 1))


def align(said: Samples, heard: Samples, within_seconds: float | None = None) -> int:
    """By how many samples ``heard`` is behind ``said`` where they are most alike."""
    size = 1 << (len(said) + len(heard) - 1).bit_length()
    said_spectrum = np.fft.rfft(said.astype(np.float64), size)
    heard_spectrum = np.fft.rfft(heard.astype(np.float64), size)
    likeness = np.fft.irfft(heard_spectrum * said_spectrum.conj(), size)
    if within_seconds is not None:
        bound = int(within_seconds * SAMPLE_RATE)
        likeness[bound : size - bound] = -np.inf
    best = int(np.argmax(likeness))
    return best if best < len(heard) else best - size


def _at_16k(samples: Samples) -> Samples:
    resampled: Samples = soxr.resample(samples, SAMPLE_RATE, PESQ_RATE).astype(np.int16)
    return resampled
