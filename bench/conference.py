"""`make bench-conference`: conferences of several sizes through a real server.

In each room two loud voices, in processes of their own, hear each other all the time and are what
is measured: what they lose, and the largest gap between two packets that they get. The third is a
real client with a file to speak, whose CPU is measured. All others are soft (`conference_crowd`) or
listen (`conference_ears`): only the loudest three pass. Each second somebody joins and leaves
again. The last line printed is one JSON object; `packets_in` and `packets_out` are speech, counted
by those who sent and got it; that of the three loud ones is reckoned at a packet every 20 ms.
`first_word_ms` is from the answer of who joins until it hears somebody.

    python -m bench.conference [--seconds 15] [--rooms 3,8,16,32,3+200]
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import psutil
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react

from bench.conference_crowd import Crowd, sign_up
from bench.conference_people import PASSWORD, MeasuredPerson, Person
from bench.conference_voice import FILE, FRAME_SECONDS
from tests.harness.json_client import JsonClient
from tests.harness.node import Node
from voip.core.ids import CallId
from voip.media.speech import MALE

ROOMS: Final = "3,8,16,32,3+200"
SECONDS: Final = 15.0
LOUD_PEOPLE: Final = 3
ADDED_AT_ONCE: Final = 25
JOINED_WITHIN_SECONDS: Final = 120.0
HEARD_WITHIN_SECONDS: Final = 10.0
SETTLE_SECONDS: Final = 3.0
STAYS_SECONDS: Final = 0.5
ASK_EVERY_SECONDS: Final = 0.25
CONFIG = """
[limits]
registrations_per_hour = 10000
"""

Noted = list[tuple[int, int, float]]
"""Stream, number and time of the packets that one voice heard."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many speak, and how many only listen."""

    speakers: int
    listeners: int

    @classmethod
    def read(cls, text: str) -> "Room":
        """As in `3+200`."""
        speakers, _, listeners = text.partition("+")
        return cls(int(speakers), int(listeners or 0))


@dataclass(slots=True)
class Churn:
    """Who joined and left while it was measured."""

    first_words: list[float] = field(default_factory=list)


class Bench:
    """Everybody, through all rooms."""

    def __init__(
        self, clock: IReactorTime, node: Node, home: Path, rooms: Sequence[Room], guests: int
    ) -> None:
        self._clock = clock
        self._node = node
        self._measured = [MeasuredPerson(clock, name, home) for name in ("ann", "bob")]
        self._guests = [Person(clock, f"guest{number}", home) for number in range(guests)]
        soft = max(room.speakers for room in rooms) - LOUD_PEOPLE
        ears = max(room.listeners for room in rooms)
        words = (node.address, str(home))
        self._crowd = Crowd("bench.conference_crowd", words, "soft", soft)
        self._listeners = Crowd("bench.conference_ears", words[:1], "ear", ears)
        sound = ("--audio-in", str(MALE), "--audio-out", "null")
        self._client = JsonClient(node.address, home / "carl", sound)

    async def sign_up(self) -> None:
        """Everybody registers."""
        await sign_up([*self._measured, *self._guests], self._node.address)
        for crowd in (self._crowd, self._listeners):
            await crowd.ask()
        self._client.event("connected")
        self._client.ask("register", username="carl", nick="Carl", password=PASSWORD)

    async def room(self, room: Room, seconds: float) -> dict[str, object]:
        """One room, from the first call to the end for all; its figures."""
        call_id = await self._gather(room)
        await self._after(SETTLE_SECONDS)
        real = psutil.Process(self._client.process.pid)
        cpu = _cpu(self._node.process), _cpu(real)
        said, got = await self._counted()
        begun = time.monotonic()
        churn = await self._churn(call_id, begun + seconds)
        ended = time.monotonic()
        talked = ended - begun
        server, client = _cpu(self._node.process) - cpu[0], _cpu(real) - cpu[1]
        said_then, got_then = await self._counted()
        rss = self._node.process.memory_info().rss / 1e6
        await self._measured[0].client.end_for_all(call_id)
        heard = [
            [each for each in await self._noted(one) if begun <= each[2] <= ended]
            for one in self._measured
        ]
        self._client.event("ended", call_id=call_id.hex())
        loud = LOUD_PEOPLE * round(talked / FRAME_SECONDS)
        return {
            "speakers": room.speakers,
            "listeners": room.listeners,
            "packets_in": said_then - said + loud,
            "packets_out": got_then - got + 2 * loud,
            "lost": round(max(_lost(one) for one in heard), 6),
            "server_cpu_cores": round(server / talked, 3),
            "server_rss_mb": round(rss, 1),
            "client_cpu_percent": round(100 * client / talked, 1),
            "first_word_ms": round(1000 * median(churn.first_words), 1),
            "largest_gap_ms": round(1000 * max(_largest_gap(one) for one in heard), 1),
            "joins": len(churn.first_words),
        }

    async def close(self) -> None:
        """Everybody leaves."""
        for one in (*self._measured, *self._guests):
            await one.client.close()
        self._client.quit()
        self._crowd.close()
        self._listeners.close()

    async def _gather(self, room: Room) -> CallId:
        """Call everybody into one conference, listeners last."""
        host, other = self._measured
        for one in self._measured:
            one.expect_call()
            (one.home / FILE).unlink(missing_ok=True)
        soft = self._crowd.names[: room.speakers - LOUD_PEOPLE]
        call_id = await host.client.call([other.name, "carl", *soft])
        self._client.event("ringing", call_id=call_id.hex())
        self._client.ask("accept", call_id=call_id.hex())
        await host.talks
        await other.talks
        await self._all_talk(self._crowd, len(soft))
        ears = self._listeners.names[: room.listeners]
        for first in range(0, len(ears), ADDED_AT_ONCE):
            some = ears[first : first + ADDED_AT_ONCE]
            await host.client.add(call_id, some, as_listeners=True)
            await self._all_talk(self._listeners, first + len(some))
        return call_id

    async def _all_talk(self, crowd: Crowd, count: int) -> None:
        deadline = time.monotonic() + JOINED_WITHIN_SECONDS
        talking = 0
        while talking < count:
            if time.monotonic() > deadline:
                sys.exit(f"bench-conference: {count - talking} of {count} never joined")
            talking, _, _ = await crowd.ask(count)
            await self._after(ASK_EVERY_SECONDS)

    async def _counted(self) -> tuple[int, int]:
        """Packets that the crowds have said, and got."""
        _, said, got = await self._crowd.ask()
        _, _, got_too = await self._listeners.ask()
        return said, got + got_too

    async def _churn(self, call_id: CallId, until: float) -> Churn:
        """Each second somebody joins and leaves again."""
        churn = Churn()
        host = self._measured[0].client
        turn = time.monotonic()
        for guest in self._guests:
            if turn >= until:
                break
            guest.expect_call()
            await host.add(call_id, [guest.name])
            hears = guest.hears.addTimeout(HEARD_WITHIN_SECONDS, self._clock)
            churn.first_words.append(await hears)
            await self._after(STAYS_SECONDS)
            await guest.client.hang_up(call_id)
            turn += 1.0
            await self._after(max(0.0, turn - time.monotonic()))
        return churn

    async def _noted(self, one: MeasuredPerson) -> Noted:
        """What one of the measured has written down."""
        path = one.home / FILE
        while not path.exists():
            await self._after(ASK_EVERY_SECONDS)
        noted: Noted = json.loads(path.read_text())
        return noted

    def _after(self, seconds: float) -> Deferred[None]:
        return deferLater(self._clock, seconds, lambda: None)


def _lost(heard: Noted) -> float:
    """The share of another's packets that did not come; all of them when nothing did."""
    if not heard:
        return 1.0
    numbers = [number for _, number, _ in heard]
    return 1 - len(set(numbers)) / (max(numbers) - min(numbers) + 1)


def _largest_gap(heard: Noted) -> float:
    """Seconds between two packets that followed each other."""
    times = [at for _, _, at in heard]
    return max((after - before for before, after in pairwise(times)), default=math.inf)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def run(
    clock: IReactorTime, node: Node, home: Path, rooms: Sequence[Room], seconds: float
) -> None:
    """Sign everybody up, go through the rooms, print the figures."""
    bench = Bench(clock, node, home, rooms, math.ceil(seconds))
    await bench.sign_up()
    figures = []
    for room in rooms:
        figures.append(await bench.room(room, seconds))
        sys.stderr.write(f"bench-conference: {json.dumps(figures[-1])}\n")
    await bench.close()
    print(json.dumps({"rooms": figures}))


def main() -> None:
    """Start a server, fill it, print the figures."""
    options = argparse.ArgumentParser(prog="bench.conference", description="conferences")
    options.add_argument("--seconds", type=float, default=SECONDS)
    options.add_argument("--rooms", default=ROOMS, help="speakers+listeners, by commas")
    given = options.parse_args()
    rooms = [Room.read(text) for text in given.rooms.split(",")]
    with TemporaryDirectory(prefix="voip-bench-") as folder:
        home = Path(folder)
        config = home / "voip.toml"
        config.write_text(CONFIG)
        with Node(home / "server", options=("--config", str(config))) as node:
            react(
                lambda clock: Deferred.fromCoroutine(run(clock, node, home, rooms, given.seconds)),
            )


if __name__ == "__main__":
    main()
