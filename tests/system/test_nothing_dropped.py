"""A certificate renewed, settings reloaded and the server drained under fifty calls: all go on."""

import datetime as dt
import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import FREE_DOORS, Node
from tests.system.plain_client import PlainClient
from tests.system.talkers import Pair, Talker, calls, not_heard, prove_ways, register
from voip.core.call_messages import CallChanged, Invite
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId
from voip.core.messages import Hello, HelloOk, NoticeKind, RegistrationPolicy, ServerNotice
from voip.ctl_link import connect
from voip.server.certificate import load_again, self_sign
from voip.server.data_dir import CERTIFICATE, write_private

CALLS = 50
WAIT_SECONDS = 10.0
BEFORE = "[limits]\nregistrations_per_hour = 1000\nping_seconds = 300\nlogin_seconds = 60\n"
AFTER = (
    'registration = "closed"\nserver_name = "Renewed"\n'
    "[limits]\nregistrations_per_hour = 1\nping_seconds = 20\nlogin_seconds = 5\n"
    "sessions_per_account = 1\ncalls_per_minute = 10\nunauthenticated_per_source = 2\n"
)
ENDS = (NoticeKind.KICKED, NoticeKind.SHUTDOWN, NoticeKind.REPLACED)


class NothingDroppedTests(SynchronousTestCase):
    """One server, from the first call to its end."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.config = Path(place.name) / "voip.toml"
        self.config.write_text(BEFORE + FREE_DOORS)
        self.node = Node(Path(place.name) / "data", options=("--config", str(self.config)))
        self.addCleanup(self.node.__exit__, None, None, None)
        [self.newcomer] = register(self.node.address, range(2 * CALLS, 2 * CALLS + 1))
        self.pairs: list[Pair] = []
        for pair in calls(self.node.address, CALLS):
            self.pairs.append(pair)
            for end in pair.ends:
                self.addCleanup(end.close)
        prove_ways(self.pairs)

    def test_renewal_reload_and_drain(self) -> None:
        """After each of them every call is heard both ways, and every session answers."""
        self.all_go_on(b"before anything")
        with PlainClient(self.node.address) as old:
            self.renew()
            self.hang_up(AFTER, "read again")
            self.all_go_on(b"renewed and reloaded")
            with PlainClient(self.node.address) as new:
                greeting = new.ask(Hello(1, 1, "test"))
                assert isinstance(greeting, HelloOk)
                self.assertEqual(
                    (greeting.server_name, greeting.policy, greeting.ping_seconds),
                    ("Renewed", RegistrationPolicy.CLOSED, 20),
                )
                self.assertNotEqual(new.certificate, old.certificate)
                self.assertEqual(new.certificate, load_again(self.node.data_dir).certificate)
            # Who was at the door keeps the pace that the server had when it came.
            greeting = old.ask(Hello(1, 1, "test"))
            assert isinstance(greeting, HelloOk)
            self.assertEqual(greeting.ping_seconds, 300)
        self.hang_up("listen = 3\n", "SIGHUP changed nothing")
        self.all_go_on(b"a broken file")
        with closing(Talker(self.node.address, self.newcomer)) as caller:
            self.drain(caller)
        self.all_go_on(b"drained")
        self.all_leave_and_it_ends()

    def all_go_on(self, text: bytes) -> None:
        """Every call is there and heard both ways, every session answers and heard of no end."""
        self.assertEqual(not_heard(self.pairs, text), [], text)
        for pair in self.pairs:
            for end in pair.ends:
                self.assertTrue(end.is_there)
                told = [each for each in end.client.notices if isinstance(each, ServerNotice)]
                self.assertFalse([each for each in told if each.kind in ENDS], text)
                seen = [each.call for each in end.client.notices if isinstance(each, CallChanged)]
                self.assertIsNone(seen[-1].ended, text)
                self.assertTrue(all(leg.is_connected for leg in seen[-1].legs), text)

    def renew(self) -> None:
        """Another certificate of the same key, as a certificate authority's client does it."""
        key = load_again(self.node.data_dir).key
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=60)
        write_private(self.node.data_dir / CERTIFICATE, self_sign(key, later))

    def hang_up(self, settings: str, said: str) -> None:
        """Write settings, send SIGHUP, and wait until the log says what came of it."""
        self.config.write_text(settings)
        before = self.node.log().count(said)
        os.kill(self.node.process.pid, signal.SIGHUP)
        self.wait(lambda: self.node.log().count(said) > before)

    def drain(self, caller: Talker) -> None:
        """By the operator's hand; nobody can begin a call any more, and is told why."""
        link = connect(self.node.data_dir)
        self.addCleanup(link.close)
        answer = link.ask({"line": "drain --stop", "json": False, "yes": True, "width": 80})
        self.assertIn(f"{CALLS} calls still go on", str(answer["text"]))
        callee = self.pairs[0].ends[0].person.username
        refused = caller.client.ask(Invite(CallId(b"n" * 16), (callee,), b"c" * 32))
        assert isinstance(refused, Refusal)
        self.assertIs(refused.code, ErrorCode.MAINTENANCE)

    def all_leave_and_it_ends(self) -> None:
        """The server waits for the last call, and then for nothing."""
        for pair in self.pairs[:-1]:
            pair.end()
        self.assertTrue(self.pairs[-1].ends[0].is_there)
        self.assertEqual(not_heard(self.pairs[-1:], b"the last ones"), [])
        self.pairs[-1].end()
        self.assertEqual(self.node.wait(), 0)

    def wait(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not is_so():
            self.assertLess(time.monotonic(), deadline, self.node.log()[-2000:])
            time.sleep(0.02)
