"""`make bench-load`: fifty calls at once through a real server.

One load process holds both ends of every call: real client cores, each with its own connection,
login, keys and calls, and a voice engine that sends a packet of 80 random bytes every 20 ms in
Opus' place. Each packet says who sent it, which it is and when, and is checked at the other end.
Prints one JSON object as its last line; ``lost`` is a share, latency is from sealing to opening.
"""

import argparse
import json
import secrets
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

import psutil
from twisted.internet.defer import Deferred, DeferredSemaphore, gatherResults
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import LoopingCall, react
from twisted.python.failure import Failure

from tests.harness.node import Node
from voip.client.client import Client
from voip.client.dialer import tcp
from voip.client.login import threads_of
from voip.client.model import CallInfo, Change
from voip.client.voice.packet_engine import Packet, PacketEngine
from voip.client.voice.reactor import MediaReactor
from voip.core.calls import LegState
from voip.core.ids import StreamId

CALLS: Final = 50
SECONDS: Final = 30.0
FRAME_SECONDS: Final = 0.02
PACKET_BYTES: Final = 80
SETTLE_SECONDS: Final = 1.0
SIGN_UP_AT_ONCE: Final = 4
PASSWORD: Final = "correct horse battery"
_STAMP = struct.Struct("!Qd")
CONFIG = """
[limits]
registrations_per_hour = 10000
"""


@dataclass(slots=True)
class Tally:
    """What was sent and what came, over all calls."""

    sent: int = 0
    received: int = 0
    wrong: int = 0
    latencies: list[float] = field(default_factory=list)


class LoadSpeaker:
    """Speaks numbered packets at a steady pace and checks the other's."""

    def __init__(self, tally: Tally, say: Callable[[Packet], None]) -> None:
        self._tally = tally
        self._say = say
        self._number = 0
        self._next_heard = 0
        self._padding = secrets.token_bytes(PACKET_BYTES - _STAMP.size)
        self._loop = LoopingCall(self._speak)
        self.is_measured = False

    def begin(self) -> None:
        """Speak from now on."""
        self._loop.start(FRAME_SECONDS)

    def heard(self, stream: StreamId, packet: Packet) -> None:  # noqa: ARG002 - there is one other
        """Check a packet: none twice, none of another's."""
        if len(packet.opus) != PACKET_BYTES:
            self._tally.wrong += 1
            return
        number, sent_at = _STAMP.unpack_from(packet.opus)
        if number < self._next_heard:
            self._tally.wrong += 1
        self._next_heard = number + 1
        self._tally.received += 1
        self._tally.latencies.append(time.perf_counter() - sent_at)

    def end(self) -> None:
        """Speak no more, but go on hearing."""
        if self._loop.running:
            self._loop.stop()

    stop = end

    def _speak(self) -> None:
        opus = _STAMP.pack(self._number, time.perf_counter()) + self._padding
        self._say(Packet(opus, 20, self._number * 8 % (1 << 16)))
        self._number += 1
        self._tally.sent += 1


class Caller:
    """One client with its account."""

    def __init__(self, clock: IReactorTime, name: str, home: Path, tally: Tally) -> None:
        self.name = name
        self.speaker: LoadSpeaker | None = None
        self._tally = tally
        self._active: Deferred[None] = Deferred()
        self._has_answered = False
        engine = PacketEngine(cast("MediaReactor", clock), self._make_speaker)
        self.client = Client(
            clock,
            home / name,
            engine,
            tcp(clock),
            threads_of(clock),
            device_name="load",
        )
        self.client.watch(self._changed)

    def _make_speaker(self, say: Callable[[Packet], None]) -> LoadSpeaker:
        self.speaker = LoadSpeaker(self._tally, say)
        return self.speaker

    async def sign_up(self, address: str) -> None:
        """Connect, register and log in."""
        await self.client.connect(address)
        await self.client.register(self.name, self.name, PASSWORD)

    async def call(self, other: "Caller") -> float:
        """Call until both talk and have their keys; returns the seconds it took."""
        began = time.perf_counter()
        await self.client.call([other.name])
        await gatherResults([self._active, other.in_call()])
        return time.perf_counter() - began

    def in_call(self) -> Deferred[None]:
        """Fires when this side talks."""
        return self._active

    def _changed(self, change: Change) -> None:
        if change & Change.CALLS:
            for call in self.client.model.calls:
                self._follow(call)

    def _follow(self, call: CallInfo) -> None:
        if call.is_incoming and call.state is LegState.RINGING and not self._has_answered:
            self._has_answered = True
            self.client.accept(call.call_id).addErrback(_give_up)
        elif call.state is LegState.ACTIVE and call.words and not self._active.called:
            self._active.callback(None)


def _give_up(failure: Failure) -> None:
    sys.stderr.write(f"bench-load: a call was not answered: {failure.getErrorMessage()}\n")


async def run(clock: IReactorTime, node: Node, home: Path, calls: int, seconds: float) -> None:
    """Sign everybody up, let them talk, print the figures."""
    tally = Tally()
    callers = [Caller(clock, f"user{number}", home, tally) for number in range(2 * calls)]
    at_once = DeferredSemaphore(SIGN_UP_AT_ONCE)
    await gatherResults(
        [at_once.run(Deferred.fromCoroutine, one.sign_up(node.address)) for one in callers]
    )
    setups = []
    for caller, callee in zip(callers[::2], callers[1::2], strict=True):
        setups.append(await caller.call(callee))
    speakers = [caller.speaker for caller in callers if caller.speaker is not None]
    load = psutil.Process()
    before = _cpu(node.process), _cpu(load)
    for number, speaker in enumerate(speakers):
        clock.callLater(number * FRAME_SECONDS / len(speakers), speaker.begin)
    await _after(clock, seconds)
    used = _cpu(node.process) - before[0], _cpu(load) - before[1]
    for speaker in speakers:
        speaker.end()
    await _after(clock, SETTLE_SECONDS)
    figures = _figures(tally, setups, calls, seconds)
    figures["server_cpu_cores"] = round(used[0] / seconds, 3)
    figures["load_cpu_cores"] = round(used[1] / seconds, 3)
    figures["server_rss_mb"] = round(node.process.memory_info().rss / 1e6, 1)
    await gatherResults([caller.client.close() for caller in callers])
    print(json.dumps(figures))


def _figures(
    tally: Tally, setups: Sequence[float], calls: int, seconds: float
) -> dict[str, object]:
    return {
        "calls": calls,
        "seconds": seconds,
        "sent": tally.sent,
        "received": tally.received,
        "wrong": tally.wrong,
        "lost": round(1 - tally.received / tally.sent, 6) if tally.sent else 1.0,
        "latency_ms_p50": _percentile(tally.latencies, 0.5),
        "latency_ms_p99": _percentile(tally.latencies, 0.99),
        "setup_ms_p50": _percentile(setups, 0.5),
        "setup_ms_p99": _percentile(setups, 0.99),
        "relay_engine": "python",
    }


def _percentile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds; 0.0 of nothing."""
    ordered = sorted(seconds)
    return round(ordered[int(share * (len(ordered) - 1))] * 1000, 2) if ordered else 0.0


def _after(clock: IReactorTime, seconds: float) -> Deferred[None]:
    waited: Deferred[None] = Deferred()
    waiting: IDelayedCall = clock.callLater(seconds, waited.callback, None)
    assert waiting.active()
    return waited


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def main() -> None:
    """Start a server, load it, print the figures."""
    options = argparse.ArgumentParser(prog="bench.load", description="many calls at once")
    options.add_argument("--calls", type=int, default=CALLS)
    options.add_argument("--seconds", type=float, default=SECONDS)
    given = options.parse_args()
    with TemporaryDirectory(prefix="voip-bench-") as folder:
        home = Path(folder)
        config = home / "voip.toml"
        config.write_text(CONFIG)
        with Node(home / "server", options=("--config", str(config))) as node:
            react(
                lambda clock: Deferred.fromCoroutine(
                    run(clock, node, home, given.calls, given.seconds)
                ),
            )


if __name__ == "__main__":
    main()
