"""Making speech a little shorter or longer without changing its pitch.

One pitch period is dropped or repeated and the joint faded over that period (WSOLA's idea, cut down
to what a jitter buffer needs). Knows nothing of packets or delay: the jitter buffer asks for a
change and learns whether this stretch of sound allowed one. It does where the sound repeats itself,
as voiced speech does; elsewhere the answer is None, and the buffer waits. In a pause the buffer
may ``cut`` and ``pad`` where it likes.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from voip.media.samples import SAMPLES_PER_MS, Samples

# Voices are looked for from 67 to 400 Hz.
LONGEST_PERIOD: Final = 15 * SAMPLES_PER_MS
SHORTEST_PERIOD: Final = int(2.5 * SAMPLES_PER_MS)
# Under this likeness of one period to the next (1 is equal), a joint is heard.
LEAST_LIKENESS: Final = 0.9
# Likeness is measured over this much before the joint and the whole of it.
_LEAD: Final = 10 * SAMPLES_PER_MS
_JOINT: Final = 5 * SAMPLES_PER_MS
# What the functions need of what was played before, and of what comes.
PAST_NEEDED: Final = LONGEST_PERIOD + _LEAD
SOUND_NEEDED: Final = LONGEST_PERIOD + _JOINT

# The search runs at 6 kHz first: one sample there stands for eight.
_COARSE: Final = 8
_Float = npt.NDArray[np.float32]


def drop_period(past: Samples, sound: Samples, longest: int = LONGEST_PERIOD) -> Samples | None:
    """``sound`` without one period of at most ``longest`` samples, or None.

    ``past`` is what was played just before: at least ``PAST_NEEDED`` samples.
    """
    around = np.concatenate((past[-_LEAD:], sound[: longest + _JOINT]))
    period = _period(around[: _LEAD + _JOINT], around)
    return None if period is None else cut(sound, period)


def repeat_period(past: Samples, sound: Samples) -> Samples | None:
    """``sound`` with the last period of ``past`` before it again, or None."""
    around = np.concatenate((past[-PAST_NEEDED:], sound[:_JOINT]))
    # Looking back for the like of a place is looking ahead with time turned round.
    period = _period(around[: -_LEAD - _JOINT - 1 : -1], around[::-1])
    return None if period is None else pad(past, sound, period)


def cut(sound: Samples, count: int) -> Samples:
    """``sound`` without its first ``count`` samples, faded into from how it started."""
    length = min(_JOINT, len(sound) - count)
    joint = _fade(sound[:length], sound[count : count + length])
    return np.concatenate((joint, sound[count + length :]))


def pad(past: Samples, sound: Samples, count: int) -> Samples:
    """``sound`` after the last ``count`` samples of ``past`` once more."""
    length = min(_JOINT, count)
    again = past[-count:]
    joint = _fade(sound[:length], again[:length])
    return np.concatenate((joint, again[length:], sound))


def _fade(old: Samples, new: Samples) -> Samples:
    """From ``old`` to ``new`` along a straight line."""
    weight = np.linspace(0.0, 1.0, len(old), dtype=np.float32)
    mixed = old + (new.astype(np.float32) - old) * weight
    return np.rint(mixed).astype(np.int16)


def _period(model: Samples, sound: Samples) -> int | None:
    """How far into ``sound``, which starts with ``model``, its like is; None when nothing is."""
    fine_model, fine_sound = model.astype(np.float32), sound.astype(np.float32)
    coarse = _likenesses(_thin(fine_model), _thin(fine_sound), SHORTEST_PERIOD // _COARSE)
    near = SHORTEST_PERIOD + int(np.argmax(coarse)) * _COARSE
    first = max(SHORTEST_PERIOD, near - _COARSE)
    last = min(len(sound) - len(model), near + _COARSE)
    likenesses = _likenesses(fine_model, fine_sound[: last + len(model)], first)
    best = int(np.argmax(likenesses))
    return first + best if likenesses[best] >= LEAST_LIKENESS else None


def _thin(sound: _Float) -> _Float:
    """One sample in ``_COARSE``, the mean of those it stands for."""
    means: _Float = sound[: len(sound) // _COARSE * _COARSE].reshape(-1, _COARSE).mean(axis=1)
    return means


def _likenesses(model: _Float, sound: _Float, first: int) -> _Float:
    """The normalised correlation, -1 to 1, of ``model`` with ``sound`` from each place on."""
    size = len(model)
    products = np.correlate(sound[first:], model, "valid")
    sums = np.concatenate(([0.0], np.cumsum(np.square(sound[first:], dtype=np.float64))))
    energies = (sums[size:] - sums[:-size]) * float(np.dot(model, model))
    likenesses: _Float = (products / np.sqrt(np.maximum(energies, 1.0))).astype(np.float32)
    return likenesses
