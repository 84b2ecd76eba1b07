"""Several speakers' blocks into the one that is played, each as loud as was asked for.

Speakers are added at full loudness, since mostly one talks. When the sum would be too loud for 16
bits, a limiter turns all of it down within 2.5 ms and up again within a fifth of a second, so that
many at once stay clear; what a sudden word still has over, in its first 2.5 ms, is bent into the
last of the range instead of cut off. One voice alone passes as it is.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from voip.media.samples import BLOCK_SAMPLES, FULL_SCALE, Samples, silence

QUIETEST_DB: Final = -60.0
"""A voice turned down so far is not played at all."""
MOST_GAIN_DB: Final = 12.0

# The limiter keeps the sum under this (1.4 dB under the loudest); the rest is room to bend into.
_CEILING: Final = 0.85 * FULL_SCALE
_ROOM: Final = FULL_SCALE - _CEILING
_STEPS: Final = 4  # of 2.5 ms
_RISE: Final = 0.0125  # of the gain in each step

_Sound = npt.NDArray[np.float32]


def gain_of(decibels: float) -> float:
    """The factor for a volume, 0.0 for one that is not to be heard; within what is allowed."""
    if not decibels > QUIETEST_DB:
        return 0.0
    return float(10 ** (min(decibels, MOST_GAIN_DB) / 20))


class Mixer:
    """Mixes the blocks of one listener, one after the other."""

    def __init__(self) -> None:
        self._gain = 1.0

    def mix(self, blocks: Sequence[tuple[Samples, float]]) -> Samples:
        """The sum of blocks of ``BLOCK_SAMPLES``, each times its factor; silence of none."""
        if not blocks and self._gain == 1.0:
            return silence()
        if len(blocks) == 1 and blocks[0][1] == self._gain == 1.0:
            return blocks[0][0]
        total: _Sound = np.zeros(BLOCK_SAMPLES, dtype=np.float32)
        for block, factor in blocks:
            total += block if factor == 1.0 else block * np.float32(factor)
        return _bent(self._limited(total))

    def _limited(self, total: _Sound) -> _Sound:
        peaks = np.abs(total).reshape(_STEPS, -1).max(axis=1)
        if self._gain == 1.0 and float(peaks.max()) <= _CEILING:
            return total
        wanted = np.minimum(1.0, _CEILING / np.maximum(peaks, 1.0))
        gains = [self._gain]
        for step in range(_STEPS):
            # The gain is down before the step that needs it begins, where that is known by then.
            ahead = min(wanted[step : step + 2])
            gains.append(float(min(ahead, gains[-1] + _RISE)))
        self._gain = gains[-1]
        ramps = np.linspace(gains[:-1], gains[1:], BLOCK_SAMPLES // _STEPS, axis=1)
        limited: _Sound = total * ramps.reshape(-1).astype(np.float32)
        return limited


def _bent(total: _Sound) -> Samples:
    size = np.abs(total)
    if float(size.max()) > _CEILING:
        bent = _CEILING + _ROOM * np.tanh((size - _CEILING) / _ROOM)
        total = np.sign(total) * np.where(size > _CEILING, bent, size)
    mixed: Samples = np.rint(total).astype(np.int16)
    return mixed
