"""The settings in use."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.folders import temporary
from voip.client.voice.commands import UdpUse
from voip.core.ids import Username
from voip.setting import BrokenSetting
from voip_terminal.settings.service import NotKept, Settings
from voip_terminal.settings.text_file import TextFile
from voip_terminal.settings.values import ClientSettings, Network


class SettingsTests(SynchronousTestCase):
    """Reading, changing, taking back."""

    def setUp(self) -> None:
        self.path = temporary(self) / "settings.toml"

    def settings(self, **network: str) -> Settings:
        return Settings(
            TextFile(self.path), {("network", name): value for name, value in network.items()}
        )

    def write(self, text: str) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(text)

    def test_no_file(self) -> None:
        """Without one the defaults are used, and none is made before there is something in it."""
        settings = self.settings()
        self.assertEqual((settings.current, settings.troubles), (ClientSettings(), ()))
        self.assertIsNone(settings.undo())
        self.assertFalse(self.path.exists())

    def test_a_change_is_used_told_and_kept(self) -> None:
        """At once, and in the next run; the file is the owner's alone."""
        settings = self.settings()
        told: list[ClientSettings] = []
        end = settings.watch(told.append)
        settings.set("network", "udp", UdpUse.OFF)
        settings.set("volumes", "bob", -6)
        end()
        end()
        settings.set("look", "ascii", True)
        self.assertEqual(len(told), 2)
        self.assertEqual(told[1].volumes, {Username("bob"): -6})
        self.assertEqual(self.settings().current, settings.current)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_what_is_not_allowed_changes_nothing(self) -> None:
        """It is refused with the rule."""
        settings = self.settings()
        self.assertRaises(BrokenSetting, settings.set, "network", "jitter_max_ms", 1)
        self.assertFalse(settings.can_undo)
        self.assertFalse(self.path.exists())

    def test_undo_takes_back_one_after_the_other(self) -> None:
        """In use and in the file, down to what a person wrote there."""
        self.write('[network]\nudp = "on" # mine\n')
        settings = self.settings()
        settings.set("network", "udp", "off")
        settings.set("audio", "microphone", "USB")
        self.assertTrue(settings.can_undo)
        settings.undo()
        self.assertEqual(settings.current, ClientSettings(network=Network(udp=UdpUse.OFF)))
        settings.undo()
        self.assertEqual(settings.current, ClientSettings(network=Network(udp=UdpUse.ON)))
        self.assertIn('udp = "on" # mine\n', self.path.read_text())
        self.assertEqual(self.settings().current, settings.current)

    def test_the_command_line_is_on_top_for_the_run(self) -> None:
        """It is not written; a change takes its place, and taking that back restores it."""
        self.write('[network]\nserver = "a.example"\n')
        settings = self.settings(server="b.example")
        self.assertEqual(settings.current.network.server, "b.example")
        settings.set("network", "account", "alice")
        self.assertEqual(self.settings().current.network.server, "a.example")
        settings.set("network", "server", "c.example")
        self.assertEqual(settings.current.network.server, "c.example")
        settings.undo()
        self.assertEqual(settings.current.network.server, "b.example")
        self.assertEqual(self.settings().current.network.server, "a.example")

    def test_a_hand_that_writes_at_the_same_time(self) -> None:
        """What was written into the file during the run stays in it."""
        settings = self.settings()
        self.write("# new\n[look]\nascii = true\n")
        settings.set("network", "udp", "off")
        self.assertTrue(self.path.read_text().startswith("# new\n[look]\nascii = true\n"))

    def test_a_file_that_cannot_be_used(self) -> None:
        """It is told, left alone, and changes hold for the run."""
        for content, sentence in (
            (b"[ =", "line 1: this is not TOML"),
            (b"\xff", "not UTF-8 text"),
            (None, "cannot be read (Is a directory)"),
        ):
            self.path.parent.mkdir(exist_ok=True)
            if content is None:
                self.path.unlink()
                self.path.mkdir()
            else:
                self.path.write_bytes(content)
            settings = self.settings()
            [trouble] = settings.troubles
            self.assertIn(sentence, trouble)
            told: list[ClientSettings] = []
            settings.watch(told.append)
            self.assertRaises(NotKept, settings.set, "network", "udp", "off")
            self.assertIs(settings.current.network.udp, UdpUse.OFF)
            self.assertEqual(told, [settings.current])
            self.assertRaises(NotKept, settings.undo)
            self.assertIs(settings.current.network.udp, UdpUse.AUTO)
            if content is not None:
                self.assertEqual(self.path.read_bytes(), content)

    def test_a_wrong_value_is_replaced(self) -> None:
        """A setting whose value was refused can be set; taking that back leaves the default."""
        self.write("[network]\njitter_max_ms = 5\n")
        settings = self.settings()
        settings.set("network", "jitter_max_ms", 200)
        self.assertEqual(self.settings().current.network.jitter_max_ms, 200)
        settings.undo()
        self.assertEqual(self.settings().troubles, ())
