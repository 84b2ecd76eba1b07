"""Small files for their owner alone."""

from pathlib import Path
from stat import S_IMODE

from twisted.trial.unittest import SynchronousTestCase

from voip.client.private_files import (
    MAX_FILE_BYTES,
    DataFileError,
    hex_field,
    make_private_directory,
    read_private_file,
    remove_private_file,
    write_private_file,
)
from voip.core.errors import ErrorCode


class PrivateFileTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp()) / "deep" / "file.json"

    def test_what_is_written_is_read(self) -> None:
        """An object comes back as it was, from a file and folders that only the owner opens."""
        write_private_file(self.path, {"name": "Zoé"})
        self.assertEqual(read_private_file(self.path), {"version": 1, "name": "Zoé"})
        self.assertEqual(S_IMODE(self.path.stat().st_mode), 0o600)
        for folder in (self.path.parent, self.path.parent.parent):
            self.assertEqual(S_IMODE(folder.stat().st_mode), 0o700)

    def test_no_file(self) -> None:
        """A file that is not there is no error."""
        self.assertIsNone(read_private_file(self.path))

    def test_replacing(self) -> None:
        """A second write replaces the first and leaves nothing beside it, not even of a crash."""
        write_private_file(self.path, {"a": 1})
        self.path.with_name("file.json.new").write_text("half of")
        write_private_file(self.path, {"b": 2})
        self.assertEqual(read_private_file(self.path), {"version": 1, "b": 2})
        self.assertEqual(list(self.path.parent.iterdir()), [self.path])

    def test_nonsense(self) -> None:
        """A file that makes no sense is told by its path and stays as it is."""
        make_private_directory(self.path.parent)
        for nonsense in (b"", b"{", b"[]", b"{}", b'{"version": 2}', b"\xff", b"[" * 100_000):
            self.path.write_bytes(nonsense)
            with self.assertRaises(DataFileError) as caught:
                read_private_file(self.path)
            error = caught.exception
            self.assertEqual((error.path, error.field), (self.path, str(self.path)))
            self.assertIs(error.code, ErrorCode.STORE_UNAVAILABLE)
            self.assertEqual(self.path.read_bytes(), nonsense)

    def test_a_huge_file(self) -> None:
        """A file too large to be one of ours is not parsed."""
        make_private_directory(self.path.parent)
        self.path.write_bytes(b" " * (MAX_FILE_BYTES + 1))
        with self.assertRaises(DataFileError):
            read_private_file(self.path)

    def test_too_much(self) -> None:
        """What nobody could read again is not written, and what was there stays."""
        write_private_file(self.path, {"a": 1})
        with self.assertRaises(DataFileError):
            write_private_file(self.path, {"a": "é" * (MAX_FILE_BYTES // 2)})
        self.assertEqual(read_private_file(self.path), {"version": 1, "a": 1})

    def test_what_is_in_the_way(self) -> None:
        """A folder where the file should be, or a file where a folder should be, is told."""
        make_private_directory(self.path)
        with self.assertRaises(DataFileError):
            read_private_file(self.path)
        with self.assertRaises(DataFileError):
            write_private_file(self.path, {})
        with self.assertRaises(DataFileError):
            remove_private_file(self.path)
        file = Path(self.mktemp())
        file.write_text("")
        with self.assertRaises(DataFileError):
            make_private_directory(file / "folder")

    def test_hex(self) -> None:
        """Bytes are kept in hex, of a size where there is one."""
        self.assertEqual(hex_field({"a": "00ff"}, "a", 2), b"\x00\xff")
        for content in ({}, {"a": 1}, {"a": "zz"}, {"a": "00"}):
            with self.assertRaises(ValueError):
                hex_field(dict(content), "a", 2)
