"""Text by the columns it takes in a terminal: measured, filled up, and broken into lines.

Knows Unicode, and no terminal.
"""

import unicodedata
from typing import Final

_JOINER: Final = "\u200d"


def width_of(character: str) -> int:
    """0 for what sits on the character before, 2 for wide ones, else 1."""
    if character.isascii():
        return 1
    if character == _JOINER or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def width(text: str) -> int:
    """The columns of a text without line ends."""
    return len(text) if text.isascii() else sum(map(width_of, text))


def padded(text: str, columns: int, is_right: bool = False) -> str:
    """A text filled up with blanks to a width."""
    space = " " * max(0, columns - width(text))
    return space + text if is_right else text + space


def wrapped(text: str, columns: int) -> list[str]:
    """A text in lines of at most so many columns, broken at blanks where there are any; 0: in one
    line. There is always one line."""
    if not columns or width(text) <= columns:
        return [text]
    lines = [""]
    for word in text.split(" "):
        left = word
        if lines[-1] and width(lines[-1]) + 1 + width(word) <= columns:
            lines[-1] += f" {word}"
            continue
        while width(left) > columns:
            head = _head(left, columns)
            lines.append(head)
            left = left[len(head) :]
        lines.append(left)
    return [line for line in lines if line] or [""]


def _head(text: str, columns: int) -> str:
    """As much of the beginning as fits, at least one character."""
    taken = 0
    for at, letter in enumerate(text):
        taken += width_of(letter)
        if taken > columns:
            return text[: max(1, at)]
    return text
