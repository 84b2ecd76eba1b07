"""The settings file: TOML text to ``Settings``, with the command line on top.

A broken setting is one sentence that names the file, the line and what is allowed. What the
settings are is known to ``voip.config``; nothing here keeps any or puts them in force.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from voip.config import Admin, Limits, ListenAddress, Settings
from voip.setting import BrokenSetting, NotSuitable, Origin, SettingNote, as_toml, notes_of

NEEDS_RESTART: Final = frozenset(
    {"listen", "data_dir", "media_host", "json_log", "admin.listen", "admin.metrics"}
)
"""What is settled when the server starts. The others are in force once they are read again."""

Table = type[Settings] | type[Admin] | type[Limits]

TABLES: Final[Mapping[str, type[Admin] | type[Limits]]] = {"admin": Admin, "limits": Limits}
"""The tables of the file below its own settings, in the order of the documentation."""


def _read_value(where: str, name: str, note: SettingNote, value: object) -> object:
    try:
        return note.read(value)
    except NotSuitable as error:
        raise BrokenSetting(f"{where}: {note.refusal(name, value)}: {error}.") from None
    except ValueError:
        raise BrokenSetting(f"{where}: {note.refusal(name, value)}.") from None


def _read_table(
    kind: Table, table: str, values: Mapping[str, object], origin: Origin
) -> dict[str, object]:
    notes = dict(notes_of(kind))
    read: dict[str, object] = {}
    for key, value in values.items():
        where = origin.line_of(table, key)
        if key not in notes:
            near = difflib.get_close_matches(key, notes, 1)
            hint = f"did you mean {near[0]}?" if near else "there are: " + ", ".join(notes) + "."
            raise BrokenSetting(f"{where}: there is no setting {key!r}; {hint}")
        name = f"{table}.{key}" if table else key
        read[key] = _read_value(where, name, notes[key], value)
    return read


def parse(text: str, name: str) -> Settings:
    """Settings from TOML text; ``name`` is what a ``BrokenSetting`` calls the file."""
    origin = Origin(name, text)
    try:
        values: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{name}, line {line[1]}" if line else f"{name}, at its end"
        raise BrokenSetting(f"{where}: this is not TOML; write lines of `key = value`.") from None
    tables: dict[str, object] = {}
    for table, kind in TABLES.items():
        found = values.pop(table, {})
        if not isinstance(found, dict):
            where = origin.line_of("", table)
            raise BrokenSetting(f"{where}: {table} must be a table, begun by the line [{table}].")
        tables[table] = kind(**_read_table(kind, table, found, origin))  # type: ignore[arg-type]
    return replace(Settings(), **_read_table(Settings, "", values, origin), **tables)  # type: ignore[arg-type]


def load(path: Path) -> Settings:
    """Settings from a file. Raises ``BrokenSetting``."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BrokenSetting(f"{path}: this is not UTF-8 text.") from None
    except OSError as error:
        raise BrokenSetting(f"{path}: cannot be read ({error.strerror}).") from None
    return parse(text, str(path))


def named_values(settings: Settings) -> Iterator[tuple[str, object]]:
    """Each setting by its name, with its table before a dot, and its value."""
    for name, _ in notes_of(Settings):
        yield name, getattr(settings, name)
    for table, kind in TABLES.items():
        for name, _ in notes_of(kind):
            yield f"{table}.{name}", getattr(getattr(settings, table), name)


def without_restart(read: Settings, running: Settings) -> Settings:
    """What can be in force of ``read`` in a server that was started with ``running``."""
    admin = replace(read.admin, listen=running.admin.listen, metrics=running.admin.metrics)
    return replace(
        read,
        listen=running.listen,
        data_dir=running.data_dir,
        media_host=running.media_host,
        json_log=running.json_log,
        admin=admin,
    )


def check(path: Path) -> str:
    """A page of all settings as a server would have them that is given this file and no options;
    what is not the default says so. Raises ``BrokenSetting``."""
    defaults = dict(named_values(Settings()))
    lines = [f"{path} can be used. A server that is started with it has:", ""]
    section = ""
    for name, value in named_values(load(path)):
        table, _, key = name.rpartition(".")
        if table != section:
            section = table
            lines += ["", f"[{table}]"]
        line = f"{key} = {as_toml(value)}"
        default = defaults[name]
        lines.append(line if value == default else f"{line}  # default: {as_toml(default)}")
    return "\n".join(lines)


def choose(
    config: str, data_dir: str, listen: str, *, source: str, folder: Path | None = None
) -> Settings:
    """The file's settings with what the command line or the environment says on top.

    Each argument may be empty. ``source`` begins the sentence about a broken one. Relative paths
    begin at ``folder`` (None: the working directory), since a daemon leaves the directory it was
    started in and asks again later; the data directory of the result is absolute.
    """
    folder = folder or Path.cwd()
    settings = load(folder / Path(config).expanduser()) if config else Settings()
    notes = dict(notes_of(Settings))
    if data_dir:
        settings = replace(settings, data_dir=Path(data_dir).expanduser())
    if listen:
        read = _read_value(source, "listen", notes["listen"], listen)
        settings = replace(settings, listen=cast("ListenAddress", read))
    return replace(settings, data_dir=folder / settings.data_dir)
