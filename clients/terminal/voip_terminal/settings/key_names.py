"""What people call keys, and what the screen's library calls them.

It knows which keys may be given another meaning: those that move about in a screen or a field, or
that the terminal keeps for itself, may not. It knows no verbs.
"""

import re
from dataclasses import dataclass
from typing import Final

_TAKEN_LETTERS: Final = frozenset("chijmz")
"""With Ctrl these are an interrupt, Backspace, Tab, Enter twice, and a stop."""


@dataclass(frozen=True, slots=True)
class KeyName:
    """A key: ``label`` as it is written, ``name`` as urwid calls it."""

    label: str
    name: str


def read_key(value: object) -> KeyName:
    """Read a key as people write it; ``ValueError`` when it is none that may be chosen."""
    if not isinstance(value, str):
        raise ValueError
    if len(value) == 1 and value.isprintable() and value != " ":
        return KeyName(value, value)
    word = value.lower()
    if word == "space":
        return KeyName("Space", " ")
    if re.fullmatch(r"f([1-9]|1[0-2])", word):
        return KeyName(word.upper(), word)
    control = re.fullmatch(r"ctrl-([a-z])", word)
    if control is None or control[1] in _TAKEN_LETTERS:
        raise ValueError
    return KeyName(f"Ctrl-{control[1].upper()}", f"ctrl {control[1]}")
