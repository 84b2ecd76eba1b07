"""Text by the columns it takes in a terminal: filled up, and broken into lines."""

from voip.server.admin.shell.columns import width as columns
from voip.server.admin.shell.columns import width_of


def padded(text: str, width: int, is_right: bool = False) -> str:
    """A text filled up with blanks to a width."""
    space = " " * max(0, width - columns(text))
    return space + text if is_right else text + space


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most ``width`` columns, broken at blanks where there are any; 0: in one
    line. There is always one line."""
    if not width or columns(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        left = word
        if lines[-1] and columns(lines[-1]) + 1 + columns(word) <= width:
            lines[-1] += f" {word}"
            continue
        while columns(left) > width:
            head = _head(left, width)
            lines.append(head)
            left = left[len(head) :]
        lines.append(left)
    return [line for line in lines if line] or [""]


def _head(text: str, width: int) -> str:
    """As much of the beginning as fits, at least one character."""
    taken = 0
    for at, letter in enumerate(text):
        taken += width_of(letter)
        if taken > width:
            return text[: max(1, at)]
    return text
