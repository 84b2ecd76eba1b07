"""The command line on top of the settings."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.folders import temporary
from voip.client.voice.commands import UseDevices
from voip_terminal.beginning import account_for, address_for, devices_for, settings_for
from voip_terminal.options import Options
from voip_terminal.settings.values import Look, Network, Theme

PIN = "ab" * 32
HOME = Network(server="home.example", account="alice", pin=PIN)


class BeginningTests(SynchronousTestCase):
    """What a run begins with."""

    def setUp(self) -> None:
        self.path = temporary(self) / "settings.toml"
        self.path.parent.mkdir()

    def test_looks_of_the_command_line_hold_for_the_run(self) -> None:
        """They are used, and not written."""
        options = Options(config=self.path, is_ascii=True, is_monochrome=True)
        self.assertEqual(settings_for(options).current.look, Look(Theme.MONOCHROME, True))
        self.assertEqual(settings_for(Options(config=self.path)).current.look, Look())
        self.assertFalse(self.path.exists())

    def test_the_server_that_is_set(self) -> None:
        """It comes with its pin and its account, however it is named."""
        link = f"voip://home.example:5061?pin={PIN}"
        for options in (Options(), Options(address="HOME.example:5061")):
            self.assertEqual(address_for(options, HOME).lower(), link)
            self.assertEqual(account_for(options, HOME), "alice")
        self.assertEqual(address_for(Options(), Network(server="a.example")), "a.example")
        self.assertEqual(address_for(Options(), Network()), "")

    def test_another_server(self) -> None:
        """It has another key, and other accounts; what is typed wrong is told later."""
        for address in ("other.example", "home.example:7000", "a b", "voip://x.example?pin=" + PIN):
            options = Options(address=address)
            self.assertEqual(address_for(options, HOME), address)
            self.assertEqual(account_for(options, HOME), "")
            self.assertEqual(account_for(Options(address=address, account="bob"), HOME), "bob")

    def test_audio(self) -> None:
        """Devices that are set, or what the command line says for this run."""
        settings = settings_for(Options(config=self.path))
        self.assertEqual(devices_for(Options(), settings), UseDevices("mic", "speaker"))
        self.path.write_text('[audio]\nmicrophone = "USB"\nspeaker = "HDMI"\nring_on = "Desk"\n')
        settings = settings_for(Options(config=self.path))
        set_ones = UseDevices("mic:USB", "speaker:HDMI", "speaker:Desk")
        self.assertEqual(devices_for(Options(), settings), set_ones)
        options = Options(audio_in="silence", audio_out="null")
        self.assertEqual(
            devices_for(options, settings), UseDevices("silence", "null", "speaker:Desk")
        )
