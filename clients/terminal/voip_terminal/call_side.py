"""What stands beside the list while there are calls, and the focus that the roster may have.

One call is the call's pane; several are a list with the pane of the one talked in; a conference is
its roster, which then can have the focus.
"""

from collections.abc import Collection
from typing import ClassVar

import urwid

from voip.core.calls import LegState
from voip_terminal.call_list import CallList
from voip_terminal.call_pane import CallPane
from voip_terminal.call_verbs import CallVerbs
from voip_terminal.calls import current, joined, shown, talking
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Line, canvas, column, wrap
from voip_terminal.roster import Roster
from voip_terminal.stage import Stage
from voip_terminal.theme import Style

INDENT = "  "
_SWITCHING = (Verb.GO_TO, Verb.SWAP, Verb.TAKE_BACK, Verb.JOIN)


class CallSide(urwid.Widget):
    """A box widget; up and down move in the roster.

    ``has_focus``: do keys come here? Then ``verbs`` are the roster's.
    """

    _sizing = frozenset([urwid.BOX])
    no_cache: ClassVar[list[str]] = ["render"]

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._list = CallList(stage)
        self._pane = CallPane(stage)
        self._roster = Roster(stage)
        self._verbs = CallVerbs(stage)
        self.has_focus = False

    @property
    def is_shown(self) -> bool:
        """Is there a call to show beside the list?"""
        return bool(joined(self._stage.model))

    def selectable(self) -> bool:
        """Only a roster takes the focus."""
        call = talking(self._stage.model)
        return call is not None and call.is_conference

    def verbs(self) -> Collection[Verb]:
        return (*self._roster.verbs(), Verb.SWITCH)

    def do(self, verb: Verb) -> None:
        self._roster.do(verb)

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        step = {"up": -1, "down": 1, "page up": -size[1], "page down": size[1]}.get(key)
        if step is None:
            return key
        self._roster.move(step)
        return None

    # ---- what is shown ---------------------------------------------------------------------

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        cols, rows = size
        lines, cursor_row = self._lines(cols - 2 * len(INDENT), rows)
        shown_lines: list[Line] = [[(None, INDENT), *line] for line in lines[:rows]]
        shown_lines += [[]] * (rows - len(shown_lines))
        cursor = (len(INDENT), cursor_row) if focus and cursor_row < rows else None
        return canvas(shown_lines, cols, cursor)

    def _lines(self, cols: int, rows: int) -> tuple[list[Line], int]:
        """The lines, and in which of them the focus is."""
        model = self._stage.model
        call = current(model)
        is_list = call is None or len(shown(model)) > 1
        lines: list[Line] = [*self._list.paint(cols), []] if is_list else []
        if call is None:
            return [*lines, *self._all_held(cols)], 0
        foot: list[Line] = [[], *self._key_lines(_SWITCHING)] if is_list else []
        if call.is_conference and call.state is LegState.ACTIVE:
            room = rows - len(lines) - len(foot)
            roster, at = self._roster.paint(call, cols, room, self.has_focus)
            return [*lines, *roster, *foot], len(lines) + at
        return [*lines, *self._pane.paint(call, cols, is_brief=is_list), *foot], 0

    def _all_held(self, cols: int) -> list[Line]:
        told = "You talk to nobody now: they don't hear you, and you don't hear them."
        can = (Verb.TAKE_BACK, Verb.GO_TO, Verb.HANG_UP, Verb.LEAVE)
        return [*([(None, row)] for row in wrap(told, cols)), [], *self._key_lines(can)]

    def _key_lines(self, wanted: Collection[Verb]) -> list[Line]:
        can = self._verbs.verbs()
        return [
            [(Style.KEY, column(key.label, 7, "")), (None, key.about)]
            for key in self._stage.keys.of(Context.IN_CALL)
            if key.verb in wanted and key.verb in can
        ]
