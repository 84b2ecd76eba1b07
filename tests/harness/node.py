"""A real server in a process of its own: started, found, measured and ended by its process id.

``Node`` starts ``twistd -n voip`` with a data directory that is given, on a free loopback port
unless told otherwise, and is ready when the server has said where it listens. The operator's doors
are on free ports, whatever the server's own is. It knows nothing of clients.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02
FREE_DOORS = '[admin]\nlisten = "127.0.0.1:0"\nmetrics = "127.0.0.1:0"\n'
"""Settings for a server on a port that is known beforehand: the next one may be somebody's."""


class NodeError(Exception):
    """The server did not start or stop; the text holds what it said."""


def launch(
    data_dir: Path, listen: str, options: Sequence[str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    """A server that begins to start; what it prints goes to ``log``."""
    return subprocess.Popen(
        [
            *(str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile="),
            *("voip", "--data-dir", str(data_dir), "--listen", listen, *options),
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        # a server must not die with the Ctrl-C that is meant for the client
        start_new_session=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


class Node:
    """A running ``twistd voip``. ``address`` is ``host:port``; ``process`` is for measuring."""

    def __init__(
        self, data_dir: Path, listen: str = "127.0.0.1:0", options: Sequence[str] = ()
    ) -> None:
        self.data_dir = data_dir
        if "--config" not in options:
            settings = data_dir.with_name(data_dir.name + ".toml")
            settings.write_text(FREE_DOORS)
            options = (*options, "--config", str(settings))
        self.log_path = data_dir.with_name(data_dir.name + ".log")
        with self.log_path.open("wb") as log:
            self._child = launch(data_dir, listen, options, log)
        self.process = psutil.Process(self._child.pid)
        self.address = self._wait_until_it_listens()

    def _wait_until_it_listens(self) -> str:
        said = self.data_dir / "listening"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._child.poll() is not None:
                raise NodeError(f"the server ended at once:\n{self.log()}")
            if said.exists() and self.log().find("listen") >= 0:
                return said.read_text().strip()
            time.sleep(POLL_SECONDS)
        self._child.kill()
        raise NodeError(f"the server did not listen within {START_SECONDS:.0f} s:\n{self.log()}")

    def log(self) -> str:
        """Everything the server has printed."""
        return self.log_path.read_text(errors="replace")

    def stop(self) -> int:
        """End it as an operator does, with SIGTERM; returns its exit code."""
        self._child.terminate()
        return self.wait()

    def wait(self) -> int:
        """Wait for its end; returns its exit code."""
        try:
            return self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            raise NodeError(f"the server did not stop:\n{self.log()}") from None

    def kill(self) -> None:
        """End it as a crash does, at once."""
        self._child.kill()
        self._child.wait(STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._child.poll() is None:
            self.stop()
