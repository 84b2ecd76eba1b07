"""Several speakers' blocks into the one that is played.

Speakers are added at full loudness, since mostly one talks. Where the sum comes near the loudest
that 16 bits hold, it is bent instead of cut off: quiet speech passes as it is, loud speech of many
is squeezed into the last 3 dB. Nothing is remembered from block to block, so there is nothing that
could pump or click.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from voip.media.samples import BLOCK_SAMPLES, FULL_SCALE, Samples, silence

# Up to here (3 dB under the loudest) the sum passes unchanged.
_KNEE: Final = 0.7 * FULL_SCALE
_ROOM: Final = FULL_SCALE - _KNEE


def mix(blocks: Sequence[Samples]) -> Samples:
    """The sum of blocks of ``BLOCK_SAMPLES``, limited; silence of none, the block itself of one."""
    if not blocks:
        return silence()
    if len(blocks) == 1:
        return blocks[0]
    total = np.zeros(BLOCK_SAMPLES, dtype=np.int32)
    for block in blocks:
        total += block
    size = np.abs(total)
    if int(size.max()) <= _KNEE:
        return total.astype(np.int16)
    bent = _KNEE + _ROOM * np.tanh((size - _KNEE) / _ROOM)
    mixed: Samples = np.rint(np.sign(total) * np.where(size > _KNEE, bent, size)).astype(np.int16)
    return mixed
