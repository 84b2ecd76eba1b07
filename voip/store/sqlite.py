"""Opening the embedded database: one file in WAL mode, one writer, several readers.

A deferred ``BEGIN`` that later writes fails with "locked" whatever the time-out, because SQLite
cannot upgrade a read snapshot that has grown stale; so the writer always begins ``IMMEDIATE`` and
there is only one of it. Knows no tables.
"""

from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

READERS = 3
BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Engines:
    """Two views of one database file."""

    writer: sa.Engine
    reader: sa.Engine

    def dispose(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        self.reader.dispose()
        self.writer.dispose()


def open_database(path: Path) -> Engines:
    """Engines on the file at ``path``, which is made when there is none."""
    return Engines(
        writer=_engine(path, begin="BEGIN IMMEDIATE", connections=1),
        reader=_engine(path, begin="BEGIN", connections=READERS),
    )


def _engine(path: Path, begin: str, connections: int) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=sa.QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # verifiers and keys do not belong into an error's text
        # None: the driver leaves BEGIN to the listener below.
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    def set_pragmas(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut
        connection.execute("PRAGMA foreign_keys=ON")

    def start_transaction(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine, "connect", set_pragmas)
    sa.event.listen(engine, "begin", start_transaction)
    return engine
