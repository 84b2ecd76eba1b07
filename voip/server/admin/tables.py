"""What a command gave, as text: for people a sentence, facts and tables, for programs JSON.

The end of a key says what its value is (see ``voip.server.admin.command.Value``). Whatever comes
from callers, names, nicknames, notes, is shown without control characters. ``width`` 0 is a place
without a right edge, such as a pipe: nothing is broken into lines there.
"""

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from voip.core.names import clean_text
from voip.server.admin.columns import padded, wrapped
from voip.server.admin.columns import width as columns
from voip.server.admin.command import Result, Row, Value

ID_LETTERS: Final = 8
"""Of an id that are shown: any four or more of the first find it again."""
GAP: Final = "  "
LONGEST_TEXT: Final = 4096
"""Characters of a line of the audit, the longest there is to show."""
LEAST_COLUMN: Final = 10
"""A column is not made narrower; the line is longer then than the terminal is wide."""


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
    if result.rows:
        parts.append(_table(result.rows, width))
    elif result.rows is not None and not result.said:
        parts.append("none")
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


_ENDS: Final = ("_at", "_until", "_seconds", "_ms", "_percent", "_bytes", "_id")


def _number(key: str, value: float) -> str:
    for end, write in _WRITTEN.items():
        if f"_{key}".endswith(end) and math.isfinite(value):
            return write(value)
    return str(value) if float(value).is_integer() else f"{value:.1f}"


def _moment(seconds: float) -> str:
    try:
        moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return str(seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _duration(seconds: float) -> str:
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
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
    "_ms": lambda value: f"{value:.0f} ms",
    "_percent": lambda value: f"{value:.1f} %",
    "_bytes": _size,
}


def _facts(facts: Row, width: int) -> str:
    tables = {key: rows for key, value in facts.items() if (rows := _rows(value))}
    plain = [(heading(key), shown(key, facts[key])) for key in facts if key not in tables]
    left = max((columns(name) for name, _ in plain), default=0)
    room = max(width - left - len(GAP), LEAST_COLUMN) if width else 0
    lines = []
    for name, text in plain:
        first, *more = wrapped(text, room)
        lines.append(f"{padded(name, left)}{GAP}{first}")
        lines += [" " * (left + len(GAP)) + line for line in more]
    for key, rows in tables.items():
        lines += ["", f"{heading(key)}:", _table(rows, width)]
    return "\n".join(lines)


def _rows(value: Value) -> list[Row]:
    """The rows of a value that is a table; none of any other."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    rows = [row for row in value if isinstance(row, Mapping)]
    return rows if len(rows) == len(value) else []


def _table(rows: Sequence[Row], width: int) -> str:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[heading(key).upper() for key in keys]]
    cells += [[shown(key, row.get(key)) for key in keys] for row in rows]
    widths = _fitted([max(columns(line[i]) for line in cells) for i in range(len(keys))], width)
    is_right = [all(_is_figure(key, row.get(key)) for row in rows) for key in keys]
    lines = []
    for line in cells:
        parts = map(wrapped, line, widths)
        lines += [
            GAP.join(map(padded, texts, widths, is_right)).rstrip()
            for texts in zip_longest(*parts, fillvalue="")
        ]
    return "\n".join(lines)


def _is_figure(key: str, value: Value) -> bool:
    """Whether it stands at the right of its column."""
    if f"_{key}".endswith(("_at", "_until")) or isinstance(value, bool):
        return False
    return value is None or isinstance(value, int | float)


def _fitted(widths: list[int], width: int) -> list[int]:
    """Column widths that fit, taken from the widest first."""
    over = sum(widths) + len(GAP) * (len(widths) - 1) - width
    while width and over > 0 and max(widths) > LEAST_COLUMN:
        widths[widths.index(max(widths))] -= 1
        over -= 1
    return widths


def _clean(text: str) -> str:
    is_plain = text.isascii() and text.isprintable()  # nearly all are, and there may be thousands
    return text if is_plain else clean_text(text, LONGEST_TEXT)
