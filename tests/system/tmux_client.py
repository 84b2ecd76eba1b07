"""The real client in a real terminal: tmux runs it, types its keys and tells what it shows.

Each client has a tmux server of its own on a private socket in a temporary folder, so nothing else
on the machine is seen or ended. Waiting has a deadline and shows the screen when it passes.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final, Self

# tmux can miss the end of its child, so a shell around the program writes down how it ended; $1 is
# the folder, the rest the program.
_SCRIPT = """trap : INT HUP TERM
sh -c 'echo $$ > "$0/pid"; exec "$@"' "$@"
echo $? > "$1/exit-code"
"""

LOOKS_PER_SECOND = 20
WAIT_SECONDS = 20.0
GOODBYE_SECONDS = 10.0
"""How long a client whose terminal was closed gets to say goodbye."""


def has_tmux() -> bool:
    """Can tests that need tmux run here?"""
    return shutil.which("tmux") is not None


class NotSeen(AssertionError):
    """A text did not come up in time."""


_NUMBERS: Final = count()


class TmuxClient:
    """One terminal with ``voip`` in it; a context manager."""

    def __init__(
        self,
        folder: Path,
        arguments: Sequence[str],
        size: tuple[int, int] = (80, 24),
        environ: Mapping[str, str] | None = None,
        program: Sequence[str] = (sys.executable, "-P", "-m", "voip_terminal"),
    ) -> None:
        self._folder = folder
        # Its own: a server that was told to end may still hold the one before.
        self._socket = folder / f"tmux{next(_NUMBERS)}.sock"
        self._size = size
        self._command = ["sh", "-c", _SCRIPT, "sh", str(folder), *program, *arguments]
        self._environ = {
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "PYTHONPATH": os.environ.get("PYTHONPATH", os.pathsep.join(sys.path)),
            "COLUMNS": "",
            **(environ or {}),
        }

    def __enter__(self) -> Self:
        cols, rows = self._size
        for name in ("pid", "exit-code"):
            (self._folder / name).unlink(missing_ok=True)
        self._tmux(
            *("new-session", "-d", "-s", "voip", "-x", str(cols), "-y", str(rows)),
            *(part for name, value in self._environ.items() for part in ("-e", f"{name}={value}")),
            *("--", *self._command),
        )
        # The status line would take a row; the last words stay readable after the program's end.
        self._tmux("set-option", "-g", "status", "off")
        self._tmux("set-option", "-g", "remain-on-exit", "on")
        self._tmux("resize-window", "-t", "voip", "-x", str(cols), "-y", str(rows))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tmux("kill-server")
        deadline = time.monotonic() + GOODBYE_SECONDS
        while not self.is_over and time.monotonic() < deadline:
            time.sleep(1 / LOOKS_PER_SECOND)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-f", os.devnull, "-S", str(self._socket), *arguments],
            capture_output=True,
            check=True,
            text=True,
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TERM": "screen"},
        )
        return done.stdout

    # ---- what a person does ------------------------------------------------------------------

    def press(self, *names: str) -> None:
        """Press keys by tmux's names: Enter, Tab, Escape, C-x, F2, Space, or a letter."""
        self._tmux("send-keys", "-t", "voip", *names)

    def type(self, text: str) -> None:
        """Type a text."""
        self._tmux("send-keys", "-t", "voip", "-l", text)

    def resize(self, cols: int, rows: int) -> None:
        self._tmux("resize-window", "-t", "voip", "-x", str(cols), "-y", str(rows))

    # ---- what a person sees ------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        return self._tmux("capture-pane", "-p", "-t", "voip").splitlines()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def coloured(self) -> str:
        """The screen with its escape sequences."""
        return self._tmux("capture-pane", "-p", "-e", "-t", "voip")

    @property
    def is_over(self) -> bool:
        """Has the program ended?"""
        return self._written("exit-code") != ""

    @property
    def exit_code(self) -> int:
        """How the program ended; only once it is over."""
        return int(self._written("exit-code"))

    @property
    def pid(self) -> int:
        """The program's process; only once something was seen of it."""
        return int(self._written("pid"))

    def _written(self, name: str) -> str:
        path = self._folder / name
        return path.read_text().strip() if path.exists() else ""

    def wait_for(self, *texts: str, seconds: float = WAIT_SECONDS) -> str:
        """The screen once it shows all of these."""
        deadline = time.monotonic() + seconds
        while True:
            seen = self.text
            if all(text in seen for text in texts):
                return seen
            if time.monotonic() > deadline:
                raise NotSeen(f"{texts} not seen in {seconds} s; the screen shows:\n{seen}")
            time.sleep(1 / LOOKS_PER_SECOND)

    def wait_until(self, is_so: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
        """Wait for something that does not show on the screen."""
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise NotSeen(f"not so after {seconds} s; the screen shows:\n{self.text}")
            time.sleep(1 / LOOKS_PER_SECOND)

    def wait_until_over(self) -> None:
        """Wait for the program to end."""
        self.wait_until(lambda: self.is_over)

    def hang_up(self) -> None:
        """Close the terminal under the program, as closing a window does."""
        os.kill(self.pid, signal.SIGHUP)
