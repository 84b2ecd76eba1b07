"""The commands about sound devices, in lines; the voice engine is scripted."""

from dataclasses import replace

from tests.terminal.spoken import FaceTestCase, Spoken
from voip.client.voice.commands import (
    DeviceList,
    DevicesInUse,
    Levels,
    ListDevices,
    StartMeter,
    StopMeter,
    Trouble,
    UseDevices,
    VoiceTrouble,
)
from voip_terminal.json_face_sound import LISTING_SECONDS
from voip_terminal.json_face_words import EVENTS, VERBS, Json

HEADSET = "USB headset"
THERE = DeviceList(("Built-in microphone", HEADSET), (HEADSET, "Desk speaker"))


class SoundDevicesTests(FaceTestCase):
    def tell(self, spoken: Spoken, do: str, there: DeviceList = THERE, **fields: object) -> Json:
        """Give a command for which the engine looks what is there."""
        number = spoken.begin(do, **fields)
        self.voices["alice"].report(Trouble(VoiceTrouble.UDP_BLOCKED))
        self.assertEqual([each for each in spoken.said if each.get("id") == number], [])
        self.voices["alice"].report(replace(there))
        return spoken.answer(number)

    def used(self) -> list[UseDevices]:
        return self.voices["alice"].told(UseDevices)

    def test_what_there_is(self) -> None:
        """The names, what is set, what is used and what is open; looked for anew each time."""
        spoken = Spoken(self, "alice", settings='[audio]\nspeaker = "Desk speaker"\n')
        answer = self.tell(spoken, "sound-devices")
        self.assertEqual(set(answer), {"id", "ok", *VERBS["sound-devices"].gives})
        self.assertEqual(answer["microphones"], ["Built-in microphone", HEADSET])
        self.assertEqual(answer["speakers"], [HEADSET, "Desk speaker"])
        self.assertEqual((answer["microphone"], answer["speaker"]), ("", "Desk speaker"))
        self.assertEqual((answer["audio_in"], answer["audio_out"]), ("mic", "speaker:Desk speaker"))
        self.assertIsNone(answer["in_use"])
        self.voices["alice"].report(DevicesInUse("none", "Desk speaker"))
        answer = self.tell(spoken, "sound-devices", DeviceList((), ()))
        self.assertEqual((answer["microphones"], answer["speakers"]), ([], []))
        self.assertEqual(answer["in_use"], {"microphone": "none", "speaker": "Desk speaker"})
        self.assertEqual(len(self.voices["alice"].told(ListDevices)), 2)

    def test_nobody_tells(self) -> None:
        """An engine that does not answer is no reason to wait for ever."""
        spoken = Spoken(self, "alice")
        number = spoken.begin("sound-devices")
        self.network.pass_time(LISTING_SECONDS + 1)
        self.fails(spoken.answer(number), "INTERNAL")
        self.voices["alice"].report(THERE)
        self.assertTrue(self.tell(spoken, "sound-devices", DeviceList((), ()))["ok"])

    def test_choosing(self) -> None:
        """One or both are used at once and written; an empty name is what the system uses."""
        spoken = Spoken(self, "alice", settings="# mine\n")
        self.assertTrue(self.tell(spoken, "use-devices", microphone=HEADSET)["ok"])
        self.assertEqual(self.used(), [UseDevices(f"mic:{HEADSET}", "speaker")])
        self.tell(spoken, "use-devices", microphone="", speaker="Desk speaker")
        self.assertEqual(self.used()[-1], UseDevices("mic", "speaker:Desk speaker"))
        self.assertIn("# mine", spoken.text.text)
        self.assertIn('speaker = "Desk speaker"', spoken.text.text)

    def test_unknown(self) -> None:
        """A name that is not there changes nothing; the one that is set stays possible."""
        spoken = Spoken(self, "alice", settings='[audio]\nspeaker = "Old"\n')
        answer = self.tell(spoken, "use-devices", microphone=HEADSET, speaker="New")
        why = "there is no such speaker; sound-devices tells those there are."
        self.fails(answer, "BAD_REQUEST", field="speaker", why=why)
        self.assertEqual(self.used(), [])
        self.assertTrue(self.tell(spoken, "use-devices", speaker="Old")["ok"])


class MeterTests(FaceTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.alice = self.face("alice")
        self.voice = self.voices["alice"]

    def levels(self) -> list[object]:
        return [each["microphone_db"] for each in self.alice.events("meter")]

    def test_while_it_is_on(self) -> None:
        """Levels are told while the meter is on, and not before or after."""
        self.voice.report(Levels(-10.0, ()))
        self.assertTrue(self.alice.tell("meter", is_on=True)["ok"])
        self.network.pass_time(1)
        self.assertEqual(self.levels(), [])
        self.voice.report(Levels(-23.456, ()))
        self.network.pass_time(1)
        self.assertEqual(set(self.alice.events("meter")[0]), {"event", *EVENTS["meter"]})
        self.voice.report(Levels(-20.0, ()))
        self.assertTrue(self.alice.tell("meter", is_on=False)["ok"])
        self.voice.report(Levels(-10.0, ()))
        self.network.pass_time(1)
        self.assertEqual(self.levels(), [-23.5])
        self.assertEqual(len(self.voice.told(StartMeter)), 1)
        self.assertEqual(len(self.voice.told(StopMeter)), 1)

    def test_turned_on_twice(self) -> None:
        """Each level is told once all the same."""
        for _ in range(2):
            self.alice.tell("meter", is_on=True)
        self.voice.report(Levels(-20.0, ()))
        self.network.pass_time(1)
        self.assertEqual(self.levels(), [-20.0])

    def test_at_most_ten_a_second(self) -> None:
        """However often it changes, in a call too; the last of them is always told."""
        bob = self.face("bob")
        call_id = self.alice.tell("call", to=["bob"])["call_id"]
        bob.tell("accept", call_id=call_id)
        self.alice.tell("meter", is_on=True)
        for level in range(100):
            self.voice.report(Levels(-float(level), ()))
            self.network.clock.advance(0.01)
        self.assertGreaterEqual(len(self.levels()), 9)
        self.assertLessEqual(len(self.levels()), 11)
        self.network.pass_time(1)
        self.assertEqual(self.levels()[-1], -99.0)
