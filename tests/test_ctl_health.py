"""`voipctl health`, against something that answers HTTP."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import ClassVar

from twisted.trial.unittest import SynchronousTestCase

from voip import ctl
from voip.server.admin.exits import Exit
from voip.server.data_dir import METRICS


class Answering(BaseHTTPRequestHandler):
    """Answers as it is told, and notes what was asked."""

    status: ClassVar = 200
    said: ClassVar = b"ready\n"
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Says nothing."""


class HealthTests(SynchronousTestCase):
    """What is told, and by which exit code."""

    def setUp(self) -> None:
        self.data = Path(self.enterContext(TemporaryDirectory()))

    def ran(self, *words: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = ctl.main(["--data-dir", str(self.data), *words])
        return code, out.getvalue(), err.getvalue()

    def asked_of(self, status: int, said: str, *words: str) -> tuple[int, str, str]:
        """The answer while something answers so."""
        answering = type("Told", (Answering,), {"status": status, "said": said.encode()})
        server = HTTPServer(("127.0.0.1", 0), answering)
        thread = Thread(target=server.handle_request)
        thread.start()
        (self.data / METRICS).write_text(f"127.0.0.1:{server.server_port}\n")
        try:
            return self.ran(*words)
        finally:
            thread.join()
            server.server_close()

    def test_a_server_that_is_ready(self) -> None:
        """It says so, and the exit code is 0."""
        self.assertEqual(self.asked_of(200, "ready\n", "health"), (Exit.DONE, "ready\n", ""))
        self.assertEqual(Answering.asked[-1], "/health/ready")

    def test_a_server_that_drains(self) -> None:
        """It says what it waits for, and the exit code is 1, as JSON too."""
        draining = "draining: no new calls, 2 left"
        said = self.asked_of(503, draining, "health")
        self.assertEqual(said, (Exit.REFUSED, draining + "\n", ""))
        code, out, _ = self.asked_of(503, draining, "health", "--json")
        self.assertEqual((code, json.loads(out)), (Exit.REFUSED, {"ok": False, "said": draining}))

    def test_a_server_that_does_not_run_or_does_not_tell(self) -> None:
        """The sentence names both reasons."""
        code, out, err = self.ran("health")
        self.assertEqual((code, out), (Exit.UNREACHABLE, ""))
        self.assertIn(f"no server tells of its health in {self.data}", err)
        self.assertIn("admin.metrics", err)

    def test_a_server_that_does_not_answer(self) -> None:
        """Its address is told."""
        (self.data / METRICS).write_text("127.0.0.1:1\n")
        code, _, err = self.ran("health")
        self.assertEqual(code, Exit.UNREACHABLE)
        self.assertIn("does not answer at 127.0.0.1:1", err)

    def test_more_words_than_there_can_be(self) -> None:
        """What to write instead."""
        code, _, err = self.ran("health", "now")
        self.assertEqual((code, err), (Exit.USAGE, "voipctl: write voipctl health\n"))
