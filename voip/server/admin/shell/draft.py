"""What is being typed: the line, older lines called up or searched for, and what each key does.

It knows keys and the history; what becomes of a line that is done, and the screen, it does not.
"""

from collections.abc import Callable
from enum import Enum, auto, unique

from voip.server.admin.shell.history import History
from voip.server.admin.shell.keys import Key
from voip.server.admin.shell.line import Line


@unique
class Pressed(Enum):
    """What is left to the shell after a key."""

    EDITED = auto()
    NO_ROOM = auto()
    ENTER = auto()
    COMPLETE = auto()
    GIVE_UP = auto()
    END_OF_INPUT = auto()
    CLEAR = auto()


_LEFT_TO_SHELL = {
    Key.ENTER: Pressed.ENTER,
    Key.COMPLETE: Pressed.COMPLETE,
    Key.GIVE_UP: Pressed.GIVE_UP,
    Key.CLEAR: Pressed.CLEAR,
}


class Draft:
    """``has_rows``: a line may have line ends in it; else pasted ones become blanks."""

    def __init__(self, history: History, *, has_rows: bool) -> None:
        self.line = Line()
        self._history = history
        self._has_rows = has_rows
        self._at = len(history.entries)
        self._typed = ""  # before an older line was called up
        self._sought: str | None = None  # what is searched for; None: nothing is
        self._found = -1
        line = self.line
        self._verbs: dict[Key, Callable[[], object]] = {
            Key.LEFT: line.left,
            Key.RIGHT: line.right,
            Key.HOME: line.home,
            Key.END: line.end,
            Key.BACKSPACE: line.backspace,
            Key.DELETE: line.delete,
            Key.WORD_LEFT: line.word_left,
            Key.WORD_RIGHT: line.word_right,
            Key.CUT_TO_END: line.cut_to_end,
            Key.CUT_TO_START: line.cut_to_start,
            Key.CUT_WORD_LEFT: line.cut_word_left,
            Key.CUT_PART_LEFT: line.cut_part_left,
            Key.CUT_WORD_RIGHT: line.cut_word_right,
            Key.UP: self._up,
            Key.DOWN: self._down,
            Key.SEARCH: self._search,
        }

    def press(self, key: Key | str) -> Pressed:
        """Do what a key does to the draft; tell what it leaves to the shell."""
        if self._sought is not None and self._seeks(key):
            return Pressed.EDITED
        if isinstance(key, str):
            text = key if self._has_rows else " ".join(key.split("\n"))
            return Pressed.EDITED if self.line.insert(text) else Pressed.NO_ROOM
        if key is Key.YANK:
            return Pressed.EDITED if self.line.yank() else Pressed.NO_ROOM
        if key is Key.END_OF_INPUT:
            if not self.line.text:
                return Pressed.END_OF_INPUT
            self.line.delete()
        elif key in self._verbs:
            self._verbs[key]()
        return _LEFT_TO_SHELL.get(key, Pressed.EDITED)

    def begin(self) -> None:
        """An empty line, below all older ones."""
        self.line.set("")
        self._at = len(self._history.entries)
        self._sought = None

    def shown(self, prompt: str) -> tuple[str, str, int]:
        """The prompt, the text and the cursor's place in it, as they should stand on the screen."""
        if self._sought is None:
            return prompt, self.line.text, self.line.cursor
        text = self._history.entries[self._found] if self._found >= 0 else ""
        return f"(search) {self._sought}: ", text, max(0, text.find(self._sought))

    def _up(self) -> None:
        row = self.line.text.rfind("\n", 0, self.line.cursor)
        if row >= 0:
            self.line.cursor = row
        elif self._at > 0:
            if self._at == len(self._history.entries):
                self._typed = self.line.text
            self._at -= 1
            self.line.set(self._history.entries[self._at])

    def _down(self) -> None:
        entries = self._history.entries
        row = self.line.text.find("\n", self.line.cursor)
        if row >= 0:
            self.line.cursor = row + 1
            self.line.end()
        elif self._at < len(entries):
            self._at += 1
            self.line.set(entries[self._at] if self._at < len(entries) else self._typed)

    def _search(self) -> None:
        self._sought, self._found = "", -1

    def _seeks(self, key: Key | str) -> bool:
        """Whether the search took the key; else what was found becomes the line."""
        assert self._sought is not None
        everything = len(self._history.entries)
        if isinstance(key, str):
            self._sought += key
            self._found = self._history.find(self._sought, everything)
        elif key is Key.BACKSPACE:
            self._sought = self._sought[:-1]
            self._found = self._history.find(self._sought, everything)
        elif key is Key.SEARCH:
            older = self._history.find(
                self._sought, self._found if self._found >= 0 else everything
            )
            self._found = older if older >= 0 else self._found
        elif key is Key.GIVE_UP:
            self._sought = None
        else:
            if self._found >= 0:
                self.line.set(self._history.entries[self._found])
            self._sought = None
            return False
        return True
