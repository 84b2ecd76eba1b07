"""The page of the settings."""

import re
from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dev.configuration_page import page
from voip.config import Settings
from voip.config_file import TABLES, parse
from voip.setting import notes_of

PAGE = Path(__file__).resolve().parent.parent / "docs/configuration.md"


class ConfigPageTests(SynchronousTestCase):
    """Documentation that cannot grow stale."""

    def test_the_page_is_fresh(self) -> None:
        """docs/configuration.md is what the settings make it."""
        self.assertEqual(PAGE.read_text(), page())

    def test_every_setting_stands_there(self) -> None:
        """With its heading."""
        for kind in (Settings, *TABLES.values()):
            for name, _ in notes_of(kind):
                self.assertIn(f"\n### `{name}`\n", page())

    def test_the_sample_is_a_file_that_can_be_used(self) -> None:
        """With every comment sign before a setting taken away it is read, and changes nothing."""
        sample = page().split("```toml\n")[1].split("```")[0]
        text = re.sub(r"(?m)^#(?=\w)", "", sample)
        read = parse(text, "sample.toml")
        self.assertEqual(replace(read, data_dir=Settings().data_dir), Settings())
