"""Devices that were chosen, and what is used where they are missing."""

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice.chosen import ChosenDevices
from voip.client.voice.commands import DeviceList, Trouble, UseDevices, VoiceTrouble
from voip.client.voice.devices import (
    DeviceError,
    Devices,
    Microphone,
    NullSpeaker,
    SilentMicrophone,
    Speaker,
)

Wake = Callable[[], None]
NO_MICROPHONE, NO_SPEAKER = VoiceTrouble.NO_MICROPHONE, VoiceTrouble.NO_SPEAKER
MISSING = VoiceTrouble.DEVICE_MISSING


class ChosenDevicesTests(SynchronousTestCase):
    """With whatever is plugged in."""

    def setUp(self) -> None:
        self.there = {"mic", "speaker", "mic:USB", "speaker:USB"}
        self.is_busy = False
        self.told: list[Trouble] = []

    def open_microphone(self, words: str, _wake: Wake) -> Microphone:
        """As the test says."""
        return SilentMicrophone(self.found(words, NO_MICROPHONE))

    def open_speaker(self, words: str, _wake: Wake) -> Speaker:
        """As the test says."""
        return NullSpeaker(self.found(words, NO_SPEAKER))

    def found(self, words: str, missing: VoiceTrouble) -> str:
        """The name of what was found."""
        if self.is_busy:
            raise DeviceError(VoiceTrouble.DEVICE_BUSY, words)
        if words not in self.there:
            raise DeviceError(missing, words)
        return words

    def chosen(self, *words: str) -> ChosenDevices:
        """With these words."""
        devices = Devices(
            self.open_microphone, self.open_speaker, lambda: DeviceList(("USB",), ("USB",))
        )
        return ChosenDevices(devices, UseDevices(*words), lambda: None, self.told.append)

    def opened(self, *words: str) -> tuple[str, str]:
        """The names of both devices of a call."""
        chosen = self.chosen(*words)
        return chosen.open_microphone().name, chosen.open_speaker().name

    def test_what_is_there_is_used(self) -> None:
        """By its name, or the default; nothing is told."""
        self.assertEqual(self.opened("mic:USB", "speaker:USB"), ("mic:USB", "speaker:USB"))
        self.assertEqual(self.opened("mic", "speaker"), ("mic", "speaker"))
        self.assertEqual(self.told, [])

    def test_a_missing_one_is_replaced_by_the_default(self) -> None:
        """And is told, with its name."""
        self.there = {"mic", "speaker"}
        self.assertEqual(self.opened("mic:USB", "speaker:USB"), ("mic", "speaker"))
        self.assertEqual(self.told, [Trouble(MISSING, "mic:USB"), Trouble(MISSING, "speaker:USB")])

    def test_nothing_at_all(self) -> None:
        """Silence takes its place, and that is told last."""
        self.there = set()
        self.assertEqual(self.opened("mic:USB", "speaker:USB"), ("none", "none"))
        self.assertEqual(
            [trouble.what for trouble in self.told], [MISSING, NO_MICROPHONE, MISSING, NO_SPEAKER]
        )
        self.told.clear()
        self.assertEqual(self.opened("mic", "speaker"), ("none", "none"))
        self.assertEqual([trouble.what for trouble in self.told], [NO_MICROPHONE, NO_SPEAKER])

    def test_a_busy_one_is_told_as_such(self) -> None:
        """It isn't missing."""
        self.is_busy = True
        self.opened("mic:USB", "speaker")
        self.assertEqual({trouble.what for trouble in self.told}, {VoiceTrouble.DEVICE_BUSY})

    def test_what_rings(self) -> None:
        """Another device when one is chosen for it, else what the call is heard on."""
        self.assertEqual(self.chosen("mic", "speaker:USB").ring_words, "speaker:USB")
        self.assertEqual(self.chosen("mic", "speaker:USB", "speaker").ring_words, "speaker")

    def test_tones_need_a_card(self) -> None:
        """A file isn't written for them; where no card is, nothing is told."""
        chosen = self.chosen("mic", "out.wav")
        self.assertIsNone(chosen.open_for_tone("out.wav"))
        self.assertEqual(getattr(chosen.open_for_tone("speaker:USB"), "name", ""), "speaker:USB")
        self.assertEqual(getattr(chosen.open_for_tone("speaker:gone"), "name", ""), "speaker")
        self.there = set()
        self.assertIsNone(chosen.open_for_tone("speaker"))
        self.assertEqual(self.told, [])
