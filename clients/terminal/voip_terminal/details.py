"""The pane beside the contacts: who that is, what one can do, the last calls, one's notes.

It paints what the model and ``LastCalls`` have and carries nothing out.
"""

from collections.abc import Collection, Sequence

from voip.client.model_people import ContactView
from voip.core.contacts import MAX_NOTES
from voip.core.history import HistoryEntry
from voip_terminal import past_calls
from voip_terminal.calls import ECHO
from voip_terminal.contact_list import shown_contact, sign_of, word_of
from voip_terminal.keys import Context, Key, Verb
from voip_terminal.last_calls import LastCalls
from voip_terminal.paint import Line, Piece, clean, column, shorten, spread, width, wrap
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wall_clock import WHEN_COLS, when

WIDE_COLS = 60
"""From this width on the calls have bars."""

CALLS_SHOWN = 5
LENGTH_COLS = 8
KEY_COLS = 7

_BEGINNINGS = {
    Verb.PEOPLE: "shows who is online, to call or to add",
    Verb.ADD_CONTACT: "adds a contact by the account's name",
    Verb.PALETTE: "then call echo, to hear yourself",
}
"""How to come by contacts."""


class Details:
    """Paints one contact."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._last = LastCalls(stage)

    def forget_calls(self) -> None:
        """The history has changed."""
        self._last.forget()

    def stop(self) -> None:
        self._last.stop()

    def nobody(self) -> Sequence[Line]:
        """What stands there without a contact."""
        label = self._stage.keys.label
        rows: list[Line] = [
            [(Style.KEY, f"  {column(label(verb), KEY_COLS, '')}"), (None, told)]
            for verb, told in _BEGINNINGS.items()
        ]
        return [[], [(None, "  You have no contacts yet.")], [], *rows]

    def paint(
        self, contact: ContactView, cols: int, rows: int, can: Collection[Verb]
    ) -> Sequence[Line]:
        """The pane's lines, the indent at the left included."""
        inner = cols - 4
        lines = [*self._head(contact, inner), [], *self._acts(contact, inner, can)]
        lines += self._calls(contact, inner)
        lines += _notes(contact, inner, rows - len(lines))
        if contact.username == ECHO:
            told = "Answers at once and plays back what it hears: try your microphone with it."
            lines += [[], *([(Style.DIM, row)] for row in wrap(told, inner))]
        return [[(None, "  "), *line] for line in lines]

    def _head(self, contact: ContactView, cols: int) -> list[Line]:
        glyphs = self._stage.glyphs
        account = clean(contact.username)
        name = shorten(shown_contact(contact), cols - 2 - width(account), glyphs.cut)
        lines: list[Line] = [spread([(Style.HEADING, name)], [(Style.DIM, account)], cols)]
        state = f"{sign_of(contact, glyphs)} {word_of(contact)}"
        text = clean(contact.text).strip()
        said = wrap(f'"{text}"', cols)[:3] if text and not contact.is_blocked else []
        if said and width(state) + 3 + width(said[0]) <= cols and len(said) == 1:
            lines.append([(None, f"{state}   {said[0]}")])
        else:
            lines += [[(None, state)], *([(None, row)] for row in said)]
        if contact.alias and clean(contact.nick) != account:
            lines.append([(Style.DIM, f"calls themselves {clean(contact.nick)}")])
        return lines

    def _acts(self, contact: ContactView, cols: int, can: Collection[Verb]) -> list[Line]:
        """What the keys do about this contact, in two columns."""
        words = {
            Verb.CALL: "Call",
            Verb.EDIT_CONTACT: "Edit, remove",
            Verb.FAVOURITE: "No favourite" if contact.is_favourite else "Favourite",
            Verb.BLOCK: "Unblock" if contact.is_blocked else "Block",
        }
        here = self._stage.keys.of(Context.MAIN)
        shown = [key for key in here if key.verb in words and key.verb in can]
        pairs = [shown[at : at + 2] for at in range(0, len(shown), 2)]
        half = cols // 2
        return [
            [piece for key in pair for piece in _act(key, words[key.verb], half)] for pair in pairs
        ]

    def _calls(self, contact: ContactView, cols: int) -> list[Line]:
        entries = self._last.of(contact.username)
        if not entries:
            return []
        rows = [self._call(entry, cols) for entry in entries[:CALLS_SHOWN]]
        return [[], [(Style.HEADING, "Last calls")], *rows]

    def _call(self, entry: HistoryEntry, cols: int) -> Line:
        glyphs = self._stage.glyphs
        style, quality = past_calls.line(entry, glyphs, has_bars=cols >= WIDE_COLS)
        length = past_calls.length(entry)
        more: list[Piece] = [(style, f"   {quality}")]
        if not length:
            more = [(Style.DIM, f"   {past_calls.outcome(entry)}")]
        return [
            (None, " "),
            past_calls.sign(entry, glyphs),
            (None, f" {column(when(entry.started_at, self._stage.wall), WHEN_COLS, glyphs.cut)}"),
            (None, f" {length:>{LENGTH_COLS}}"),
            *more,
        ]


def _act(key: Key, words: str, cols: int) -> Line:
    return [
        (Style.KEY, column(key.label, KEY_COLS, "")),
        (None, column(words, cols - KEY_COLS, "")),
    ]


def _notes(contact: ContactView, cols: int, room: int) -> list[Line]:
    text = clean(contact.notes, MAX_NOTES).strip()
    if not text or room < 3:
        return []
    rows = wrap(text, cols)[: room - 2]
    return [[], [(Style.HEADING, "Notes")], *([(None, row)] for row in rows)]
