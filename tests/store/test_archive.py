"""The file of a back-up."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.store import archive
from voip.store.archive import Content, Manifest, NotABackup

FILES = {
    "voip.sqlite": b"the database" * 99,
    "certificate.pem": b"",
    "echo/line-1.key": b"k" * 32,
    "audit-20261124T201500Z-1.jsonl": b"{}\n",
}


def contents() -> Iterator[Content]:
    for name, data in FILES.items():
        yield Content(name, io.BytesIO(data), len(data))


class ArchiveTests(SynchronousTestCase):
    """What was written is read, or nothing is."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.path = self.folder / "a.tar"
        self.to = self.folder / "to"
        self.to.mkdir()

    def write(self) -> Manifest:
        return archive.write(self.path, "1.2", "0004", contents())

    def refused(self) -> str:
        return str(self.assertRaises(NotABackup, archive.read, self.path, self.to))

    def packed(self, *members: tuple[tarfile.TarInfo | str, bytes]) -> None:
        """An archive that somebody else made."""
        with tarfile.open(self.path, "w") as tar:
            for member, data in members:
                info = tarfile.TarInfo(member) if isinstance(member, str) else member
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))

    def test_files_come_back_as_they_were(self) -> None:
        """With what is told of them; for their owner only."""
        made = self.write()
        self.assertEqual(archive.read(self.path, self.to), made)
        for name, data in FILES.items():
            self.assertEqual((self.to / name).read_bytes(), data)
            self.assertEqual((self.to / name).stat().st_mode & 0o777, 0o600)
        self.assertEqual((self.to / "echo").stat().st_mode & 0o777, 0o700)
        self.assertEqual((made.version, made.schema), ("1.2", "0004"))
        self.assertEqual(made.size, sum(map(len, FILES.values())))
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_any_tar_can_look_into_it(self) -> None:
        """It is an ordinary one, and the list an ordinary JSON document."""
        self.write()
        with tarfile.open(self.path) as tar:
            self.assertEqual(tar.getnames(), [*FILES, "manifest.json"])
            listed = tar.extractfile("manifest.json")
            assert listed is not None
            self.assertEqual(json.load(listed)["files"]["echo/line-1.key"]["bytes"], 32)

    def test_a_file_that_grows_is_written_as_long_as_it_was(self) -> None:
        """A log that is appended to."""
        grown = Content("voip.sqlite", io.BytesIO(b"abcdef"), 3)
        archive.write(self.path, "1.2", "0004", [grown])
        archive.read(self.path, self.to)
        self.assertEqual((self.to / "voip.sqlite").read_bytes(), b"abc")

    def test_a_file_that_shrinks_makes_no_archive(self) -> None:
        """What is missing cannot be written."""
        shrunk = Content("voip.sqlite", io.BytesIO(b"ab"), 3)
        self.assertRaises(OSError, archive.write, self.path, "1.2", "0004", [shrunk])

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def test_whatever_changes_is_found_out(self, data: st.DataObject) -> None:
        """An archive that was cut off or of which bytes have changed is refused, in words; unless
        it says the same."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        path, to = folder / "a.tar", folder / "to"
        to.mkdir()
        archive.write(path, "1.2", "0004", contents())
        raw = bytearray(path.read_bytes())
        at = data.draw(st.integers(0, len(raw) - 1))
        if data.draw(st.booleans()):
            del raw[at:]
        else:
            raw[at : at + 4] = data.draw(st.binary(min_size=1, max_size=4))
        path.write_bytes(raw)
        try:
            archive.read(path, to)
        except NotABackup:
            return
        for name, content in FILES.items():
            self.assertEqual((to / name).read_bytes(), content)

    def test_nothing_lands_outside(self) -> None:
        """Names that lead elsewhere, names of others, links and devices are refused."""
        for name in ("../voip.sqlite", "/voip.sqlite", "echo/../../x.key", "echo/a/b.key", "lock"):
            self.packed((name, b"x"))
            self.assertIn("nothing of ours", self.refused())
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
            link = tarfile.TarInfo("voip.sqlite")
            link.type, link.linkname = kind, "/etc/passwd"
            self.packed((link, b""))
            self.assertIn("no file", self.refused())
        self.assertEqual(list(self.to.iterdir()), [])

    def test_a_name_twice_is_refused(self) -> None:
        """Nobody knows which is meant."""
        self.packed(("voip.sqlite", b"a"), ("voip.sqlite", b"b"))
        self.assertIn("nothing of ours", self.refused())

    def test_what_is_no_back_up_is_refused_in_words(self) -> None:
        """Another file, another archive, one without a list, or with a list of something else."""
        self.path.write_text("a letter")
        self.assertIn("no back-up", self.refused())
        self.packed()
        self.assertIn("its end is missing", self.refused())
        for listed in (b"no list", b"[]", b"{}", b'{"format": 1}', b"9" * 9999, b"[" * 99999):
            self.packed(("manifest.json", listed))
            self.assertIn("list of files cannot be read", self.refused())
        self.packed(("manifest.json", b'{"format": 2}'))
        self.assertIn("newer version", self.refused())
        empty = b'{"format": 1, "version": "1", "schema": "1", "files": {}}'
        self.packed(("manifest.json", empty))
        self.assertIn("no database", self.refused())
