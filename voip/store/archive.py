"""The file of a back-up: a tar archive whose last member is the list of the others.

The list, ``manifest.json``, has the SHA-256 of every file, the schema of the database and the
version of the program that wrote it. An archive that was cut off has none, and is refused. Only
names that are known here are read or written, so nothing ever lands outside of its directory. It
knows nothing of running servers, nor of where the files come from.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from voip.core.errors import VoipError

DATABASE: Final = "voip.sqlite"
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
MAX_MANIFEST_BYTES: Final = 1 << 20
"""Some thousand files: the rotated ones of the audit, for many years."""

_KNOWN: Final = re.compile(
    r"voip\.sqlite|certificate\.(pem|key)|fake-salt\.key|authorized_keys"
    r"|ssh_host_ed25519_key(\.pub)?|echo/[a-z0-9-]+\.key|audit(-[0-9A-Za-z-]+)?\.jsonl(-[0-9]+|\.[0-9]+)?(\.(gz|xz|zst))?"
)


class NotABackup(VoipError):
    """What is wrong with an archive, in a few words."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a back-up."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a back-up holds."""

    version: str
    schema: str
    files: dict[str, Kept]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(kept.size for kept in self.files.values())


@dataclass(frozen=True, slots=True)
class Content:
    """An open file that goes into an archive under a name: as many bytes as it had when it was
    looked at, since one that is appended to may have more by now."""

    name: str
    file: IO[bytes]
    size: int


def is_known(name: str) -> bool:
    """Whether a file of this name belongs into a back-up."""
    return _KNOWN.fullmatch(name) is not None


def write(archive: Path, version: str, schema: str, contents: Iterable[Content]) -> Manifest:
    """Write a new archive, for its owner only. Raises ``OSError``."""
    files: dict[str, Kept] = {}
    with _new_file(archive) as file, tarfile.open(fileobj=file, mode="w") as tar:
        for content in contents:
            reader = _Hashed(content.file)
            tar.addfile(_member(content.name, content.size), reader)
            files[content.name] = Kept(reader.sha256.hexdigest(), content.size)
        manifest = Manifest(version, schema, files)
        listed = _to_json(manifest)
        tar.addfile(_member(MANIFEST, len(listed)), io.BytesIO(listed))
    return manifest


def read(archive: Path, folder: Path) -> Manifest:
    """Put the files of an archive into an empty directory, for their owner only.

    Raises ``NotABackup`` unless they are exactly those that the manifest lists, and ``OSError``.
    """
    found: dict[str, Kept] = {}
    listed: bytes | None = None
    try:
        with archive.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                source = _opened(tar, member)
                if member.name == MANIFEST:
                    listed = source.read(MAX_MANIFEST_BYTES)
                elif is_known(member.name) and member.name not in found:
                    found[member.name] = _copy(source, folder / member.name)
                else:
                    raise NotABackup(f"it holds {member.name!r}, which is nothing of ours")
    except (tarfile.TarError, EOFError, ValueError, OverflowError):
        raise NotABackup("it is no back-up, or it is damaged") from None
    if listed is None:
        raise NotABackup("it is no back-up, or its end is missing")
    manifest = _from_json(listed)
    if manifest.files != found:
        raise NotABackup("it is damaged: its files are not those that were written")
    if DATABASE not in found:
        raise NotABackup("it has no database")
    return manifest


class _Hashed(io.RawIOBase):
    """Reads a file and remembers the hash of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sha256.update(data)
        return data


def _new_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    return member


def _opened(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    source = tar.extractfile(member) if member.isreg() and not member.issparse() else None
    if source is None:
        raise NotABackup(f"it holds {member.name!r}, which is no file")
    return source


def _copy(source: IO[bytes], path: Path) -> Kept:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    reader = _Hashed(source)
    size = 0
    with _new_file(path) as file:
        while data := reader.read(1 << 20):
            size += file.write(data)
    return Kept(reader.sha256.hexdigest(), size)


def _to_json(manifest: Manifest) -> bytes:
    files = {
        name: {"sha256": kept.sha256, "bytes": kept.size} for name, kept in manifest.files.items()
    }
    document = {
        "format": FORMAT,
        "version": manifest.version,
        "schema": manifest.schema,
        "files": files,
    }
    return json.dumps(document, indent=1).encode()


def _from_json(listed: bytes) -> Manifest:
    try:
        document = json.loads(listed)
        if document["format"] != FORMAT:
            raise NotABackup("it was made by a newer version of this program")
        return Manifest(
            str(document["version"]),
            str(document["schema"]),
            {name: Kept(kept["sha256"], kept["bytes"]) for name, kept in document["files"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotABackup("it is damaged: its list of files cannot be read") from None
