"""A real headless client in a process of its own, spoken to through its JSON face.

A reading thread keeps every line; the caller asks and waits with a deadline. It knows the form of
the lines (``docs/json.md``) and nothing of the protocol behind them.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from threading import Condition, Thread
from types import TracebackType
from typing import IO, Self

import psutil

Json = dict[str, object]
WAIT_SECONDS = 20.0


class ClientFailure(Exception):
    """The client said no, said nothing in time, or ended; the text holds what it said."""


class JsonClient:
    """``voip json`` as a child. ``lines`` is everything it said, in order."""

    def __init__(self, address: str, data_dir: Path, options: Sequence[str] = ()) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self.error_path = data_dir.with_name(data_dir.name + ".err")
        with self.error_path.open("wb") as errors:
            self._child = subprocess.Popen(
                [
                    *(sys.executable, "-m", "voip_terminal", "json", address),
                    *("--data-dir", str(data_dir), "--config", str(data_dir / "settings.toml")),
                    *options,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
            )
        self.process = psutil.Process(self._child.pid)
        self.lines: list[Json] = []
        self._ids = count(1)
        self._heard = Condition()
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._stdin: IO[str] = self._child.stdin
        self._stdout: IO[str] = self._child.stdout
        self._reader = Thread(target=self._read, args=(self._stdout,), daemon=True)
        self._reader.start()

    def _read(self, stdout: IO[str]) -> None:
        for line in stdout:
            said = json.loads(line)
            with self._heard:
                self.lines.append(said)
                self._heard.notify_all()
        with self._heard:
            self._heard.notify_all()

    def ask(self, do: str, **fields: object) -> Json:
        """Give a command and return its answer. Raises ``ClientFailure`` when it is refused."""
        answer = self.try_(do, **fields)
        if answer.get("ok") is not True:
            raise ClientFailure(f"{do} was refused: {answer}")
        return answer

    def try_(self, do: str, **fields: object) -> Json:
        """Give a command and return its answer, be it yes or no."""
        number = next(self._ids)
        self._stdin.write(json.dumps({"id": number, "do": do, **fields}) + "\n")
        self._stdin.flush()
        return self.wait(lambda said: said.get("id") == number, what=f"an answer to {do}")

    def event(self, name: str, seconds: float = WAIT_SECONDS, **fields: object) -> Json:
        """The first event of that name and those fields, already heard or still to come."""

        def wanted(said: Json) -> bool:
            return said.get("event") == name and all(
                said.get(key) == value for key, value in fields.items()
            )

        return self.wait(wanted, what=f"the event {name} {fields or ''}", seconds=seconds)

    def wait(
        self, wanted: Callable[[Json], bool], what: str, seconds: float = WAIT_SECONDS
    ) -> Json:
        """The first line that is wanted. Raises ``ClientFailure`` when it does not come in time."""
        deadline = time.monotonic() + seconds
        looked_at = 0
        with self._heard:
            while True:
                for said in self.lines[looked_at:]:
                    if wanted(said):
                        return said
                looked_at = len(self.lines)
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    raise ClientFailure(f"{what} did not come; {self._last_words()}")
                self._heard.wait(min(left, 0.5))

    def _last_words(self) -> str:
        return f"last lines: {self.lines[-3:]}; stderr: {self.error_path.read_text()[-2000:]!r}"

    def quit(self) -> int:
        """Ask it to end; returns its exit code."""
        if self._child.poll() is None:
            self._stdin.write(json.dumps({"id": next(self._ids), "do": "quit"}) + "\n")
            self._stdin.close()
        try:
            return self._child.wait(10)
        except subprocess.TimeoutExpired:
            raise ClientFailure(f"the client did not quit; {self._last_words()}") from None
        finally:
            self._end()

    def _end(self) -> None:
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        self._reader.join()
        self._stdin.close()
        self._stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.quit()
        else:
            self._end()
