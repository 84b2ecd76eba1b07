"""Being heard, and the settings that decide it, through the JSON face of a real server."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from twisted.trial.unittest import SynchronousTestCase

from tests.harness.json_client import Json, JsonClient
from tests.harness.node import Node
from voip.media.samples import BLOCK_SAMPLES, SAMPLE_RATE
from voip.media.wav import WavWriter

pytestmark = pytest.mark.alone

PASSWORD = "correct horse battery"
SILENT = ("--audio-in", "silence", "--audio-out", "null")
ABSENT = '[audio]\nmicrophone = "No such headset"\nspeaker = "No such speaker"\n'
MINE = "# mine\n[network]\njitter_min_ms = 40  # rough\n"
NO_UDP = '[network]\nudp = "off"\n'


class BeingHeardTests(SynchronousTestCase):
    """Ann, and whom she talks to."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        self.node = self.stack.enter_context(Node(self.folder / "server"))

    def registered(
        self, name: str, options: tuple[str, ...] = SILENT, settings: str = ""
    ) -> JsonClient:
        folder = self.folder / name
        folder.mkdir()
        (folder / "settings.toml").write_text(settings)
        client = self.stack.enter_context(JsonClient(self.node.address, folder, options))
        client.event("connected")
        client.ask("register", username=name, password=PASSWORD)
        return client

    def talk(self, ann: JsonClient, bob: JsonClient) -> None:
        call_id = ann.ask("call", to=["bob"])["call_id"]
        bob.event("ringing", call_id=call_id)
        bob.ask("accept", call_id=call_id)
        for client in (ann, bob):
            client.event("call", call_id=call_id, e2e="encrypted")

    def wait_to_see(self, client: JsonClient, peer: str, **fields: object) -> None:
        """Wait until somebody in the call is shown so."""

        def shows(said: Json) -> bool:
            peers = cast("list[Json]", said.get("peers") or [])
            return said.get("event") == "call" and any(
                each["username"] == peer and fields.items() <= each.items() for each in peers
            )

        client.wait(shows, f"{peer} as {fields}")

    def test_muting_and_loudness(self) -> None:
        """Being muted is told to the other; how loud somebody is played here is nobody else's."""
        ann, bob = self.registered("ann"), self.registered("bob")
        self.talk(ann, bob)
        ann.ask("mute")
        ann.event("call", is_muted=True)
        self.wait_to_see(bob, "ann", is_muted=True)
        muted = len(ann.lines)
        ann.ask("unmute")
        ann.wait(
            lambda _: False in [said.get("is_muted") for said in ann.lines[muted:]],
            "no longer muted",
        )
        ann.ask("volume", username="bob", db=6)
        self.wait_to_see(ann, "bob", volume_db=6)
        ann.ask("volume", username="bob", db=-400)
        self.wait_to_see(ann, "bob", volume_db=-30)
        ann.ask("mute-here", username="bob")
        self.wait_to_see(ann, "bob", is_muted_here=True)
        for word in ("unmute-here", "deafen", "undeafen"):
            fields = {"username": "bob"} if word == "unmute-here" else {}
            ann.ask(word, **fields)
        devices = {"microphone": "silence", "speaker": "null"}
        self.assertEqual(ann.ask("info")["devices"], devices)
        for said in bob.lines:
            if said.get("event") == "call":
                (peer,) = cast("list[Json]", said["peers"])
                self.assertEqual((peer["volume_db"], peer["is_muted_here"]), (0, False))

    def test_meter(self) -> None:
        """How loud the microphone is, here a file, is told without a call."""
        spoken = self.folder / "hum.wav"
        writer = WavWriter(spoken)
        times = np.arange(BLOCK_SAMPLES) / SAMPLE_RATE
        for _ in range(500):
            writer.write((8000 * np.sin(2 * np.pi * 400 * times)).astype(np.int16))
        writer.close()
        ann = self.registered("ann", ("--audio-in", str(spoken), "--audio-out", "null"))
        ann.ask("meter", is_on=True)
        ann.wait(lambda said: cast("float", said.get("microphone_db", -127)) > -30, "its level")
        ann.ask("meter", is_on=False)

    def test_settings(self) -> None:
        """Devices that are set by name and missing are told; without UDP the call goes by TLS."""
        ann = self.registered("ann", (), ABSENT)
        bob = self.registered("bob", SILENT, NO_UDP)
        self.talk(ann, bob)
        bob.event("call", path="tls")
        troubles = {"DEVICE_MISSING", "NO_MICROPHONE", "NO_SPEAKER", "NO_SOUND"}
        ann.wait(lambda _: ann.ask("info")["trouble"] in troubles, "word of the devices")
        there = ann.ask("sound-devices")
        self.assertNotIn("No such headset", cast("list[str]", there["microphones"]))
        self.assertEqual(there["audio_in"], "mic:No such headset")
        ann.ask("use-devices", microphone="")
        self.assertEqual(ann.ask("sound-devices")["audio_in"], "mic")
        bob.ask("hangup")
        ann.event("ended", reason="hangup")

    def test_changing_settings_in_a_call(self) -> None:
        """What is set acts at once and stands in the file; devices that are not there are named."""
        ann, bob = self.registered("ann", SILENT, MINE), self.registered("bob")
        self.talk(ann, bob)
        there = ann.ask("sound-devices")
        self.assertEqual((there["microphones"], there["audio_in"]), ([], "silence"))
        self.assertEqual(there["in_use"], {"microphone": "silence", "speaker": "null"})
        refused = ann.try_("use-devices", microphone="No such headset")
        self.assertEqual((refused["error"], refused["field"]), ("BAD_REQUEST", "microphone"))
        refused = ann.try_("set", section="network", name="udp", value="sometimes")
        self.assertIn('"auto", "on" or "off"', cast("str", refused["why"]))
        ann.ask("set", section="network", name="udp", value="off")
        ann.event("call", path="tls")
        ann.ask("set", section="audio", name="speaker", value="No such speaker")
        ann.wait(lambda _: ann.ask("info")["trouble"] == "NO_SPEAKER", "word of the speaker")
        settings = ann.ask("settings")
        path = self.folder / "ann" / "settings.toml"
        self.assertEqual(settings["path"], str(path))
        tables = cast("dict[str, Json]", settings["settings"])
        self.assertEqual(tables["audio"]["speaker"], "No such speaker")
        self.assertIn(MINE, path.read_text())
