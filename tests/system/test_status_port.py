"""The figures of a real server, as a real Prometheus reads them and the board asks for them."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import Node
from tests.harness.prometheus import Prometheus, get, promtool
from tests.server.someone import ANN, BOB, Someone
from tests.system.plain_client import PlainClient
from voip.core.call_messages import Accept, Invite, Leave, QualityReport
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId
from voip.core.messages import Answer, AuthChallenge, Hello

BOARD = Path(__file__).resolve().parents[2] / "deploy/grafana/voip.json"
CALL = CallId(b"c" * 16)


def guess(address: str, person: Someone) -> Answer:
    """Try to log in by a wrong password."""
    with PlainClient(address) as client:
        client.ask(Hello(1, 1, "test"))
        challenge = client.ask(person.start())
        assert isinstance(challenge, AuthChallenge)
        return client.ask(replace(person, password=b"x" * 32).finish(challenge, client.exporter))


def register(address: str, person: Someone) -> None:
    """Make an account."""
    with PlainClient(address) as client:
        client.ask(Hello(1, 1, "test"))
        client.ask(person.register())


def talk(ann: PlainClient, bob: PlainClient) -> None:
    """A call that is answered, heard, and ended."""
    ann.ask(Invite(CALL, (BOB.username,), b"h" * 32))
    bob.ask(Accept(CALL))
    bob.ask(QualityReport(CALL, 12, 3, 40))
    ann.ask(Leave(CALL))


def queries() -> list[str]:
    """What the board asks, of all servers and of the last minute."""
    panels = json.loads(BOARD.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    return [each.replace("$__rate_interval", "1m").replace("$instance", ".*") for each in asked]


class StatusPortTests(SynchronousTestCase):
    """One server from its start to its end."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.node = self.enterContext(Node(self.place / "server"))
        self.status = (self.node.data_dir / "metrics").read_text().strip()

    def command(self, *words: str) -> None:
        """Run a command of the operator."""
        voipctl = str(Path(sys.executable).with_name("voipctl"))
        data_dir = str(self.node.data_dir)
        done = subprocess.run([voipctl, "--data-dir", data_dir, *words], capture_output=True)
        self.assertEqual(done.returncode, 0, done)

    def use_it(self) -> None:
        """What a server meets in a day."""
        for person in (ANN, BOB):
            register(self.node.address, person)
        refused = guess(self.node.address, ANN)
        assert isinstance(refused, Refusal)
        self.assertIs(refused.code, ErrorCode.WRONG_PASSWORD)
        with PlainClient(self.node.address) as ann, PlainClient(self.node.address) as bob:
            ann.log_in(ANN)
            bob.log_in(BOB)
            talk(ann, bob)
        self.command("stats")

    def test_what_the_board_asks_is_answered(self) -> None:
        """Every query of every panel has a number, once there was a call, a wrong login and a
        command; and the figures are those of what has happened."""
        with Prometheus(self.place, self.status) as prometheus:
            prometheus.wait_for("voip_store_up", lambda value: value == 1)
            self.use_it()
            counted = "count_over_time(voip_admin_commands_total[1m])"
            prometheus.wait_for(counted, lambda value: value >= 2)
            silent = [
                query
                for query in queries()
                if all(math.isnan(float(one["value"][1])) for one in prometheus.query(query))
            ]
            self.assertEqual(silent, [])
            for expression in (
                'voip_logins_total{step="password", result="wrong_password"}',
                'voip_registrations_total{result="ok"} / 2',
                'voip_calls_ended_total{kind="pair", outcome="hangup"}',
                "voip_call_talk_seconds_count",
                'voip_admin_commands_total{command="stats", exit="done"}',
                "voip_audit_writable",
            ):
                self.assertEqual(self.value(prometheus, expression), 1.0, expression)
            self.assertEqual(self.value(prometheus, "voip_data_dir_free_bytes > bool 0"), 1.0)
        _, text = get(self.status, "/metrics")
        promtool("check", "metrics", given=text)
        for name in ("ann", "bob"):
            self.assertNotIn(f'"{name}"', text)
        self.drain()

    def drain(self) -> None:
        """It is told that no new calls are taken; the server lives."""
        self.assertEqual(get(self.status, "/health/ready"), (200, "ready\n"))
        self.command("drain", "--yes")
        status, said = get(self.status, "/health/ready")
        self.assertEqual((status, said.split(":")[0]), (503, "draining"))
        self.assertEqual(get(self.status, "/health/live")[0], 200)
        self.assertEqual(get(self.status, "/metrics", host="evil.example")[0], 421)

    def value(self, prometheus: Prometheus, expression: str) -> float:
        [sample] = prometheus.query(expression)
        return float(sample["value"][1])
