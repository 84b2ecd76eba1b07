"""The command palette: type a part of a command's name, choose, Enter.

It lists what works on the screen under it and everybody one may call. It carries nothing out
itself: it goes away and runs what was chosen.
"""

from collections.abc import Callable, Collection, Sequence

import urwid

from voip.client.model import Change
from voip.core.ids import Username
from voip_terminal import commands
from voip_terminal.commands import Command
from voip_terminal.forms import Field
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, column, shorten, width
from voip_terminal.stage import Stage
from voip_terminal.theme import Style

COLS = 64
LISTED_ROWS = 9
WORDS_COLS = 26
LABEL_COLS = 8

HINT = "letters may be spread out; arrow keys choose, Tab fills in"

MOVES = {"up": -1, "down": 1, "page up": -LISTED_ROWS, "page down": LISTED_ROWS}


class PaletteBox:
    """A field, and the commands that match it."""

    context = Context.PALETTE
    takes_question_mark = False
    is_typing = True
    title = "Command"
    act = ""
    size = (COLS, LISTED_ROWS + 4)

    def __init__(
        self,
        stage: Stage,
        available: Callable[[], Sequence[Command]],
        call: Callable[[Username], None],
    ) -> None:
        self._stage = stage
        self._available = available
        self._call = call
        self._commands = available()
        self._at = 0
        self._field = Field(" :", stage.glyphs, label_cols=3, cols=COLS - 9)
        self._found: Sequence[Command] = ()
        self._look()
        urwid.connect_signal(self._field.entry, "postchange", self._typed)
        lines = urwid.Pile(
            [
                ("pack", self._field.widget),
                (1, Area(lambda cols, _: [[(Style.LINE, stage.glyphs.horizontal * cols)]])),
                (LISTED_ROWS, Area(self._paint)),
                (2, Area(lambda _cols, _rows: [[], [(Style.DIM, f" {HINT}")]])),
            ],
            focus_item=0,
        )
        self.widget: urwid.Widget = _Moving(lines, self._move)

    # ---- keys ------------------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        can = {Verb.BACK}
        if self._found:
            can |= {Verb.CONFIRM, Verb.COMPLETE}
        return can

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        match verb:
            case Verb.BACK:
                self._stage.close(self)
            case Verb.COMPLETE:
                self._field.set_text(self._found[self._at].words)
            case Verb.CONFIRM:
                chosen = self._found[self._at]
                self._stage.close(self)
                chosen.run()
            case _:
                raise ValueError(verb)

    def _move(self, step: int) -> None:
        self._at = max(0, min(len(self._found) - 1, self._at + step))

    def _typed(self, _entry: urwid.Edit, _before: str) -> None:
        self._at = 0
        self._look()

    def _look(self) -> None:
        self._found = commands.find(self._field.text, self._commands, self._call)

    def refresh(self, change: Change) -> None:
        """What works has changed with a call; the choice stays if it can.

        People stay as they were when the box was opened: they come and go all the time.
        """
        if Change.CALLS not in change:
            return
        before = self._found[self._at].words if self._found else ""
        self._commands = self._available()
        self._look()
        self._at = next((at for at, one in enumerate(self._found) if one.words == before), 0)

    # ---- what is shown ---------------------------------------------------------------------

    def _paint(self, cols: int, rows: int) -> Sequence[Line]:
        if not self._found:
            return [[], [(Style.DIM, "   No command has these letters.")]]
        top = max(0, min(self._at - rows // 2, len(self._found) - rows))
        shown = self._found[top : top + rows]
        return [self._row(one, cols, top + at == self._at) for at, one in enumerate(shown)]

    def _row(self, command: Command, cols: int, is_chosen: bool) -> Line:
        cut = self._stage.glyphs.cut
        pointer = self._stage.glyphs.pointer if is_chosen else " "
        words = column(command.words, WORDS_COLS - 1, cut)
        label = column(command.label, LABEL_COLS - 1, cut)
        text = f" {pointer} {words} {label} "
        about = shorten(command.about, cols - width(text) - 1, cut)
        if is_chosen:
            return [(Style.FOCUS, column(text + about, cols, cut))]
        return [(None, f"   {words} "), (Style.KEY, f"{label} "), (Style.DIM, about)]


class _Moving(urwid.WidgetWrap[urwid.Pile]):
    """The parts of the box; the arrow keys choose while one types."""

    def __init__(self, parts: urwid.Pile, move: Callable[[int], None]) -> None:
        super().__init__(parts)
        self._move = move

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        if key in MOVES:
            self._move(MOVES[key])
            return None
        return self._w.keypress(size, key)
