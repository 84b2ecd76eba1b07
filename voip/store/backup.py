"""Back-ups of a data directory: one file that holds all that a server cannot make again.

A server may run meanwhile: the database is copied as it is at one moment, and nobody waits for it.
Everything here blocks, so a server calls it in a thread. Whatever ends it, a back-up and a restored
directory are there whole or not at all, and the next try works. What went wrong is told in one
sentence, as ``BackupFailed``.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from voip.core.errors import VoipError
from voip.store import archive
from voip.store.archive import DATABASE, Content, Manifest, NotABackup
from voip.store.filling import filling, is_broken_off, names_in
from voip.store.migrate import is_known_schema
from voip.store.snapshot import Damaged, copy_database, schema_of
from voip.store.whole import put, workplace

SECRETS: Final = (
    "certificate.pem",
    "certificate.key",
    "fake-salt.key",
    "authorized_keys",
    "ssh_host_ed25519_key",
    "ssh_host_ed25519_key.pub",
)
AUDIT: Final = "audit.jsonl"
AUDIT_ROTATED: Final = "audit*.jsonl*"
"""What the server has renamed, and what logrotate has."""
ECHO: Final = "echo"
ECHO_KEYS: Final = "*.key"


class BackupFailed(VoipError):
    """A back-up or a restore that was not done; its text is the sentence a person reads."""


def make(data_dir: Path, file: Path) -> Manifest:
    """Write a back-up to ``file``, an absolute path where there is nothing yet."""
    if not file.is_absolute():
        raise BackupFailed(f"{file} is no whole path: begin it with a slash.")
    with _told(f"The back-up {file} cannot be written"), workplace(file) as place:
        if os.path.lexists(file):
            raise BackupFailed(f"{file} is there already: give another name.")
        database = place / DATABASE
        _copy(data_dir / DATABASE, database)
        half = place / "archive"
        contents = _contents(data_dir, database)
        made = archive.write(half, version("voip"), schema_of(database), contents)
        put(half, file)
    return made


def restore(file: Path, data_dir: Path) -> Manifest:
    """Make a data directory from a back-up, after everything in it was checked.

    ``data_dir`` is empty or not there. Where root restores into an empty directory, its owner gets
    the files too. It is moved to its place as a whole; where that cannot be, at a mount point, no
    server starts on it until it is.
    """
    data_dir = data_dir.resolve()
    _check_is_free(data_dir)
    with _told(f"{file} cannot be restored to {data_dir}"), _new(data_dir) as new:
        kept = archive.read(file, new)
        schema = schema_of(new / DATABASE)
        if not is_known_schema(schema):
            raise NotABackup(f"it was made by a newer version of this program ({kept.version})")
        if data_dir.exists():
            _own_like(new, data_dir)
    return kept


@contextmanager
def _new(data_dir: Path) -> Iterator[Path]:
    """A directory whose content is that of ``data_dir`` once all went well."""
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    is_movable = not os.path.ismount(data_dir) and os.access(data_dir.parent, os.W_OK)
    if not is_movable or is_broken_off(data_dir):
        with filling(data_dir, _is_restored) as new:
            yield new
        return
    with workplace(data_dir) as place:
        new = place / "data"
        new.mkdir(mode=0o700)
        yield new
        put(new, data_dir)


@contextmanager
def _told(what_failed: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BackupFailed(f"{what_failed}: {reason}. Nothing was left of it.") from None
    except (NotABackup, Damaged, sqlite3.Error) as error:
        raise BackupFailed(f"{what_failed}: {error}. Nothing was left of it.") from None


def _copy(database: Path, copy: Path) -> None:
    # "rw": without, SQLite would make an empty database where there is none.
    where = f"{database.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(where, uri=True)) as source:
        copy_database(source, copy)


def _contents(data_dir: Path, database: Path) -> Iterator[Content]:
    """The audit comes after the database: so it has every line that is in there."""
    yield from _file(database, DATABASE)
    for name in SECRETS:
        if (data_dir / name).exists():
            yield from _file(data_dir / name, name)
    for path in sorted((data_dir / ECHO).glob(ECHO_KEYS)):
        yield from _file(path, str(path.relative_to(data_dir)))
    yield from _audit(data_dir)


def _audit(data_dir: Path) -> Iterator[Content]:
    """The newest file comes first: rotated in between, it is met again and not missed."""
    newest: os.stat_result | None = None
    if (data_dir / AUDIT).exists():
        for content in _file(data_dir / AUDIT, AUDIT):
            newest = os.fstat(content.file.fileno())
            yield content
    for path in sorted(data_dir.glob(AUDIT_ROTATED)):
        is_rotated = path.name != AUDIT and archive.is_known(path.name)
        if is_rotated and not (newest and os.path.samestat(newest, path.stat())):
            yield from _file(path, path.name)


def _file(path: Path, name: str) -> Iterator[Content]:
    with path.open("rb") as file:
        yield Content(name, file, os.fstat(file.fileno()).st_size)


def _check_is_free(data_dir: Path) -> None:
    if data_dir.is_dir() and not names_in(data_dir, _is_restored):
        return
    if os.path.lexists(data_dir):
        raise BackupFailed(
            f"{data_dir} is not empty: move away what is there, or give another directory."
        )


def _is_restored(name: str) -> bool:
    return archive.is_known(name) or name == ECHO


def _own_like(folder: Path, model: Path) -> None:
    """What root writes for the user of a service has to be that user's."""
    if os.geteuid() != 0:
        return
    owner = model.stat()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
