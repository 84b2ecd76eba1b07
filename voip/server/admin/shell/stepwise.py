"""A coroutine run with something around each of its steps: between two waits, and no longer.

What belongs to one line of one shell (where its prints go, how long it held the server) is then
never seen by what else runs meanwhile.
"""

from collections.abc import Callable, Coroutine, Generator
from contextlib import AbstractContextManager
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


@coroutine
def stepwise(
    running: Coroutine[Any, Any, T], around: Callable[[], AbstractContextManager[object]]
) -> Generator[Any, Any, T]:
    """Await ``running``, in a new ``around()`` at each step."""
    value: object = None
    error: BaseException | None = None
    while True:
        with around():
            try:
                asked = running.send(value) if error is None else running.throw(error)
            except StopIteration as done:
                result: T = done.value
                return result
        value = error = None
        try:
            value = yield asked
        except BaseException as raised:  # noqa: BLE001 - it is the coroutine's to take
            error = raised
