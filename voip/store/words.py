"""How people are found by name: the words of their names, and those of a question.

Both stores and the migration that fills the index use the same, so that a question finds what was
written. It knows texts alone.
"""

import re

from voip.core.ids import Username

MAX_WORD = 40
MAX_WORDS_ASKED = 4

_PARTS = re.compile(r"[-_.\s]+")


def words_of(username: Username, nick: str) -> frozenset[str]:
    """By what somebody can be found: the user name, its parts, the words of the nick."""
    words = {username, *_PARTS.split(username), *nick.casefold().split()}
    return frozenset(word[:MAX_WORD] for word in words if word)


def words_asked(query: str) -> tuple[str, ...]:
    """The words of a question, the longest, which finds the fewest, first."""
    words = sorted(set(query.casefold().split()), key=lambda word: (-len(word), word))
    return tuple(word[:MAX_WORD] for word in words[:MAX_WORDS_ASKED])


def calls_so(text: str, query: str) -> bool:
    """Whether a name has these letters anywhere."""
    return query.casefold() in text.casefold()
