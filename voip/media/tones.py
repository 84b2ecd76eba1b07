"""The sounds a phone makes by itself: made here note by note, and repeated for as long as asked.

Each note rises and falls over 20 ms, as a sound that is switched on or off clicks, and is soft
enough for a headset. Knows nothing of calls or devices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from voip.media.samples import (
    BLOCK_SAMPLES,
    FULL_SCALE,
    SAMPLE_RATE,
    SAMPLES_PER_MS,
    Samples,
    silence,
)

RAMP_MS: Final = 20
_OVERTONE: Final = 0.15  # of the octave: a bare sine sounds like a test


@dataclass(frozen=True, slots=True)
class Note:
    """A tone and the silence after it; both are whole blocks of 10 ms."""

    hertz: float
    sound_ms: int
    pause_ms: int
    level_db: float = -20.0
    """Of its peak, under the loudest there is."""


Melody = tuple[Note, ...]

_RISING: Final = (Note(523.25, 160, 20), Note(659.26, 160, 20), Note(783.99, 260, 180))
RING: Final[Melody] = (*_RISING, *_RISING[:2], Note(783.99, 260, 2180))
"""Somebody calls: a chord, note by note, twice, every four seconds."""

RING_BACK: Final[Melody] = (Note(425.0, 1000, 4000, -24.0),)
"""It rings at the other end: as European exchanges sound."""

WAITING: Final[Melody] = (Note(440.0, 150, 100, -30.0), Note(440.0, 150, 4600, -30.0))
"""Somebody else calls: two short notes under the voices of a call."""


@cache
def rendered(melody: Melody) -> Samples:
    """One round of a melody, in whole blocks."""
    return np.concatenate([part for note in melody for part in _parts(note)])


class TonePlayer:
    """A melody over and over, 10 ms at a time."""

    def __init__(self, melody: Melody) -> None:
        self._sound = rendered(melody)
        self._at = 0

    def take(self) -> Samples:
        """The next block."""
        start = self._at
        self._at = (start + BLOCK_SAMPLES) % len(self._sound)
        return self._sound[start : start + BLOCK_SAMPLES]


def _parts(note: Note) -> Sequence[Samples]:
    count = note.sound_ms * SAMPLES_PER_MS
    phase = np.arange(count) * (2 * np.pi * note.hertz / SAMPLE_RATE)
    wave = (np.sin(phase) + _OVERTONE * np.sin(2 * phase)) / (1 + _OVERTONE)
    ramp_count = RAMP_MS * SAMPLES_PER_MS
    ramp = (1 - np.cos(np.arange(ramp_count) * (np.pi / ramp_count))) / 2
    wave[:ramp_count] *= ramp
    wave[-ramp_count:] *= ramp[::-1]
    peak = FULL_SCALE * 10 ** (note.level_db / 20)
    return np.rint(wave * peak).astype(np.int16), silence(note.pause_ms * SAMPLES_PER_MS)
