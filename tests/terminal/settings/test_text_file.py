"""The settings file on disk."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.folders import temporary
from voip_terminal.settings.text_file import TextFile


class TextFileTests(SynchronousTestCase):
    """Reading and replacing."""

    def setUp(self) -> None:
        self.path = temporary(self) / "deep" / "settings.toml"

    def test_comes_back(self) -> None:
        """What is written is there, in folders made for it, and the owner's alone."""
        self.assertEqual(TextFile(self.path).read(), "")
        TextFile(self.path).write("# é\n")
        self.assertEqual(TextFile(self.path).read(), "# é\n")
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(list(self.path.parent.iterdir()), [self.path])

    def test_a_link_stays_a_link(self) -> None:
        """Settings that are kept elsewhere are written there, with the rights they have."""
        self.path.parent.mkdir(parents=True)
        elsewhere = self.path.with_name("dotfiles.toml")
        elsewhere.write_text("# mine\n")
        elsewhere.chmod(0o644)
        self.path.symlink_to(elsewhere)
        TextFile(self.path).write("# new\n")
        self.assertTrue(self.path.is_symlink())
        self.assertEqual(elsewhere.read_text(), "# new\n")
        self.assertEqual(elsewhere.stat().st_mode & 0o777, 0o644)
