"""The main screen: who is online at the left; the person, or the call, at the right."""

from collections.abc import Collection, Sequence

import urwid

from voip.client.model import Change
from voip.core.ids import CallId, Username
from voip.core.people import Person
from voip_terminal.call_side import CallSide
from voip_terminal.call_verbs import call
from voip_terminal.calls import current
from voip_terminal.controls import can_begin
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, clean, shorten, spread, width, wrap
from voip_terminal.row_list import PeopleList, row_of, shown_name
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.screens.nickname import NicknameBox
from voip_terminal.screens.password import PasswordBox
from voip_terminal.screens.people import PeopleScreen
from voip_terminal.screens.presence import PresenceBox
from voip_terminal.screens.settings import SettingsScreen
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wording import PRESENCE_WORDS

ECHO = "echo"
"""The account on every server that plays back what it hears."""

WIDE_COLS = 100
"""From this width on the list takes more room."""


class MainScreen:
    """The list and the pane beside it."""

    takes_question_mark = False
    is_typing = False

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._list = PeopleList(self._paint_person, stage.glyphs)
        self._calls = CallSide(stage)
        self._list.replace(stage.model.people)
        self._dialled: CallId | None = None
        self._sought: Username | None = None  # who was called, until the pointer is on them
        self._sides = _SideBySide(
            urwid.Pile([(1, Area(self._heading)), self._list.widget], focus_item=1),
            Area(self._divider),
            Area(self._pane),
            self._calls,
        )
        self._has_roster = False
        self.widget: urwid.Widget = self._sides
        self._follow_calls()

    # ---- keys ------------------------------------------------------------------------------

    @property
    def context(self) -> Context:
        return Context.ROSTER if self._calls.has_focus else Context.MAIN

    def verbs(self) -> Collection[Verb]:
        if self._calls.has_focus:
            return self._calls.verbs()
        can = {
            Verb.FIND,
            Verb.PEOPLE,
            Verb.PRESENCE,
            Verb.NICKNAME,
            Verb.PASSWORD,
            Verb.SETTINGS,
            Verb.LOG_OUT,
        }
        if self._list.focused and can_begin(self._stage):
            can.add(Verb.CALL)
        if self._has_roster:
            can.add(Verb.SWITCH)
        return can

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        stage = self._stage
        if verb is Verb.SWITCH or self._calls.has_focus:
            self._do_beside(verb)
            return
        match verb:
            case Verb.CALL:
                self._call()
            case Verb.FIND:
                self._show_people(is_searching=True)
            case Verb.PEOPLE:
                self._show_people(is_searching=False)
            case Verb.PRESENCE:
                stage.open(PresenceBox(stage))
            case Verb.NICKNAME:
                stage.open(NicknameBox(stage))
            case Verb.PASSWORD:
                stage.open(PasswordBox(stage))
            case Verb.SETTINGS:
                self._show_settings()
            case Verb.LOG_OUT:
                self._offer_log_out()
            case _:
                raise ValueError(verb)

    def _do_beside(self, verb: Verb) -> None:
        """Something about the calls at the right, or going there and back."""
        if verb is Verb.SWITCH:
            self._sides.focus_right(is_right=not self._calls.has_focus)
        else:
            self._calls.do(verb)

    def _show_settings(self) -> None:
        screen = SettingsScreen(self._stage)
        self._stage.show(screen)
        screen.begin()

    def _show_people(self, *, is_searching: bool) -> None:
        screen = PeopleScreen(self._stage, is_searching)
        self._stage.show(screen)
        screen.begin()

    def _call(self) -> None:
        person = self._list.focused
        if person:
            call(self._stage, person.username, shown_name(person))

    def _offer_log_out(self) -> None:
        stage = self._stage

        def log_out() -> None:
            stage.ask(stage.controller.logout(), lambda _: stage.say("You are logged out."))

        told = "You go offline and nobody can call you. A call you are in is hung up."
        stage.open(ConfirmBox(stage, "Log out?", told, "log out", log_out))

    # ---- what is shown ---------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        if Change.PEOPLE in change:
            self._list.replace(self._stage.model.people)
        self._follow_dialled()
        self._follow_calls()

    def _follow_calls(self) -> None:
        """Show the calls, if there are any; the keys go to a conference as soon as it is one."""
        had_roster, self._has_roster = self._has_roster, self._calls.selectable()
        self._sides.show_calls(is_shown=self._calls.is_shown)
        if self._has_roster != had_roster:
            self._sides.focus_right(is_right=self._has_roster)

    def _follow_dialled(self) -> None:
        """Point at who was called, from wherever: Enter after the call is to call them again."""
        call = current(self._stage.model)
        dialled = None if call is None or call.is_incoming else call
        call_id = dialled.call_id if dialled else None
        if call_id != self._dialled:
            self._dialled = call_id
            self._sought = dialled.peers[0].username if dialled and dialled.peers else None
        if self._sought is not None and self._list.focus_on(self._sought):
            self._sought = None

    def _paint_person(self, person: Person, cols: int) -> Line:
        return row_of(person, cols, self._stage.glyphs)

    def _heading(self, cols: int, _rows: int) -> Sequence[Line]:
        people = self._list.items
        count = f"{len(people)} online " if people else ""
        return [spread([(Style.HEADING, " People")], [(Style.DIM, count)], cols)]

    def _divider(self, _cols: int, rows: int) -> Sequence[Line]:
        return [[(Style.LINE, self._stage.glyphs.vertical)]] * rows

    def _pane(self, cols: int, _rows: int) -> Sequence[Line]:
        person = self._list.focused
        if person is None:
            return self._nobody(cols)
        return self._details(person, cols)

    def _nobody(self, cols: int) -> Sequence[Line]:
        told = "Nobody else is online. The list fills by itself when somebody signs in."
        return [[], *([(Style.DIM, f"  {row}")] for row in wrap(told, cols - 4))]

    def _details(self, person: Person, cols: int) -> Sequence[Line]:
        glyphs = self._stage.glyphs
        account = clean(person.username)
        name = shorten(shown_name(person), cols - 6 - width(account), glyphs.cut)
        lines: list[Line] = [
            spread([(Style.HEADING, f"  {name}")], [(Style.DIM, f"{account}  ")], cols),
            [(None, f"  {glyphs.presence(person.presence)} {PRESENCE_WORDS[person.presence]}")],
        ]
        if text := clean(person.text).strip():
            lines += [[(None, f"  {row}")] for row in wrap(f'"{text}"', cols - 4)[:3]]
        lines += [[], [(Style.KEY, "  Enter"), (None, "  Call")]]
        if person.username == ECHO:
            told = "Answers at once and plays back what it hears: try your microphone with it."
            lines += [[], *([(Style.DIM, f"  {row}")] for row in wrap(told, cols - 4))]
        return lines


class _SideBySide(urwid.WidgetWrap[urwid.Columns]):
    """The list, a line and what is beside it; the list is wider on a wide screen."""

    def __init__(
        self, left: urwid.Widget, line: urwid.Widget, pane: urwid.Widget, calls: CallSide
    ) -> None:
        self._left = left
        self._pane = pane
        self._calls = calls
        self._columns = urwid.Columns([(32, left), (1, line), pane], focus_column=0)
        super().__init__(self._columns)

    def show_calls(self, *, is_shown: bool) -> None:
        """Show the calls, or the person in the list."""
        right = self._calls if is_shown else self._pane
        self._columns.contents[2] = (right, self._columns.options())

    def focus_right(self, *, is_right: bool) -> None:
        """Give the keys to the calls, or to the list."""
        self._calls.has_focus = is_right
        self._columns.focus_position = 2 if is_right else 0

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        list_cols = 44 if size[0] >= WIDE_COLS else 32
        self._columns.contents[0] = (self._left, self._columns.options("given", list_cols))
        return super().render(size, focus)
