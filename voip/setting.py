"""One setting: its documentation, what it allows, and where in a TOML file it stands.

A setting is a dataclass field whose metadata is ``note(...)``; the server's settings
(``voip.config``) and a client's are made of these, and so are the pages that document them. It
knows no setting by name and reads no file.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, fields
from enum import Enum
from typing import ClassVar, Protocol

from voip.core.errors import VoipError

LONGEST_SHOWN = 60
"""Letters of a wrong value that a sentence repeats."""


class BrokenSetting(VoipError):
    """A setting that cannot be used; its text is the sentence a person reads."""


class NotSuitable(ValueError):
    """A value that is well formed and still not allowed; its text is the reason, in a clause."""


@dataclass(frozen=True, slots=True)
class SettingNote:
    """What stands beside a setting: its documentation, its reader, which raises ``ValueError`` for
    what ``allowed`` does not allow, and its default as shown, where that depends on the machine."""

    doc: str
    allowed: str
    shown_default: str
    read: Callable[[object], object]

    def refusal(self, name: str, value: object) -> str:
        """What is wrong with a value, without the full stop."""
        shown = str(value)
        shown = shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 3] + "..."
        shown = repr(shown) if isinstance(value, str) else shown  # as the file has it
        return f"{name} must be {self.allowed}, not {shown}"


class Noted(Protocol):
    """A dataclass, as far as its fields can be listed."""

    __dataclass_fields__: ClassVar[dict[str, Field[object]]]


def as_toml(value: object) -> str:
    """A value as it stands in a file."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Enum():
            return json.dumps(value.value)
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def note(
    read: Callable[[object], object], *, doc: str, allowed: str, shown_default: str = ""
) -> Mapping[str, SettingNote]:
    """The metadata of a setting's field."""
    return {"note": SettingNote(doc, allowed, shown_default, read)}


def notes_of(kind: type[Noted]) -> Iterator[tuple[str, SettingNote]]:
    """Each setting of a table with its note, in the order they are written down."""
    for each in fields(kind):
        if "note" in each.metadata:
            yield each.name, each.metadata["note"]


def printable(most: int) -> Callable[[object], str]:
    """A reader of printable text of at most so many characters."""

    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > most or not (value.isprintable()):
            raise ValueError
        return value

    return read


def flag(value: object) -> bool:
    """A reader of true and false."""
    if not isinstance(value, bool):
        raise ValueError
    return value


def choice(kind: type[Enum], doc: str) -> Mapping[str, SettingNote]:
    """The metadata of one of the words of an enum."""
    *others, last = (f'"{member.value}"' for member in kind)
    return note(kind, doc=doc, allowed=f"{', '.join(others)} or {last}")


def whole(least: int, most: int) -> Callable[[object], int]:
    """A reader of whole numbers between these two."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError
        return value

    return read


def count(least: int, most: int, doc: str) -> Mapping[str, SettingNote]:
    """The metadata of a whole number between these two."""
    return note(whole(least, most), doc=doc, allowed=f"a whole number from {least} to {most}")


@dataclass(frozen=True, slots=True)
class Origin:
    """The text a setting came from, for telling where it is broken."""

    name: str
    text: str

    def line_of(self, table: str, key: str) -> str:
        """``FILE, line N``; the file alone if the key cannot be found by eye."""
        current = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
                current = header[1]
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line) and current == table:
                return f"{self.name}, line {number}"
            if table and re.match(rf"\s*{re.escape(table)}\.{re.escape(key)}\s*=", line):
                return f"{self.name}, line {number}"
            if current == key and not table:
                return f"{self.name}, line {number}"
        return self.name
