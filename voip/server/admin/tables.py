"""What a command gave, as text: for people a sentence, tables and facts, for programs JSON.

The end of a key says what its value is (see ``voip.server.admin.command.Value``). Whatever comes
from callers, names, nicknames, notes, is shown without control characters. ``width`` 0 is a place
without a right edge, such as a pipe: nothing is cut there.
"""

import datetime as dt
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from voip.core.names import clean_text
from voip.server.admin.command import Result, Row, Value

ID_LETTERS: Final = 8
"""Of an id that are shown: any four or more of the first find it again."""
GAP: Final = "  "
LONGEST_TEXT: Final = 4096
"""Characters of a line of the audit, the longest there is to show."""
LEAST_COLUMN: Final = 8
"""A column is not cut below this; the line is longer then than the terminal is wide."""


def as_json(result: Result, error: str = "") -> str:
    """One line of JSON; what a command did not give is not in it."""
    document: dict[str, Value] = {"ok": not error}
    if error:
        document["error"] = error
    if result.said or not error:
        document["said"] = result.said
    if result.rows is not None:
        document["rows"] = result.rows
    if result.facts is not None:
        document["facts"] = result.facts
    return json.dumps(document)


def as_text(result: Result, error: str = "", width: int = 0) -> str:
    """What a person reads, without a newline at its end."""
    parts = [result.said]
    if result.facts is not None:
        parts.append(_facts(result.facts, width))
    if result.rows is not None:
        parts.append(_table(result.rows, width) if result.rows else "none")
    return "\n".join(part for part in (*parts, error) if part)


def shown(key: str, value: Value) -> str:
    """One value, as its key says what it is."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case str():
            text = _clean(value)
            return (text[:ID_LETTERS] if key.endswith("_id") else text) or "-"
        case int() | float():
            return _number(key, value)
        case Mapping():
            return ", ".join(f"{heading(k)} {shown(k, v)}" for k, v in value.items()) or "-"
        case _:
            return ", ".join(shown(key, one) for one in value) or "-"


def heading(key: str) -> str:
    """A key as a person reads it: without the end that says what its value is."""
    for end in _ENDS:
        key = key.removesuffix(end)
    return key.replace("_", " ")


_ENDS: Final = ("_at", "_until", "_seconds", "_bytes", "_id")


def _number(key: str, value: float) -> str:
    for end, write in _WRITTEN.items():
        if key.endswith(end):
            return write(value)
    return str(value) if float(value).is_integer() else f"{value:.1f}"


def _moment(seconds: float) -> str:
    try:
        moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return str(seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms" if seconds > 0 else "0 s"
    whole = int(seconds)
    for size, unit, smaller, name in _STEPS:
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit}" + (f" {rest} {name}" if rest else "")
    return f"{whole} s"


_STEPS: Final = ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


_WRITTEN: Final[Mapping[str, Callable[[float], str]]] = {
    "_at": _moment,
    "_until": _moment,
    "_seconds": _duration,
    "_bytes": _size,
}


def _facts(facts: Row, width: int) -> str:
    plain = {key: value for key, value in facts.items() if not _is_table(value)}
    left = max((_columns(heading(key)) for key in plain), default=0)
    lines = [f"{_padded(heading(key), left)}{GAP}{shown(key, plain[key])}" for key in plain]
    for key, value in facts.items():
        if isinstance(value, Sequence) and not isinstance(value, str) and _is_table(value):
            rows = [row for row in value if isinstance(row, Mapping)]
            lines += ["", f"{heading(key)}:", _table(rows, width)]
    return "\n".join(lines)


def _is_table(value: Value) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(row, Mapping) for row in value)
    )


def _table(rows: Sequence[Row], width: int) -> str:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[heading(key).upper() for key in keys]]
    cells += [[shown(key, row.get(key)) for key in keys] for row in rows]
    widths = _fitted([max(_columns(line[i]) for line in cells) for i in range(len(keys))], width)
    is_number = [
        all(_is_number(row.get(key)) for row in rows) and not key.endswith(("_at", "_until"))
        for key in keys
    ]
    return "\n".join(
        GAP.join(
            _padded(_cut(cell, widths[i]), widths[i], is_right=is_number[i])
            for i, cell in enumerate(line)
        ).rstrip()
        for line in cells
    )


def _is_number(value: Value) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _fitted(widths: list[int], width: int) -> list[int]:
    """Column widths that fit, taken from the widest first."""
    over = sum(widths) + len(GAP) * (len(widths) - 1) - width
    while width and over > 0 and max(widths) > LEAST_COLUMN:
        widest = widths.index(max(widths))
        widths[widest] -= 1
        over -= 1
    return widths


def _clean(text: str) -> str:
    is_plain = text.isascii() and text.isprintable()  # nearly all are, and there may be thousands
    return text if is_plain else clean_text(text, LONGEST_TEXT)


def _columns(text: str) -> int:
    return sum(_width_of(letter) for letter in text)


def _width_of(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _cut(text: str, width: int) -> str:
    if _columns(text) <= width:
        return text
    kept, left = "", width - 1
    for letter in text:
        left -= _width_of(letter)
        if left < 0:
            break
        kept += letter
    return kept + "…"


def _padded(text: str, width: int, *, is_right: bool = False) -> str:
    space = " " * max(0, width - _columns(text))
    return space + text if is_right else text + space
