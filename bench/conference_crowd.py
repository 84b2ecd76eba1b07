"""The many of the conference bench, in a process of their own.

    python -m bench.conference_crowd ADDRESS FOLDER NAME COUNT

They stand for as many machines, so what they all do at once, such as making new keys when somebody
leaves, must not keep those waiting who are measured. They sign up as NAME0, NAME1 and so on, accept
every call, and answer each line on stdin with one of JSON: how many of the first so many talk, and
how many packets all of them have said and got. `Crowd` is the other end of that.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from twisted.internet.defer import Deferred, DeferredSemaphore, gatherResults
from twisted.internet.interfaces import IReactorTime
from twisted.internet.posixbase import PosixReactorBase
from twisted.internet.stdio import StandardIO
from twisted.internet.threads import deferToThread
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

from bench.conference_people import Person

SIGN_UP_AT_ONCE: Final = 4
_NICE: Final = 19


class Crowd:
    """So many people, from the outside. It blocks no longer than the crowd takes to answer."""

    def __init__(self, program: str, words: Sequence[str], name: str, count: int) -> None:
        """`program` is this module or `conference_ears`; `words` come before name and count."""
        self.names = [f"{name}{number}" for number in range(count)]
        self._child = subprocess.Popen(
            [sys.executable, "-m", program, *words, name, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    async def ask(self, first: int = 0) -> tuple[int, int, int]:
        """How many of the first so many talk, what all have said, what all have got."""
        line = await deferToThread(self._ask, first)
        talking, said, got = json.loads(line)
        return talking, said, got

    def close(self) -> None:
        """They leave."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait()

    def _ask(self, first: int) -> str:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{first}\n")
        self._child.stdin.flush()
        return self._child.stdout.readline()


class Answers(LineOnlyReceiver):
    """Tells what is asked for, line by line."""

    delimiter = b"\n"

    def __init__(self, people: Sequence[Person], reactor: PosixReactorBase) -> None:
        self._people = people
        self._reactor = reactor

    def lineReceived(self, line: bytes) -> None:
        """The number of people that matter."""
        talking = sum(one.call is not None for one in self._people[: int(line)])
        said = sum(one.said for one in self._people)
        got = sum(one.got for one in self._people)
        if self.transport is not None:
            self.transport.write(json.dumps((talking, said, got)).encode() + b"\n")

    def connectionLost(self, reason: Failure | None = None) -> None:  # noqa: ARG002 - Twisted's
        """Who asked is gone."""
        self._reactor.stop()


async def sign_up(people: Sequence[Person], address: str) -> None:
    """All of them, some at a time."""
    at_once = DeferredSemaphore(SIGN_UP_AT_ONCE)
    await gatherResults(
        [at_once.run(Deferred.fromCoroutine, one.sign_up(address)) for one in people]
    )


def main() -> None:
    """Sign up, then answer until stdin ends."""
    address, folder, name, count = sys.argv[1:]

    from twisted.internet import reactor as installed  # noqa: TID251 - a program of its own

    reactor = cast("PosixReactorBase", installed)
    clock = cast("IReactorTime", installed)
    os.nice(_NICE)
    people = [Person(clock, f"{name}{number}", Path(folder)) for number in range(int(count))]

    def listen(_: object) -> None:
        StandardIO(Answers(people, reactor))

    def failed(failure: Failure) -> None:
        sys.stderr.write(f"bench-conference: {failure.getErrorMessage()}\n")
        reactor.stop()

    signing_up = Deferred.fromCoroutine(sign_up(people, address))
    signing_up.addCallback(listen).addErrback(failed)
    reactor.run()


if __name__ == "__main__":
    main()
