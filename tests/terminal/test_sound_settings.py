"""What is set about sound reaches the client core."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated
from tests.terminal.seat import Seat
from voip.client.model import Link, LinkTrouble
from voip.client.voice.commands import UseDevices


class SoundSettingsTests(SynchronousTestCase):
    """Devices and volumes."""

    def setUp(self) -> None:
        self.seat = seated()
        self.asked = self.seat.controller.asked

    def test_devices(self) -> None:
        """Another device is used at once; the system's own choice has no name."""
        self.addCleanup(self.seat.stop)
        self.seat.settings.set("audio", "microphone", "USB headset")
        self.seat.settings.set("audio", "ring_on", "Desk speaker")
        self.seat.settings.undo()
        used = ("use_devices", "mic:USB headset", "speaker")
        self.assertEqual(self.asked, [(*used, ""), (*used, "speaker:Desk speaker"), (*used, "")])

    def test_what_the_command_line_said(self) -> None:
        """It holds until that very device is set to another one, and again when that is undone."""
        self.addCleanup(self.seat.stop)
        seat = Seat(devices=UseDevices("silence", "call.wav"))
        self.addCleanup(seat.stop)
        seat.settings.set("audio", "speaker", "HDMI")
        seat.settings.set("audio", "microphone", "USB headset")
        seat.settings.undo()
        seat.settings.undo()
        used = [each for each in seat.controller.asked if each[0] == "use_devices"]
        self.assertEqual(
            [each[1:3] for each in used],
            [
                ("silence", "speaker:HDMI"),
                ("mic:USB headset", "speaker:HDMI"),
                ("silence", "speaker:HDMI"),
                ("silence", "call.wav"),
            ],
        )

    def test_other_settings(self) -> None:
        """What has nothing to do with sound tells nothing."""
        self.addCleanup(self.seat.stop)
        self.seat.settings.set("look", "ascii", True)
        self.assertEqual(self.asked, [])

    def test_volumes(self) -> None:
        """A volume is told when it is set, taken back, and anew after each login."""
        self.addCleanup(self.seat.stop)
        self.seat.settings.set("volumes", "bob", -6)
        self.seat.settings.set("volumes", "carol", 3)
        self.seat.settings.undo()
        bob, carol = ("set_volume", "bob", -6), ("set_volume", "carol", 3)
        self.assertEqual(self.asked, [bob, carol, ("set_volume", "carol", 0)])
        self.asked.clear()
        self.seat.controller.connection(Link.RECONNECTING, trouble=LinkTrouble.LOST)
        self.seat.controller.connection(Link.LOGGED_IN)
        self.assertEqual(self.asked, [bob])

    def test_stopped(self) -> None:
        """A screen that is gone tells nothing any more."""
        self.seat.stop()
        self.seat.settings.set("audio", "microphone", "USB headset")
        self.assertEqual(self.asked, [])
