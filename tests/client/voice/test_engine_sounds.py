"""What one hears and is heard with, chosen and set at any time."""

from tests.client.voice.engine_case import NAMES, EngineCase
from tests.client.voice.wire import (
    HOST,
    THEIRS,
    config,
    loudness,
)
from voip.client.voice.commands import (
    CallFigures,
    DeviceList,
    Levels,
    ListDevices,
    PlayTone,
    SetDeafened,
    SetVolume,
    StartMeter,
    StopMeter,
    Tone,
    UseDevices,
    UsePath,
)


class EngineSoundsTests(EngineCase):
    """Meters, tones, devices and volumes."""

    def test_a_meter_without_a_call(self) -> None:
        """The level is told ten times a second, and nothing leaves."""
        self.engine.command(UsePath(config(), HOST))
        self.reactor.run(0.1)
        self.reactor.port.take()
        self.engine.command(StartMeter())
        self.reactor.run(1.0)
        levels = self.heard.of(Levels)
        self.assertEqual((len(levels), levels[-1].streams_db), (10, ()))
        self.assertGreater(levels[-1].microphone_db, -20.0)
        self.assertLess(len(self.reactor.port.take()), 4)  # PINGs
        self.assertEqual((self.opened, self.heard.of(CallFigures)), (["mic"], []))
        self.engine.command(StopMeter())
        self.reactor.run(1.0)
        self.assertEqual(len(self.heard.of(Levels)), 10)

    def test_a_tone_without_a_call(self) -> None:
        """It is played by the beat, and tells no levels."""
        self.engine.command(PlayTone(Tone.RING))
        self.reactor.run(0.5)
        self.engine.command(PlayTone(None))
        self.reactor.run(0.5)
        self.assertEqual((self.opened, len(self.ears[0].played)), (["speaker"], 50))
        self.assertEqual(self.heard.reports, [])
        self.assertTrue(self.ears[0].is_stopped)

    def test_devices_are_listed_and_chosen(self) -> None:
        """In the middle of a call too."""
        self.engine.command(ListDevices())
        self.begin()
        self.engine.command(UseDevices("mic:one", "speaker"))
        self.reactor.run(0.5)
        self.assertEqual(self.heard.of(DeviceList), [NAMES])
        self.assertEqual(self.opened, ["mic", "speaker", "mic:one"])
        self.assertApproximates(len(self.ears[0].played), 50, 1)

    def test_how_loud_each_one_is(self) -> None:
        """Turned down, one is softer; deafened, nothing is heard, and then all again."""
        self.begin()
        far = self.far_engine()
        self.talk(1.0)
        loud = loudness(self.ears[0].played[-20:])
        self.engine.command(SetVolume(THEIRS, -20.0))
        self.talk(0.5)
        self.assertApproximates(loudness(self.ears[0].played[-20:]), loud / 10, loud / 50)
        self.engine.command(SetDeafened(True))
        self.talk(0.2)
        self.assertEqual(loudness(self.ears[0].played[-10:]), 0.0)
        self.assertGreater(dict(self.heard.of(Levels)[-1].streams_db)[THEIRS], -30.0)
        self.engine.command(SetDeafened(False))
        self.engine.command(SetVolume(THEIRS, 0.0))
        self.talk(0.2)
        self.assertApproximates(loudness(self.ears[0].played[-10:]), loud, loud / 10)
        far.close()
