"""What the lines of a shell are made into: the seam between the shell and what it is a shell of."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a line. ``exit`` is an exit code as a program's."""

    exit: int
    text: str
    warning: str = ""
    """Shown beside the text: what the line cost."""
    is_last: bool = False
    """Whether the line asked for the shell to end."""


@dataclass(frozen=True, slots=True)
class Found:
    """How the text before the cursor could go on: from ``start`` on, one of ``candidates``, and
    ``ending`` after the only one."""

    start: int
    candidates: tuple[str, ...]
    ending: str = ""


class Lines(Protocol):
    """Commands, or Python."""

    prompt: str
    greeting: str
    has_rows: bool
    """Whether a text may have line ends in it."""

    async def run(self, line: str, *, is_confirmed: bool, width: int) -> Ran:
        """Record a line, then do it. What goes wrong is told in the result."""

    def question(self, line: str) -> str:
        """What to ask before a line is run; empty: nothing."""

    def complete(self, text: str, cursor: int) -> Found: ...

    def is_whole(self, text: str) -> bool:
        """Whether a text can be run; else Enter begins another row of it."""

    def give_up(self) -> bool:
        """Ctrl-C while a line is waited for. False: it goes on, and is answered later."""
