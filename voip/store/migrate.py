"""Bringing a database to the schema of this version, after a copy of what was there.

The steps are alembic's, in ``migrations/versions``. Runs before anything else uses the file, in
the thread that asks.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from voip.store import migrations
from voip.store.sqlite import Engines


def upgrade(engines: Engines, path: Path) -> Path | None:
    """Run the missing migrations; returns the copy made before, None where none was needed.

    A database that is new or up to date is not copied.
    """
    config = configuration()
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engines.writer.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()
        if present == newest:
            return None
        copy = None if present is None else back_up(path, present)
        _run(connection, config)
    return copy


def configuration() -> Config:
    """Alembic's settings, without a file of them."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    return config


def back_up(path: Path, revision: str) -> Path:
    """A copy of the database beside it, named after the schema it holds."""
    copy = path.with_name(f"{path.name}.before-{revision}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    copy.chmod(0o600)
    return copy


def _run(connection: sa.Connection, config: Config) -> None:
    # Batch mode recreates a table; with foreign keys on, its children would go with the old one.
    _set_foreign_keys(connection, is_on=False)
    config.attributes["connection"] = connection
    with connection.begin():  # alembic joins it: all steps and the check, or nothing
        command.upgrade(config, "head")
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise sa.exc.IntegrityError(
                "PRAGMA foreign_key_check", None, ValueError(f"{len(broken)} rows lost a parent")
            )
    _set_foreign_keys(connection, is_on=True)


def _set_foreign_keys(connection: sa.Connection, *, is_on: bool) -> None:
    # SQLite ignores this pragma inside a transaction, and SQLAlchemy opens one for any statement
    # of its own.
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={'ON' if is_on else 'OFF'}")
