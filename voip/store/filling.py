"""Filling a directory to whose place nothing can be moved in one step, such as a mount point.

While it is being filled there is a mark in it, and nobody may use it: a server does not start. A
kill leaves the mark; the next try clears away what the broken one had put there.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voip.store.whole import sync, sync_all

MARK: Final = ".restoring"
NOT_OURS: Final = "lost+found"
"""What a new file system has of itself."""

IsOurs = Callable[[str], bool]


def is_broken_off(folder: Path) -> bool:
    """Whether a directory is being filled, or was until a kill."""
    return os.path.lexists(folder / MARK)


def names_in(folder: Path, is_ours: IsOurs) -> set[str]:
    """What would stand in the way. What a broken try has put there does not."""
    names = {path.name for path in folder.iterdir()} - {NOT_OURS}
    return {name for name in names - {MARK} if not is_ours(name)} if MARK in names else names


@contextmanager
def filling(folder: Path, is_ours: IsOurs) -> Iterator[Path]:
    """A new directory in the mark, whose content is moved into ``folder`` at the end.

    ``folder`` is for its owner only from then on. If anything fails it is empty again. Raises
    ``OSError``.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    mark = folder / MARK
    mark.mkdir(mode=0o700, exist_ok=True)
    held = os.open(mark, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _lock(held)
        _clear_away(folder, is_ours)
        new = mark / "new"
        new.mkdir(mode=0o700)
        try:
            yield new
            sync_all(new)
            for path in new.iterdir():
                path.rename(folder / path.name)
            sync(folder)
        except BaseException:
            _clear_away(folder, is_ours)
            mark.rmdir()
            raise
        new.rmdir()
        mark.rmdir()
        sync(folder)
    finally:
        os.close(held)


def _lock(held: int) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(errno.EBUSY, "it is being written already") from None


def _clear_away(folder: Path, is_ours: IsOurs) -> None:
    """The mark stays until the last."""
    for path in (*(folder / MARK).iterdir(), *filter(lambda p: is_ours(p.name), folder.iterdir())):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
