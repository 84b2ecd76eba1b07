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
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.rollback()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    connection.rollback()
    if broken:
        raise sa.exc.IntegrityError(
            "PRAGMA foreign_key_check", None, ValueError(f"{len(broken)} rows lost their parent")
        )
    connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    connection.rollback()
