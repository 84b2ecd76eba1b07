"""The box in which one finds people to add to a call.

The server is asked a moment after the last letter, for the first page only: whoever is not on it
is found by typing more of the name. Enter, pressed before the answer is there, waits for it: nobody
is added whom the name that stands there does not mean.
"""

from collections.abc import Collection

import urwid
from twisted.internet.interfaces import IDelayedCall

from voip.client.model import Change
from voip.core.ids import CallId
from voip.core.people import Person
from voip.core.people_messages import UserPage
from voip_terminal.adding import add
from voip_terminal.forms import Choice, Field
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line
from voip_terminal.row_list import PeopleList, row_of, shown_name
from voip_terminal.stage import Stage
from voip_terminal.theme import Style

PAUSE_SECONDS = 0.15
"""How long the typing rests before the server is asked."""


class AddPeopleBox:
    """A field, a choice, and who is found."""

    context = Context.DIALOG
    title = "Add to the call"
    takes_question_mark = False
    size = (52, 15)

    def __init__(self, stage: Stage, call_id: CallId) -> None:
        self._stage = stage
        self._call_id = call_id
        self._to_listen = False
        self._is_closed = False
        self._pause: IDelayedCall | None = None
        self._asked_for = ""
        self._found_for: str | None = None
        self._adds_when_found = False
        self._list = PeopleList(self._paint_person, stage.glyphs)
        self._field = Field(" Name", stage.glyphs, label_cols=7, cols=30)
        listens = Choice(
            "only to listen (Space)", stage.glyphs, lambda: self._to_listen, self._toggle
        )
        self._pile = urwid.Pile(
            [
                (1, urwid.SolidFill(" ")),
                ("pack", self._field.widget),
                ("pack", urwid.Padding(listens, left=7)),
                (1, urwid.SolidFill(" ")),
                self._list.widget,
                (1, Area(self._foot)),
            ],
            focus_item=1,
        )
        self._stops = (1, 2, 4)
        self.widget: urwid.Widget = self._pile
        urwid.connect_signal(self._field.entry, "postchange", self._typed)
        self._ask()

    @property
    def is_typing(self) -> bool:
        return bool(self._pile.focus_position == self._stops[0])

    @property
    def act(self) -> str:
        person = self._list.focused
        return f"add {shown_name(person)}" if person and not self._is_looking else "add"

    def _toggle(self) -> None:
        self._to_listen = not self._to_listen

    # ---- keys ------------------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        can = {Verb.NEXT, Verb.PREVIOUS, Verb.BACK}
        if self._list.focused or self._is_looking:
            can.add(Verb.CONFIRM)
        return can

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        match verb:
            case Verb.NEXT | Verb.PREVIOUS:
                at = self._stops.index(self._pile.focus_position)
                step = 1 if verb is Verb.NEXT else -1
                self._pile.focus_position = self._stops[(at + step) % len(self._stops)]
            case Verb.CONFIRM:
                self._add()
            case Verb.BACK:
                self._close()
            case _:
                raise ValueError(verb)

    def _add(self) -> None:
        if self._is_looking:
            self._adds_when_found = self.is_typing
            return
        person = self._list.focused
        if person is None:
            return
        self._close()
        name = shown_name(person)
        add(self._stage, self._call_id, person.username, name, to_listen=self._to_listen)

    def _close(self) -> None:
        self._is_closed = True
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        self._stage.close(self)

    # ---- asking the server -----------------------------------------------------------------

    @property
    def _is_looking(self) -> bool:
        """The list is not yet of those whom the name means."""
        return self._found_for != self._field.text.strip()

    def _typed(self, _entry: urwid.Edit, _before: str) -> None:
        self._adds_when_found = False
        if self._pause is not None:
            self._pause.cancel()
        self._pause = self._stage.clock.callLater(PAUSE_SECONDS, self._rested)

    def _rested(self) -> None:
        self._pause = None
        self._ask()

    def _ask(self) -> None:
        asked_for = self._asked_for = self._field.text.strip()

        def arrived(page: UserPage) -> None:
            if not self._is_closed and asked_for == self._asked_for:
                self._found_for = asked_for
                self._list.replace(self._absent(page.people))
                if self._adds_when_found:
                    self._add()

        self._stage.ask(self._stage.controller.users(asked_for), arrived)

    def _absent(self, people: Collection[Person]) -> list[Person]:
        """Those who are not in the call yet."""
        calls = [call for call in self._stage.model.calls if call.call_id == self._call_id]
        inside = {peer.username for call in calls for peer in call.peers}
        return [person for person in people if person.username not in inside]

    def refresh(self, change: Change) -> None:
        if Change.CALLS in change:
            self._list.replace(self._absent(self._list.items))

    # ---- what is shown ---------------------------------------------------------------------

    def _paint_person(self, person: Person, cols: int) -> Line:
        return row_of(person, cols, self._stage.glyphs)

    def _foot(self, _cols: int, _rows: int) -> list[Line]:
        if self._list.items:
            return []
        told = (
            "Nobody else of that name is online." if self._asked_for else "Nobody else is online."
        )
        return [[(Style.DIM, f" {told}")]]
