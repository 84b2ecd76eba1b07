"""Settings that change while the server runs."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from voip.config import Limits, Settings
from voip.server.live import LiveSettings


class LiveSettingsTests(SynchronousTestCase):
    """What is in force, and what was written down."""

    def setUp(self) -> None:
        self.live = LiveSettings(Settings(server_name="first"))
        self.told: list[Settings] = []
        self.live.on_change(self.told.append)

    def test_settings_that_are_read_anew(self) -> None:
        """Are in force, and everybody is told."""
        other = replace(self.live.settings, limits=Limits(login_seconds=7))
        self.live.change(other)
        self.assertEqual((self.live.settings, self.live.written), (other, other))
        self.assertEqual(self.live.connections.login_deadline_seconds, 7.0)
        self.assertEqual(self.told, [other])

    def test_limits_that_are_set_by_hand(self) -> None:
        """Are in force until the settings are read anew, and are not taken for what is written."""
        written = self.live.written
        self.live.set_limits(Limits(login_seconds=7))
        self.assertEqual(self.live.connections.login_deadline_seconds, 7.0)
        self.assertEqual(self.live.settings.server_name, "first")
        self.assertEqual((self.live.written, len(self.told)), (written, 1))
        self.live.change(written)
        self.assertEqual(self.live.settings, written)
