"""The line being typed: its text, where the cursor is, what was cut. Knows neither keys nor screen.

All verbs leave the cursor between two characters that stand for themselves: an accent that is a
character of its own is never parted from its letter.
"""

from collections.abc import Callable
from typing import Final

from voip.server.admin.columns import width_of

MAX_LINE: Final = 4096
"""Characters; the audit keeps as many, and what cannot be recorded is not run."""


def typeable(text: str) -> str:
    """What of a text can stand in a line: no control characters and nothing invisible."""
    return "".join(
        character
        for character in text.replace("\t", "    ")
        if character.isprintable() or character == "\n"
    )


class Line:
    """``cursor`` counts the characters before it."""

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self.cut = ""
        """What was cut last, for ``yank``."""

    def set(self, text: str) -> None:
        """Another text, the cursor at its end."""
        self.text = typeable(text)[:MAX_LINE]
        self.cursor = len(self.text)

    def insert(self, text: str) -> bool:
        """Put text in at the cursor; False, and nothing is changed, when there is no room."""
        text = typeable(text)
        if len(self.text) + len(text) > MAX_LINE:
            return False
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)
        self.cursor = self._settled(self.cursor)
        return True

    def replace(self, start: int, text: str) -> bool:
        """Put text in the place of what stands between ``start`` and the cursor."""
        if len(self.text) - (self.cursor - start) + len(text) > MAX_LINE:
            return False
        self.text = self.text[:start] + text + self.text[self.cursor :]
        self.cursor = start + len(text)
        return True

    def left(self) -> None:
        self.cursor = self._before(self.cursor)

    def right(self) -> None:
        self.cursor = self._after(self.cursor)

    def home(self) -> None:
        """To the beginning of the row, where the text has several."""
        self.cursor = self.text.rfind("\n", 0, self.cursor) + 1

    def end(self) -> None:
        found = self.text.find("\n", self.cursor)
        self.cursor = len(self.text) if found < 0 else found

    def word_left(self) -> None:
        self.cursor = self._word_before(str.isalnum)

    def word_right(self) -> None:
        self.cursor = self._word_after()

    def backspace(self) -> None:
        self._remove(self._before(self.cursor), self.cursor)

    def delete(self) -> None:
        self._remove(self.cursor, self._after(self.cursor))

    def cut_to_end(self) -> None:
        """To the end of the row; at the end of one, its line end."""
        start = self.cursor
        self.end()
        self._cut(start, self.cursor if self.cursor > start else start + 1)

    def cut_to_start(self) -> None:
        end = self.cursor
        self.home()
        self._cut(self.cursor, end)

    def cut_word_left(self) -> None:
        """Back to the last blank."""
        self._cut(self._word_before(lambda character: not character.isspace()), self.cursor)

    def cut_part_left(self) -> None:
        """Back to where letters or digits begin."""
        self._cut(self._word_before(str.isalnum), self.cursor)

    def cut_word_right(self) -> None:
        self._cut(self.cursor, self._word_after())

    def yank(self) -> bool:
        """Put in what was cut last."""
        return self.insert(self.cut)

    def _cut(self, start: int, end: int) -> None:
        if self.text[start:end]:
            self.cut = self.text[start:end]
            self._remove(start, end)

    def _remove(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.cursor = self._settled(start)

    def _settled(self, at: int) -> int:
        while at < len(self.text) and self._leans(at):
            at += 1
        return at

    def _leans(self, at: int) -> bool:
        return at > 0 and self.text[at - 1] != "\n" and width_of(self.text[at]) == 0

    def _before(self, at: int) -> int:
        at = max(0, at - 1)
        while self._leans(at):
            at -= 1
        return at

    def _after(self, at: int) -> int:
        return self._settled(min(len(self.text), at + 1))

    def _word_before(self, is_part: Callable[[str], bool]) -> int:
        at = self.cursor
        while at > 0 and not is_part(self.text[at - 1]):
            at -= 1
        while at > 0 and is_part(self.text[at - 1]):
            at -= 1
        return self._settled(at)

    def _word_after(self) -> int:
        at, size = self.cursor, len(self.text)
        while at < size and not self.text[at].isalnum():
            at += 1
        while at < size and self.text[at].isalnum():
            at += 1
        return self._settled(at)
