"""Speech to call with: the project's sample, or any folder of WAV files, made as long as asked.

Two people do not say the same thing at the same time: ``conversation`` gives each direction other
sentences first. Files in, 48 kHz mono files out.
"""

import wave
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np

from bench.score import SAMPLE_RATE, Samples
from voip.media.speech import FEMALE, MALE
from voip.media.wav import read_wav

PAUSE_SECONDS = 0.35


def clips(folder: Path | None) -> Sequence[Path]:
    """The files to speak: a folder's, or the project's own. ValueError when there are none."""
    if folder is None:
        return (MALE, FEMALE)
    found = sorted(folder.glob("*.wav"))
    if not found:
        raise ValueError(f"{folder} holds no .wav files")
    return found


def conversation(files: Sequence[Path], seconds: float) -> tuple[Samples, Samples]:
    """What the one and what the other says, each ``seconds`` long."""
    sentences = [read_wav(path) for path in files]
    turned = [*sentences[1:], sentences[0]]
    return _spoken(sentences, seconds), _spoken(turned, seconds)


def write_wav(path: Path, samples: Samples) -> Path:
    """Write 48 kHz mono 16 bit; returns the path."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return path


def _spoken(sentences: Sequence[Samples], seconds: float) -> Samples:
    length = int(seconds * SAMPLE_RATE)
    pause = np.zeros(int(PAUSE_SECONDS * SAMPLE_RATE), np.int16)
    parts: list[Samples] = [pause]
    total = len(pause)
    for sentence in cycle(sentences):
        if total >= length:
            break
        parts += [sentence, pause]
        total += len(sentence) + len(pause)
    return np.concatenate(parts)[:length]
