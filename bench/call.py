"""`make bench-call`: a call between two real client processes through a real server.

Starts ``twistd voip`` and two ``voip json`` clients on loopback, each speaking the speech sample
and writing what it hears, talks for 20 s and prints the figures as one JSON object on the last
line. CPU is user and system time of a process over the talking time, as percent of one core.
``delay_ms`` is from the one's file to the other's, found by correlation; of figures that both
clients have, the worse is given. PESQ is of a to b and of b to a.
"""

import argparse
import json
import platform
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.score import Samples, Score, score
from bench.speech import clips, conversation, write_wav
from bench.stalls import BEARABLE_MS, StallWatch
from tests.harness.json_client import ClientFailure, Json, JsonClient
from tests.harness.node import Node, NodeError
from voip.media.wav import read_wav

TALK_SECONDS = 20.0
# What is said in the last moments is still on its way when the call ends.
TAIL_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 2.0
ATTEMPTS = 4
PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Load:
    """What a process has used: CPU seconds, and memory now."""

    cpu_seconds: float
    rss_mb: float


def main() -> int:
    """Make the call, print its figures; returns the exit code."""
    options = argparse.ArgumentParser(prog="bench.call", description="a measured call")
    options.add_argument("--speech", type=Path, help="a folder of WAV files to speak")
    options.add_argument("--seconds", type=float, default=TALK_SECONDS)
    given = options.parse_args()
    try:
        print(json.dumps(measure_on_a_steady_machine(given.speech, given.seconds)))
    except (NodeError, ClientFailure, ValueError) as error:
        sys.stderr.write(f"bench-call: {error}\n")
        return 1
    return 0


def measure_on_a_steady_machine(speech: Path | None, seconds: float) -> Json:
    """Measure again, a few times, while the machine stands still in between.

    ``machine_stall_ms`` of the result is the longest standstill of the run that counts.
    """
    for left in reversed(range(ATTEMPTS)):
        figures = measure(speech, seconds)
        stalled = float(str(figures["machine_stall_ms"]))
        if stalled <= BEARABLE_MS or not left:
            return figures
        sys.stderr.write(f"bench-call: the machine stood still for {stalled:.0f} ms; once more\n")
    raise AssertionError("the last attempt counts")


def measure(speech: Path | None, seconds: float) -> Json:
    """One call; returns its figures."""
    with TemporaryDirectory(prefix="voip-bench-") as folder:
        home = Path(folder)
        said = conversation(clips(speech), seconds - TAIL_SECONDS)
        for name, samples in zip("ab", said, strict=True):
            write_wav(home / f"{name}-says.wav", samples)
        with (
            Node(home / "server") as node,
            _client(node, home, "a") as a,
            _client(node, home, "b") as b,
        ):
            return _call(home, node, a, b, said, seconds)


def _client(node: Node, home: Path, name: str) -> JsonClient:
    sound = ("--audio-in", f"{home}/{name}-says.wav", "--audio-out", f"{home}/{name}-hears.wav")
    return JsonClient(node.address, home / name, sound)


def _call(
    home: Path,
    node: Node,
    a: JsonClient,
    b: JsonClient,
    said: tuple[Samples, Samples],
    seconds: float,
) -> Json:
    for name, client in (("alice", a), ("bob", b)):
        client.event("connected")
        client.ask("register", username=name, nick=name.title(), password=PASSWORD)
    dialled_at = time.monotonic()
    call_id = a.ask("call", to=["bob"])["call_id"]
    b.event("ringing")
    b.ask("accept", call_id=call_id)
    for client in (a, b):
        client.event("call", call_id=call_id, state="active")
    setup_ms = (time.monotonic() - dialled_at) * 1000
    processes = (a.process, b.process, node.process)
    before, begun = [_load(process) for process in processes], time.monotonic()
    with StallWatch() as machine:
        time.sleep(seconds)
    talked = time.monotonic() - begun
    after = [_load(process) for process in processes]
    percents = [
        round(100 * (end.cpu_seconds - start.cpu_seconds) / talked, 1)
        for start, end in zip(before, after, strict=True)
    ]
    shown = [_last_call(client, call_id) for client in (a, b)]
    a.ask("hangup", call_id=call_id)
    for client in (a, b):
        client.event("ended", call_id=call_id)
        client.quit()
    heard = [read_wav(home / f"{name}-hears.wav") for name in "ab"]
    scores = (
        score(said[0], heard[1], LONGEST_DELAY_SECONDS),
        score(said[1], heard[0], LONGEST_DELAY_SECONDS),
    )
    return {
        "pesq_wb": [each.pesq_wb for each in scores],
        "delay_ms": _delay(scores),
        "loss": max(float(str(each["loss_total"])) for each in shown),
        "setup_ms": round(setup_ms, 1),
        "client_cpu_percent": max(percents[:2]),
        "client_rss_mb": round(max(load.rss_mb for load in after[:2]), 1),
        "server_cpu_percent": percents[2],
        "server_rss_mb": round(after[2].rss_mb, 1),
        "seconds": round(talked, 1),
        "seconds_heard": [each["seconds_heard"] for each in shown],
        "machine_stall_ms": round(machine.longest_ms, 1),
        "words_alike": shown[0]["words"] == shown[1]["words"] != [],
        "codec": shown[0]["codec"],
        "path": shown[0]["path"],
        "relay_engine": "python",
        "versions": {
            "voip": version("voip"),
            "python": platform.python_version(),
            "twisted": version("Twisted"),
            "cryptography": version("cryptography"),
            "opus": f"opuslib-next-bundled {version('opuslib-next-bundled')}",
        },
    }


def _delay(scores: tuple[Score, Score]) -> float:
    """Mouth to ear in milliseconds, the mean of both directions.

    Each is the shift between two files that began at the two ends' answers. By how much one end
    began later makes one direction shorter and the other longer, and so leaves the mean alone.
    """
    return round(sum(score.offset_ms for score in scores) / 2, 1)


def _last_call(client: JsonClient, call_id: object) -> Json:
    said = [line for line in client.lines if line.get("event") == "call"]
    return next(line for line in reversed(said) if line["call_id"] == call_id)


def _load(process: psutil.Process) -> Load:
    with process.oneshot():
        cpu = process.cpu_times()
        return Load(cpu.user + cpu.system, process.memory_info().rss / 1e6)


if __name__ == "__main__":
    sys.exit(main())
