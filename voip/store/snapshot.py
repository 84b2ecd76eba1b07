"""A copy of a database as it is at one moment, while others go on writing to it; and what is asked
of a copy before anybody relies on it.

It knows no tables but the one that names the schema.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from voip.core.errors import VoipError

PAGES_AT_ONCE: Final = 1024
"""4 MiB a step, between which the other threads of the process run."""


class Damaged(VoipError):
    """A database that cannot be relied on; its text is the reason, in a few words."""


def copy_database(source: sqlite3.Connection, copy: Path) -> None:
    """Copy what ``source`` sees to a path where there is nothing yet, for its owner only.

    The copy is one file and safe on disk when this returns; if anything fails there is none.
    Raises ``OSError`` or ``sqlite3.Error``.
    """
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with _one_moment(source), closing(sqlite3.connect(copy, isolation_level=None)) as target:
            # A copy that a crash ends is nobody's yet: it is made safe once, at its end.
            target.execute("PRAGMA synchronous=OFF")
            source.backup(target, pages=PAGES_AT_ONCE)
            # It says of itself that it has a write-ahead log, as the other has.
            target.execute("PRAGMA journal_mode=DELETE")
        with copy.open("rb") as file:
            os.fsync(file.fileno())
    except BaseException:
        copy.unlink()
        raise


@contextmanager
def _one_moment(source: sqlite3.Connection) -> Iterator[None]:
    """Hold a snapshot over all steps: else each step would begin the copy anew as soon as somebody
    else has written, and a busy server's would never be done."""
    is_begun_here = not source.in_transaction
    if is_begun_here:
        source.execute("BEGIN")
    source.execute("SELECT 1 FROM sqlite_master").fetchone()
    try:
        yield
    finally:
        if is_begun_here:
            source.rollback()


def schema_of(database: Path) -> str:
    """The schema that a whole and consistent database holds. Raises ``Damaged``."""
    # Nobody else has it open: so nothing is made beside it.
    with closing(sqlite3.connect(f"{database.as_uri()}?immutable=1", uri=True)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise Damaged(f"the database is damaged ({found})")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise Damaged("the database has rows that belong to nobody")
            revision: str = connection.execute(
                "SELECT version_num FROM alembic_version"
            ).fetchone()[0]
        except (sqlite3.Error, TypeError) as error:
            raise Damaged(f"the database cannot be read ({error})") from None
    return revision
