"""How long something kept the whole server from doing anything else.

A coroutine runs in steps; between them others have their turn. What is told is the longest step.
"""

from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any, Final, TypeVar

from twisted.internet.defer import Deferred

HELD_SECONDS: Final = 0.2
"""From here on it is told: the relay stood still for so long, which people hear."""

T = TypeVar("T")


class Held:
    """Runs coroutines and watches their steps; ``clock`` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.longest = 0.0

    @property
    def milliseconds(self) -> int:
        return round(self.longest * 1000)

    @property
    def is_long(self) -> bool:
        """Whether the operator ought to know."""
        return self.longest > HELD_SECONDS

    async def run(self, job: Coroutine[Deferred[Any], Any, T]) -> T:
        """Await a coroutine; what it raises is raised."""
        given: T = await _Steps(self, job)
        return given

    def step(self, do: Callable[[], T]) -> T:
        """Do something that is one step."""
        began_at = self._clock()
        try:
            return do()
        finally:
            self.longest = max(self.longest, self._clock() - began_at)


class _Steps:
    """What is awaited in the place of a coroutine."""

    def __init__(self, held: Held, job: Coroutine[Deferred[Any], Any, T]) -> None:
        self._held = held
        self._job = job

    def __await__(self) -> Generator[Deferred[Any], Any, Any]:
        job = self._job
        given: Any = None
        thrown: BaseException | None = None
        try:
            while True:
                try:
                    waited_for = self._held.step(partial(_next, job, given, thrown))
                except StopIteration as done:
                    return done.value
                given, thrown = None, None
                try:
                    given = yield waited_for
                except GeneratorExit:
                    raise
                except BaseException as error:  # noqa: BLE001 - it is the job's to deal with
                    thrown = error
        finally:
            job.close()


def _next(
    job: Coroutine[Deferred[Any], Any, object], given: object, thrown: BaseException | None
) -> Deferred[Any]:
    return job.send(given) if thrown is None else job.throw(thrown)
