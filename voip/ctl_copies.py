"""Back-ups without a server, and directories made from them.

While a server runs, a back-up is a command of its own. Here the directory is held as a server would
hold it, so that none starts meanwhile, and the audit's file is written as the server writes it.
"""

import os
import time
from pathlib import Path

from voip.core.deeds import DEED_ID_SIZE, Actor, Deed, DeedId, Door, Role
from voip.core.errors import VoipError
from voip.server.audit import DONE, FAILED
from voip.server.audit_file import AuditFile
from voip.server.audit_lines import line_of, outcome_line, safe_deed
from voip.server.data_dir import open_data_dir, user_name
from voip.store import backup
from voip.store.archive import Manifest
from voip.store.operator import KeptDeed


class NotWritten(VoipError):
    """The audit's file cannot be written; the text is the sentence a person reads."""


def back_up(data_dir: Path, file: Path) -> str:
    """Write a back-up of a directory that no server uses; says what was done.

    Raises ``CannotStart`` where a server does use it, ``NotWritten`` and ``BackupFailed``.
    """
    directory = open_data_dir(data_dir)
    try:
        audit = _Record(data_dir)
        audit.begin(Deed("backup", line=f"backup {file}"))
        try:
            made = backup.make(data_dir, file)
        except backup.BackupFailed:
            audit.end(FAILED)
            raise
        audit.end(DONE)
    finally:
        directory.close()
    return f"backed up {_counted(made)} from {data_dir} to {file}"


def restore(file: Path, data_dir: Path) -> str:
    """Make a data directory from a back-up; says what was done.

    There is no audit to write to before, so it is told in the one that was restored. Raises
    ``BackupFailed`` and ``NotWritten``.
    """
    kept = backup.restore(file, data_dir)
    directory = open_data_dir(data_dir)
    try:
        audit = _Record(data_dir)
        audit.begin(Deed("restore", line=f"restore {file}"))
        audit.end(DONE)
    finally:
        directory.close()
    return f"restored {_counted(kept)} from {file} to {data_dir}"


class _Record:
    """One deed in the audit's file."""

    def __init__(self, data_dir: Path) -> None:
        self._file = AuditFile(data_dir, _now)
        self._deed = DeedId(os.urandom(DEED_ID_SIZE).hex())

    def begin(self, deed: Deed) -> None:
        actor = Actor(user_name(os.getuid()), Role.OPERATOR, Door.ITSELF)
        self._write(line_of(KeptDeed(self._deed, _now(), actor, safe_deed(deed))))

    def end(self, outcome: str) -> None:
        self._write(outcome_line(self._deed, _now(), outcome))

    def _write(self, line: bytes) -> None:
        try:
            self._file.append(line)
            _hand_over(self._file.path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise NotWritten(f"{self._file.path} cannot be written: {reason}") from None
        finally:
            self._file.close()


def _hand_over(path: Path) -> None:
    """What root makes in the directory of a service's user has to be that user's; a file that has
    come to its place meanwhile, by a link, is left to whom it belongs."""
    if os.geteuid() != 0:
        return
    owner = path.parent.stat()
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if os.fstat(descriptor).st_nlink == 1:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    finally:
        os.close(descriptor)


def _counted(made: Manifest) -> str:
    return f"{len(made.files)} files, {made.size / 1024:,.0f} KiB,"


def _now() -> int:
    return int(time.time())  # noqa: TID251 - a program of its own
