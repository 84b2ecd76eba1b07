"""Two-party calls through a relay engine in another process, media only.

    python -m bench.relay_load [--calls 50] [--seconds 10]

One process plays both legs of every call, each on its own socket, and sends 80 bytes every 20 ms
each way, the legs spread evenly over the 20 ms. Every datagram is sealed and opened in both layers
at both ends. What is lost is what was sent and not heard half a second after the end. The last
line printed is one JSON object; latency is from before sealing to after opening, so it holds the
load program's own work and its waiting for the clock too (up to a millisecond).
"""

import argparse
import json
import os
import platform
import select
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.media_leg import MediaLeg
from voip.core.ids import Cid, StreamId
from voip.media.sframe import SenderKey
from voip.server.relay.python_engine import PythonRelay
from voip.server.relay.sockets import listen
from voip.wire.datagram import MediaKeys, Suite

_PERIOD = 0.02
_PAYLOAD = 80
_STAMP = 8
_HELLO_INTERVAL = 0.1
_HELLO_LIMIT = 10.0
_DRAIN = 0.5
_LONGEST_DATAGRAM = 2048


@dataclass(frozen=True)
class LegPlan:
    """What relay and load program must both know of a leg; the stream has the leg's number."""

    cid: int
    stream: int
    partner: int
    to_relay: MediaKeys
    from_relay: MediaKeys

    @classmethod
    def draw(cls, number: int) -> "LegPlan":
        """Make the plan of leg `number`; the legs 2n and 2n + 1 are in one call."""
        keys = [MediaKeys.generate(Suite.AES_128_GCM, os.urandom) for _ in range(2)]
        return cls(number + 1, number, (number ^ 1) + 1, *keys)

    def to_json(self) -> str:
        """One line for the relay's process."""
        keys = [part.hex() for k in (self.to_relay, self.from_relay) for part in (k.key, k.iv)]
        return json.dumps([self.cid, self.stream, self.partner, *keys])

    @classmethod
    def from_json(cls, line: str) -> "LegPlan":
        """Read what to_json wrote."""
        cid, stream, partner, *texts = json.loads(line)
        key_in, iv_in, key_out, iv_out = (bytes.fromhex(text) for text in texts)
        suite = Suite.AES_128_GCM
        to_relay, from_relay = MediaKeys(suite, key_in, iv_in), MediaKeys(suite, key_out, iv_out)
        return cls(cid, stream, partner, to_relay, from_relay)


def serve() -> None:
    """Run the relay: plans on stdin until it ends, the port on stdout, statistics after SIGTERM."""
    from twisted.internet import reactor  # noqa: TID251 - a program of its own

    udp = listen("127.0.0.1", 0)
    relay = PythonRelay(udp, reactor, time.monotonic, os.urandom, lambda _: None)
    plans = [LegPlan.from_json(line) for line in sys.stdin]
    for plan in plans:
        relay.open_leg(Cid(plan.cid), plan.to_relay, plan.from_relay)
    for plan in plans:
        relay.set_receivers(Cid(plan.cid), StreamId(plan.stream), [Cid(plan.partner)])
    relay.start()
    print(udp.getsockname()[1], flush=True)

    def report() -> None:
        stats = relay.stats()
        drops = {cause.value: count for cause, count in stats.drops.items()}
        print(
            json.dumps(
                {
                    "engine": stats.engine,
                    "packets_in": stats.packets_in,
                    "packets_out": stats.packets_out,
                    "socket_drops": stats.socket_drops,
                    "drops": drops,
                }
            ),
            flush=True,
        )

    reactor.addSystemEventTrigger("before", "shutdown", report)
    reactor.run()


@dataclass
class Tally:
    """What the load program has counted."""

    sent: int = 0
    received: int = 0
    latencies_ns: list[int] = field(default_factory=list)


class Load:
    """All legs with their sockets, driven by one loop."""

    def __init__(self, plans: list[LegPlan], port: int) -> None:
        self.tally = Tally()
        self._poll = select.epoll()
        self._ends: list[tuple[MediaLeg, socket.socket]] = []
        self._by_fd: dict[int, tuple[MediaLeg, socket.socket]] = {}
        keys = [SenderKey(os.urandom(16), generation=1) for _ in plans]
        for plan in plans:
            number = plan.stream
            leg = MediaLeg(
                plan.cid,
                plan.to_relay,
                plan.from_relay,
                plan.stream,
                keys[number],
                keys[number ^ 1],
            )
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            udp.connect(("127.0.0.1", port))
            self._poll.register(udp, select.EPOLLIN)
            self._ends.append((leg, udp))
            self._by_fd[udp.fileno()] = (leg, udp)

    def greet(self) -> None:
        """Say hello from every leg until the relay has proven every address."""
        deadline = time.monotonic() + _HELLO_LIMIT
        while waiting := [end for end in self._ends if not end[0].is_path_proven]:
            if time.monotonic() > deadline:
                sys.exit(f"{len(waiting)} legs were never challenged by the relay")
            for leg, udp in waiting:
                udp.send(leg.hello(os.urandom(8)))
            self._listen_until(time.monotonic() + _HELLO_INTERVAL)

    def talk(self, seconds: float) -> float:
        """Send from every leg each 20 ms for `seconds`; give the seconds it took."""
        step = _PERIOD / len(self._ends)
        start = time.monotonic()
        for count in range(round(seconds / step)):
            due = start + count * step
            if due > time.monotonic():
                self._listen_until(due)
            leg, udp = self._ends[count % len(self._ends)]
            stamp = time.perf_counter_ns().to_bytes(_STAMP, "big")
            udp.send(leg.speak(stamp + os.urandom(_PAYLOAD - _STAMP)))
            self.tally.sent += 1
        took = time.monotonic() - start
        self._listen_until(time.monotonic() + _DRAIN)
        return took

    def refused(self) -> dict[str, int]:
        """Count what came and did not verify, by cause."""
        total: Counter[str] = Counter()
        for leg, _ in self._ends:
            for cause, count in leg.refused.items():
                total[cause if isinstance(cause, str) else cause.value] += count
        return dict(total)

    def _listen_until(self, due: float) -> None:
        while (left := due - time.monotonic()) > 0:
            for fd, _ in self._poll.poll(left):
                self._drain(*self._by_fd[fd])

    def _drain(self, leg: MediaLeg, udp: socket.socket) -> None:
        while True:
            try:
                data = udp.recv(_LONGEST_DATAGRAM)
            except BlockingIOError:
                return
            heard = leg.receive(data)
            if heard.answer is not None:
                udp.send(heard.answer)
            for payload in heard.payloads:
                sent_at = int.from_bytes(payload[:_STAMP], "big")
                self.tally.latencies_ns.append(time.perf_counter_ns() - sent_at)
                self.tally.received += 1


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, in user and kernel (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(calls: int, seconds: float) -> dict[str, object]:
    """Measure, and give the figures."""
    plans = [LegPlan.draw(number) for number in range(2 * calls)]
    command = [sys.executable, "-m", "bench.relay_load", "--serve"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as relay:
        assert relay.stdin is not None
        assert relay.stdout is not None
        try:
            relay.stdin.write("".join(plan.to_json() + "\n" for plan in plans))
            relay.stdin.close()
            load = Load(plans, int(relay.stdout.readline()))
            load.greet()
            relay_before, own_before = cpu_seconds(relay.pid), time.process_time()
            took = load.talk(seconds)
            relay_cpu = cpu_seconds(relay.pid) - relay_before
            own_cpu = time.process_time() - own_before
        finally:
            relay.terminate()
        relay_stats = json.loads(relay.stdout.readline())
    tally = load.tally
    ordered = sorted(tally.latencies_ns) or [0]
    return {
        "bench": "relay_load",
        "calls": calls,
        "seconds": round(took, 2),
        "sent": tally.sent,
        "received": tally.received,
        "lost": round(1 - tally.received / tally.sent, 6),
        "refused": load.refused(),
        "latency_p50_ms": round(ordered[len(ordered) // 2] / 1e6, 3),
        "latency_p99_ms": round(ordered[len(ordered) * 99 // 100] / 1e6, 3),
        "server_cpu_cores": round(relay_cpu / took, 3),
        "server_cpu_us_per_packet": round(relay_cpu / tally.sent * 1e6, 1),
        "load_cpu_cores": round(own_cpu / took, 3),
        "relay": relay_stats,
        "python": platform.python_version(),
    }


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--serve", action="store_true", help="be the relay's process (internal)")
    options = parser.parse_args()
    if options.serve:
        serve()
    else:
        print(json.dumps(run(options.calls, options.seconds)))


if __name__ == "__main__":
    main()
