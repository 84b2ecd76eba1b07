"""Everybody online as a table, with a search that asks the server as one types.

The server is asked a moment after the last letter, never twice at once, and for the next page only
when the focus comes near the end: a server with very many people costs no more than a small one.
"""

from collections.abc import Collection, Sequence

import urwid
from twisted.internet.interfaces import IDelayedCall

from voip.client.model import Change
from voip.core.ids import Username
from voip.core.people import Person
from voip.core.people_messages import UserPage
from voip_terminal.call_verbs import call
from voip_terminal.controls import can_begin
from voip_terminal.forms import Field
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, Piece, clean, column
from voip_terminal.row_list import PeopleList, shown_name
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wording import PRESENCE_WORDS

PAUSE_SECONDS = 0.15
"""How long the typing rests before the server is asked."""

AHEAD = 15
"""Rows before the end at which the next page is asked for."""

WIDE_COLS = 100
HEAD_ROWS = 3


class PeopleScreen:
    """The search field and the table."""

    context = Context.PEOPLE

    def __init__(self, stage: Stage, is_searching: bool) -> None:
        self._stage = stage
        self._field = Field(" Find", stage.glyphs, label_cols=7, cols=30)
        self._table = PeopleList(self._paint_person, stage.glyphs)
        self._asked_for = ""
        self._page: UserPage | None = None  # the newest page of this search
        self._is_asking = False
        self._pause: IDelayedCall | None = None
        self._is_closed = False
        head = urwid.Pile([(1, urwid.Filler(self._field.widget)), (2, Area(self._heading))])
        self._pile = urwid.Pile(
            [(HEAD_ROWS, head), self._table.widget, (2, Area(self._foot))],
            focus_item=0 if is_searching else 1,
        )
        self.widget: urwid.Widget = self._pile
        urwid.connect_signal(self._field.entry, "postchange", self._typed)

    def begin(self) -> None:
        """Ask for everybody."""
        self._ask("")

    @property
    def is_typing(self) -> bool:
        return bool(self._pile.focus_position == 0)

    @property
    def takes_question_mark(self) -> bool:
        return False

    # ---- keys ------------------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        can = {Verb.BACK, Verb.SWITCH}
        if not self.is_typing:
            can.add(Verb.FIND)
        if self._table.focused and can_begin(self._stage):
            can.add(Verb.CALL)
        return can

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        match verb:
            case Verb.BACK:
                self._go_back()
            case Verb.SWITCH:
                self._pile.focus_position = 1 if self.is_typing else 0
            case Verb.FIND:
                self._pile.focus_position = 0
            case Verb.CALL:
                self._call()
            case _:
                raise ValueError(verb)

    def _go_back(self) -> None:
        if self._field.text:
            self._field.set_text("")
            self._pile.focus_position = 0
            return
        self._is_closed = True
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        self._stage.back()

    def _call(self) -> None:
        person = self._table.focused
        if person is None:
            return
        call(self._stage, person.username, shown_name(person))

    # ---- asking the server -----------------------------------------------------------------

    def _typed(self, _entry: urwid.Edit, _before: str) -> None:
        if self._pause is not None:
            self._pause.cancel()
        self._pause = self._stage.clock.callLater(PAUSE_SECONDS, self._rested)

    def _rested(self) -> None:
        self._pause = None
        if not self._is_asking and self._field.text.strip() != self._asked_for:
            self._ask("")

    def _ask(self, cursor: str) -> None:
        self._is_asking = True
        self._asked_for = self._field.text.strip()
        self._stage.ask(
            self._stage.controller.users(self._asked_for, cursor),
            lambda page: self._arrived(page, is_more=bool(cursor)),
            self._failed,
        )

    def _arrived(self, page: UserPage, is_more: bool) -> None:
        self._is_asking = False
        if self._is_closed:
            return
        self._page = page
        earlier = self._table.items if is_more else ()
        self._table.replace([*earlier, *page.people])
        if self._field.text.strip() != self._asked_for:
            self._ask("")

    def _failed(self, error: Exception) -> None:
        self._is_asking = False
        self._stage.complain_of(error)

    def _look_ahead(self) -> None:
        near = self._table.place + AHEAD >= len(self._table.items)
        if near and self._page and self._page.next_cursor and not self._is_asking:
            self._ask(self._page.next_cursor)

    def refresh(self, change: Change) -> None:
        if Change.PEOPLE in change:
            self._follow_presence()

    def _follow_presence(self) -> None:
        """Take the newest presence of everybody in the table from the model."""
        fresh: dict[Username, Person] = {
            person.username: person for person in self._stage.model.people
        }
        self._table.replace([fresh.get(person.username, person) for person in self._table.items])

    # ---- what is shown ---------------------------------------------------------------------

    def _heading(self, cols: int, _rows: int) -> Sequence[Line]:
        rule = self._stage.glyphs.horizontal * cols
        name_cols, account_cols, presence_cols = _columns(cols)
        titles = column("   Name", name_cols + 3, "") + column("Account", account_cols, "")
        titles += column("Presence", presence_cols, "") + ("Says" if cols >= WIDE_COLS else "")
        return [[(Style.LINE, rule)], [(Style.HEADING, titles)]]

    def _paint_person(self, person: Person, cols: int) -> Line:
        glyphs = self._stage.glyphs
        name_cols, account_cols, presence_cols = _columns(cols + 1)
        pieces: list[Piece] = [
            (None, f"{glyphs.presence(person.presence)} "),
            (None, column(shown_name(person), name_cols - 1, glyphs.cut) + " "),
            (None, column(clean(person.username), account_cols - 1, glyphs.cut) + " "),
            (Style.DIM, column(PRESENCE_WORDS[person.presence], presence_cols, glyphs.cut)),
        ]
        if cols + 1 >= WIDE_COLS:
            pieces.append((Style.DIM, clean(person.text)))
        return pieces

    def _foot(self, _cols: int, _rows: int) -> Sequence[Line]:
        self._look_ahead()
        if self._page is None:
            return [[], [(Style.DIM, "   asking the server")]]
        if not self._asked_for:
            return [[], [(Style.DIM, f"   {self._page.online} online")]]
        told = (
            f'   {self._page.total} of {self._page.online} online match "{self._asked_for}".  '
            'Letters may be spread out: "omr" finds Omar.'
        )
        return [[], [(Style.DIM, told)]]


def _columns(cols: int) -> tuple[int, int, int]:
    """The widths of name, account and presence."""
    return (30, 24, 18) if cols >= WIDE_COLS else (28, 24, 16)
