"""What people may call themselves and each other, and text that is safe to show.

Knows characters and nothing of accounts. Everything one person writes and another sees (nicks,
status texts, device names) flows through ``clean_text``: at the server when it comes in, and at
the client again before it is drawn, since a client need not trust its server.
"""

import re
import unicodedata
from enum import Enum, unique
from itertools import dropwhile

from voip.core.ids import Username

MIN_USERNAME = 3
MAX_USERNAME = 32
MAX_NICK = 40
MAX_STATUS_TEXT = 80
MAX_DEVICE_NAME = 40
MAX_ANNOUNCEMENT = 400
"""Of what the operator says to people: some lines of a small screen."""
MIN_PASSWORD = 8
MAX_PASSWORD = 128

RESERVED_USERNAMES = frozenset({"echo"})
"""Names of the server's own accounts; nobody can register them, as if they were taken."""

_USERNAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")
_USERNAME_STARTS = _USERNAME_LETTERS - frozenset("-_.")

# ECMA-48: a control sequence (CSI), a string sequence up to its end (OSC, DCS, SOS, PM, APC), any
# other two-character escape. Both the 7-bit and the 8-bit introducers are known.
_ESCAPE_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]"
)

# Invisible, though Unicode calls them letters, marks or symbols: fillers and a blank pattern.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

_JOINERS = frozenset("\u200c\u200d")
_JOINABLE = frozenset({"Lo", "Mn", "Mc", "Me", "So", "Sk"})


@unique
class NameProblem(Enum):
    """Why a username or a nick cannot be had."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    BAD_CHARACTER = "bad_character"
    BAD_START = "bad_start"


@unique
class PasswordProblem(Enum):
    """Why a password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    SAME_AS_NAME = "same_as_name"
    ONE_CHARACTER = "one_character"


def fold_username(typed: str) -> str:
    """A name as typed, folded to how names are kept: no blanks around it, ASCII lower case."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in typed.strip())


def username_problem(name: str) -> NameProblem | None:
    """What is wrong with a folded name; None: nothing. Says nothing of taken or reserved."""
    if len(name) < MIN_USERNAME:
        return NameProblem.TOO_SHORT
    if len(name) > MAX_USERNAME:
        return NameProblem.TOO_LONG
    if not _USERNAME_LETTERS.issuperset(name):
        return NameProblem.BAD_CHARACTER
    if name[0] not in _USERNAME_STARTS:
        return NameProblem.BAD_START
    return None


def as_username(typed: str) -> Username | None:
    """The account name somebody meant; None when there can be no such account."""
    folded = fold_username(typed)
    return Username(folded) if username_problem(folded) is None else None


def is_reserved(name: str) -> bool:
    """Whether a folded name belongs to the server and so counts as taken."""
    return name in RESERVED_USERNAMES


def clean_nick(typed: str) -> str:
    """A nick as it may be shown, at most ``MAX_NICK`` characters; may come out empty."""
    return clean_text(typed, MAX_NICK)


def nick_problem(typed: str) -> NameProblem | None:
    """What is wrong with a nick once cleaned; None: nothing."""
    cleaned = clean_text(typed, MAX_NICK + 1)
    if not cleaned:
        return NameProblem.TOO_SHORT
    return NameProblem.TOO_LONG if len(cleaned) > MAX_NICK else None


def password_problem(password: str, username: str) -> PasswordProblem | None:
    """What is wrong with a new password for this account; None: nothing.

    Only the obvious is refused: length beats rules about letters and digits.
    """
    normal = unicodedata.normalize("NFKC", password)
    if len(normal) < MIN_PASSWORD:
        return PasswordProblem.TOO_SHORT
    if len(normal) > MAX_PASSWORD:
        return PasswordProblem.TOO_LONG
    if len(set(normal)) == 1:
        return PasswordProblem.ONE_CHARACTER
    if normal.casefold() == username.casefold():
        return PasswordProblem.SAME_AS_NAME
    return None


def clean_text(text: str, limit: int) -> str:
    """Text of others made safe to show on one line, at most ``limit`` characters.

    Escape sequences go as a whole. Control characters (C0, DEL, C1), direction overrides,
    zero-width and other format characters, surrogates, private and unassigned characters go one by
    one. Every run of blanks or line ends becomes one space. Accents are composed (NFC) and none
    stands first, where it would sit on the text before. The zero-width joiners stay only between
    characters that need them: letters of scripts without capitals (Persian, Hindi), marks, and
    symbols (families of emoji); between Latin letters they would make two names look like one.
    """
    # A removal can make two neighbours compose, and a composition can take away a joiner's reason;
    # each pass that changes anything removes or joins something, so this ends, and ends stable.
    cleaned = _clean_once(text, limit)
    while (again := _clean_once(cleaned, limit)) != cleaned:
        cleaned = again
    return cleaned


def _clean_once(text: str, limit: int) -> str:
    shown = _ESCAPE_SEQUENCE.sub("", text)
    shown = "".join(filter(None, map(_shown_as, shown)))
    shown = _without_loose_joiners(" ".join(shown.split()))
    shown = "".join(dropwhile(_stands_on_another, shown))
    return unicodedata.normalize("NFC", shown)[:limit].strip()


def _stands_on_another(character: str) -> bool:
    """Whether a character at the beginning would show on the text before it, or as nothing."""
    return character == " " or unicodedata.category(character).startswith("M")


def _shown_as(character: str) -> str:
    """What is left of one character: itself, a space or nothing."""
    if character.isspace():
        return " "
    if character in _JOINERS:
        return character
    is_hidden = character in _BLANKS or unicodedata.category(character).startswith("C")
    return "" if is_hidden else character


def _without_loose_joiners(text: str) -> str:
    """Drop each joiner that does not stand between two characters it may join."""
    kept: list[str] = []
    for index, character in enumerate(text):
        following = text[index + 1 : index + 2]
        previous = kept[-1] if kept else ""
        if character not in _JOINERS or (_is_joinable(previous) and _is_joinable(following)):
            kept.append(character)
    return "".join(kept)


def _is_joinable(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in _JOINABLE
