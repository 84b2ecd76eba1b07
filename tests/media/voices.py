"""Sounds for tests: the speech sample, tones, and packets of them, made once."""

from functools import cache

import numpy as np

from voip.media.opus import Encoder
from voip.media.samples import FRAME_SAMPLES, SAMPLE_RATE, Samples
from voip.media.speech import MALE
from voip.media.wav import read_wav


@cache
def speech() -> Samples:
    """Four seconds of a man's voice."""
    return read_wav(MALE)


def tone(hertz: float, samples: int, amplitude: float = 10_000) -> Samples:
    """A sine wave."""
    phase = np.arange(samples) * (2 * np.pi * hertz / SAMPLE_RATE)
    wave: Samples = np.rint(np.sin(phase) * amplitude).astype(np.int16)
    return wave


@cache
def packets(expected_loss: int = 0) -> tuple[bytes, ...]:
    """The speech sample in packets."""
    encoder = Encoder()
    encoder.set_expected_loss(expected_loss)
    sound = speech()
    starts = range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return tuple(encoder.encode(sound[start : start + FRAME_SAMPLES]) for start in starts)
