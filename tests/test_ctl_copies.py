"""Back-ups where no server runs: made under the directory's lock, and recorded."""

import contextlib
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import skipUnless
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from voip.ctl_copies import NotWritten, back_up, restore
from voip.server.audit_file import AuditFile
from voip.server.data_dir import DATABASE, CannotStart, open_data_dir, user_name
from voip.store.backup import BackupFailed
from voip.store.migrate import upgrade
from voip.store.sqlite import open_database


class CopiesTests(SynchronousTestCase):
    """From one directory to a file and on to another."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.data, self.file = self.place / "data", self.place / "copy.tar"
        open_data_dir(self.data).close()
        engines = open_database(self.data / DATABASE)
        upgrade(engines, self.data / DATABASE)
        engines.dispose()

    def recorded(self, data_dir: Path) -> list[tuple[str, str]]:
        """Each deed of the audit's file, and how it went."""
        lines = [json.loads(line) for line in (data_dir / "audit.jsonl").read_text().splitlines()]
        outcomes = {line["deed"]: line["outcome"] for line in lines if "outcome" in line}
        deeds = [line for line in lines if "line" in line]
        self.assertEqual({line["who"] for line in deeds}, {user_name(os.getuid())})
        return [(line["line"], outcomes.get(line["deed"], "")) for line in deeds]

    def test_a_copy_is_made_and_becomes_a_directory_again(self) -> None:
        """Both stand in the audit, which is part of the copy."""
        said = back_up(self.data, self.file)
        self.assertIn(f"KiB, from {self.data} to {self.file}", said)
        self.assertEqual(self.recorded(self.data), [(f"backup {self.file}", "done")])
        new = self.place / "new"
        self.assertIn(f"from {self.file} to {new}", restore(self.file, new))
        self.assertTrue((new / DATABASE).exists())
        self.assertEqual(
            self.recorded(new), [(f"backup {self.file}", ""), (f"restore {self.file}", "done")]
        )

    def test_what_fails_is_recorded_as_that(self) -> None:
        """The file that is there already stays."""
        self.file.write_text("mine")
        self.assertRaises(BackupFailed, back_up, self.data, self.file)
        self.assertEqual(self.recorded(self.data), [(f"backup {self.file}", "failed")])
        self.assertEqual(self.file.read_text(), "mine")
        self.assertRaises(BackupFailed, restore, self.file, self.place / "new")
        self.assertFalse((self.place / "new").exists())

    def test_what_cannot_be_recorded_is_not_done(self) -> None:
        """An audit that is a directory cannot be written."""
        (self.data / "audit.jsonl").mkdir()
        error = self.assertRaises(NotWritten, back_up, self.data, self.file)
        self.assertIn("audit.jsonl cannot be written: is a directory", str(error))
        self.assertFalse(self.file.exists())

    def test_a_directory_in_use_is_left_alone(self) -> None:
        """A server that has just started does it itself."""
        held = open_data_dir(self.data)
        self.assertRaises(CannotStart, back_up, self.data, self.file)
        held.close()

    @skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_root_gives_away_nothing_that_a_link_leads_to(self) -> None:
        """What takes the audit's place while root writes to it stays whose it is."""
        os.chown(self.data, 12345, 12345)
        other, audit = self.place / "shadow", self.data / "audit.jsonl"
        other.touch()
        for link in (Path.symlink_to, Path.hardlink_to):
            with (
                patch.object(AuditFile, "append", lambda *_, link=link: link(audit, other)),
                contextlib.suppress(NotWritten, FileExistsError),
            ):
                back_up(self.data, self.file)
            self.assertEqual(other.stat().st_uid, 0)
            audit.unlink()
            self.file.unlink(missing_ok=True)
