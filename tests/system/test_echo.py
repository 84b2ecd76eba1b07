"""Calling echo, which lives in a real server."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
from twisted.trial.unittest import SynchronousTestCase

from bench.score import score
from bench.speech import clips, conversation, write_wav
from tests.harness.json_client import Json, JsonClient
from tests.harness.node import Node
from voip.config import ListenAddress
from voip.echo import reachable
from voip.media.wav import read_wav
from voip.server.echo_account import LINES

pytestmark = pytest.mark.alone

SPOKEN_SECONDS = 4.0
LEAST_PESQ = 3.5
PASSWORD = "correct horse battery"


def shows_echo(line: Json) -> bool:
    """Whether this line tells somebody with echo in the phone book that it is there."""
    contacts = cast("list[Json]", line.get("contacts") or [])
    return any(one["username"] == "echo" and one["presence"] == "available" for one in contacts)


class EchoTests(SynchronousTestCase):
    """A newcomer without a second person can try a call."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)

    def test_one_hears_oneself_a_second_later(self) -> None:
        """Over the whole way: login, keys, relay; and in good quality."""
        said, _ = conversation(clips(None), SPOKEN_SECONDS)
        spoken = write_wav(self.home / "says.wav", said)
        sound = ("--audio-in", str(spoken), "--audio-out", str(self.home / "hears.wav"))
        with Node(self.home / "server") as node:
            with JsonClient(node.address, self.home / "alice", sound) as alice:
                alice.ask("register", username="alice", nick="Alice", password=PASSWORD)
                alice.ask("contact-add", username="echo")
                alice.wait(shows_echo, "echo to come online")
                call_id = alice.ask("call", to=["echo"])["call_id"]
                alice.event("call", call_id=call_id, state="active", e2e="encrypted")

                def has_heard_all(line: dict[str, object]) -> bool:
                    return float(str(line.get("seconds") or 0)) >= SPOKEN_SECONDS + 1.5

                alice.wait(has_heard_all, "the whole echo")
                alice.ask("hangup", call_id=call_id)
                alice.event("ended", call_id=call_id, reason="hangup")
            self.assertNotIn("Traceback", node.log())
        rated = score(said, read_wav(self.home / "hears.wav"))
        self.assertTrue(1000 <= rated.offset_ms <= 1300, rated)
        self.assertGreater(rated.pesq_wb, LEAST_PESQ)

    def test_several_people_can_try_at_the_same_time(self) -> None:
        """Each gets a line of their own; when all are taken, echo is busy, and then free again."""
        silent = ("--audio-in", "silence", "--audio-out", "null")
        with Node(self.home / "server") as node:
            callers = [
                JsonClient(node.address, self.home / f"caller{number}", silent)
                for number in range(LINES + 1)
            ]
            calls = []
            for number, caller in enumerate(callers):
                name = f"caller{number}"
                caller.ask("register", username=name, nick=name, password=PASSWORD)
                calls.append(caller.ask("call", to=["echo"])["call_id"])
            for caller, call_id in zip(callers[:-1], calls[:-1], strict=True):
                caller.event("call", call_id=call_id, state="active")
            callers[-1].event("ended", call_id=calls[-1], reason="busy")
            callers[0].ask("hangup", call_id=calls[0])
            callers[0].event("ended", call_id=calls[0])
            again = callers[-1].ask("call", to=["echo"])["call_id"]
            callers[-1].event("call", call_id=again, state="active")
            for caller in callers:
                caller.quit()
            self.assertNotIn("Traceback", node.log())

    def test_it_does_not_stay_alone_in_a_conference(self) -> None:
        """When the last person goes, echo goes too, and the call stands in their history."""
        silent = ("--audio-in", "silence", "--audio-out", "null")
        with Node(self.home / "server") as node:
            with JsonClient(node.address, self.home / "alice", silent) as alice:
                alice.ask("register", username="alice", nick="Alice", password=PASSWORD)
                call_id = alice.ask("call", to=["echo", "nobody"])["call_id"]
                alice.event("call", call_id=call_id, state="active", is_conference=True)
                alice.ask("hangup", call_id=call_id)

                def is_past(line: Json) -> bool:
                    added = cast("Json", line.get("added") or {})
                    return added.get("call_id") == call_id

                alice.wait(is_past, "the conference to be past")
            self.assertNotIn("Traceback", node.log())


class ReachableTests(SynchronousTestCase):
    """Where echo finds the server it lives in."""

    def test_every_address_of_the_machine_means_loopback(self) -> None:
        """0.0.0.0 and [::] cannot be connected to."""
        self.assertEqual(reachable(ListenAddress("0.0.0.0", 7)), ListenAddress("127.0.0.1", 7))
        self.assertEqual(reachable(ListenAddress("::", 7)), ListenAddress("::1", 7))

    def test_one_address_is_taken_as_it_is(self) -> None:
        """Be it a number or a name."""
        for host in ("192.0.2.7", "2001:db8::7", "call.example.org"):
            self.assertEqual(reachable(ListenAddress(host, 7)), ListenAddress(host, 7))
