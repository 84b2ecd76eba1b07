"""The page of the settings."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from voip.config import Limits, Settings, parse, settings_of
from voip.config_page import main, page

PAGE = Path(__file__).resolve().parent.parent / "docs/configuration.md"


class ConfigPageTests(SynchronousTestCase):
    """Documentation that cannot grow stale."""

    def test_the_page_is_fresh(self) -> None:
        """docs/configuration.md is what the settings make it."""
        self.assertEqual(PAGE.read_text(), page())

    def test_every_setting_stands_there(self) -> None:
        """With its heading."""
        for kind in (Settings, Limits):
            for name, _ in settings_of(kind):
                self.assertIn(f"\n### `{name}`\n", page())

    def test_the_sample_is_a_file_that_can_be_used(self) -> None:
        """With every comment sign before a setting taken away it is read, and changes nothing."""
        sample = page().split("```toml\n")[1].split("```")[0]
        text = re.sub(r"(?m)^#(?=\w)", "", sample)
        read = parse(text, "sample.toml")
        self.assertEqual(read.limits, Limits())
        self.assertEqual(
            (read.listen, read.registration), (Settings().listen, Settings().registration)
        )

    def test_a_stale_page_is_noticed(self) -> None:
        """The check says so by its exit code and leaves the file alone."""
        with TemporaryDirectory() as place:
            path = Path(place) / "page.md"
            self.assertEqual(main(["--check", str(path)]), 1)
            main([str(path)])
            self.assertEqual(main(["--check", str(path)]), 0)
            path.write_text("old")
            self.assertEqual(main(["--check", str(path)]), 1)
            self.assertEqual(path.read_text(), "old")
