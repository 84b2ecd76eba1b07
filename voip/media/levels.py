"""How loud sound is: the level that travels with a packet, a meter's decibels, and pauses.

Levels are relative to the loudest sound 16 bits can hold: 0 dBov, everything else below. RFC 6464
sends that as 0 (loudest) to 127 (silence), one byte beside each packet, so that a relay can choose
the loudest speakers without hearing them.
"""

import math
from typing import Final

import numpy as np

from voip.media.samples import FULL_SCALE, Samples

SILENT_LEVEL: Final = 127
"""The RFC 6464 level of silence."""

SILENCE_DB: Final = -float(SILENT_LEVEL)
"""What a meter shows of silence."""

# A frame this far (30 dB) under the loudest of the last seconds is a pause.
_PAUSE_RATIO: Final = 0.03
# By 3.5 dB a second: a loud word does not make a pause of the soft ones some seconds later.
_LOUDEST_DECAY: Final = 0.992


def rms(sound: Samples) -> float:
    """The root mean square of the samples, 0 to 32768; 0 of no samples."""
    if not len(sound):
        return 0.0
    values = sound.astype(np.float32)
    return math.sqrt(float(np.dot(values, values)) / len(values))


def decibels(sound: Samples) -> float:
    """The level in dBov for a meter, 0 down to -127."""
    level = rms(sound)
    if level == 0:
        return SILENCE_DB
    return min(max(20 * math.log10(level / FULL_SCALE), SILENCE_DB), 0.0)


def audio_level(sound: Samples) -> int:
    """The level of RFC 6464: 0 is the loudest, 127 is silence."""
    return min(max(round(-decibels(sound)), 0), SILENT_LEVEL)


class PauseDetector:
    """Tells pauses from speech by how loud one voice has lately been."""

    def __init__(self) -> None:
        self._loudest = 0.0

    def is_pause(self, frame: Samples) -> bool:
        """Whether this frame, the next of its stream, is far under the speech around it."""
        level = rms(frame)
        self._loudest = max(level, self._loudest * _LOUDEST_DECAY)
        return level <= self._loudest * _PAUSE_RATIO
