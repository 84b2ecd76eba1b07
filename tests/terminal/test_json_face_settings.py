"""The commands about the settings, in lines; the sounds they set are scripted."""

from typing import cast

from tests.client.memory_network import PASSWORD
from tests.terminal.spoken import FaceTestCase, Spoken
from voip.client.voice.commands import SetVolume, UseDevices
from voip_terminal.json_face_words import VERBS, Json
from voip_terminal.settings.values import OPEN_TABLES, TABLES

MINE = '# mine\n[network]   # the line\njitter_min_ms = 40\nudp = "sometimes"\n'


class SettingsTests(FaceTestCase):
    def settings(self, spoken: Spoken) -> dict[str, Json]:
        answer = spoken.tell("settings")
        self.assertEqual(set(answer), {"id", "ok", *VERBS["settings"].gives})
        return cast("dict[str, Json]", answer["settings"])

    def test_all_of_them(self) -> None:
        """Every table with what is used of it, the file, and what of it could not be used."""
        spoken = Spoken(self, "alice", settings=MINE)
        settings = self.settings(spoken)
        self.assertEqual(set(settings), {*TABLES, *OPEN_TABLES})
        network = settings["network"]
        self.assertEqual((network["jitter_min_ms"], network["udp"]), (40, "auto"))
        self.assertIs(settings["notify"]["bell"], True)
        answer = spoken.tell("settings")
        self.assertEqual(answer["path"], "settings.toml")
        (trouble,) = cast("list[str]", answer["troubles"])
        self.assertIn("settings.toml, line 4: udp must be", trouble)

    def test_setting(self) -> None:
        """A value of each kind is used and written; comments stay, and defaults come back."""
        spoken = Spoken(self, "alice", settings=MINE)
        for section, name, value in (
            ("network", "udp", "off"),
            ("network", "jitter_max_ms", 200),
            ("notify", "bell", False),
            ("volumes", "bob", -6),
            ("keys", "hold", "F9"),
        ):
            answer = spoken.tell("set", section=section, name=name, value=value)
            self.assertEqual(answer, {"id": answer["id"], "ok": True})
            self.assertEqual(self.settings(spoken)[section][name], value)
        self.assertIn("# mine\n[network]   # the line\n", spoken.text.text)
        self.assertIn('udp = "off"', spoken.text.text)
        spoken.tell("set", section="network", name="udp")
        spoken.tell("set", section="volumes", name="bob")
        self.assertEqual(self.settings(spoken)["network"]["udp"], "auto")
        self.assertEqual(self.settings(spoken)["volumes"], {})
        self.assertNotIn("udp", spoken.text.text)

    def test_refusals(self) -> None:
        """Each names the field and what is allowed, and changes nothing."""
        spoken = Spoken(self, "alice", settings=MINE)
        rule = "jitter_max_ms must be a whole number from 100 to 400, not 5."
        for section, name, value, field, why in (
            (
                "networks",
                "udp",
                "on",
                "section",
                "there is no table [networks]; did you mean network?",
            ),
            ("network", "udb", "on", "name", "there is no setting 'udb' in it; did you mean udp?"),
            ("volumes", "a b", 1, "name", "'a b' is not the name of an account."),
            ("keys", "fly", "x", "name", "'fly' is not something a key does, such as hang_up."),
            ("network", "jitter_max_ms", 5, "value", rule),
            ("keys", "hold", "x", "value", "x is taken: swap with the held call."),
        ):
            answer = spoken.tell("set", section=section, name=name, value=value)
            self.fails(answer, "BAD_REQUEST", field=field, why=why)
        for wrong in (1.5, None, [1]):
            answer = spoken.tell("set", section="network", name="udp", value=wrong)
            self.fails(answer, "BAD_REQUEST", field="value")
        self.assertEqual(spoken.text.text, MINE)

    def test_not_written(self) -> None:
        """What cannot be written is told, and used for this run."""
        spoken = Spoken(self, "alice")
        spoken.text.is_full = True
        answer = spoken.tell("set", section="network", name="udp", value="off")
        why = "settings.toml cannot be written (No space left on device)."
        self.fails(answer, "STORE_UNAVAILABLE", field="settings.toml", why=why)
        self.assertEqual(self.settings(spoken)["network"]["udp"], "off")

    def test_at_once(self) -> None:
        """Devices are used at once, and people played as loud as is set, before and in a call."""
        alice, bob = Spoken(self, "alice", settings="[volumes]\nbob = 3\n"), self.face("bob")
        alice.start().tell("register", username="alice", password=PASSWORD)
        alice.tell("set", section="audio", name="ring_on", value="Desk speaker")
        self.assertEqual(
            self.voices["alice"].told(UseDevices),
            [UseDevices("mic", "speaker", "speaker:Desk speaker")],
        )
        call_id = alice.tell("call", to=["bob"])["call_id"]
        bob.tell("accept", call_id=call_id)
        self.network.pass_time(1)
        self.assertEqual(self.voices["alice"].told(SetVolume)[-1].gain_db, 3)
        alice.tell("set", section="volumes", name="bob", value=-6)
        self.assertEqual(self.voices["alice"].told(SetVolume)[-1].gain_db, -6)

    def test_the_end(self) -> None:
        """A face that is gone tells the sounds nothing any more."""
        alice = Spoken(self, "alice")
        alice.tell("quit")
        alice.settings.set("audio", "speaker", "Desk speaker")
        self.assertEqual(self.voices["alice"].told(UseDevices), [])
