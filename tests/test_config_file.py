"""What a settings file comes to: as a page, and in a server that runs already."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from voip.config import Admin, Limits, ListenAddress, LogThreshold, Settings, SocketFile, Usual
from voip.config_file import (
    NEEDS_RESTART,
    check,
    load,
    named_values,
    parse,
    without_restart,
)
from voip.core.messages import RegistrationPolicy
from voip.setting import BrokenSetting

OTHER = Settings(
    listen=ListenAddress("127.0.0.1", 7),
    data_dir=Path("/elsewhere"),
    registration=RegistrationPolicy.CLOSED,
    server_name='The "Other" ü',
    media_host="relay.example",
    json_log=True,
    log_level=LogThreshold.WARN,
    admin=Admin(SocketFile("shell.sock"), True, Usual.OFF, 9),
    limits=Limits(*range(100, 109)),
)
"""Nothing in it is a default."""


class CheckTests(SynchronousTestCase):
    """The page of `voipctl check-config`."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name) / "voip.toml"

    def test_it_is_every_setting_with_what_differs_marked(self) -> None:
        """Under a sentence that says that the file can be used; the rest is a file of its own."""
        self.path.write_text('server_name = "Home"\n[limits]\nping_seconds = 20\n')
        first, _, page = check(self.path).partition("\n")
        self.assertEqual(first, f"{self.path} can be used. A server that is started with it has:")
        self.assertIn('\nserver_name = "Home"  # default: ""\n', page)
        self.assertIn('\nregistration = "open"\n', page)
        self.assertIn("\n[limits]\nlogin_seconds = 20\n", page)
        self.assertIn("\nping_seconds = 20  # default: 15\n", page)
        self.assertEqual(parse(page, "page"), load(self.path))

    def test_any_value_can_be_read_again(self) -> None:
        """Quotes and letters of other alphabets too."""
        self.path.write_text(
            'server_name = "The \\"Other\\" ü"\nlisten = "[::1]:7"\nlog_level = "warn"\n'
            'json_log = true\n[admin]\nlisten = "unix:shell.sock"\nmetrics = "off"\n'
        )
        self.assertEqual(parse(check(self.path).partition("\n")[2], "page"), load(self.path))

    def test_a_mistake_is_the_sentence(self) -> None:
        """The same that a start would say."""
        self.path.write_text("\nlisten = 3\n")
        said = str(self.assertRaises(BrokenSetting, check, self.path))
        self.assertTrue(said.startswith(f"{self.path}, line 2: listen must be"), said)


class WithoutRestartTests(SynchronousTestCase):
    """What of a file can be in force in a server that runs."""

    def test_what_needs_a_restart_stays_and_the_rest_is_new(self) -> None:
        """Each setting by its name."""
        started = Settings()
        merged = dict(named_values(without_restart(OTHER, started)))
        was, read = dict(named_values(started)), dict(named_values(OTHER))
        self.assertLess(NEEDS_RESTART, set(was))
        for name, value in merged.items():
            self.assertNotEqual(was[name], read[name], name)
            self.assertEqual(value, was[name] if name in NEEDS_RESTART else read[name], name)

    def test_equal_settings_are_equal(self) -> None:
        """Nothing is lost or made up."""
        self.assertEqual(without_restart(OTHER, replace(OTHER)), OTHER)
