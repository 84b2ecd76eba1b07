"""The data directory: making it, guarding it, and the small secrets in it.

It knows file names and modes; it does not know what the secrets are for. Everything in it belongs
to the user the server runs as and to nobody else. What is wrong with it is told in one sentence,
as ``CannotStart``.
"""

import fcntl
import os
import pwd
import stat
from collections.abc import Callable
from pathlib import Path

from voip.core.errors import VoipError
from voip.store.filling import is_broken_off

CERTIFICATE = "certificate.pem"
CERTIFICATE_KEY = "certificate.key"
DATABASE = "voip.sqlite"
ECHO = "echo"
JSON_LOG = "log.json"
LISTENING = "listening"
LOCK = "lock"
METRICS = "metrics"
FAKE_SALT_KEY = "fake-salt.key"


class CannotStart(VoipError):
    """The server cannot start; its text is the sentence a person reads."""


class DataDirectory:
    """An open data directory. It is held by one process at a time until ``close``."""

    def __init__(self, path: Path, lock: int, *, is_new: bool) -> None:
        self.path = path
        self.is_new = is_new
        self._lock = lock

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The kept secret of a name; made, 0600, when there is none yet. Raises ``CannotStart``."""
        path = self.path / name
        try:
            if not path.exists():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                write_private(path, make())
            return path.read_bytes()
        except OSError as error:
            raise CannotStart(f"{path} cannot be used: {_reason(error)}.") from None

    def say_listening(self, address: str) -> None:
        """Leave the address in the file ``listening``, for scripts and tests."""
        write_private(self.path / LISTENING, f"{address}\n".encode())

    def close(self) -> None:
        _forget_addresses(self.path)
        os.close(self._lock)


def write_private(path: Path, content: bytes) -> None:
    """Write a file, 0600, whole or not at all."""
    half = path.with_name(f".{path.name}.new")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    half.replace(path)


def _opened_lock(folder: Path) -> int:
    """The lock's file, made if need be.

    Where root works in the directory of a service's user, that user has to get in later: but only
    what was made just now is given away, and a link, which leads to somebody else's, is none.
    """
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        lock = os.open(folder / LOCK, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(folder / LOCK, flags)
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(lock, owner.st_uid, owner.st_gid)
    return lock


def open_data_dir(path: Path) -> DataDirectory:
    """Make the directory if need be (0700) and hold it. Raises ``CannotStart``.

    An empty directory that is there already is closed to others; one with files in it that others
    may read is refused, since it may be somebody's own and not meant for this.
    """
    try:
        if is_broken_off(path):
            raise CannotStart(
                f"A restore into the data directory {path} was broken off: do it again, with "
                f"`voipctl --data-dir {path} restore FILE`."
            )
        is_new = not path.is_dir() or not any(path.iterdir())
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_new:
            path.chmod(0o700)
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise CannotStart(
                f"The data directory {path} holds files and is open to others: "
                f"give another directory, or close it with `chmod 700 {path}`."
            )
        lock = _opened_lock(path)
    except OSError as error:
        raise CannotStart(
            f"The data directory {path} cannot be used: {_reason(error)}. "
            "Give another with --data-dir."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise CannotStart(
            f"Another server is using the data directory {path}: stop it, or give another "
            "with --data-dir."
        ) from None
    _forget_addresses(path)  # left by a crash
    return DataDirectory(path, lock, is_new=is_new)


def _forget_addresses(path: Path) -> None:
    for name in (LISTENING, METRICS):
        (path / name).unlink(missing_ok=True)


def user_name(uid: int) -> str:
    """What a user of this machine is called."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # of another machine, or of a container
        return f"uid {uid}"


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
