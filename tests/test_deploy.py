"""What is handed to operators in `deploy/`: it fits the program and the pages that tell of it."""

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from twisted.trial.unittest import SynchronousTestCase

from voip import config_file
from voip.core.messages import RegistrationPolicy

ROOT = Path(__file__).resolve().parent.parent
UNIT = ROOT / "deploy/systemd/voip.service"
MOST_EXPOSED = 2.0
"""Of ten, as `systemd-analyze security` counts; a unit without any of it has 9.2."""


class DeployTests(SynchronousTestCase):
    """The unit, the settings, the container and the page."""

    def test_the_settings_are_ones_that_the_server_takes(self) -> None:
        """They read, a new server lets in those who are invited, and the unit keeps the data."""
        settings = config_file.load(ROOT / "deploy/config/voip.toml")
        self.assertIs(settings.registration, RegistrationPolicy.INVITE)
        kept = [f"/var/lib/{name}" for name in self.unit("StateDirectory").split()]
        self.assertIn(str(settings.data_dir), kept)

    def test_the_unit_gives_nothing_away(self) -> None:
        """It has a user of its own, no privileges, no devices, and limits."""
        self.assertEqual(self.unit("User"), "voip")
        self.assertEqual(self.unit("NoNewPrivileges"), "yes")
        self.assertEqual(self.unit("PrivateDevices"), "yes")
        self.assertEqual(self.unit("CapabilityBoundingSet"), "")
        self.assertEqual(self.unit("StateDirectoryMode"), "0700")
        for limit in ("MemoryMax", "LimitNOFILE", "TasksMax"):
            self.assertTrue(self.unit(limit), limit)

    def test_systemd_finds_little_that_is_open(self) -> None:
        """Its own count of what a break-in could reach stays low."""
        if shutil.which("systemd-analyze") is None:
            pytest.skip("there is no systemd here to ask")
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "voip.service"
            copy.write_text(UNIT.read_text())
            asked = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(copy)]
            said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        found = re.search(r"exposure level for voip.service: ([\d.]+)", said)
        assert found is not None, said
        self.assertLessEqual(float(found[1]), MOST_EXPOSED)

    def test_what_the_pages_install_is_there(self) -> None:
        """Each file of `deploy/` that a page names exists, and each that exists is named."""
        pages = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
        named = set(re.findall(r"deploy/[\w./-]+\w", pages))
        there = {
            str(path.relative_to(ROOT))
            for path in (ROOT / "deploy").rglob("*")
            if path.is_file() and ".test." not in path.name
        }
        self.assertEqual(there - named, set())
        self.assertEqual({name for name in named if not (ROOT / name).exists()}, set())

    def test_the_container_copies_what_is_there(self) -> None:
        """What is copied from the checkout exists."""
        container = (ROOT / "deploy/container/Containerfile").read_text()
        for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", container, re.MULTILINE):
            for source in sources.split():
                self.assertTrue((ROOT / source).exists(), source)

    def unit(self, key: str) -> str:
        """A line of the unit's [Service]; empty when it is not there."""
        unit = RawConfigParser(strict=False)
        unit.optionxform = str  # type: ignore[assignment, method-assign]  # as configparser says
        unit.read(UNIT)
        return unit.get("Service", key, fallback="")
