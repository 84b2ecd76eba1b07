"""Where each character of a text comes to stand in a window, and texts laid out to fit one.

Knows the width of a window, and no terminal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voip.server.admin.columns import width, width_of


@dataclass(frozen=True, slots=True)
class Place:
    """Row and column, counted from the first cell of the first row."""

    row: int
    column: int


def places(text: str, indent: int, columns: int) -> Iterator[Place]:
    """Where each character is put by a terminal that wraps, and last where the next one would be.

    The first row begins after ``indent`` columns (a prompt), and so does each row after a line
    end in the text. A wide character that does not fit goes to the next row whole.
    """
    row, column = _wrapped(0, indent, columns)
    for character in text:
        if character == "\n":
            yield Place(row, column)
            row, column = _wrapped(row + 1, indent, columns)
            continue
        needed = width_of(character)
        if needed > 1 and column + needed > columns:
            row, column = row + 1, 0
        yield Place(row, column)
        row, column = _wrapped(row, column + needed, columns)
    yield Place(row, column)


def _wrapped(row: int, column: int, columns: int) -> tuple[int, int]:
    return row + column // columns, column % columns


def broken(text: str, columns: int) -> str:
    """Text whose lines are broken at blanks where they do not fit; 0 columns: all fit."""
    if not columns:
        return text
    return "\n".join(row for line in text.split("\n") for row in _rows(line, columns))


def _rows(line: str, columns: int) -> Iterator[str]:
    while width(line) > columns:
        *_, at = (at for at, place in enumerate(places(line, 0, columns)) if not place.row)
        blank = line.rfind(" ", 0, at + 2)
        if not line[: max(0, blank)].strip():
            break  # nothing to break at: the terminal does
        yield line[:blank].rstrip()
        line = line[blank:].lstrip()
    yield line


def in_columns(words: Sequence[str], columns: int) -> str:
    """Words one beside the other, as many as fit, read from left to right."""
    broad = max(map(width, words)) + 2
    per_row = max(1, columns // broad)
    rows = (words[at : at + per_row] for at in range(0, len(words), per_row))
    return "\n".join(
        "".join(word + " " * (broad - width(word)) for word in row).rstrip() for row in rows
    )
