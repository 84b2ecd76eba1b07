"""A real server, a long call between two clients on it, and the means to attack it meanwhile."""

import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import Node
from tests.system.plain_client import PlainClient
from tests.system.programs.steady import SteadyCall
from tests.system.test_daemon import CLEAN_ENDS
from voip.core.errors import ErrorCode, Refusal
from voip.core.messages import (
    Hello,
    HelloOk,
)
from voip.wire.codec import AnswerFrame
from voip.wire.framing import frame
from voip.wire.v1.envelope_pb2 import Envelope

CONFIG = """
json_log = true
[limits]
login_seconds = 3
unauthenticated_per_source = 5
slow_reader_seconds = 1
"""
SEED = 20260729
STEADY = ("127.0.40.1", "127.0.40.2")
LONGEST_GAP_SECONDS = 1.0  # an idle machine shows 0.05; the tests share theirs
MEMORY_MB = 40.0
STOP_SECONDS = 6.0
ESCAPE = "\x1b[2J"
COMPLAINTS = ("Traceback", "Unhandled", "a request failed", "an effect failed", "failed:")


class UnderAttack(SynchronousTestCase):
    """One long call, and one attack after the other."""

    def setUp(self) -> None:
        self.random = random.Random(SEED)
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        place = Path(self.stack.enter_context(TemporaryDirectory()))
        config = place / "voip.toml"
        config.write_text(CONFIG)
        self.node = Node(place / "data", options=("--config", str(config)))
        self.stack.enter_context(self.node)
        host, _, port = self.node.address.rpartition(":")
        self.target = host, int(port)
        self.call = SteadyCall(self.node.address, place / "home", STEADY)
        self.stack.enter_context(self.call)
        self.json_log = place / "data" / "log.json"

    def survives(self, attacks: Sequence[Callable[[], None]]) -> None:
        """Neither harm nor leak by any of them; whatever was sent to those who talk came."""
        attacks[0]()  # warms the server up
        before = self.node.process.memory_info().rss
        for attack in attacks:
            attack()
            self.goes_on(attack.__name__)
        grown = (self.node.process.memory_info().rss - before) / 1e6
        self.assertLess(grown, MEMORY_MB)
        self.nothing_was_lost()
        self.ends_well()

    # ---- what must hold ------------------------------------------------------------------------

    def goes_on(self, after: str) -> None:
        """Both talk still, and the server answers others."""
        for end in self.call.how():
            self.assertTrue(end["talks"], after)
            self.assertEqual(end["links"], ["connecting", "connected", "logged_in"], after)
            self.assertEqual(end["wrong"], 0, after)
            self.assertLess(end["longest_gap"], LONGEST_GAP_SECONDS, after)
        with PlainClient(self.node.address, "127.0.50.1") as client:
            self.assertIsInstance(client.ask(Hello(1, 1, "test")), HelloOk, after)

    def nothing_was_lost(self) -> None:
        one, other = self.call.stop_talking()
        self.assertGreater(one["sent"], 100)
        self.assertEqual(one["received"], other["sent"])
        self.assertEqual(other["received"], one["sent"])

    def ends_well(self) -> None:
        """SIGTERM ends the call, tells both, and the server is gone soon, without complaint."""
        began = time.monotonic()
        self.assertIn(self.node.stop(), CLEAN_ENDS)
        self.assertLess(time.monotonic() - began, STOP_SECONDS)
        self.assertEqual([end["ended"] for end in self.call.end()], ["server_stop"] * 2)
        log = self.node.log()
        for bad in (*COMPLAINTS, ESCAPE[0], "LegHeard"):
            self.assertFalse(bad in log, f"{bad!r} in {log[-4000:]}")
        self.assertNotIn('"critical"', self.json_log.read_text())

    # ---- the means -----------------------------------------------------------------------------

    def bad_frames(self, most: int) -> Iterator[bytes]:
        """Frames that are none, too long, or hold what no client sends."""
        yield b"\xff\xff\xff\xff"
        yield b"\x7f\xff\xff\xff" + self.random.randbytes(1000)
        yield (most + 1).to_bytes(4, "big") + bytes(100)
        yield frame(b"")
        yield frame(b"\xff\xff")
        yield frame(Envelope(id=1).SerializeToString())
        yield frame(Envelope(id=1, seq=5).SerializeToString())
        yield frame(b"\x0a" * 3000)
        for _ in range(10):
            yield frame(self.random.randbytes(self.random.randrange(1, 4000)))

    def is_refused(self, client: PlainClient, raw: bytes) -> None:
        client.send_raw(raw)
        answers = [one.answer for one in client.read_to_the_end() if isinstance(one, AnswerFrame)]
        self.assertEqual(answers, [Refusal(ErrorCode.BAD_REQUEST)], raw[:80])

    def plain(self, source: str) -> PlainClient:
        return self.stack.enter_context(PlainClient(self.node.address, source))

    @contextmanager
    def connected(self, source: str) -> Iterator[socket.socket]:
        with socket.create_connection(self.target, 10, (source, 0)) as tcp:
            yield tcp

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not is_so():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
