"""What to write to a terminal so that a prompt and the line being typed stand on it.

Each change is one piece of output: back to where the prompt begins, everything after it erased, and
both anew. Long lines are left to the terminal to wrap, so that one that wraps anew when its window
changes still shows what is counted here. It knows control sequences and no keys.
"""

import re
from itertools import islice
from typing import Final

from voip.server.admin.columns import width
from voip.server.admin.shell.places import Place, places

MORE: Final = "... "
"""Stands before the rows of a text after its first, cut or filled to the prompt's width."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def harmless(text: str) -> str:
    """Text as it may be shown: control characters are written out, line ends and tabs stay."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text.replace("\r\n", "\n"))


class Painter:
    """What stands on one terminal since the last piece of output."""

    def __init__(self) -> None:
        self._prompt = ""
        self._text = ""
        self._cursor = 0
        self._columns = 80
        self._is_shown = False

    def resize(self, columns: int) -> None:
        """The window is another; what is shown has been wrapped anew by then."""
        self._columns = max(1, columns)

    def paint(self, prompt: str, text: str, cursor: int) -> str:
        """Show a prompt and a text, the cursor where it belongs."""
        before = self._back()
        self._prompt, self._text, self._cursor, self._is_shown = prompt, text, cursor, True
        indent = width(prompt)
        more = MORE.rjust(indent)[-indent:] if indent else ""
        *_, end = places(text, indent, self._columns)
        lines = text.split("\n")
        shown = prompt + f"\r\n{more}".join(lines)
        if end.column == 0 and end.row:
            # Terminals stay in the last column until one more character comes.
            shown += "\r\n" if width(lines[-1]) or indent else ""
        return before + shown + self._move(end, self._place())

    def above(self, text: str) -> str:
        """Show text for good, above the prompt and the line, which stay as they are."""
        shown = self._is_shown
        output = self._back() + _ended(harmless(text)).replace("\n", "\r\n")
        self._is_shown = False
        return output + (self.paint(self._prompt, self._text, self._cursor) if shown else "")

    def leave(self) -> str:
        """Let the line stand as it is, and go on below it."""
        if not self._is_shown:
            return ""
        *_, end = places(self._text, width(self._prompt), self._columns)
        self._is_shown = False
        return self._move(self._place(), end) + ("\r\n" if end.column or not end.row else "")

    def clear(self) -> str:
        """An empty screen; what is painted next stands at its top."""
        self._is_shown = False
        return "\x1b[H\x1b[2J"

    def _place(self) -> Place:
        """Where the cursor stands: on the character that it is before."""
        return next(
            islice(places(self._text, width(self._prompt), self._columns), self._cursor, None)
        )

    def _back(self) -> str:
        if not self._is_shown:
            return ""
        row = self._place().row
        return (f"\x1b[{row}A" if row else "") + "\r\x1b[J"

    def _move(self, start: Place, end: Place) -> str:
        rows = end.row - start.row
        vertical = f"\x1b[{rows}B" if rows > 0 else f"\x1b[{-rows}A" if rows < 0 else ""
        if start.column == end.column:
            return vertical
        return f"{vertical}\r" + (f"\x1b[{end.column}C" if end.column else "")


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
