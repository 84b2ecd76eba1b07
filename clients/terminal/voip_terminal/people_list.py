"""A list of people that makes a row only when it is looked at.

The rows are shared values of the model; a thousand people cost a thousand tuples and as many
widgets as are on the screen. The focus stays with a person while others come and go. It knows no
keys but those that move about.
"""

from collections.abc import Callable, Sequence

import urwid

from voip.core.ids import Username
from voip.core.people import Person
from voip_terminal.glyphs import Glyphs
from voip_terminal.paint import Line, Piece, Row, clean, column
from voip_terminal.theme import Style
from voip_terminal.wording import PRESENCE_WORDS

PRESENCE_COLS = 13
"""The longest word for a presence."""

PaintPerson = Callable[[Person, int], Line]


class _Walker(urwid.ListWalker[int, Row]):
    """The rows, by their place in the list."""

    def __init__(self, row_of: Callable[[int, Person], Row]) -> None:
        self.people: tuple[Person, ...] = ()
        self.focus = 0
        self._row_of = row_of

    def __getitem__(self, position: int) -> Row:
        if position < 0:
            raise IndexError(position)
        return self._row_of(position, self.people[position])

    def next_position(self, position: int) -> int:
        if position + 1 >= len(self.people):
            raise IndexError(position)
        return position + 1

    def prev_position(self, position: int) -> int:
        if position < 1:
            raise IndexError(position)
        return position - 1

    def positions(self, *, reverse: bool = False) -> Sequence[int]:
        places = range(len(self.people))
        return places[::-1] if reverse else places

    def set_focus(self, position: int) -> None:
        self.focus = position
        self._modified()

    def replace(self, people: Sequence[Person]) -> None:
        """Take another list; the focus stays on its person, or near their place."""
        before = self.focused
        self.people = tuple(people)
        places = [at for at, person in enumerate(people) if before and _same(person, before)]
        self.focus = places[0] if places else min(self.focus, max(0, len(self.people) - 1))
        self._modified()

    @property
    def focused(self) -> Person | None:
        return self.people[self.focus] if self.focus < len(self.people) else None


def _same(one: Person, other: Person) -> bool:
    return one.username == other.username


class PeopleList:
    """The list as a box widget, and the person the keys act on."""

    def __init__(self, paint: PaintPerson, glyphs: Glyphs) -> None:
        self._paint = paint
        self._glyphs = glyphs
        self._walker = _Walker(self._row_of)
        self.widget = urwid.ListBox(self._walker)

    def _row_of(self, place: int, person: Person) -> Row:
        def paint(cols: int, has_focus: bool) -> Line:
            pieces = self._paint(person, cols - 1)
            if has_focus:
                return [(Style.FOCUS, self._glyphs.pointer), *_in_focus(pieces)]
            # The keys act on this person even while one types elsewhere.
            pointer = self._glyphs.pointer if place == self._walker.focus else " "
            return [(None, pointer), *pieces]

        return Row(paint)

    @property
    def people(self) -> tuple[Person, ...]:
        return self._walker.people

    @property
    def focused(self) -> Person | None:
        return self._walker.focused

    @property
    def place(self) -> int:
        """How many people stand above the focused one."""
        return self._walker.focus

    def replace(self, people: Sequence[Person]) -> None:
        self._walker.replace(people)

    def focus_on(self, username: Username) -> bool:
        """Give the focus to a person; False when they are not in the list."""
        for at, person in enumerate(self.people):
            if person.username == username:
                self._walker.set_focus(at)
                return True
        return False


def _in_focus(line: Line) -> list[Piece]:
    return [(Style.FOCUS, text) for _, text in line]


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
