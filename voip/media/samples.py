"""What a sound is here: 48 kHz, mono, 16 bits a sample, in numpy arrays.

Every other module of the package speaks in these terms, so nothing between a microphone and a
loudspeaker resamples or converts. Knows no codec and no device. A *block* (10 ms) is what devices,
mixer and jitter buffer exchange; a *frame* (20 ms) is what one Opus packet carries.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.int16]

SAMPLE_RATE = 48_000
SAMPLES_PER_MS = SAMPLE_RATE // 1000
BLOCK_MS = 10
BLOCK_SAMPLES = BLOCK_MS * SAMPLES_PER_MS
FRAME_MS = 20
FRAME_SAMPLES = FRAME_MS * SAMPLES_PER_MS
FULL_SCALE = 32_767


def silence(count: int = BLOCK_SAMPLES) -> Samples:
    """``count`` samples of silence, in a new array."""
    return np.zeros(count, dtype=np.int16)
