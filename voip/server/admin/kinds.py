"""The kinds of values that can be typed after a command, and how each is read.

A command's parameter names its kind by its annotation; the desk reads what was typed through
``read`` here, and makes the help and the completion from the same table. It knows no accounts and
no calls: whether there is such a one is for the command to find out.

    Username        a name, folded as names are kept
    CallRef         the first letters of a call's id
    Duration        30s, 10m, 2h, 3d, 1d12h; ``Duration | None`` also takes "forever", which is None
    Count           a whole number from 1
    Words           text; typed last, it takes all the words that are left, without quotes
    NewFile         the absolute path of a file that is to be made
    LimitName, InviteName, CommandName, str, int, bool
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, NewType

from voip.core.errors import LocalProtocolError, VoipError
from voip.core.ids import CALL_ID_SIZE, Username
from voip.core.names import MAX_ANNOUNCEMENT, as_username, clean_text

CallRef = NewType("CallRef", str)
Duration = NewType("Duration", int)
"""Seconds."""
Count = NewType("Count", int)
Words = NewType("Words", str)
NewFile = NewType("NewFile", str)
LimitName = NewType("LimitName", str)
InviteName = NewType("InviteName", str)
CommandName = NewType("CommandName", str)

LEAST_CALL_LETTERS: Final = 4
MAX_COUNT: Final = 100_000
MAX_DURATION: Final = 3650 * 86_400
"""Ten years; what is meant to last longer lasts for good."""

FOREVER: Final = "forever"

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class WrongValue(VoipError):
    """What was typed is no value of its kind; the text is a sentence that says what is allowed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``word`` stands for such a value in the help; ``allowed`` ends the sentence about a wrong
    one. ``read`` raises ``ValueError``. ``takes_rest``: it may be several words."""

    word: str
    allowed: str
    read: Callable[[str], object]
    takes_rest: bool = False


def _username(typed: str) -> Username:
    name = as_username(typed)
    if name is None:
        raise ValueError
    return name


def _call_ref(typed: str) -> CallRef:
    letters = typed.lower()
    if not re.fullmatch(f"[0-9a-f]{{{LEAST_CALL_LETTERS},{2 * CALL_ID_SIZE}}}", letters):
        raise ValueError
    return CallRef(letters)


def _duration(typed: str) -> Duration:
    if not re.fullmatch(r"([0-9]{1,9}[smhdw])+", typed):
        raise ValueError
    parts = re.findall(r"([0-9]+)([smhdw])", typed)
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    if not 0 < seconds <= MAX_DURATION:
        raise ValueError
    return Duration(seconds)


def _term(typed: str) -> Duration | None:
    return None if typed == FOREVER else _duration(typed)


def _whole(typed: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", typed):
        raise ValueError
    return int(typed)


def _count(typed: str) -> Count:
    number = _whole(typed)
    if not 1 <= number <= MAX_COUNT:
        raise ValueError
    return Count(number)


def _flag(typed: str) -> bool:
    return {"yes": True, "true": True, "no": False, "false": False}[typed.lower()]


def _words(typed: str) -> Words:
    cleaned = clean_text(typed, MAX_ANNOUNCEMENT + 1)
    if len(cleaned) > MAX_ANNOUNCEMENT:
        raise ValueError
    return Words(cleaned)


def _plain(typed: str) -> str:
    if not typed.isprintable():
        raise ValueError
    return typed


def _new_file(typed: str) -> NewFile:
    if not PurePosixPath(typed).is_absolute() or not typed.isprintable():
        raise ValueError
    return NewFile(typed)


_DURATION: Final = Kind(
    "DURATION", "a duration of at most ten years: write 30s, 10m, 2h, 3d or 1d12h", _duration
)

_WORDS: Final = Kind(
    "TEXT", f"a text of at most {MAX_ANNOUNCEMENT} letters", _words, takes_rest=True
)

_USERNAME: Final = Kind("NAME", "a user name: 3 to 32 of a-z 0-9 - _ .", _username)

KINDS: Final[Mapping[object, Kind]] = {
    Username: _USERNAME,
    Username | None: _USERNAME,
    CallRef: Kind(
        "CALL",
        f"a call: write the first {LEAST_CALL_LETTERS} letters of its id, or more; `calls` has it",
        _call_ref,
    ),
    Duration: _DURATION,
    Duration | None: Kind("DURATION", f"{_DURATION.allowed}, or {FOREVER}", _term),
    Count: Kind("NUMBER", f"a whole number from 1 to {MAX_COUNT}", _count),
    int: Kind("NUMBER", "a whole number", _whole),
    bool: Kind("YES", "a yes or no: write yes or no", _flag),
    str: Kind("TEXT", "a text of printable letters", _plain),
    Words: _WORDS,
    NewFile: Kind("FILE", "an absolute path, as in /var/lib/voip-backups/voip.tar", _new_file),
    LimitName: Kind("LIMIT", "a limit's name; `limits` lists them", _plain),
    InviteName: Kind("INVITE", "an invite's name; `invites` lists them", _plain),
    CommandName: Kind("COMMAND", "a command's name; `help` lists them", _plain),
}
"""Every kind there is, by the annotation that names it."""


def kind_of(annotation: object) -> Kind:
    """The kind that an annotation names; one that names none is a bug of the command."""
    kind = KINDS.get(annotation)
    if kind is None:
        raise LocalProtocolError(f"no command can ask for {annotation}")
    return kind


def read(annotation: object, typed: str) -> object:
    """What was typed, as a value of the kind; raises ``WrongValue``."""
    kind = kind_of(annotation)
    try:
        return kind.read(typed)
    except (ValueError, KeyError):
        raise WrongValue(f"{_shown(typed)} is not {kind.allowed}") from None


_LONGEST_SHOWN: Final = 40


def _shown(typed: str) -> str:
    shown = clean_text(typed, _LONGEST_SHOWN + 1)
    return f'"{shown}"' if len(shown) <= _LONGEST_SHOWN else f'"{shown[:_LONGEST_SHOWN]}…"'
