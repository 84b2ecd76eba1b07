"""A thread for tests: work is done when the test says so, or at once."""

from collections.abc import Callable
from typing import TypeVar

from twisted.internet.defer import Deferred, maybeDeferred, succeed

T = TypeVar("T")


class HeldThread:
    """``InTurn`` without a thread. ``held`` is what waits while ``is_holding``."""

    def __init__(self) -> None:
        self.held: list[Callable[[], object]] = []
        self.is_holding = False
        self.is_stopped = False

    def do(self, work: Callable[[], T]) -> Deferred[T]:
        done: Deferred[T] = Deferred()
        self.held.append(lambda: maybeDeferred(work).chainDeferred(done))
        if not self.is_holding:
            self.let_go()
        return done

    def let_go(self) -> None:
        """Do what is held."""
        held, self.held = self.held, []
        for work in held:
            work()

    def stop(self) -> Deferred[None]:
        self.is_stopped = True
        return succeed(None)
