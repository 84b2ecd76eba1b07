"""Calls where UDP does not pass: through TLS, and back, with real servers and clients."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from twisted.trial.unittest import SynchronousTestCase

from tests.harness.json_client import Json, JsonClient
from tests.harness.node import Node
from tests.harness.roadblock import Roadblock
from tests.system.test_echo import shows_echo

pytestmark = pytest.mark.alone

PASSWORD = "correct horse battery"
SILENT = ("--audio-in", "silence", "--audio-out", "null")
WAIT_SECONDS = 30.0
SPEECH_SECONDS = 2.0


def number(line: Json, name: str) -> float:
    """A figure of a line, 0.0 where it has none."""
    return float(str(line.get(name) or 0))


class Listener:
    """Somebody in a call who waits to hear something by a way."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def hears_by(self, path: str, seconds: float = SPEECH_SECONDS) -> None:
        """Wait until so many seconds more were heard, all told to have come this way."""
        begun: list[float] = []

        def has_heard(line: Json) -> bool:
            if line.get("event") != "call" or line.get("path") != path:
                begun.clear()
                return False
            begun.append(number(line, "seconds_heard"))
            return begun[-1] - begun[0] >= seconds

        lines = self.client.lines
        start = len(lines)
        self.client.wait(self._after(start, has_heard), f"speech by {path}", WAIT_SECONDS)

    def _after(self, start: int, wanted: Callable[[Json], bool]) -> Callable[[Json], bool]:
        """Only of lines that are told from now on."""
        old = {id(line) for line in self.client.lines[:start]}
        return lambda line: id(line) not in old and wanted(line)


class TunnelTests(SynchronousTestCase):
    """People behind a network that lets no UDP through."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)

    def client(self, name: str, address: str, udp: str = "auto") -> JsonClient:
        """A client with an account, and this setting."""
        data = self.home / name
        data.mkdir()
        (data / "settings.toml").write_text(f'[network]\nudp = "{udp}"\n')
        client = JsonClient(address, data, SILENT)
        client.ask("register", username=name, nick=name, password=PASSWORD)
        return client

    def test_echo_through_tls_and_back(self) -> None:
        """With UDP dropped a call goes through TLS; when UDP answers, by UDP; and back again."""
        with Node(self.home / "server") as node, Roadblock(node.address) as road:
            road.is_udp_open = False
            with self.client("alice", road.address) as alice:
                alice.ask("contact-add", username="echo")
                alice.wait(shows_echo, "echo to come online")
                call_id = alice.ask("call", to=["echo"])["call_id"]
                alice.event("call", call_id=call_id, state="active", e2e="encrypted")
                ear = Listener(alice)
                ear.hears_by("tls")
                self.assertEqual(road.udp_passed, 0)
                road.is_udp_open = True
                ear.hears_by("udp")
                road.is_udp_open = False
                ear.hears_by("tls")
                alice.ask("hangup", call_id=call_id)
                alice.event("ended", call_id=call_id, reason="hangup")
            self.assertNotIn("Traceback", node.log())

    def test_two_people_through_two_tunnels(self) -> None:
        """One whose network drops UDP, one who has set to do without it."""
        with Node(self.home / "server") as node, Roadblock(node.address) as road:
            road.is_udp_open = False
            with (
                self.client("alice", road.address) as alice,
                self.client("bobby", node.address, "off") as bob,
            ):
                call_id = alice.ask("call", to=["bobby"])["call_id"]
                bob.event("ringing")
                bob.ask("accept")
                alice.event("call", call_id=call_id, state="active", e2e="encrypted")
                for person in (alice, bob):
                    Listener(person).hears_by("tls")
                alice.ask("hangup", call_id=call_id)
                bob.event("ended")
            self.assertNotIn("Traceback", node.log())

    def test_udp_alone_is_told_to_be_blocked(self) -> None:
        """Who wants no tunnel gets none, and is told why nothing is heard."""
        with Node(self.home / "server") as node, Roadblock(node.address) as road:
            road.is_udp_open = False
            with self.client("alice", road.address, "on") as alice:
                call_id = alice.ask("call", to=["echo"])["call_id"]
                alice.wait(
                    lambda line: number(line, "seconds") >= 7.0, "seven seconds", WAIT_SECONDS
                )
                self.assertEqual(alice.ask("info")["trouble"], "UDP_BLOCKED")
                alice.ask("hangup", call_id=call_id)
