"""Whether the machine itself stood still while something was measured.

A thread that wants to wake every few milliseconds notes by how much it was late at the worst. Where
that is more than sound can bear, the figures tell of the machine and not of the program.
"""

import time
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

WAKE_SECONDS: Final = 0.005
BEARABLE_MS: Final = 30.0
"""Less than a jitter buffer on a clean path has in hand."""


class StallWatch:
    """Watches from entering to leaving; ``longest_ms`` is the longest standstill seen."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        before = time.monotonic()
        while not self._over.wait(WAKE_SECONDS):
            now = time.monotonic()
            self.longest_ms = max(self.longest_ms, (now - before - WAKE_SECONDS) * 1000)
            before = now
