"""A terminal with ``voip`` in it that can be looked at closely, and leaves nothing behind.

Adds to ``TmuxClient`` what a long run over a sound card needs: to go to a place by its text, to
wait for whatever can be seen, and to be sure that the client and its voice process have ended. It
knows no words of the screens.
"""

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import psutil

from tests.system.tmux_client import LOOKS_PER_SECOND, WAIT_SECONDS, NotSeen, TmuxClient

GOODBYE_SECONDS = 10.0
MOST_STOPS = 20
"""More places than any screen has to Tab to."""


class TerminalSeat(TmuxClient):
    """The same terminal, with sharper eyes."""

    def __enter__(self) -> Self:
        try:
            return super().__enter__()
        except BaseException:
            self._close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        """Close the terminal; who outlives that by long is killed, by process id."""
        inside: list[psutil.Process] = []
        # Before anything was seen of the program there is no number.
        with suppress(subprocess.CalledProcessError, psutil.Error, ValueError):
            program = psutil.Process(self.pid)
            inside = [program, *program.children(recursive=True)]
        with suppress(subprocess.CalledProcessError):
            self._tmux("kill-server")
        _, left = psutil.wait_procs(inside, GOODBYE_SECONDS)
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, which stands at what has the focus."""
        told = self._tmux("display-message", "-p", "-t", "voip", "#{cursor_x} #{cursor_y}")
        col, row = told.split()
        return int(col), int(row)

    def tab_to(self, text: str) -> None:
        """Go on by Tab until the cursor stands at this text."""
        for _ in range(MOST_STOPS):
            col, row = self.cursor
            if self.lines[row][col:].startswith(text):
                return
            self.press("Tab")
            self._wait_until_the_cursor_left(col, row)
        raise NotSeen(f"Tab never comes to {text!r}; the screen shows:\n{self.text}")

    def _wait_until_the_cursor_left(self, col: int, row: int) -> None:
        self.wait_to_see(lambda _screen: self.cursor != (col, row), "the cursor elsewhere")

    def wait_to_see(
        self, is_seen: Callable[[str], bool], what: str, seconds: float = WAIT_SECONDS
    ) -> str:
        """The screen once this is true of it; ``what`` says for what one waited in vain."""
        deadline = time.monotonic() + seconds
        while True:
            seen = self.text
            if is_seen(seen):
                return seen
            if time.monotonic() > deadline:
                raise NotSeen(f"{what}: not seen in {seconds} s; the screen shows:\n{seen}")
            time.sleep(1 / LOOKS_PER_SECOND)
