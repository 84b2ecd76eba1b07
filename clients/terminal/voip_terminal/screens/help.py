"""The help: every key, and short answers to what newcomers ask. The keys come from the table."""

from collections.abc import Callable, Collection, Sequence

import urwid

from voip.client.model import Change
from voip_terminal import help_text
from voip_terminal.key_table import KeyTable
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, Piece, fit, wrap
from voip_terminal.stage import Stage
from voip_terminal.theme import Style

CHAPTERS = ("keys", "calling", "conferences", "no sound?", "privacy", "about")


class HelpScreen:
    """One chapter at a time; the arrow keys scroll."""

    context = Context.HELP
    takes_question_mark = False
    is_typing = False

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._chapter = 0
        self._top = 0
        self._area = _Scrolled(self._lines)
        self.widget: urwid.Widget = self._area

    def verbs(self) -> Collection[Verb]:
        return {Verb.CHAPTER, Verb.BACK}

    def do(self, verb: Verb, key: str) -> None:
        if verb is Verb.BACK:
            self._stage.back()
        else:
            self._chapter = int(key) - 1
            self._area.top = 0

    def refresh(self, change: Change) -> None:
        """Nothing here comes from the model."""

    def _lines(self, cols: int) -> tuple[Sequence[Line], Sequence[Line]]:
        """The head, and the chapter under it."""
        head: list[Piece] = []
        for at, name in enumerate(CHAPTERS):
            style = Style.FOCUS if at == self._chapter else None
            head += [(None, "  " if at else " "), (style, f"({at + 1}) {name}")]
        rule = self._stage.glyphs.horizontal * cols
        return [head, [(Style.LINE, rule)]], self._body(cols)

    def _body(self, cols: int) -> Sequence[Line]:
        match self._chapter:
            case 0:
                return _key_columns(self._stage.keys, cols)
            case 1:
                return _paragraphs(self._named(help_text.CALLING), cols)
            case 2:
                return _paragraphs(self._named(help_text.CONFERENCES), cols)
            case 3:
                return _paragraphs(self._named(help_text.NO_SOUND), cols)
            case 4:
                return _paragraphs(self._named(help_text.PRIVACY), cols)
            case _:
                return _paragraphs(self._about(), cols)

    def _named(self, text: str) -> str:
        """The text with the keys of this person in it."""
        keys = self._stage.keys.keys
        return text.format_map({key.verb.name.lower(): key.label for key in reversed(keys)})

    def _about(self) -> str:
        server = self._stage.model.connection.server
        told = [f"voip {self._stage.version}".strip() + ": private calls from your terminal."]
        if server:
            told.append(f"Connected to {server.host}, port {server.port}, with TLS 1.3.")
            told.append(f"The server's key (SHA-256): {server.pin}")
        return "\n\n".join(told)


class _Scrolled(Area):
    """A head that stays and lines that scroll under it."""

    _selectable = True

    def __init__(self, lines: Callable[[int], tuple[Sequence[Line], Sequence[Line]]]) -> None:
        super().__init__(self._paint_scrolled, cursor=(1, 0))
        self._lines = lines
        self.top = 0

    def _paint_scrolled(self, cols: int, rows: int) -> Sequence[Line]:
        head, body = self._lines(cols)
        room = rows - len(head)
        self.top = max(0, min(self.top, len(body) - room))
        if self.top + room >= len(body):
            return [*head, *body[self.top :]]
        more: Line = [(Style.DIM, " more below: arrow keys")]
        return [*head, *body[self.top : self.top + room - 1], more]

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        page = size[1] - 3
        step = {"up": -1, "down": 1, "page up": -page, "page down": page}.get(key)
        if step is None:
            return key
        self.top += step
        return None


def _paragraphs(text: str, cols: int) -> Sequence[Line]:
    lines: list[Line] = [[]]
    for paragraph in text.split("\n\n"):
        lines += [[(None, f"  {row}")] for row in wrap(paragraph, min(cols, 100) - 4)]
        lines.append([])
    return lines


def _key_columns(keys: KeyTable, cols: int) -> Sequence[Line]:
    """The table of keys: in two columns, or in three where there is room."""
    count = 3 if cols >= 114 else 2
    blocks = [_block(keys, context) for context in Context]
    height = -(-sum(len(block) for block in blocks) // count)
    columns: list[list[Line]] = [[]]
    for block in blocks:
        if columns[-1] and len(columns[-1]) + len(block) > height + 2 and len(columns) < count:
            columns.append([])
        columns[-1] += block
    each = cols // count
    rows = max(len(column) for column in columns)
    padded = [column + [[]] * (rows - len(column)) for column in columns]
    return [[piece for column in padded for piece in fit(column[at], each)] for at in range(rows)]


def _block(keys: KeyTable, context: Context) -> list[Line]:
    lines: list[Line] = [[(Style.HEADING, f" {context.value}")]]
    lines += [[(Style.KEY, f"  {key.label:<10}"), (None, key.about)] for key in keys.of(context)]
    return [*lines, []]
