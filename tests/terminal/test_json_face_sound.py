"""The commands about sound devices, in lines; the voice engine is scripted."""

from dataclasses import replace

from tests.terminal.spoken import FaceTestCase, Spoken
from voip.client.voice.commands import (
    DeviceList,
    DevicesInUse,
    ListDevices,
    Trouble,
    UseDevices,
    VoiceTrouble,
)
from voip_terminal.json_face_sound import LISTING_SECONDS
from voip_terminal.json_face_words import VERBS, Json

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
