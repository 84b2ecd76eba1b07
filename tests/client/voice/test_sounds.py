"""What is open when: calls, meters and tones on the devices that are chosen."""

from collections.abc import Callable, Sequence

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import CALL, MINE, loudness, predictable, tone
from voip.client.voice.commands import (
    DeviceList,
    DevicesInUse,
    Tone,
    Trouble,
    UseDevices,
    VoiceTrouble,
)
from voip.client.voice.devices import (
    DeviceError,
    Devices,
    Microphone,
    NullSpeaker,
    SilentMicrophone,
    Speaker,
)
from voip.client.voice.pipeline import VoicePipeline
from voip.client.voice.sounds import Sounds
from voip.media.samples import Samples
from voip.media.tones import RING, WAITING, rendered

WORDS = UseDevices("mic", "speaker")


class Mouth(SilentMicrophone):
    """Hears a tone."""

    is_open = True
    is_unplugged = False

    def read(self, due: int) -> Sequence[Samples]:
        """As much as is due."""
        return tone(due) if due else ()

    def is_gone(self, now: float) -> bool:
        """When the test says so."""
        return self.is_unplugged

    def stop(self) -> None:
        """Closed."""
        self.is_open = False


class Ear(NullSpeaker):
    """Keeps what it plays."""

    is_open = True
    is_unplugged = False

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.played: list[Samples] = []

    def write(self, block: Samples) -> None:
        """Keep it."""
        self.played.append(block)

    def is_gone(self, now: float) -> bool:
        """When the test says so."""
        return self.is_unplugged

    def stop(self) -> None:
        """Closed."""
        self.is_open = False


class SoundsCase(SynchronousTestCase):
    """Devices that note when they are opened and closed."""

    def setUp(self) -> None:
        self.mouths: list[Mouth] = []
        self.ears: list[Ear] = []
        self.missing: set[str] = set()
        self.told: list[Trouble | DevicesInUse] = []
        devices = Devices(self.open_mouth, self.open_ear, lambda: DeviceList((), ()))
        self.sounds = Sounds(devices, WORDS, lambda: None, self.told.append)
        self.pipeline = VoicePipeline(predictable)
        self.addCleanup(self.nothing_is_left)

    def open_mouth(self, words: str, _wake: Callable[[], None]) -> Microphone:
        """A new one."""
        if words in self.missing:
            raise DeviceError(VoiceTrouble.NO_MICROPHONE, words)
        self.mouths.append(Mouth(words))
        return self.mouths[-1]

    def open_ear(self, words: str, _wake: Callable[[], None]) -> Speaker:
        """A new one."""
        if words in self.missing:
            raise DeviceError(VoiceTrouble.NO_SPEAKER, words)
        self.ears.append(Ear(words))
        return self.ears[-1]

    def open_now(self) -> list[str]:
        """What is open."""
        mouths = [each.name for each in self.mouths if each.is_open]
        return mouths + [each.name for each in self.ears if each.is_open]

    def move(self, beats: int = 10) -> None:
        """Let time pass."""
        for _ in range(beats):
            self.sounds.move(self.pipeline, 1)

    def nothing_is_left(self) -> None:
        """After `stop` nothing is open."""
        self.sounds.stop()
        self.assertEqual((self.open_now(), self.sounds.is_needed), ([], False))


class MeterTests(SoundsCase):
    """How loud the microphone is, without a call."""

    def test_it_measures(self) -> None:
        """Only the microphone is open; silence is told before it heard anything."""
        self.assertIsNone(self.sounds.metered())
        self.sounds.start_meter()
        self.assertEqual((self.open_now(), self.sounds.is_needed), (["mic"], True))
        levels = [self.sounds.metered()]
        self.move()
        levels.append(self.sounds.metered())
        self.assertEqual(levels[0] and levels[0].microphone_db, -127.0)
        self.assertGreater(levels[1].microphone_db if levels[1] else -127.0, -20.0)
        self.sounds.stop_meter()
        self.assertEqual((self.open_now(), self.sounds.is_needed), ([], False))

    def test_a_call_takes_the_microphone_over(self) -> None:
        """And gives it back, as long as it is wanted."""
        self.sounds.start_meter()
        self.sounds.begin()
        self.assertEqual((self.open_now(), self.sounds.metered()), (["mic", "speaker"], None))
        self.sounds.start_meter()
        self.assertEqual(len(self.mouths), 2)
        self.sounds.end()
        self.assertEqual(self.open_now(), ["mic"])
        self.sounds.stop_meter()
        self.sounds.begin()
        self.sounds.end()
        self.assertEqual(self.open_now(), [])

    def test_another_microphone(self) -> None:
        """It is measured as soon as it is chosen."""
        self.sounds.start_meter()
        self.sounds.use(UseDevices("mic:USB", "speaker"))
        self.assertEqual(self.open_now(), ["mic:USB"])


class ChangeTests(SoundsCase):
    """Other devices while a call is on."""

    def test_only_what_changes_is_opened_anew(self) -> None:
        """And what is in use is told."""
        self.sounds.begin()
        self.sounds.use(UseDevices("mic:USB", "speaker"))
        self.assertEqual(self.open_now(), ["mic:USB", "speaker"])
        self.assertEqual(len(self.ears), 1)
        self.sounds.use(UseDevices("mic:USB", "speaker:USB"))
        self.assertEqual(self.open_now(), ["mic:USB", "speaker:USB"])
        self.assertEqual(self.told[-1], DevicesInUse("mic:USB", "speaker:USB"))
        told = len(self.told)
        self.sounds.use(UseDevices("mic:USB", "speaker:USB"))
        self.assertEqual(len(self.told), told)

    def test_the_next_call_has_them_too(self) -> None:
        """Without a call nothing is opened by choosing."""
        self.sounds.use(UseDevices("mic:USB", "speaker:USB"))
        self.assertEqual(self.open_now(), [])
        self.sounds.begin()
        self.assertEqual(self.open_now(), ["mic:USB", "speaker:USB"])

    def test_an_unplugged_one_is_replaced_by_the_default(self) -> None:
        """The call goes on; the delay is still told."""
        self.sounds.use(UseDevices("mic:USB", "speaker:USB"))
        self.sounds.begin()
        self.mouths[0].is_unplugged = self.ears[0].is_unplugged = True
        self.sounds.look_after(0.0)
        self.assertEqual(self.open_now(), ["mic", "speaker"])
        gone = VoiceTrouble.DEVICE_GONE
        troubles = [each for each in self.told if isinstance(each, Trouble)]
        self.assertEqual(troubles, [Trouble(gone, "mic:USB"), Trouble(gone, "speaker:USB")])
        self.assertEqual((self.told[-1], self.sounds.delay_ms), (DevicesInUse("mic", "speaker"), 0))


class ToneTests(SoundsCase):
    """Ring, ring-back and waiting."""

    def test_it_rings_on_the_device_for_it(self) -> None:
        """Over and over; asked for again it just goes on; then it is over at once."""
        self.sounds.use(UseDevices("mic", "speaker:USB", "speaker"))
        self.sounds.play(Tone.RING)
        self.move(50)
        self.sounds.play(Tone.RING)
        self.move(50)
        self.assertEqual(self.open_now(), ["speaker"])
        played = np.concatenate(self.ears[0].played)
        self.assertTrue(np.array_equal(played, rendered(RING)[: len(played)]))
        self.sounds.play(None)
        self.assertEqual((self.open_now(), self.sounds.is_needed), ([], False))

    def test_ring_back_is_where_the_call_will_be(self) -> None:
        """When the call begins on that device, a tone that goes on is under its voices."""
        self.sounds.use(UseDevices("mic", "speaker:USB", "speaker"))
        self.sounds.play(Tone.RING_BACK)
        self.assertEqual(self.open_now(), ["speaker:USB"])
        self.sounds.begin()
        self.assertEqual(self.open_now(), ["mic", "speaker:USB"])
        self.move()
        self.assertGreater(loudness(self.ears[-1].played), 100)

    def test_a_second_call_is_heard_under_the_first(self) -> None:
        """On the device of the call, and when that is over, on one of its own."""
        self.pipeline.start(CALL, MINE, 0.0)
        self.sounds.begin()
        self.sounds.play(Tone.WAITING)
        self.move()
        self.assertEqual(self.open_now(), ["mic", "speaker"])
        played = np.concatenate(self.ears[0].played)
        self.assertTrue(np.array_equal(played, rendered(WAITING)[: len(played)]))
        self.sounds.end()
        self.assertEqual(self.open_now(), ["speaker"])

    def test_it_rings_apart_from_the_call(self) -> None:
        """Where the ring has a device of its own, the call's has nothing of it."""
        self.sounds.use(UseDevices("mic", "speaker:USB", "speaker"))
        self.sounds.begin()
        self.sounds.play(Tone.RING)
        self.move()
        self.assertEqual(self.open_now(), ["mic", "speaker:USB", "speaker"])
        self.assertEqual(loudness(self.ears[0].played), 0.0)

    def test_a_call_goes_on_to_another(self) -> None:
        """What it has open stays so."""
        self.sounds.begin()
        self.sounds.begin()
        self.assertEqual(self.open_now(), ["mic", "speaker"])
        self.assertEqual(len(self.mouths), 1)

    def test_no_card_rings(self) -> None:
        """Nothing is opened, and nothing told."""
        self.sounds.use(UseDevices("silence", "/tmp/out.wav"))
        self.sounds.play(Tone.RING)
        self.assertEqual((self.open_now(), self.told), ([], []))
