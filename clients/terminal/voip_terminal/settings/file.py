"""The settings file: TOML text to settings, and a change back into the text.

A value that cannot be used costs its default and one sentence, which names the line; nothing in a
file can keep the client from starting. A change keeps every comment and every other line as they
are. It reads and writes text; where the file is, ``store`` knows.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Final

import tomlkit
from tomlkit.container import OutOfOrderTableProxy
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable

from voip.setting import BrokenSetting, Origin, SettingNote, notes_of
from voip_terminal.settings.key_names import KeyName
from voip_terminal.settings.values import OPEN_TABLES, TABLES, ClientSettings, OpenTable

Plain = str | int | bool
"""A value as it stands in the file."""

NEW_FILE: Final = "# Settings of voip. docs/settings.md tells what there is.\n"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The settings of a file, and a sentence for each thing in it that could not be used."""

    settings: ClientSettings
    troubles: tuple[str, ...] = ()


class UnknownSetting(BrokenSetting):
    """There is no such table, or no such name in it: ``field`` is "section" or "name"."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Unchangeable(BrokenSetting):
    """The text cannot be changed, since it is no TOML or a table of it is none."""


# ---- reading -----------------------------------------------------------------------------------


def parse(text: str, name: str) -> ReadFile:
    """Read settings from TOML text; ``name`` is what the sentences call the file."""
    try:
        tables: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{name}, line {line[1]}" if line else f"{name}, at its end"
        trouble = f"{where}: this is not TOML; no setting of this file is used."
        return ReadFile(ClientSettings(), (trouble,))
    reader = _Reader(Origin(name, text))
    return ReadFile(reader.settings(tables), tuple(reader.troubles))


class _Reader:
    """Reads tables one by one and gathers what is wrong."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self.troubles: list[str] = []

    def settings(self, tables: Mapping[str, object]) -> ClientSettings:
        sections: dict[str, object] = {}
        for section, values in tables.items():
            if section not in TABLES and section not in OPEN_TABLES:
                self._trouble("", section, _no_table(section))
            elif not isinstance(values, dict):
                self._trouble(
                    "", section, f"{section} must be a table, begun by the line [{section}]."
                )
            elif section in TABLES:
                sections[section] = self._table(section, values)
            else:
                sections[section] = self._open_table(section, values)
        return replace(ClientSettings(), **sections)  # type: ignore[arg-type]

    def _table(self, section: str, values: Mapping[str, object]) -> object:
        kind = TABLES[section]
        notes = dict(notes_of(kind))
        read: dict[str, object] = {}
        for name, value in values.items():
            if name not in notes:
                self._trouble(section, name, _no_setting(name, notes))
                continue
            try:
                read[name] = notes[name].read(value)
            except ValueError:
                used = shown(plain_of(getattr(kind(), name)))
                refusal = notes[name].refusal(name, value)
                self._trouble(section, name, f"{refusal}; {used} is used.")
        return kind(**read)  # type: ignore[arg-type]

    def _open_table(self, section: str, values: Mapping[str, object]) -> object:
        table = OPEN_TABLES[section]
        read: dict[object, object] = {}
        for name, value in values.items():
            try:
                key = table.read_name(name)
            except ValueError:
                self._trouble(section, name, f"{_no_name(name, table)}; it is left out.")
                continue
            try:
                read[key] = table.note.read(value)
            except ValueError:
                refusal = table.note.refusal(name, value)
                self._trouble(section, name, f"{refusal}; it is left out.")
        return MappingProxyType(read)

    def _trouble(self, section: str, name: str, sentence: str) -> None:
        self.troubles.append(f"{self._origin.line_of(section, name)}: {sentence}")


def _no_table(section: str) -> str:
    return f"there is no table [{section}]; {_hint(section, [*TABLES, *OPEN_TABLES])}"


def _no_setting(name: str, known: Iterable[str]) -> str:
    return f"there is no setting {name!r} in it; {_hint(name, known)}"


def _no_name(name: str, table: OpenTable) -> str:
    return f"{name!r} is not {table.names}"


def _hint(name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else "there are: " + ", ".join(known) + "."


# ---- single values -----------------------------------------------------------------------------


def with_value(
    settings: ClientSettings, section: str, name: str, value: Plain | None
) -> ClientSettings:
    """The settings with one value, or its default for None. ``BrokenSetting`` tells in a sentence
    what is allowed; it is an ``UnknownSetting`` where there is no such section or name."""
    if section in OPEN_TABLES:
        table = OPEN_TABLES[section]
        entries = dict(getattr(settings, section))
        try:
            key = table.read_name(name)
        except ValueError:
            raise UnknownSetting("name", f"{_no_name(name, table)}.") from None
        entries.pop(key, None)
        if value is not None:
            entries[key] = _read(table.note, name, value)
        return replace(settings, **{section: MappingProxyType(entries)})  # type: ignore[arg-type]
    if section not in TABLES:
        raise UnknownSetting("section", _no_table(section))
    kind = TABLES[section]
    notes = dict(notes_of(kind))
    if name not in notes:
        raise UnknownSetting("name", _no_setting(name, notes))
    read = getattr(kind(), name) if value is None else _read(notes[name], name, value)
    changed = replace(getattr(settings, section), **{name: read})
    return replace(settings, **{section: changed})


def tables_of(settings: ClientSettings) -> Mapping[str, Mapping[str, Plain]]:
    """All of the settings, as a file would hold them that left none of them out."""
    given: dict[str, Mapping[str, Plain]] = {
        section: {
            name: plain_of(getattr(getattr(settings, section), name)) for name, _ in notes_of(kind)
        }
        for section, kind in TABLES.items()
    }
    volumes = {str(username): volume_db for username, volume_db in settings.volumes.items()}
    keys = {verb.name.lower(): plain_of(key) for verb, key in settings.keys.items()}
    return {**given, "volumes": volumes, "keys": keys}


def plain_of(value: object) -> Plain:
    """A value as it stands in a file."""
    match value:
        case Enum():
            return str(value.value)
        case KeyName(label):
            return label
        case bool() | int() | str():
            return value
        case _:
            raise TypeError(value)


def shown(value: Plain) -> str:
    """A value as TOML writes it."""
    return tomlkit.item(value).as_string()


def _read(note: SettingNote, name: str, value: Plain) -> object:
    try:
        return note.read(value)
    except ValueError:
        raise BrokenSetting(f"{note.refusal(name, value)}.") from None


# ---- writing -----------------------------------------------------------------------------------


def value_in(text: str, section: str, name: str) -> Plain | None:
    """The value that stands in a text, as it stands there; None when there is none to be kept."""
    table = _parsed(text).get(section)
    value = table.get(name) if isinstance(table, dict) else None
    match value.unwrap() if isinstance(value, tomlkit.items.Item) else value:
        case bool() | int() | str() as plain:
            return plain
        case _:
            return None


def changed(text: str, section: str, name: str, value: Plain | None) -> str:
    """The text with a value put in, or taken out for None. ``Unchangeable`` when it cannot be."""
    document = _parsed(text)
    if section not in document:
        if value is None:
            return text
        document[section] = tomlkit.table()
    table = document[section]
    if not isinstance(table, AbstractTable | OutOfOrderTableProxy):
        raise Unchangeable(f"{section} is no table in it")
    if value is not None:
        table[name] = value
    elif name in table:
        del table[name]
    return tomlkit.dumps(document)


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError:
        raise Unchangeable("it is not TOML") from None
