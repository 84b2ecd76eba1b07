"""Finding people among those who are online: by the start of any word, then by letters spread out.

It knows user names and nicks, and nothing of presence or sessions; ``voip.core.presence`` puts
people in and takes them out, and makes ``Person`` values of what is found.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from voip.core.ids import Username

MAX_PAGE = 100
MAX_QUERY = 64
"""Characters of a query; names are shorter, so a longer one finds nobody."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of those who match, what comes next ("" at the end) and how many match in all."""

    usernames: tuple[Username, ...]
    next_cursor: str
    total: int


class Directory:
    """The names of everyone online, in the order of their user names."""

    def __init__(self) -> None:
        self._sorted: list[Username] = []
        self._names: dict[Username, tuple[str, str]] = {}

    def __len__(self) -> int:
        return len(self._sorted)

    def put(self, username: Username, nick: str) -> None:
        """Somebody came, or shows another nick."""
        if username not in self._names:
            insort(self._sorted, username)
        self._names[username] = (username, nick.casefold())

    def remove(self, username: Username) -> None:
        """Somebody went."""
        del self._names[username]
        del self._sorted[bisect_left(self._sorted, username)]

    def __contains__(self, username: Username) -> bool:
        return username in self._names

    def search(
        self, query: str, cursor: str, limit: int, hidden: Collection[Username] = ()
    ) -> Page:
        """Up to ``limit`` (at most ``MAX_PAGE``) people after ``cursor``, the hidden left out.

        The cursor is the last sort key of the page before: a digit for how well a person matches
        and the user name. It stays good while people come and go.
        """
        size = min(max(limit, 1), MAX_PAGE)
        wanted = query.strip().casefold()
        if not wanted:
            return self._everyone(cursor, size, hidden)
        ranked = self._matching(wanted, hidden) if len(wanted) <= MAX_QUERY else []
        return _page(ranked, bisect_right(ranked, cursor), size)

    def _everyone(self, cursor: str, size: int, hidden: Collection[Username]) -> Page:
        start = bisect_right(self._sorted, cursor[1:]) if cursor else 0
        following = islice(self._sorted, start, None)
        # one more than is shown: whoever tells that there is a next page
        others = tuple(islice((name for name in following if name not in hidden), size + 1))
        shown = others[:size]
        next_cursor = f"0{shown[-1]}" if len(others) > size else ""
        return Page(
            shown, next_cursor, len(self._sorted) - sum(name in self._names for name in hidden)
        )

    def _matching(self, wanted: str, hidden: Collection[Username]) -> list[str]:
        """The sort keys of all others who match, best first."""
        others = (name for name in self._sorted if name not in hidden)
        ranks = ((_rank(wanted, self._names[name]), name) for name in others)
        return sorted(f"{rank}{name}" for rank, name in ranks if rank is not None)


def _page(ranked: list[str], start: int, size: int) -> Page:
    keys = ranked[start : start + size]
    next_cursor = keys[-1] if start + size < len(ranked) else ""
    return Page(tuple(Username(key[1:]) for key in keys), next_cursor, len(ranked))


def _rank(wanted: str, names: tuple[str, str]) -> int | None:
    """0: a word begins so; 1: the letters come in this order; None: no match."""
    username, nick = names
    if _has_word(wanted, username) or _has_word(wanted, nick):
        return 0
    return 1 if _has_letters(wanted, username) or _has_letters(wanted, nick) else None


def _has_word(wanted: str, name: str) -> bool:
    found = name.find(wanted)
    while found > 0 and name[found - 1].isalnum() and name[found].isalnum():
        found = name.find(wanted, found + 1)
    return found >= 0


def _has_letters(wanted: str, name: str) -> bool:
    at = 0
    for letter in wanted:
        at = name.find(letter, at) + 1
        if not at:
            return False
    return True
