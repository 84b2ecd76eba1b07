"""Keys as a terminal sends them, by names: one vocabulary for the shell.

Conch's parser tells single bytes, its names of function keys, and what it does not know; the
sequences that xterm, tmux, PuTTY and the Linux console send for the same keys are brought together
here. UTF-8 that comes byte by byte is put together.
"""

import codecs
from enum import Enum, unique
from typing import Final


@unique
class Key(Enum):
    """What a key means to the line."""

    ENTER = "enter"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    HOME = "home"
    END = "end"
    BACKSPACE = "backspace"
    DELETE = "delete"
    WORD_LEFT = "word left"
    WORD_RIGHT = "word right"
    CUT_TO_END = "cut to end"
    CUT_TO_START = "cut to start"
    CUT_WORD_LEFT = "cut word left"
    CUT_PART_LEFT = "cut part left"
    CUT_WORD_RIGHT = "cut word right"
    YANK = "yank"
    COMPLETE = "complete"
    SEARCH = "search"
    GIVE_UP = "give up"
    END_OF_INPUT = "end of input"
    CLEAR = "clear"
    PASTE_BEGINS = "paste begins"
    PASTE_ENDS = "paste ends"


PLAIN: Final = {
    b"\r": Key.ENTER,
    b"\n": Key.ENTER,
    b"\t": Key.COMPLETE,
    b"\x7f": Key.BACKSPACE,
    b"\x08": Key.BACKSPACE,
    b"\x01": Key.HOME,
    b"\x02": Key.LEFT,
    b"\x03": Key.GIVE_UP,
    b"\x04": Key.END_OF_INPUT,
    b"\x05": Key.END,
    b"\x06": Key.RIGHT,
    b"\x07": Key.GIVE_UP,
    b"\x0b": Key.CUT_TO_END,
    b"\x0c": Key.CLEAR,
    b"\x0e": Key.DOWN,
    b"\x10": Key.UP,
    b"\x12": Key.SEARCH,
    b"\x15": Key.CUT_TO_START,
    b"\x17": Key.CUT_WORD_LEFT,
    b"\x19": Key.YANK,
    b"[UP_ARROW]": Key.UP,
    b"[DOWN_ARROW]": Key.DOWN,
    b"[RIGHT_ARROW]": Key.RIGHT,
    b"[LEFT_ARROW]": Key.LEFT,
    b"[HOME]": Key.HOME,
    b"[END]": Key.END,
    b"[DELETE]": Key.DELETE,
}

WITH_ALT: Final = {
    b"b": Key.WORD_LEFT,
    b"f": Key.WORD_RIGHT,
    b"d": Key.CUT_WORD_RIGHT,
    b"\x7f": Key.CUT_PART_LEFT,
    b"\x08": Key.CUT_PART_LEFT,
    b"\r": Key.ENTER,
}

SEQUENCES: Final = {
    # application mode of the cursor keys
    b"\x1b[OA": Key.UP,
    b"\x1b[OB": Key.DOWN,
    b"\x1b[OC": Key.RIGHT,
    b"\x1b[OD": Key.LEFT,
    b"\x1b[OH": Key.HOME,
    b"\x1b[OF": Key.END,
    # Ctrl and Alt with an arrow
    b"\x1b[1;5C": Key.WORD_RIGHT,
    b"\x1b[1;5D": Key.WORD_LEFT,
    b"\x1b[1;3C": Key.WORD_RIGHT,
    b"\x1b[1;3D": Key.WORD_LEFT,
    # rxvt
    b"\x1b[7~": Key.HOME,
    b"\x1b[8~": Key.END,
    # bracketed paste
    b"\x1b[200~": Key.PASTE_BEGINS,
    b"\x1b[201~": Key.PASTE_ENDS,
}


class Typed:
    """Turns what Conch tells into keys and text."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def key(self, key: bytes, *, is_alt: bool) -> Key | str:
        """A key, or text that was typed; the empty text: nothing yet, or nothing known."""
        is_text = len(key) == 1 and not (key < b" " or key == b"\x7f" or is_alt)
        if is_text:
            return self._decoder.decode(key)
        self._decoder.reset()  # half a letter that is not gone on with
        return (WITH_ALT if is_alt else PLAIN).get(key, "")
