"""Drawing lines of styled text: what most of a screen is made of.

A line is a list of (style, text) pieces. ``fit`` makes it exactly as wide as its place, ``Area``
draws a block of lines, ``Strip`` one line and ``Row`` one line that can have the focus, with the
hardware cursor on it, which screen readers follow. They ask for their lines at every drawing, so
nobody has to remember what to redraw. They know no model and no keys.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

import urwid

from voip.core.names import clean_text
from voip_terminal.theme import Style

Piece = tuple[Style | None, str]
Line = Sequence[Piece]

SHOWN_MAXIMUM = 200
"""Characters of somebody else's text that are shown, where nothing else is said."""


def clean(text: str, most: int = SHOWN_MAXIMUM) -> str:
    """At most so many characters of somebody else's text, with nothing in them that could steer
    the terminal."""
    if len(text) <= most and text.isascii() and text.isprintable():
        return " ".join(text.split())  # the same, but for a list of thousands at once
    return clean_text(text, most)


def width(text: str) -> int:
    """How many columns a text takes."""
    return urwid.calc_width(text, 0, len(text))


def shorten(text: str, cols: int, mark: str) -> str:
    """The text in at most ``cols`` columns; ``mark`` ends it where something was cut off."""
    if width(text) <= cols:
        return text
    if cols < 1:
        return ""
    end, _ = urwid.calc_text_pos(text, 0, len(text), cols - 1)
    return text[:end] + mark


def column(text: str, cols: int, mark: str) -> str:
    """The text in exactly ``cols`` columns: shortened or followed by spaces."""
    short = shorten(text, cols, mark)
    return short + " " * (cols - width(short))


def wrap(text: str, cols: int) -> list[str]:
    """The text broken between words into lines of at most ``cols`` columns."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer) <= cols:
            lines[-1] = longer
        elif lines[-1]:
            lines.append(word)
        else:
            lines[-1] = word
    return lines


def fit(line: Line, cols: int) -> list[Piece]:
    """The line in exactly ``cols`` columns."""
    fitted: list[Piece] = []
    left = cols
    for style, text in line:
        end, taken = urwid.calc_text_pos(text, 0, len(text), left)
        if end:
            fitted.append((style, text[:end]))
        left -= taken
        if end < len(text):
            break
    if left:
        fitted.append((None, " " * left))
    return fitted


def spread(start: Line, end: Line, cols: int) -> list[Piece]:
    """``start`` at the left, ``end`` at the right; the start gives way when both do not fit."""
    end_cols = min(cols, sum(width(text) for _, text in end))
    return [*fit(start, cols - end_cols), *fit(end, end_cols)]


def canvas(lines: Sequence[Line], cols: int, cursor: tuple[int, int] | None) -> urwid.TextCanvas:
    """The lines as urwid draws them."""
    texts: list[bytes] = []
    styles: list[list[tuple[str | None, int]]] = []
    charsets: list[list[tuple[Literal["0", "U"] | None, int]]] = []
    for line in lines:
        row = b""
        row_styles: list[tuple[str | None, int]] = []
        row_charsets: list[tuple[Literal["0", "U"] | None, int]] = []
        for style, text in fit(line, cols):
            encoded, charset = urwid.apply_target_encoding(text)
            row += encoded
            row_styles.append((style, len(encoded)))
            row_charsets.extend(charset)
        texts.append(row)
        styles.append(row_styles)
        charsets.append(row_charsets)
    return urwid.TextCanvas(texts, styles, charsets, cursor=cursor, maxcol=cols)  # type: ignore[arg-type]  # a style is hashable


class Area(urwid.Widget):
    """A block that paints itself: ``paint(cols, rows)`` gives its lines from the top.

    With the focus it has the cursor, if it was given a place for one.
    """

    _sizing = frozenset([urwid.BOX])
    no_cache: ClassVar[list[str]] = ["render"]

    def __init__(
        self,
        paint: Callable[[int, int], Sequence[Line]],
        cursor: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self._paint = paint
        self._cursor = cursor

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        cols, rows = size
        lines = list(self._paint(cols, rows))[:rows]
        lines += [[]] * (rows - len(lines))
        return canvas(lines, cols, self._cursor if focus else None)


class Strip(urwid.Widget):
    """One line that paints itself: ``paint(cols, has_focus)``."""

    _sizing = frozenset([urwid.FLOW])
    no_cache: ClassVar[list[str]] = ["render"]

    def __init__(self, paint: Callable[[int, bool], Line]) -> None:
        super().__init__()
        self._paint = paint

    def rows(self, size: tuple[int], focus: bool = False) -> int:  # noqa: ARG002 - always one
        return 1

    def render(self, size: tuple[int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        cursor = (0, 0) if focus and self._selectable and size[0] else None
        return canvas([self._paint(size[0], focus)], size[0], cursor)


class Row(Strip):
    """A line that can have the focus; the cursor then stands at its start."""

    _selectable = True

    def get_cursor_coords(self, size: tuple[int]) -> tuple[int, int] | None:
        return (0, 0) if size[0] else None

    def keypress(self, size: tuple[int], key: str) -> str | None:  # type: ignore[override]  # noqa: ARG002 - a line itself takes no keys
        return key
