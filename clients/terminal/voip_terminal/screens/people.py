"""Finding people, as a table: among one's contacts, everyone, or those online, as one types.

Enter, pressed before the answer to what was typed is there, waits for it: nobody is called whom the
name that stands there does not mean.
"""

from collections.abc import Collection, Sequence

import urwid

from voip.client.model import Change
from voip.client.model_people import ContactView
from voip.core.ids import Username
from voip.core.people import Person
from voip_terminal import contact_verbs
from voip_terminal.call_verbs import call
from voip_terminal.calls import can_begin
from voip_terminal.contact_list import shown_contact
from voip_terminal.forms import Field
from voip_terminal.found_people import FoundPeople, Scope
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, Piece, clean, column, spread, width
from voip_terminal.row_list import PeopleList, shown_name
from voip_terminal.screens.contact import ContactBox
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wording import PRESENCE_WORDS

AHEAD = 15
"""Rows before the end at which the next page is asked for."""

WIDE_COLS = 100
HEAD_ROWS = 3
FIND_COLS = 38
CONTACT_COLS = 9
_SCOPES = tuple(Scope)


class PeopleScreen:
    """The search field, the scopes and the table."""

    context = Context.PEOPLE
    takes_question_mark = False

    def __init__(self, stage: Stage, scope: Scope, *, is_searching: bool) -> None:
        self._stage = stage
        self._contacts: dict[Username, ContactView] = {}
        self._calls_when_found = False
        self._field = Field(" Find", stage.glyphs, label_cols=7, cols=FIND_COLS - 12)
        self._table = PeopleList(self._paint_person, stage.glyphs)
        self._found = FoundPeople(
            stage,
            scope,
            self._changed,
            is_wanted=lambda: stage.is_open(self),
            place=lambda: self._table.place,
        )
        find = urwid.Columns([(FIND_COLS, urwid.Filler(self._field.widget)), Area(self._scopes)])
        head = urwid.Pile([(1, find), (2, Area(self._heading))], focus_item=0)
        self._pile = urwid.Pile(
            [(HEAD_ROWS, head), self._table.widget, (2, Area(self._foot))],
            focus_item=0 if is_searching else 1,
        )
        self.widget: urwid.Widget = self._pile
        urwid.connect_signal(self._field.entry, "postchange", self._typed)

    def begin(self) -> None:
        """Look for everybody."""
        self._know_contacts()
        self._found.look("", self._found.scope)

    @property
    def is_typing(self) -> bool:
        return bool(self._pile.focus_position == 0)

    # ---- keys ------------------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        can = {Verb.BACK, Verb.SCOPE}
        if not self.is_typing:
            can.add(Verb.FIND)
        if self._is_looking:
            return can | ({Verb.CALL} if self.is_typing and can_begin(self._stage.model) else set())
        person = self._table.focused
        if person is None:
            return can
        contact = self._contacts.get(person.username)
        can |= {Verb.BLOCK, Verb.ADD_CONTACT if contact is None else Verb.EDIT_CONTACT}
        if can_begin(self._stage.model) and (contact is None or not contact.is_blocked):
            can.add(Verb.CALL)
        return can

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        person = self._table.focused
        match verb:
            case Verb.BACK:
                self._go_back()
            case Verb.SCOPE:
                at = _SCOPES.index(self._found.scope)
                self._found.look(self._query, _SCOPES[(at + 1) % len(_SCOPES)])
            case Verb.FIND:
                self._pile.focus_position = 0
            case Verb.CALL if self._is_looking:
                self._calls_when_found = True
            case _ if person is not None:
                self._do_to(person, self._contacts.get(person.username), verb)
            case _:
                raise ValueError(verb)

    def _do_to(self, person: Person, contact: ContactView | None, verb: Verb) -> None:
        stage, name = self._stage, shown_name(person)
        if verb is Verb.CALL:
            call(stage, person.username, name)
        elif verb is Verb.BLOCK:
            is_blocked = contact is None or not contact.is_blocked
            contact_verbs.block(stage, person.username, name, is_blocked=is_blocked)
        elif contact is None:
            contact_verbs.add(stage, person.username, name)
        else:
            stage.open(ContactBox(stage, contact))

    def _go_back(self) -> None:
        if self._field.text:
            self._field.set_text("")
            self._pile.focus_position = 0
            return
        self._found.stop()
        self._stage.back()

    @property
    def _query(self) -> str:
        return self._field.text.strip()

    @property
    def _is_looking(self) -> bool:
        """The table is not yet of those whom the field means."""
        return not self._found.are_of(self._query)

    def _typed(self, _entry: urwid.Edit, _before: str) -> None:
        self._calls_when_found = False
        self._found.typed(self._query)

    def refresh(self, change: Change) -> None:
        if Change.CONTACTS in change:
            self._know_contacts()
            self._found.refresh()

    def _know_contacts(self) -> None:
        self._contacts = {one.username: one for one in self._stage.model.contacts}

    def _changed(self) -> None:
        self._table.replace(self._found.people)
        if self._calls_when_found and not self._is_looking:
            self._calls_when_found = False
            if Verb.CALL in self.verbs():
                self.do(Verb.CALL, "enter")

    # ---- what is shown ---------------------------------------------------------------------

    def _scopes(self, cols: int, _rows: int) -> Sequence[Line]:
        mark = self._stage.glyphs.chosen
        line: list[Piece] = []
        for scope in _SCOPES:
            is_chosen = scope is self._found.scope
            style = Style.HEADING if is_chosen else Style.DIM
            line.append((style, f"({mark if is_chosen else ' '}) {scope.value}  "))
        return [spread([], line, cols)]

    def _heading(self, cols: int, _rows: int) -> Sequence[Line]:
        rule = self._stage.glyphs.horizontal * cols
        name_cols, account_cols, presence_cols = _columns(cols)
        titles = column("   Name", name_cols + 3, "") + column("Account", account_cols, "")
        titles += column("Presence", presence_cols, "") + column("Contact", CONTACT_COLS, "")
        titles += "Says" if cols >= WIDE_COLS else ""
        return [[(Style.LINE, rule)], [(Style.HEADING, titles)]]

    def _paint_person(self, person: Person, cols: int) -> Line:
        glyphs = self._stage.glyphs
        name_cols, account_cols, presence_cols = _columns(cols + 1)
        contact = self._contacts.get(person.username)
        is_blocked = contact is not None and contact.is_blocked
        presence = "blocked" if is_blocked else PRESENCE_WORDS[person.presence]
        name = shown_name(person) if contact is None else shown_contact(contact)
        sign = glyphs.no if is_blocked else glyphs.presence(person.presence)
        pieces: list[Piece] = [
            (None, f"{sign} "),
            (None, column(name, name_cols - 1, glyphs.cut) + " "),
            (None, column(clean(person.username), account_cols - 1, glyphs.cut) + " "),
            (Style.DIM, column(presence, presence_cols, glyphs.cut)),
            (None, column(self._mark(contact), CONTACT_COLS, "")),
        ]
        if cols + 1 >= WIDE_COLS and not is_blocked:
            room = cols - sum(width(text) for _, text in pieces)
            pieces.append((Style.DIM, column(clean(person.text), room, glyphs.cut)))
        return pieces

    def _mark(self, contact: ContactView | None) -> str:
        glyphs = self._stage.glyphs
        if contact is None:
            return ""
        if contact.is_blocked:
            return glyphs.no
        return glyphs.favourite if contact.is_favourite else glyphs.yes

    def _foot(self, _cols: int, _rows: int) -> Sequence[Line]:
        self._look_ahead()
        return [[], [(Style.DIM, f"   {self._told()}")]]

    def _look_ahead(self) -> None:
        if self._table.place + AHEAD >= len(self._found.people):
            self._found.look_on()
        self._found.look_again()

    def _told(self) -> str:
        found, query = self._found, self._found.query
        if found.scope is Scope.CONTACTS:
            if not self._contacts:
                return "Your phone book is empty; Tab looks among everyone, to add somebody."
            if found.people or not query:
                return f"{len(found.people)} of {len(self._contacts)} contacts."
            return f'No contact matches "{query}"; Tab looks among everyone.'
        page = found.page
        if page is None:
            return "asking the server"
        if found.scope is Scope.EVERYONE:
            if not query:
                return f"{page.total} have an account, {page.online} are online."
            return f'{page.total} of everyone: the names that begin with "{query}".'
        if not query:
            return f"{page.online} online."
        hint = 'Letters may be spread out: "omr" finds Omar.'
        return f'{page.total} of {page.online} online match "{query}".  {hint}'


def _columns(cols: int) -> tuple[int, int, int]:
    """The widths of name, account and presence."""
    return (30, 22, 15) if cols >= WIDE_COLS else (28, 22, 15)
