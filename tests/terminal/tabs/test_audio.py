"""Sound in the settings."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, call_with
from tests.terminal.fake_sound import HEADSET
from tests.terminal.scenes import seated, talking
from tests.terminal.seat import Seat
from voip.client.model import AudioView, Change
from voip.client.voice.commands import DeviceList, Tone, UseDevices
from voip.core.calls import LegState
from voip_terminal.tabs.audio import TONE_SECONDS


def level(seat: Seat, microphone_db: float) -> None:
    """The microphone hears this."""
    audio = replace(seat.controller.model.audio, microphone_db=microphone_db)
    seat.controller.change(Change.FIGURES, audio=audio)
    seat.wait(0.1)


class AudioTests(SynchronousTestCase):
    """Devices, meter, trying them out."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.press("s", "2")
        self.asked = self.seat.controller.asked
        self.tones = self.seat.controller.sound.tones

    def test_devices(self) -> None:
        """The arrows go through the devices there are, and the system's choice."""
        self.assertIn(("list_devices",), self.asked)
        self.assertIn("what the system uses", self.seat.line_with("Microphone  "))
        for shown in ("Built-in microphone", HEADSET, "what the system uses"):
            self.seat.press("right")
            self.assertIn(shown, self.seat.line_with("Microphone  "))
        self.seat.press("left")
        self.assertEqual(self.seat.settings.current.audio.microphone, HEADSET)
        self.assertEqual(self.asked[-1], ("use_devices", f"mic:{HEADSET}", "speaker", ""))

    def test_what_the_command_line_named(self) -> None:
        """It is shown as what is in use, for as long as it is."""
        self.assertNotIn("In use", self.seat.text)
        seat = Seat(devices=UseDevices("silence", "speaker", ""))
        self.addCleanup(seat.stop)
        seat.controller.signed_in()
        seat.press("s", "2")
        self.assertIn("In use: --audio-in silence, until changed above.", seat.text)
        self.assertNotIn("--audio-out", seat.text)
        seat.press("right")
        self.assertNotIn("In use", seat.text)

    def test_a_device_that_is_gone(self) -> None:
        """One that was chosen and is not there is still shown, as such."""
        self.seat.settings.set("audio", "speaker", "Old headset")
        self.seat.press("down")
        self.assertIn("Old headset (not there)", self.seat.line_with("Speaker  "))
        self.seat.press("right", "left")
        self.assertNotIn("Old headset", self.seat.line_with("Speaker  "))

    def test_no_devices(self) -> None:
        """Where there is nothing to choose from, that is told, and nothing is saved."""
        self.seat.controller.change(Change.AUDIO, audio=AudioView(choices=DeviceList((), ())))
        self.seat.press("right")
        self.assertIn("There is nothing else to choose from.", self.seat.status)
        self.assertNotIn("u undo", self.seat.hints)

    def test_before_devices_are_known(self) -> None:
        """Until it is known what there is, nothing is called missing."""
        self.seat.settings.set("audio", "speaker", "Old headset")
        audio = replace(self.seat.controller.model.audio, choices=None)
        self.seat.controller.change(Change.AUDIO, audio=audio)
        self.seat.wait(0.1)
        self.assertNotIn("not there", self.seat.text)

    def test_meter(self) -> None:
        """The bar moves with the voice, and a word says how it is."""
        self.assertIn("say something", self.seat.text)
        for microphone_db, word in ((-22.0, "good"), (-50.0, "a little quiet"), (-2.0, "too loud")):
            level(self.seat, microphone_db)
            self.assertIn(f"{microphone_db:.0f} dB  {word}", self.seat.text)

    def test_meter_in_a_call(self) -> None:
        """In a call it shows what the others hear of one."""
        talking(self.seat)
        self.assertIn("-18 dB  good", self.seat.text)

    def test_only_while_it_is_seen(self) -> None:
        """The microphone is measured while this part is shown, and no longer."""
        for leave in ("3", "esc", "?"):
            seat = seated()
            seat.press("s", "2")
            self.assertEqual(seat.controller.asked[-1], ("set_meter", True))
            seat.press(leave)
            if leave != "?":
                self.assertEqual(seat.controller.asked[-1], ("set_meter", False))
            seat.stop()

    def test_never_too_often(self) -> None:
        """However often the level changes, no more than 20 frames a second are drawn."""
        drawn = len(self.seat.screen.canvases)
        for step in range(200):
            audio = replace(self.seat.controller.model.audio, microphone_db=-60.0 + step % 50)
            self.seat.controller.change(Change.FIGURES, audio=audio)
            self.seat.clock.advance(0.005)
        self.assertLessEqual(len(self.seat.screen.canvases) - drawn, 21)

    def test_tones(self) -> None:
        """A tone is played, and stopped by Enter or by itself."""
        self.seat.press("down", "down", "down", "enter")
        self.assertEqual(self.tones[-1], Tone.RING_BACK)
        self.assertIn("< Stop >", self.seat.line_with("Try the speaker"))
        self.seat.press("enter")
        self.assertEqual(self.tones[-1], None)
        self.seat.press("enter", "down", "enter")
        self.assertEqual(self.tones[-1], Tone.RING)
        self.seat.wait(TONE_SECONDS + 0.1)
        self.assertEqual(self.tones[-1], None)
        self.seat.press("enter", "3")
        self.assertEqual((self.tones[-1], self.asked[-1]), (None, ("set_meter", False)))

    def test_echo(self) -> None:
        """Echo is called, but not while one's own call rings."""
        self.seat.press("up", "enter")
        self.assertIn(("call", "echo"), self.asked)
        self.seat.controller.calls(call_with(PEOPLE[0], LegState.DIALING, self.seat.now))
        self.seat.press("s", "2")
        self.assertNotIn("Call echo", self.seat.text)

    def test_where(self) -> None:
        """Over ssh it says whose devices these are."""
        self.assertIn("Sound comes from this computer.", self.seat.text)
        seat = seated(is_remote=True)
        self.addCleanup(seat.stop)
        seat.press("s", "2")
        self.assertIn("the computer you are logged in to", seat.text)
