"""The client's distribution beside the library's."""

from configparser import ConfigParser
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

ROOT = Path(__file__).resolve().parents[1]


def _config(path: Path) -> ConfigParser:
    config = ConfigParser(interpolation=None)
    config.read(path)
    return config


class VersionTests(SynchronousTestCase):
    """Two distributions, one number."""

    def test_equal(self) -> None:
        """Both have the same version, and the client asks for exactly that one."""
        version = _config(ROOT / "setup.cfg")["metadata"]["version"]
        client = _config(ROOT / "clients" / "terminal" / "setup.cfg")
        self.assertEqual(client["metadata"]["version"], version)
        self.assertIn(f"voip=={version}", client["options"]["install_requires"].split())

    def test_program(self) -> None:
        """The program is called voip."""
        client = _config(ROOT / "clients" / "terminal" / "setup.cfg")
        scripts = client["options.entry_points"]["console_scripts"].split("\n")
        self.assertIn("voip = voip_terminal.app:main", scripts)
