"""Rows of settings, one below the other: the arrows choose a row and change what it says.

A row has a label, a value that paints itself, and what the arrow keys and Enter do to it; between
rows stand lines that only tell something. Below all of them stands what is known about the row in
focus. It knows no settings and no model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import urwid

from voip_terminal.glyphs import Glyphs
from voip_terminal.paint import Line, Piece, canvas, column, fit, width, wrap
from voip_terminal.theme import Style

LABEL_COLS = 18
ABOUT_ROWS = 5
"""What stands below the rows, with an empty line before it."""

BETWEEN_COLS = 22
"""Between the brackets of a value, unless it is longer."""

ABOUT_COLS = 100
"""Longer lines are hard to read."""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """``step`` is what the arrows to the sides do, by -1 or 1; ``press`` what Enter does."""

    label: str
    paint: Callable[[int], Line]
    step: Callable[[int], None] | None = None
    press: Callable[[], None] | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above some rows."""

    text: str


Part = SettingRow | Heading | Callable[[int], Line]
"""A row, a heading, or a line beside the labels that paints itself for so many columns."""


class SettingRows(urwid.Widget):
    """The rows as a box widget; ``parts`` is asked at every drawing."""

    _sizing = frozenset([urwid.BOX])
    _selectable = True
    no_cache: ClassVar[list[str]] = ["render"]

    def __init__(self, parts: Callable[[], Sequence[Part]], glyphs: Glyphs) -> None:
        super().__init__()
        self._parts = parts
        self._glyphs = glyphs
        self._at = 0
        self._top = 0

    @property
    def focused(self) -> SettingRow | None:
        rows = [part for part in self._parts() if isinstance(part, SettingRow)]
        return rows[min(self._at, len(rows) - 1)] if rows else None

    def begin(self) -> None:
        """Focus the first row."""
        self._at = self._top = 0

    def move(self, step: int) -> None:
        """Focus another row, around the ends."""
        count = sum(isinstance(part, SettingRow) for part in self._parts())
        if count:
            self._at = (min(self._at, count - 1) + step) % count

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        page = max(1, size[1] - ABOUT_ROWS - 1)
        count = sum(isinstance(part, SettingRow) for part in self._parts())
        if key in {"up", "down"}:
            self.move(-1 if key == "up" else 1)
        elif key in {"page up", "page down"}:
            step = -page if key == "page up" else page
            self._at = max(0, min(count - 1, self._at + step))
        else:
            return key
        return None

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        cols, rows = size
        lines, at = self._lines(cols, focus)
        room = max(1, rows - ABOUT_ROWS)
        self._top = max(at - room + 1, min(self._top, at, max(0, len(lines) - room)))
        shown = lines[self._top : self._top + room]
        shown += [[]] * (room - len(shown))
        shown = [*shown, *self._about(cols)][:rows]
        shown += [[]] * (rows - len(shown))
        row = at - self._top
        return canvas(shown, cols, (0, row) if focus and cols and row < rows else None)

    def _lines(self, cols: int, focus: bool) -> tuple[list[Line], int]:
        """All lines, and in which of them the focus is."""
        parts = self._parts()
        wanted = min(self._at, sum(isinstance(part, SettingRow) for part in parts) - 1)
        lines: list[Line] = []
        at = row = 0
        for part in parts:
            match part:
                case SettingRow():
                    is_focused = row == wanted
                    at = len(lines) if is_focused else at
                    row += 1
                    lines.append(self._row(part, cols, is_focused=is_focused, focus=focus))
                case Heading(text=text):
                    lines.append([(Style.HEADING, f"  {text}")])
                case _:
                    lines.append([(None, " " * (LABEL_COLS + 2)), *part(cols - LABEL_COLS - 3)])
        return lines, at

    def _row(self, row: SettingRow, cols: int, *, is_focused: bool, focus: bool) -> Line:
        pointer = self._glyphs.pointer if is_focused else " "
        label = column(row.label, LABEL_COLS, self._glyphs.cut)
        value = row.paint(cols - LABEL_COLS - 3)
        line: list[Piece] = [(None, f"{pointer} {label}"), *value]
        if not is_focused or not focus:
            return line
        return [(Style.FOCUS, text) for _, text in fit(line, cols)]

    def _about(self, cols: int) -> list[Line]:
        row = self.focused
        told = wrap(row.about, min(cols, ABOUT_COLS) - 4)[: ABOUT_ROWS - 1] if row else []
        return [[], *([(Style.DIM, f"  {line}")] for line in told)]


def between(text: str, cols: int, cut: str) -> Line:
    """A value that the arrows change: between angle brackets."""
    room = max(1, min(cols - 4, max(BETWEEN_COLS, width(text))))
    return [(None, f"< {column(text, room, cut)} >")]
