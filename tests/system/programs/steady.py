"""The program ``steady_call`` as a child: a call to watch while something else goes on.

It knows the words the program takes and the lines it prints.
"""

import json
import subprocess
import sys
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self, TypedDict

ANSWER_SECONDS = 30.0


class End(TypedDict):
    """How the call does at one end; ``longest_gap`` is the longest silence in seconds."""

    cid: int
    sent: int
    received: int
    wrong: int
    longest_gap: float
    links: list[str]
    talks: bool


class SteadyCall:
    """A call that has begun; ``at_first`` is how it did then."""

    def __init__(self, server: str, home: Path, addresses: tuple[str, str]) -> None:
        program = [sys.executable, "-m", "tests.system.programs.steady_call"]
        self._child = subprocess.Popen(
            [*program, server, str(home), *addresses],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.at_first: list[End] = json.loads(self._line())

    def how(self) -> list[End]:
        """How the call does now."""
        answer: list[End] = json.loads(self._ask("how"))
        return answer

    def replay(self) -> int:
        """Send old datagrams again; how many."""
        return int(json.loads(self._ask("replay"))["replayed"])

    def stop_talking(self) -> list[End]:
        """Say no more; how the call did, when all that was under way has come."""
        answer: list[End] = json.loads(self._ask("wait"))
        return answer

    def end(self) -> list[dict[str, object]]:
        """Wait for the server's end of the call; what each was told."""
        answer: list[dict[str, object]] = json.loads(self._line())
        return answer

    def _ask(self, word: str) -> str:
        assert self._child.stdin is not None
        self._child.stdin.write(word + "\n")
        return self._line()

    def _line(self) -> str:
        assert self._child.stdout is not None
        watchdog = Timer(ANSWER_SECONDS, self._child.kill)
        watchdog.start()
        try:
            while True:
                line = self._child.stdout.readline()
                if line.strip() or not line:
                    return line
        finally:
            watchdog.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._child.communicate(timeout=ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.communicate()
            raise
