"""The settings, as people meet them: in a terminal, with the file they are kept in."""

from tests.system.tui_case import SILENT, TuiTestCase


class SettingsTests(TuiTestCase):
    """One person, one terminal."""

    def test_changed_kept_and_taken_back(self) -> None:
        """What is changed on the screen stands in the file, whatever the window's size; a key of
        one's own works at once; undoing it is written too."""
        server = self.server()
        config = self.folder / "settings.toml"
        alice = self.client("alice", server.address, "--config", str(config), *SILENT)
        self.register(alice, "alice")
        alice.type("s")
        alice.wait_for("[Account]", "this computer")
        alice.type("2")
        alice.wait_for("[Audio]", "Hear yourself")
        alice.type("3")
        alice.wait_for("[Network]", "voices go by UDP")
        alice.press("Down", "Down", "Down", "Left")
        alice.wait_for("< off ", "Saved. u takes it back.")
        self.assertIn('udp = "off"', config.read_text())
        alice.wait_for("voices go by TLS")
        alice.resize(40, 12)
        alice.wait_for("too small: 40x12")
        alice.resize(120, 40)
        alice.wait_for("< off ")
        alice.type("5")
        alice.wait_for("[Keys]", "a command, as: call bob")
        alice.press("Enter", "C-u")
        alice.type("F9")
        alice.press("Enter")
        alice.wait_for("(was :)")
        alice.press("F9")
        alice.wait_for("arrow keys choose")
        alice.press("Escape")
        alice.wait_until(lambda: "arrow keys choose" not in alice.text)
        alice.type("u")
        alice.wait_until(lambda: "(was" not in alice.text)
        alice.type("u")
        alice.wait_for("udp is as it was before.")
        self.assertNotIn("off", config.read_text())
