"""`make bench-audit`: what it costs to write down each login before it is done.

The server's own parts in one process: conversations, the database and the audit on a real disk,
without sockets. Each round is made with the audit and with one in memory, in turn, so that
whatever else the machine does meets both. The clients' share of the work, proofs and signatures, is
in all times. Prints one JSON object as its last line.
"""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IReactorFromThreads, IReactorTime
from twisted.internet.task import deferLater, react

from tests.server.offices import EXPORTER, NOW_UTC, Office
from tests.server.someone import Someone
from voip.core.ids import Username
from voip.core.messages import (
    Answer,
    AuthChallenge,
    AuthKeys,
    AuthOk,
    Done,
    Hello,
    HelloOk,
    Logout,
    Notice,
    Request,
)
from voip.server.audit import Audit
from voip.server.audit_file import AuditFile
from voip.server.audit_trail import AuditTrail
from voip.server.conversation import Conversation
from voip.server.data_dir import DATABASE
from voip.server.meters import AuditMeters
from voip.server.own_thread import OwnThread
from voip.store.interface import NewAccount
from voip.store.sql import open_store
from voip.wire.codec import ClientFrame

PEOPLE: Final = 200
ALONE: Final = 60
CROWDS: Final = 7
SETTLE_SECONDS: Final = 0.1
SYNCS: Final = 200


class BenchReactor(IReactorTime, IReactorFromThreads):
    """The part of a reactor that is used."""


class Client:
    """One connection, spoken on in plain messages."""

    def __init__(self, house: "House", reactor: IReactorTime, address: str) -> None:
        self._reactor = reactor
        self._answers: dict[int, Deferred[Answer]] = {}
        self._talk = Conversation(house.premises, self, address, EXPORTER)

    def ask(self, request: Request) -> Deferred[Answer]:
        number = len(self._answers) + 1
        coming = self._answers[number] = Deferred()
        self._talk.receive(ClientFrame(number, 0, request))
        return coming

    async def log_in_by_password(self, person: Someone) -> None:
        assert isinstance(await self.ask(Hello(1, 1, "bench")), HelloOk)
        challenge = await self.ask(person.start())
        assert isinstance(challenge, AuthChallenge), challenge
        keys = await self.ask(person.finish(challenge, EXPORTER))
        assert isinstance(keys, AuthKeys), keys
        opened = await self.ask(person.enrol(EXPORTER))
        assert isinstance(opened, AuthOk), opened

    async def log_in_by_device(self, person: Someone) -> None:
        assert isinstance(await self.ask(Hello(1, 1, "bench")), HelloOk)
        opened = await self.ask(person.known_device(EXPORTER))
        assert isinstance(opened, AuthOk), opened

    async def log_out(self) -> None:
        answer = await self.ask(Logout())
        assert answer == Done(), answer

    def send_answer(self, request_id: int, answer: Answer) -> None:
        # Like one that comes over a line: not within the call that gives it.
        self._reactor.callLater(0, self._answers[request_id].callback, answer)

    def send_notice(self, seq: int, notice: Notice) -> None: ...

    def login_done(self) -> None: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


class House:
    """A server's parts with a directory of their own."""

    def __init__(self, reactor: BenchReactor, directory: Path, *, is_audited: bool) -> None:
        directory.mkdir()
        self._reactor = reactor
        self._store = open_store(directory / DATABASE, reactor)
        self._meters = AuditMeters()
        office = Office(store=self._store)
        self._trail = AuditTrail(
            AuditFile(directory, lambda: NOW_UTC),
            OwnThread(reactor, "audit"),
            self._store,
            office.live,
            reactor,
            lambda: NOW_UTC,
            os.urandom,
            time.monotonic,
            self._meters,
        )
        self._trail.startService()
        audit: Audit = self._trail if is_audited else office.audit
        self.premises = replace(office.premises, audit=audit, random=os.urandom)
        self.people = [Someone(Username(f"person{number:03}")) for number in range(PEOPLE)]
        self._connections = 0

    async def fill(self) -> None:
        """Make the accounts, each with a device that has logged in."""
        for person in self.people:
            wanted = person.register()
            new = NewAccount(person.username, wanted.nick, wanted.verifier, wanted.keys)
            await self._store.create_account(new, NOW_UTC)
        await self.crowd(self.people, "log_in_by_password")

    async def crowd(self, people: Sequence[Someone], how: str) -> tuple[list[float], float, float]:
        """Let all log in at once: the seconds of each, of all, and of CPU time."""
        clients = [self._client() for _ in people]
        times: list[float] = []
        began_at, cpu = time.perf_counter(), time.process_time()

        async def log_in(client: Client, person: Someone) -> None:
            await getattr(client, how)(person)
            times.append(time.perf_counter() - began_at)

        pairs = zip(clients, people, strict=True)
        await gatherResults([Deferred.fromCoroutine(log_in(*pair)) for pair in pairs])
        whole = time.perf_counter() - began_at, time.process_time() - cpu
        await gatherResults([Deferred.fromCoroutine(client.log_out()) for client in clients])
        await self._settled()
        return times, *whole

    async def _settled(self) -> None:
        """Wait until the ends are written, which nobody waits for: the next round is another's."""
        lines = -1
        while lines != self._meters.lines:
            lines = self._meters.lines
            await deferLater(self._reactor, SETTLE_SECONDS)

    async def close(self) -> None:
        await self._trail.stopService()
        await self._store.close()

    def _client(self) -> Client:
        self._connections += 1
        low, high = self._connections % 250, self._connections // 250
        return Client(self, self._reactor, f"10.{high // 250}.{high % 250}.{low}")


async def measure(reactor: BenchReactor, home: Path) -> dict[str, object]:
    """All figures."""
    houses = {
        name: House(reactor, home / name, is_audited=name == "with") for name in ("without", "with")
    }
    try:
        for house in houses.values():
            await house.fill()
        figures: dict[str, object] = {"one_write_and_sync_ms": sync_milliseconds(home)}
        for how in ("log_in_by_device", "log_in_by_password"):
            figures[how] = await in_turn(houses, how)
        return figures
    finally:
        for house in houses.values():
            await house.close()


async def in_turn(houses: dict[str, "House"], how: str) -> dict[str, dict[str, float]]:
    """Logins one by one, and all at once, in one house and the other."""
    alone: dict[str, list[float]] = {name: [] for name in houses}
    each: dict[str, list[float]] = {name: [] for name in houses}
    whole: dict[str, list[float]] = {name: [] for name in houses}
    cpu: dict[str, list[float]] = {name: [] for name in houses}
    for number in range(ALONE):
        for name, house in houses.items():
            alone[name] += (await house.crowd([house.people[number]], how))[0]
    for _ in range(CROWDS):
        for name, house in houses.items():
            times, seconds, used = await house.crowd(house.people, how)
            each[name].append(median(times))
            whole[name].append(seconds)
            cpu[name].append(used / PEOPLE)
    return {
        "alone_ms": compared(alone),
        f"median_of_{PEOPLE}_at_once_ms": compared(each),
        f"all_{PEOPLE}_at_once_ms": compared(whole),
        "cpu_ms": compared(cpu),
    }


def compared(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Medians in milliseconds, and how many times as long it takes with the audit."""
    medians = {name: median(each) for name, each in seconds.items()}
    return {name: round(each * 1000, 2) for name, each in medians.items()} | {
        "ratio": round(medians["with"] / medians["without"], 2)
    }


def sync_milliseconds(home: Path) -> float:
    """What one short line costs on this disk."""
    times = []
    with (home / "line").open("ab", buffering=0) as file:
        for _ in range(SYNCS):
            began_at = time.perf_counter()
            file.write(b"x" * 250)
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began_at)
    return round(median(times) * 1000, 2)


def main() -> None:
    """Measure, and print."""

    async def run(reactor: BenchReactor) -> None:
        with TemporaryDirectory(prefix="voip-bench-") as home:
            print(json.dumps(await measure(reactor, Path(home))))

    react(lambda reactor: Deferred.fromCoroutine(run(reactor)))


if __name__ == "__main__":
    main()
