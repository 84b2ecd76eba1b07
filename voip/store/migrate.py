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
from voip.store.snapshot import copy_database
from voip.store.sqlite import Engines
from voip.store.whole import put, workplace


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


def is_known_schema(revision: str) -> bool:
    """Whether a database of this schema can be brought to that of this version."""
    script = ScriptDirectory.from_config(configuration())
    return any(step.revision == revision for step in script.walk_revisions())


def back_up(path: Path, revision: str) -> Path:
    """A copy of the database beside it, whole or none, named after the schema it holds.

    One that is there already is replaced: it is of a start that was broken off.
    """
    copy = path.with_name(f"{path.name}.before-{revision}")
    with workplace(copy) as place, closing(sqlite3.connect(path)) as source:
        copy_database(source, place / copy.name)
        put(place / copy.name, copy)
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
