"""How speech sounds after a bad network, in simulated time.

Speech goes through the real encoder, a network made of random numbers with a fixed seed, and the
real jitter buffer, whose playback clock is simulated too: the load of the machine changes nothing
but the measured cost. Each row is the mean PESQ (wideband) over some seconds at a time, and the
delay that the buffer added. The last line printed is one JSON object.

    python -m bench.audio_quality [--speech DIR] [--seeds N]
"""

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.score import score
from bench.speech import clips
from voip.media.jitter import JitterBuffer, JitterStats
from voip.media.opus import Encoder
from voip.media.samples import (
    BLOCK_MS,
    FRAME_MS,
    FRAME_SAMPLES,
    SAMPLE_RATE,
    SAMPLES_PER_MS,
    Samples,
    silence,
)
from voip.media.wav import read_wav

PAUSE_SECONDS = 0.5
REPEATS = 4
NETWORK_MS = 30.0
OPUS_MS = 6.5  # what the encoder looks ahead
_STEPS_PER_FRAME = 8  # of 2.5 ms


@dataclass(frozen=True, slots=True)
class Network:
    """What happens to packets on their way; times in milliseconds, ``loss`` a fraction.

    ``burst`` is the mean length of a loss, in packets. Stalls are those of a busy Wi-Fi: every 2 s
    or so nothing comes for 50 to 150 ms, then all of it at once. ``grain`` is how many blocks the
    sound card takes in one go.
    """

    name: str
    loss: float = 0.0
    burst: float = 1.0
    jitter_ms: float = 0.0
    has_stalls: bool = False
    drift_ppm: float = 0.0
    grain: int = 1
    floor: float | None = None
    most_added_ms: float | None = None


NETWORKS = (
    Network("clean"),
    Network("jitter 40", jitter_ms=40, floor=4.15),
    Network("5 % random, jitter 40", loss=0.05, jitter_ms=40, floor=3.75),
    Network("10 % random, jitter 60", loss=0.10, jitter_ms=60, floor=3.4),
    Network("5 % burst, jitter 20", loss=0.05, burst=2.5, jitter_ms=20),
    Network("10 % burst, jitter 20", loss=0.10, burst=2.5, jitter_ms=20),
    Network("stalls, jitter 30", jitter_ms=30, has_stalls=True, floor=3.8, most_added_ms=110),
    Network("drift +200 ppm", jitter_ms=5, drift_ppm=200, floor=4.07),
    Network("drift -200 ppm", jitter_ms=5, drift_ppm=-200, floor=4.07),
    Network("40 ms sound card", jitter_ms=5, grain=4, floor=4.07),
)
"""The rows of the table, with the least score and the most added delay that will do."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet that arrived; ``at_ms`` is by the listener's clock."""

    at_ms: float
    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """What the listener got. ``added_ms`` is the buffer's delay, in the mean."""

    sound: Samples
    stats: JitterStats
    added_ms: float
    us_per_block: float


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    name: str
    pesq_wb: float
    pesq_worst: float
    added_ms: float
    lost: float
    us_per_block: float
    floor: float | None
    meets_floor: bool


def encode(speech: Samples, expected_loss: float) -> list[bytes]:
    """The speech in packets, with redundancy for a loss in percent."""
    encoder = Encoder()
    encoder.set_expected_loss(expected_loss)
    starts = range(0, len(speech) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [encoder.encode(speech[start : start + FRAME_SAMPLES]) for start in starts]


def carry(packets: Sequence[bytes], network: Network, seed: int) -> list[Packet]:
    """Let packets sent every 20 ms through a network: those that arrive, as they arrive."""
    delays, losses = random.Random(seed), random.Random(seed + 100)
    arrived = []
    is_lost = False
    stalled_until, next_stall = 0.0, delays.expovariate(1 / 2000)
    for number, data in enumerate(packets):
        sent = float(number * FRAME_MS)
        again = 1 - 1 / network.burst if is_lost else network.loss / network.burst
        chance = again if network.burst > 1 else network.loss
        is_lost = losses.random() < chance
        at = sent + delays.random() * network.jitter_ms
        if network.has_stalls and sent >= next_stall:
            stalled_until = sent + delays.uniform(50, 150)
            next_stall = stalled_until + delays.expovariate(1 / 2000)
        if network.has_stalls:
            at = max(at, stalled_until + delays.random())
        if not is_lost:
            drifted = (NETWORK_MS + at) * (1 + network.drift_ppm * 1e-6)
            arrived.append(Packet(drifted, number, data))
    return sorted(arrived, key=lambda packet: packet.at_ms)


def listen(packets: Sequence[Packet], seconds: float, network: Network) -> Heard:
    """Play what arrives for so long."""
    buffer = JitterBuffer()
    blocks: list[Samples] = []
    delays = []
    waiting = list(reversed(packets))
    started = time.process_time()
    for block in range(round(seconds * 1000 / BLOCK_MS)):
        now = block // network.grain * network.grain * BLOCK_MS
        while waiting and waiting[-1].at_ms <= now:
            packet = waiting.pop()
            timestamp = packet.number * _STEPS_PER_FRAME % 65536
            now_seconds = packet.at_ms / 1000
            buffer.put(packet.number, timestamp, packet.data, now_seconds, packet.number == 0)
        blocks.append(buffer.take())
        delays.append(buffer.stats().buffer_ms)
    spent = time.process_time() - started
    return Heard(
        np.concatenate(blocks),
        buffer.stats(),
        float(np.mean(delays[100:])),
        spent / len(blocks) * 1e6,
    )


def measure(speech: Samples, packets: Sequence[bytes], network: Network, seeds: int) -> Row:
    """One row: the speech over this network, with seeds 1, 2 and so on."""
    scores: list[float] = []
    runs = []
    for seed in range(1, seeds + 1):
        heard = listen(carry(packets, network, seed), len(speech) / SAMPLE_RATE, network)
        scores += rate(speech, heard)
        runs.append(heard)
    mean = float(np.mean(scores))
    added = float(np.mean([run.added_ms for run in runs]))
    is_quick = network.most_added_ms is None or added <= network.most_added_ms
    lost = sum(run.stats.lost for run in runs) / (len(packets) * seeds)
    return Row(
        name=network.name,
        pesq_wb=round(mean, 2),
        pesq_worst=round(min(scores), 2),
        added_ms=round(added),
        lost=round(lost, 3),
        us_per_block=round(float(np.mean([run.us_per_block for run in runs]))),
        floor=network.floor,
        meets_floor=is_quick and (network.floor is None or mean >= network.floor),
    )


def rate(speech: Samples, heard: Heard) -> list[float]:
    """PESQ of each repetition of the speech."""
    length = len(speech) // REPEATS
    late = round((NETWORK_MS + OPUS_MS) * SAMPLES_PER_MS)
    scores = []
    for start in range(0, len(speech), length):
        part = heard.sound[start + late : start + late + length + SAMPLE_RATE // 2]
        scores.append(score(speech[start : start + length], part).pesq_wb)
    return scores


def repeated(files: Sequence[Path]) -> Samples:
    """All files, each followed by a pause, again and again."""
    pause = silence(int(PAUSE_SECONDS * SAMPLE_RATE))
    once = np.concatenate([part for file in files for part in (read_wav(file), pause)])
    whole = len(once) // FRAME_SAMPLES * FRAME_SAMPLES
    return np.concatenate([once[:whole]] * REPEATS)


def main() -> None:
    """Print the table, and then the same as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--speech", type=Path, help="a folder of WAV files; else the own sample")
    parser.add_argument("--seeds", type=int, default=20, help="runs of each row (20)")
    options = parser.parse_args()
    speech = repeated(clips(options.speech))
    packets = encode(speech, expected_loss=10)
    rows = []
    print(f"{'network':24} {'PESQ':>5} {'worst':>6} {'floor':>6} {'added ms':>9} {'us/10 ms':>9}")
    for network in NETWORKS:
        row = measure(speech, packets, network, options.seeds)
        rows.append(row)
        print(
            f"{row.name:24} {row.pesq_wb:5.2f} {row.pesq_worst:6.2f} {row.floor or '-':>6}"
            f" {row.added_ms:9.0f} {row.us_per_block:9.0f}{'' if row.meets_floor else '  SHORT'}"
        )
    print(
        json.dumps(
            {
                "bench": "audio_quality",
                "speech_seconds": round(len(speech) / SAMPLE_RATE, 1),
                "seeds": options.seeds,
                "rows": [{name: getattr(row, name) for name in Row.__slots__} for row in rows],
            }
        )
    )


if __name__ == "__main__":
    main()
