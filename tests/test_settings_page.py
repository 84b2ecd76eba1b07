"""The page of the client's settings."""

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dev.settings_page import page
from voip.setting import notes_of
from voip_terminal.settings.file import parse
from voip_terminal.settings.values import OPEN_TABLES, TABLES, ClientSettings

PAGE = Path(__file__).resolve().parent.parent / "docs/settings.md"


class SettingsPageTests(SynchronousTestCase):
    """Documentation that cannot grow stale."""

    def test_the_page_is_fresh(self) -> None:
        """docs/settings.md is what the settings make it."""
        self.assertEqual(PAGE.read_text(), page())

    def test_every_setting_stands_there(self) -> None:
        """With its heading."""
        for section in (*TABLES, *OPEN_TABLES):
            self.assertIn(f"\n## `[{section}]`\n", page())
        for kind in TABLES.values():
            for name, _ in notes_of(kind):
                self.assertIn(f"\n### `{name}`\n", page())

    def test_the_sample_is_plain_text(self) -> None:
        """A link is of no use in a comment."""
        self.assertNotIn("](", page().split("```toml\n")[1].split("```")[0])

    def test_the_sample_is_a_file_that_can_be_used(self) -> None:
        """With every comment sign before a setting taken away it is read, and changes nothing but
        the two lines that have no default."""
        sample = page().split("```toml\n")[1].split("```")[0]
        read = parse(re.sub(r"(?m)^#(?=\w)", "", sample), "sample.toml")
        self.assertEqual(read.troubles, ())
        self.assertEqual((len(read.settings.volumes), len(read.settings.keys)), (1, 1))
        self.assertEqual(parse(sample, "sample.toml").settings, ClientSettings())
