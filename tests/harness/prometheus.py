"""A real Prometheus that scrapes a server, and promtool, as ``dev/prometheus`` fetches them.

It asks by HTTP on loopback and knows nothing of what is measured.
"""

import json
import re
import subprocess
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

PROGRAMS = Path(__file__).resolve().parent.parent.parent / ".make/prometheus"
START_SECONDS = 30.0
POLL_SECONDS = 0.05
SETTINGS = """\
global: {{scrape_interval: 250ms, scrape_timeout: 250ms}}
scrape_configs:
  - job_name: voip
    static_configs: [{{targets: ["{target}"]}}]
"""

Sample = dict[str, Any]


def _program(name: str) -> str:
    path = PROGRAMS / name
    if not path.exists():
        raise AssertionError(f"{path} is missing: `make test` fetches it, by dev/prometheus")
    return str(path)


def get(address: str, path: str, host: str = "localhost") -> tuple[int, str]:
    """Ask ``host:port`` by HTTP: the status and the body."""
    connection = HTTPConnection(address, timeout=START_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def promtool(*arguments: str, given: str = "") -> str:
    """Run promtool; everything it says. AssertionError when it finds something wrong."""
    done = subprocess.run(
        [_program("promtool"), *arguments],
        input=given,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"promtool {' '.join(arguments)}:\n{done.stdout}")
    return done.stdout


class Prometheus:
    """Scrapes ``target`` four times a second; its own port is one that is free. It looks every five
    seconds for what it is to scrape, so nothing is known before."""

    def __init__(self, folder: Path, target: str) -> None:
        settings = folder / "prometheus.yml"
        settings.write_text(SETTINGS.format(target=target))
        self._log = folder / "prometheus.log"
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(
                [
                    _program("prometheus"),
                    f"--config.file={settings}",
                    f"--storage.tsdb.path={folder / 'prometheus'}",
                    "--web.listen-address=127.0.0.1:0",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._address = self._wait_until_it_listens()

    def _wait_until_it_listens(self) -> str:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._child.poll() is None:
            log = self._log.read_text()
            said = re.search(r'"Listening on" address=(\S+)', log)
            if said is not None and "ready to receive" in log:
                return said[1]
            time.sleep(POLL_SECONDS)
        self._end()
        raise AssertionError(f"Prometheus did not start: {self._log.read_text()[-2000:]}")

    def query(self, expression: str) -> list[Sample]:
        """The samples of an expression now."""
        status, body = get(self._address, f"/api/v1/query?query={quote(expression)}")
        answer = json.loads(body)
        if status != 200:
            raise AssertionError(f"{expression}: {answer['error']}")
        samples: list[Sample] = answer["data"]["result"]
        return samples

    def wait_for(self, expression: str, wanted: Callable[[float], bool]) -> None:
        """Come back once some sample of an expression is as it is wanted."""
        deadline = time.monotonic() + START_SECONDS
        samples: list[Sample] = []
        while time.monotonic() < deadline:
            samples = self.query(expression)
            if any(wanted(float(sample["value"][1])) for sample in samples):
                return
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"{expression} did not come; it is {samples}")

    def _end(self) -> None:
        self._child.terminate()
        self._child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()
