"""A list that makes a row only when it is looked at, and the rows of people.

The items are shared values of the model; a thousand of them cost a thousand tuples and as many
widgets as are on the screen. The focus stays with its item while others come and go, and passes
over headings. It knows no keys but those that move about.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import urwid

from voip.core.ids import Username
from voip.core.people import Person
from voip_terminal.glyphs import Glyphs
from voip_terminal.paint import Line, Piece, Row, Strip, clean, column
from voip_terminal.theme import Style
from voip_terminal.wording import PRESENCE_WORDS

PRESENCE_COLS = 13
"""The longest word for a presence."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line between items that never has the focus."""

    text: str


T = TypeVar("T")


class _Walker(urwid.ListWalker[int, Strip], Generic[T]):
    """The rows, by their place in the list."""

    def __init__(
        self, row_of: Callable[[int, T | Heading], Strip], key: Callable[[T], Hashable]
    ) -> None:
        self.items: tuple[T | Heading, ...] = ()
        self.focus = 0
        self._row_of = row_of
        self._key = key

    def __getitem__(self, position: int) -> Strip:
        if position < 0:
            raise IndexError(position)
        return self._row_of(position, self.items[position])

    def next_position(self, position: int) -> int:
        if position + 1 >= len(self.items):
            raise IndexError(position)
        return position + 1

    def prev_position(self, position: int) -> int:
        if position < 1:
            raise IndexError(position)
        return position - 1

    def positions(self, *, reverse: bool = False) -> Sequence[int]:
        places = range(len(self.items))
        return places[::-1] if reverse else places

    def set_focus(self, position: int) -> None:
        self.focus = self.settled(position)
        self._modified()

    def settled(self, position: int) -> int:
        """The nearest place that can have the focus, from here on or else before."""
        for places in (range(position, len(self.items)), range(position - 1, -1, -1)):
            for place in places:
                if not isinstance(self.items[place], Heading):
                    return place
        return 0

    def replace(self, items: Sequence[T | Heading]) -> None:
        """Take another list; the focus stays on its item, or near its place."""
        before = self.focused
        self.items = tuple(items)
        place = None if before is None else self.place_of(self._key(before))
        near = min(self.focus, max(0, len(self.items) - 1))
        self.focus = self.settled(near if place is None else place)
        self._modified()

    def place_of(self, key: Hashable) -> int | None:
        for place, item in enumerate(self.items):
            if not isinstance(item, Heading) and self._key(item) == key:
                return place
        return None

    @property
    def focused(self) -> T | None:
        item = self.items[self.focus] if self.focus < len(self.items) else None
        return None if isinstance(item, Heading) else item


class _Rows(urwid.ListBox[int], Generic[T]):
    """The rows; going to the first one shows the heading above it too."""

    def __init__(self, walker: _Walker[T]) -> None:
        super().__init__(walker)
        self._walker = walker

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        rest = super().keypress(size, key)
        first = self._walker.settled(0)
        if rest is None and self._walker.focus == first and 0 < first < size[1]:
            self.calculate_visible(size, focus=True)  # does first what Home has left to be done
            self.shift_focus(size, first)
        return rest


class RowList(Generic[T]):
    """The list as a box widget, and the item the keys act on; ``key`` tells items apart."""

    def __init__(
        self, paint: Callable[[T, int], Line], key: Callable[[T], Hashable], glyphs: Glyphs
    ) -> None:
        self._paint = paint
        self._glyphs = glyphs
        self._walker: _Walker[T] = _Walker(self._row_of, key)
        self.widget = _Rows(self._walker)

    def _row_of(self, place: int, item: T | Heading) -> Strip:
        if isinstance(item, Heading):
            text = item.text
            return Strip(lambda _cols, _focus: [(Style.HEADING, f" {text}")])
        shown = item

        def paint(cols: int, has_focus: bool) -> Line:
            pieces = self._paint(shown, cols - 1)
            if has_focus:
                return [(Style.FOCUS, self._glyphs.pointer), *_in_focus(pieces)]
            # The keys act on this item even while one types elsewhere.
            pointer = self._glyphs.pointer if place == self._walker.focus else " "
            return [(None, pointer), *pieces]

        return Row(paint)

    @property
    def items(self) -> tuple[T, ...]:
        """The items without the headings."""
        return tuple(item for item in self._walker.items if not isinstance(item, Heading))

    @property
    def focused(self) -> T | None:
        return self._walker.focused

    @property
    def place(self) -> int:
        """How many rows stand above the focused one."""
        return self._walker.focus

    def replace(self, items: Sequence[T | Heading]) -> None:
        self._walker.replace(items)

    def focus_on(self, key: Hashable) -> bool:
        """Give the focus to an item; False when it is not in the list."""
        place = self._walker.place_of(key)
        if place is not None:
            self._walker.set_focus(place)
        return place is not None


def _in_focus(line: Line) -> list[Piece]:
    return [(Style.FOCUS, text) for _, text in line]


class PeopleList(RowList[Person]):
    """A list of people."""

    def __init__(self, paint: Callable[[Person, int], Line], glyphs: Glyphs) -> None:
        super().__init__(paint, _username, glyphs)


def _username(person: Person) -> Username:
    return person.username


def shown_name(person: Person) -> str:
    """The name a person chose, or else the account's."""
    return clean(person.nick).strip() or clean(person.username)


def row_of(person: Person, cols: int, glyphs: Glyphs) -> Line:
    """A person in the list at the left: sign, name, presence."""
    words = PRESENCE_WORDS[person.presence]
    name_cols = cols - 3 - PRESENCE_COLS
    return [
        (None, f"{glyphs.presence(person.presence)} "),
        (None, column(shown_name(person), name_cols, glyphs.cut)),
        (None, " "),
        (Style.DIM, column(words, PRESENCE_COLS, glyphs.cut)),
    ]
