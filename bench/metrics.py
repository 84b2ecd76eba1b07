"""`make bench-metrics`: what a scrape of the metrics costs a server with a thousand people online.

A real server with people on connections of their own, of whom two hundred talk in pairs. A scrape
is asked for and at once somebody asks for a sign of life: that answer waits as long as the scrape
holds the server's thread. The CPU is that of the whole process, with the database's threads. Prints
one JSON object as its last line.
"""

import argparse
import json
import resource
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import psutil

from bench.people import OPEN_FILES, account_of
from tests.harness.crowd import crowd, fill
from tests.harness.node import Node
from tests.server.someone import Someone
from tests.system.plain_client import PlainClient
from voip.core.call_messages import Accept, Invite, InviteOk
from voip.core.ids import CallId, Username
from voip.core.messages import Done, Ping, Pong
from voip.server.data_dir import DATABASE, METRICS

ACCOUNTS: Final = 10_000
ONLINE: Final = 1_000
CALLS: Final = 100
SCRAPES: Final = 100
CONFIG: Final = "[limits]\nping_seconds = 300\n"  # nobody is lost while the others log in


class Town:
    """A server with its people and their calls."""

    def __init__(self, home: Path, accounts: int, online: int, calls: int) -> None:
        data_dir = home / "server"
        Node(data_dir).stop()
        people = [Someone(Username(f"online{number:04}")) for number in range(online)]
        fill(
            data_dir / DATABASE,
            [*crowd(accounts - online), *(account_of(person) for person in people)],
        )
        config = home / "voip.toml"
        config.write_text(CONFIG)
        self.node = Node(data_dir, options=("--config", str(config)))
        self.status = (data_dir / METRICS).read_text().strip()
        self.clients: list[PlainClient] = []
        for number, person in enumerate(people):
            source = f"127.1.{number // 250}.{number % 250 + 1}"
            self.clients.append(PlainClient(self.node.address, source))
            self.clients[-1].log_in(person)
        for number in range(calls):
            _talk(number, people, self.clients)

    def end(self) -> None:
        """Everybody leaves, and the server ends."""
        for client in self.clients:
            client.close()
        self.node.stop()


def _talk(number: int, people: Sequence[Someone], clients: Sequence[PlainClient]) -> None:
    """Let one pair talk to each other."""
    caller, callee = clients[2 * number : 2 * number + 2]
    call = CallId(number.to_bytes(16, "big"))
    invite = Invite(call, (people[2 * number + 1].username,), b"h" * 32)
    assert isinstance(caller.ask(invite), InviteOk)
    assert isinstance(callee.ask(Accept(call)), Done)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _ping(client: PlainClient) -> float:
    began = time.perf_counter()
    assert isinstance(client.ask(Ping()), Pong)
    return time.perf_counter() - began


def measure(town: Town) -> dict[str, object]:
    """Scrape many times, each with a sign of life behind it."""
    asking = town.clients[-SCRAPES:]  # one after the other, as one alone would soon be slowed
    alone = [_ping(client) for client in asking]
    connection = HTTPConnection(town.status, timeout=10)
    whole, behind, size = [], [], 0
    before = _cpu(town.node.process)
    for client in asking:
        began = time.perf_counter()
        connection.request("GET", "/metrics", headers={"Host": "localhost"})
        behind.append(_ping(client))
        size = len(connection.getresponse().read())
        whole.append(time.perf_counter() - began)
    used = _cpu(town.node.process) - before
    connection.close()
    return {
        "sessions": len(town.clients),
        "bytes": size,
        "scrape_ms": _ms(median(whole)),
        "cpu_ms": _ms(used / SCRAPES),
        "ping_alone_ms": _ms(median(alone)),
        "ping_behind_ms": _ms(median(behind)),
        "ping_behind_ms_p99": _ms(sorted(behind)[int(0.99 * (SCRAPES - 1))]),
    }


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="bench.metrics", description="what a scrape costs")
    options.add_argument("--accounts", type=int, default=ACCOUNTS)
    options.add_argument("--online", type=int, default=ONLINE)
    options.add_argument("--calls", type=int, default=CALLS)
    given = options.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, most), most))
    with TemporaryDirectory(prefix="voip-bench-") as folder:
        town = Town(Path(folder), given.accounts, given.online, given.calls)
        try:
            figures = measure(town)
        finally:
            town.end()
    print(json.dumps({"accounts": given.accounts, "calls": given.calls, **figures}))


if __name__ == "__main__":
    main()
