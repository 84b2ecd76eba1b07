"""The main screen: the phone book at the left; the contact, or the calls, at the right."""

from collections.abc import Callable, Collection, Sequence

import urwid

from voip.client.model import Change
from voip.client.model_people import ContactView
from voip.core.ids import CallId, Username
from voip_terminal.adding import add, open_call
from voip_terminal.call_side import CallSide
from voip_terminal.call_verbs import call
from voip_terminal.calls import can_begin, current
from voip_terminal.contact_list import (
    grouped,
    is_online,
    row_of_contact,
    shown_contact,
    username_of,
)
from voip_terminal.contact_verbs import block, favour
from voip_terminal.details import Details
from voip_terminal.found_people import Scope
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, spread
from voip_terminal.row_list import RowList
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.screens.contact import ContactBox
from voip_terminal.screens.history import HistoryScreen
from voip_terminal.screens.nickname import NicknameBox
from voip_terminal.screens.password import PasswordBox
from voip_terminal.screens.people import PeopleScreen
from voip_terminal.screens.presence import PresenceBox
from voip_terminal.screens.settings import SettingsScreen
from voip_terminal.stage import Box, Stage
from voip_terminal.theme import Style

_BOXES: dict[Verb, Callable[[Stage], Box]] = {
    Verb.PRESENCE: PresenceBox,
    Verb.NICKNAME: NicknameBox,
    Verb.PASSWORD: PasswordBox,
}
_ABOUT_CONTACT = frozenset({Verb.CALL, Verb.INVITE, Verb.EDIT_CONTACT, Verb.FAVOURITE, Verb.BLOCK})

WIDE_COLS = 100
"""From this width on the list takes more room."""


class MainScreen:
    """The list and the pane beside it."""

    takes_question_mark = False
    is_typing = False

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._list = RowList(self._paint_contact, username_of, stage.glyphs)
        self._details = Details(stage)
        self._calls = CallSide(stage)
        self._list.replace(grouped(stage.model.contacts, stage.glyphs))
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
            Verb.HISTORY,
            Verb.ADD_CONTACT,
            Verb.PRESENCE,
            Verb.NICKNAME,
            Verb.PASSWORD,
            Verb.SETTINGS,
            Verb.LOG_OUT,
        }
        contact = self._list.focused
        if contact is not None:
            can |= {Verb.EDIT_CONTACT, Verb.FAVOURITE, Verb.BLOCK}
            if not contact.is_blocked:
                can |= self._calling(contact)
        if self._has_roster:
            can.add(Verb.SWITCH)
        return can

    def _calling(self, contact: ContactView) -> set[Verb]:
        """How one may get to talk to somebody now."""
        can = {Verb.CALL} if can_begin(self._stage.model) else set()
        call = open_call(self._stage)
        if call is not None and all(peer.username != contact.username for peer in call.peers):
            can.add(Verb.INVITE)
        return can

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        contact = self._list.focused
        if verb is Verb.SWITCH:
            self._sides.focus_right(is_right=not self._calls.has_focus)
        elif self._calls.has_focus:
            self._calls.do(verb)
        elif contact is not None and verb in _ABOUT_CONTACT:
            self._do_to(contact, verb)
        elif verb in _BOXES:
            self._stage.open(_BOXES[verb](self._stage))
        else:
            self._go(verb)

    def _go(self, verb: Verb) -> None:
        match verb:
            case Verb.FIND:
                has_contacts = bool(self._stage.model.contacts)
                self._show_people(Scope.CONTACTS if has_contacts else Scope.ONLINE, True)
            case Verb.PEOPLE:
                self._show_people(Scope.ONLINE, False)
            case Verb.HISTORY:
                self._show_history()
            case Verb.ADD_CONTACT:
                self._stage.open(ContactBox(self._stage, None))
            case Verb.SETTINGS:
                self._show_settings()
            case Verb.LOG_OUT:
                self._offer_log_out()
            case _:
                raise ValueError(verb)

    def _do_to(self, contact: ContactView, verb: Verb) -> None:
        stage, name = self._stage, shown_contact(contact)
        match verb:
            case Verb.CALL:
                call(stage, contact.username, name)
            case Verb.INVITE:
                self._invite(contact, name)
            case Verb.EDIT_CONTACT:
                stage.open(ContactBox(stage, contact))
            case Verb.FAVOURITE:
                favour(stage, contact)
            case _:
                block(stage, contact.username, name, is_blocked=not contact.is_blocked)

    def _show_history(self) -> None:
        screen = HistoryScreen(self._stage)
        self._stage.show(screen)
        screen.begin()

    def _invite(self, contact: ContactView, name: str) -> None:
        talks = open_call(self._stage)
        if talks is not None:
            add(self._stage, talks.call_id, contact.username, name, to_listen=False)

    def _show_settings(self) -> None:
        screen = SettingsScreen(self._stage)
        self._stage.show(screen)
        screen.begin()

    def _show_people(self, scope: Scope, is_searching: bool) -> None:
        screen = PeopleScreen(self._stage, scope, is_searching=is_searching)
        self._stage.show(screen)
        screen.begin()

    def _offer_log_out(self) -> None:
        stage = self._stage

        def log_out() -> None:
            stage.ask(stage.controller.logout(), lambda _: stage.say("You are logged out."))

        told = "You go offline and nobody can call you. A call you are in is hung up."
        stage.open(ConfirmBox(stage, "Log out?", told, "log out", log_out))

    # ---- what is shown ---------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        if Change.CONTACTS in change:
            self._list.replace(grouped(self._stage.model.contacts, self._stage.glyphs))
        if Change.HISTORY in change:
            self._details.forget_calls()
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

    def _paint_contact(self, contact: ContactView, cols: int) -> Line:
        return row_of_contact(contact, cols, self._stage.glyphs)

    def _heading(self, cols: int, _rows: int) -> Sequence[Line]:
        contacts = self._stage.model.contacts
        online = sum(map(is_online, contacts))
        count = f"{online} of {len(contacts)} online " if contacts else ""
        return [spread([(Style.HEADING, " Contacts")], [(Style.DIM, count)], cols)]

    def _divider(self, _cols: int, rows: int) -> Sequence[Line]:
        return [[(Style.LINE, self._stage.glyphs.vertical)]] * rows

    def _pane(self, cols: int, rows: int) -> Sequence[Line]:
        contact = self._list.focused
        if contact is None:
            return self._details.nobody()
        return self._details.paint(contact, cols, rows, self.verbs())


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
