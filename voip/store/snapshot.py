"""A copy of a database as it is at one moment, while others go on writing to it.

The copy is for its owner only and safe on disk when this returns; if anything fails there is none.
It knows no tables.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

PAGES_AT_ONCE: Final = 1024
"""4 MiB a step, between which another thread of this process can run."""


def copy_database(source: sqlite3.Connection, copy: Path) -> None:
    """Copy what ``source`` sees to a path where there is nothing yet.

    Raises ``OSError`` or ``sqlite3.Error``.
    """
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        is_ours = not source.in_transaction
        if is_ours:
            source.execute("BEGIN")
        try:
            # Held over all steps. Else each would begin anew as soon as somebody else has written.
            source.execute("SELECT 1 FROM sqlite_master").fetchone()
            _copy_pages(source, copy)
        finally:
            if is_ours:
                source.execute("ROLLBACK")
    except BaseException:
        copy.unlink()
        raise


def _copy_pages(source: sqlite3.Connection, copy: Path) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        # A crash leaves a copy of which nobody knows; it is made safe at its end, once.
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target, pages=PAGES_AT_ONCE)
        # The copy says of itself that it has a write-ahead log. Without, it is one file.
        target.execute("PRAGMA journal_mode=DELETE")
    with copy.open("rb") as file:
        os.fsync(file.fileno())
