"""What one voice engine costs in a call: processor and memory.

    python -m bench.voice_cpu [SECONDS]

Two voice processes with file devices talk through the Python relay on loopback, speech both ways.
Their start is left out: a short call is taken from a long one. CPU is user and system time of one
process, as percent of one core. Prints one JSON object.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.score import score
from bench.speech import conversation, write_wav
from voip.media.speech import FEMALE, MALE
from voip.media.wav import read_wav

SECONDS = 30.0
SHORT_SECONDS = 2.0
DEVICES = "voip.client.voice.devices:plain_devices"


def call(folder: Path, seconds: float) -> Mapping[str, float]:
    """Talk for so long; what the two processes cost together."""
    words = [str(folder / name) for name in ("a.wav", "heard_by_a.wav", "b.wav", "heard_by_b.wav")]
    program = [sys.executable, "-m", "tests.system.voice_pair", str(seconds), DEVICES, *words]
    answer = subprocess.run(program, stdout=subprocess.PIPE, check=True)
    told: Mapping[str, float] = json.loads(answer.stdout)
    return told


def measure(seconds: float) -> Mapping[str, object]:
    """A short and a long call, and their difference."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        said = conversation((MALE, FEMALE), seconds - 1)
        for path, samples in zip(("a.wav", "b.wav"), said, strict=True):
            write_wav(folder / path, samples)
        short, long = call(folder, SHORT_SECONDS), call(folder, seconds)
        heard = score(said[0], read_wav(folder / "heard_by_b.wav"))
    spent = long["children_cpu_seconds"] - short["children_cpu_seconds"]
    return {
        "cpu_percent": round(spent / 2 / (seconds - SHORT_SECONDS) * 100, 1),
        "rss_mb": round(long["child_rss_mb"], 1),
        "pesq_wb": heard.pesq_wb,
        "seconds": seconds,
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
    }


def main() -> None:
    """Take the length of the call from the command line."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(json.dumps(measure(seconds)))


if __name__ == "__main__":
    main()
