"""Files and directories that are there whole or not at all, whatever ends the process or the power.

What is being written stands in a workplace, a hidden directory beside the place it is meant for,
and is moved there once it is safe on disk. What a kill leaves in a workplace is cleared away by the
next one in the same directory. It does not know what is written.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SUFFIX: Final = ".voip-new"


@contextmanager
def workplace(destination: Path) -> Iterator[Path]:
    """A new directory beside ``destination``, for its owner only, gone at the end with what is left
    in it. Raises ``OSError``, also when somebody else is at the same destination."""
    _clear_away_left_ones(destination.parent)
    place = destination.with_name(f".{destination.name}{SUFFIX}")
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        raise OSError(errno.EBUSY, "it is being written already") from None
    held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(held)


def sync(path: Path) -> None:
    """Have a file, or the names in a directory, safe on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(what: Path) -> None:
    """Have a file, or a directory with all that is in it, safe on disk."""
    for folder, _, files in os.walk(what):
        for name in files:
            sync(Path(folder, name))
        sync(Path(folder))
    if what.is_file():
        sync(what)


def put(what: Path, destination: Path) -> None:
    """Move a file, or a directory with all that is in it, to its place in one step.

    A file that is there is replaced; of a directory only an empty one is.
    """
    sync_all(what)
    what.rename(destination)
    sync(destination.parent)


def _clear_away_left_ones(folder: Path) -> None:
    """A workplace in use is locked; one that nobody holds was left by a kill."""
    for place in folder.glob(f".*{SUFFIX}"):
        with suppress(OSError):  # somebody else's, or just gone
            held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(held).st_uid == os.geteuid():
                    shutil.rmtree(place)
            finally:
                os.close(held)
