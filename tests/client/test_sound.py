"""Devices, meter and tones without a call."""

from twisted.trial.unittest import SynchronousTestCase

from voip.client.model import Change, SoundControls
from voip.client.shown import Shown
from voip.client.sound import Sound
from voip.client.voice.commands import (
    SILENT_DB,
    Levels,
    ListDevices,
    PlayTone,
    StartMeter,
    StopMeter,
    Tone,
    Trouble,
    UseDevices,
    VoiceCommand,
    VoiceTrouble,
)


class SoundTests(SynchronousTestCase):
    """What the voice engine is told, and what a face sees."""

    def setUp(self) -> None:
        self.commands: list[VoiceCommand] = []
        self.shown = Shown()
        self.sound = Sound(self.commands.append, self.shown)

    def test_wishes_are_commands(self) -> None:
        """Each goes to the voice engine as it is."""
        controls: SoundControls = self.sound
        controls.list_devices()
        controls.use_devices("mic:Headset", "speaker", "speaker:Desk")
        controls.play_tone(Tone.RING)
        controls.play_tone(None)
        self.assertEqual(
            self.commands,
            [
                ListDevices(),
                UseDevices("mic:Headset", "speaker", "speaker:Desk"),
                PlayTone(Tone.RING),
                PlayTone(None),
            ],
        )

    def test_other_devices_end_the_trouble_with_those_before(self) -> None:
        """What is wrong with the new ones is told anew; a path's trouble has nothing to do with
        them."""
        for what, left in (
            (VoiceTrouble.DEVICE_GONE, None),
            (VoiceTrouble.UDP_BLOCKED, VoiceTrouble.UDP_BLOCKED),
        ):
            self.shown.audio_reported(Trouble(what, "why"))
            self.sound.use_devices("mic", "speaker")
            self.assertIs(self.shown.model.audio.trouble, left)

    def test_meter(self) -> None:
        """The level is shown while the meter is on, and is silence again afterwards."""
        told: list[Change] = []
        self.shown.watch(told.append)
        self.sound.levels(Levels(-20.0, ()))
        self.assertEqual(told, [])
        self.sound.set_meter(True)
        self.sound.set_meter(True)
        self.sound.levels(Levels(-20.0, ()))
        self.assertEqual(self.shown.model.audio.microphone_db, -20.0)
        self.sound.set_meter(False)
        self.assertEqual(self.shown.model.audio.microphone_db, SILENT_DB)
        self.assertEqual(self.commands, [StartMeter(), StopMeter()])
        self.assertEqual(told, [Change.FIGURES, Change.FIGURES])

    def test_another_engine(self) -> None:
        """It is told of the meter and the tone that are on, and of nothing that is not."""
        self.sound.set_meter(True)
        self.sound.play_tone(Tone.RING)
        self.commands.clear()
        self.sound.began_anew()
        self.assertEqual(self.commands, [StartMeter(), PlayTone(Tone.RING)])
        self.sound.set_meter(False)
        self.sound.play_tone(None)
        self.commands.clear()
        self.sound.began_anew()
        self.assertEqual(self.commands, [])
