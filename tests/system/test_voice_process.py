"""The voice process itself: how it starts, ends and dies."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import CALL, MINE, config
from tests.harness.json_client import Json, JsonClient
from tests.harness.node import Node
from tests.system.tunnel_door import TunnelDoor
from voip.client.voice import codec
from voip.client.voice.commands import (
    DevicesInUse,
    PathUp,
    StartTalking,
    UdpUse,
    UseNetwork,
    UsePath,
)
from voip.client.voice.pipe import PipeReader, framed

pytestmark = pytest.mark.alone

WORDS = ("voip.client.voice.devices:plain_devices", "silence", "null", "")
SPEAKER = ("--audio-in", "silence", "--audio-out", "speaker")
"""With a sound card, be there one or not, the voice has a process of its own."""
PASSWORD = "correct horse battery"
END_SECONDS = 20


class VoiceProcessTests(SynchronousTestCase):
    """A real process with silent devices."""

    def setUp(self) -> None:
        """Start it; its log is in a folder of the test."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "voice.log"
        program = [sys.executable, "-m", "voip.client.voice.voice_process", *WORDS, str(self.log)]
        self.process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.addCleanup(self.end)

    def end(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def read_report(self) -> object:
        """The first report it tells."""
        reader, output = PipeReader(), self.process.stdout
        assert output is not None
        while True:
            for text in reader.receive(os.read(output.fileno(), 4096)):
                return codec.decode_report(text)

    def command(self, text: bytes) -> None:
        """Send it something."""
        assert self.process.stdin is not None
        self.process.stdin.write(framed(text))
        self.process.stdin.flush()

    def test_it_ends_with_its_pipe(self) -> None:
        """In a call, and after Ctrl-C, which is its client's affair."""
        self.command(codec.encode(StartTalking(CALL, MINE)))
        self.assertEqual(self.read_report(), DevicesInUse("silence", "null"))
        self.process.send_signal(signal.SIGINT)
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.assertEqual(self.process.wait(END_SECONDS), 0)
        self.assertEqual(self.process.stderr and self.process.stderr.read(), b"")

    def test_it_goes_through_a_tunnel_when_it_is_told_to(self) -> None:
        """With a real TLS connection to the server that it was told of, whose tunnel it proves to
        be, and what comes back through it is heard."""
        with TunnelDoor() as door:
            self.command(codec.encode(UseNetwork(UdpUse.OFF)))
            self.command(codec.encode(UsePath(config(), door.host, door.port, door.pin)))
            door.let_in(config())
            report = self.read_report()
        assert isinstance(report, PathUp)
        self.assertEqual(report.path, "tls")

    def test_what_it_does_not_understand_is_in_its_log_without_the_text(self) -> None:
        """A broken command is our bug: it is logged, and what it held is not."""
        self.command(b'["SendKey", "5ec2e7"]')
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(END_SECONDS)
        log = self.log.read_text()
        self.assertIn("LocalProtocolError", log)
        self.assertNotIn("5ec2e7", log)
        self.assertEqual(self.log.stat().st_mode & 0o777, 0o600)


class DyingTests(SynchronousTestCase):
    """Two people talk on a real server when the voice process of one is killed."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        self.node = self.stack.enter_context(Node(self.folder / "server"))

    def registered(self, name: str) -> JsonClient:
        client = JsonClient(self.node.address, self.folder / name, SPEAKER)
        self.stack.enter_context(client)
        client.event("connected")
        client.ask("register", username=name, password=PASSWORD)
        return client

    def wait_to_hear(self, client: JsonClient, since: int) -> None:
        """Wait until sound came, and more of it, after so many lines."""
        heard: list[float] = []

        def is_more(_: Json) -> bool:
            calls = [said for said in client.lines[since:] if said.get("event") == "call"]
            heard[:] = [cast("float", said["seconds_heard"]) for said in calls]
            return any(before < after for before, after in pairwise(heard))

        client.wait(is_more, f"sound; heard {heard}")

    def test_the_call_goes_on_with_another(self) -> None:
        """Both hear each other again by themselves, in the same call."""
        ann, bob = self.registered("ann"), self.registered("bob")
        call_id = ann.ask("call", to=["bob"])["call_id"]
        bob.event("ringing")
        bob.ask("accept")
        for client in (ann, bob):
            client.event("call", call_id=call_id, e2e="encrypted")
            self.wait_to_hear(client, 0)
        (voice,) = ann.process.children()
        before = len(ann.lines)
        voice.kill()
        ann.wait(
            lambda _: "connected" in [said.get("event") for said in ann.lines[before:]],
            "a line that is made anew",
        )
        for client in (ann, bob):
            self.wait_to_hear(client, len(client.lines))
        self.assertNotIn(ann.ask("info")["trouble"], ("ENGINE_AGAIN", "ENGINE_DIED"))
        self.assertFalse([said for said in bob.lines if said.get("event") == "ended"])
        bob.ask("hangup")
        self.assertEqual(ann.event("ended", call_id=call_id)["reason"], "hangup")
