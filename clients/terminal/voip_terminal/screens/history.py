"""Past calls as a table: all, the missed or the conferences; to look for, call back and delete."""

from collections.abc import Collection, Mapping, Sequence

import urwid

from voip.client.model import Change
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import EntryId, Username
from voip_terminal import contact_verbs, past_calls
from voip_terminal.call_verbs import call_all
from voip_terminal.calls import can_begin
from voip_terminal.forms import Field
from voip_terminal.found_calls import FoundCalls
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, Piece, column, fit
from voip_terminal.past_calls import OUTCOME_COLS
from voip_terminal.row_list import RowList
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.screens.past_call import PastCallBox
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wall_clock import WHEN_COLS, when
from voip_terminal.wording import percent

AHEAD = 15
"""Rows before the end at which the next page is asked for."""

WIDE_COLS = 100
FILTER_COLS = 49
LENGTH_COLS = 8
_KINDS = tuple(HistoryKind)

KEPT = "The server keeps your newest 1,000 calls."


class HistoryScreen:
    """The filters, the field and the table."""

    context = Context.HISTORY
    takes_question_mark = False

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._names: Mapping[Username, str] = {}
        self._new: set[EntryId] = set()  # missed calls that were not looked at before
        self._field = Field(" Find", stage.glyphs, label_cols=6, cols=20)
        self._table = RowList(self._paint_call, _entry_of, stage.glyphs)
        self._found = FoundCalls(stage, self._changed, lambda: stage.is_open(self))
        find = urwid.Columns([(FILTER_COLS, Area(self._filters)), urwid.Filler(self._field.widget)])
        find.focus_position = 1
        head = urwid.Pile([(1, find), (2, Area(self._heading))], focus_item=0)
        self._pile = urwid.Pile(
            [(3, head), self._table.widget, (3, Area(self._foot))], focus_item=1
        )
        self.widget: urwid.Widget = self._pile
        urwid.connect_signal(self._field.entry, "postchange", self._typed)

    def begin(self) -> None:
        """Look for the newest calls."""
        self._know_names()
        self._found.look(HistoryKind.ALL, "")

    @property
    def is_typing(self) -> bool:
        return bool(self._pile.focus_position == 0)

    # ---- keys ------------------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        can = {Verb.BACK, Verb.FILTER}
        if not self.is_typing:
            can.add(Verb.FIND)
        entry = self._table.focused
        if entry is None:
            return can
        can |= {Verb.DETAILS, Verb.DELETE, Verb.DELETE_ALL}
        if entry.peers and can_begin(self._stage.model):
            can.add(Verb.CALL)
        if self._stranger(entry) is not None:
            can.add(Verb.ADD_CONTACT)
        return can

    def _stranger(self, entry: HistoryEntry) -> Username | None:
        """The only other one of the call, who is no contact yet."""
        if len(entry.peers) != 1 or entry.peers[0] in self._names:
            return None
        return entry.peers[0]

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        entry = self._table.focused
        match verb:
            case Verb.BACK:
                self._go_back()
            case Verb.FILTER:
                at = _KINDS.index(self._found.kind)
                self._found.look(_KINDS[(at + 1) % len(_KINDS)], self._query)
            case Verb.FIND:
                self._pile.focus_position = 0
            case Verb.DELETE_ALL:
                self._offer_delete_all()
            case _ if entry is not None:
                self._do_to(entry, verb)
            case _:
                raise ValueError(verb)

    def _do_to(self, entry: HistoryEntry, verb: Verb) -> None:
        stage = self._stage
        match verb:
            case Verb.CALL:
                call_all(stage, entry.peers, past_calls.peers(entry, self._names))
            case Verb.DETAILS:
                stage.open(PastCallBox(stage, entry, self._names))
            case Verb.DELETE:
                asked = stage.controller.delete_history(entry.entry)
                stage.ask(asked, lambda _: stage.say("That call is deleted from your history."))
            case Verb.ADD_CONTACT:
                contact_verbs.add(stage, entry.peers[0], entry.peers[0])
            case _:
                raise ValueError(verb)

    def _offer_delete_all(self) -> None:
        stage = self._stage

        def delete() -> None:
            asked = stage.controller.delete_history()
            stage.ask(asked, lambda _: stage.say("Your history is empty now."))

        told = "All past calls are deleted, on every device of yours; this cannot be taken back."
        stage.open(ConfirmBox(stage, "Delete the whole history?", told, "delete all", delete))

    def _go_back(self) -> None:
        if self._field.text:
            self._field.set_text("")
            return
        self._found.stop()
        self._stage.back()

    @property
    def _query(self) -> str:
        return self._field.text.strip()

    def _typed(self, _entry: urwid.Edit, _before: str) -> None:
        self._found.typed(self._query)

    # ---- following ---------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        if Change.CONTACTS in change:
            self._know_names()
        if Change.HISTORY in change:
            self._found.look_again()

    def _know_names(self) -> None:
        self._names = past_calls.names_of(self._stage.model.contacts)

    def _changed(self) -> None:
        entries = self._found.entries
        self._table.replace(entries)
        unseen = {each.entry for each in entries if not each.is_seen} - self._new
        if unseen:
            self._new |= unseen
            stage = self._stage
            stage.ask(stage.controller.mark_history_seen(), lambda _: None)

    # ---- what is shown -----------------------------------------------------------------------

    def _filters(self, _cols: int, _rows: int) -> Sequence[Line]:
        mark = self._stage.glyphs.chosen
        line: list[Piece] = [(Style.HEADING, " History  ")]
        for kind in _KINDS:
            is_chosen = kind is self._found.kind
            style = Style.HEADING if is_chosen else Style.DIM
            line.append((style, f"({mark if is_chosen else ' '}) {kind.value}  "))
        return [line]

    def _heading(self, cols: int, _rows: int) -> Sequence[Line]:
        rule = self._stage.glyphs.horizontal * cols
        titles = f"   {column('When', WHEN_COLS + 1, '')}{column('With', _with_cols(cols), '')}"
        titles += f"{'Length':>{LENGTH_COLS}}  "
        wide = ("Line", 13), ("Lost", 8), ("Round trip", 12)
        shown = wide if cols >= WIDE_COLS else (("Line", 6),)
        titles += "".join(column(title, width, "") for title, width in shown) + "End"
        return [[(Style.LINE, rule)], [(Style.HEADING, titles)]]

    def _paint_call(self, entry: HistoryEntry, cols: int) -> Line:
        glyphs = self._stage.glyphs
        is_wide = cols + 1 >= WIDE_COLS
        is_new = entry.entry in self._new
        moment = column(when(entry.started_at, self._stage.wall), WHEN_COLS, glyphs.cut)
        name_cols = _with_cols(cols + 1)
        name = column(past_calls.peers(entry, self._names), name_cols - 1, glyphs.cut)
        style, quality = past_calls.line(entry, glyphs, has_bars=is_wide)
        pieces: list[Piece] = [
            past_calls.sign(entry, glyphs),
            (Style.HEADING if is_new else None, f" {moment} {name} "),
            (
                Style.BAD if entry.is_missed else None,
                f"{past_calls.length(entry):>{LENGTH_COLS}}  ",
            ),
            (style, column(quality, 13 if is_wide else 6, "")),
        ]
        if is_wide:
            pieces.append((None, _figures(entry)))
        return [*pieces, (Style.DIM, column(past_calls.outcome(entry), OUTCOME_COLS, glyphs.cut))]

    def _foot(self, cols: int, _rows: int) -> Sequence[Line]:
        if self._table.place + AHEAD >= len(self._found.entries):
            self._found.look_on()
        glyphs = self._stage.glyphs
        signs = f"{glyphs.outgoing} outgoing  {glyphs.incoming} incoming  {glyphs.no} missed"
        legend = f"   {signs}  {glyphs.busy} declined"
        return [fit([(Style.DIM, f"   {self._told()}")], cols), [], [(Style.DIM, legend)]]

    def _told(self) -> str:
        found = self._found
        if not found.is_known:
            return "asking the server"
        if found.entries:
            return KEPT
        if found.query:
            return f'No such call with "{found.query}".'
        return "No calls yet." if found.kind is HistoryKind.ALL else "None of that kind."


def _entry_of(entry: HistoryEntry) -> EntryId:
    return entry.entry


def _figures(entry: HistoryEntry) -> str:
    if not entry.talked_seconds:
        return " " * 20
    lost, far = percent(entry.lost_per_mille / 1000), f"{entry.rtt_ms} ms"
    return column(lost, 8, "") + column(far, 12, "")


def _with_cols(cols: int) -> int:
    """The width of the names: what the other columns leave."""
    others = 3 + WHEN_COLS + 1 + LENGTH_COLS + 2 + OUTCOME_COLS
    return max(12, cols - others - (33 if cols >= WIDE_COLS else 6))
