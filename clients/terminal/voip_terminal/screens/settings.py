"""The settings: one tab at a time, its rows, and what is known about the row in focus."""

from collections.abc import Collection, Sequence

import urwid

from voip.client.model import Change
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, Piece
from voip_terminal.settings.service import NotKept
from voip_terminal.stage import Stage
from voip_terminal.tabs.account import AccountTab
from voip_terminal.tabs.audio import AudioTab
from voip_terminal.tabs.key_rows import KeysTab
from voip_terminal.tabs.look import LookTab
from voip_terminal.tabs.network import NetworkTab
from voip_terminal.tabs.rows import Part, SettingRows
from voip_terminal.tabs.tab import Tab
from voip_terminal.theme import Style


class SettingsScreen:
    """Changes are saved at once; the last ones can be taken back."""

    context = Context.SETTINGS
    takes_question_mark = False
    is_typing = False

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._tabs: Sequence[Tab] = (
            AccountTab(stage),
            AudioTab(stage),
            NetworkTab(stage),
            LookTab(stage),
            KeysTab(stage),
        )
        self._tab: Tab = self._tabs[0]
        self._rows = SettingRows(self._parts, stage.glyphs)
        head = (2, Area(self._head))
        self.widget: urwid.Widget = urwid.Pile([head, self._rows], focus_item=1)

    def begin(self) -> None:
        """It is shown now."""
        self._tab.opened()

    # ---- keys ------------------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        can = {Verb.TAB, Verb.NEXT, Verb.PREVIOUS, Verb.BACK}
        row = self._rows.focused
        if row is not None and row.step is not None:
            can.add(Verb.CHANGE)
        if row is not None and row.press is not None:
            can.add(Verb.PRESS)
        if self._stage.settings.can_undo:
            can.add(Verb.UNDO)
        return can

    def do(self, verb: Verb, key: str) -> None:
        row = self._rows.focused
        match verb:
            case Verb.TAB:
                self._show(int(key) - 1)
            case Verb.NEXT | Verb.PREVIOUS:
                self._rows.move(1 if verb is Verb.NEXT else -1)
            case Verb.CHANGE if row is not None and row.step is not None:
                row.step(-1 if key == "left" else 1)
            case Verb.PRESS if row is not None and row.press is not None:
                row.press()
            case Verb.UNDO:
                self._undo()
            case Verb.BACK:
                self._stage.back()

    def _show(self, at: int) -> None:
        if at >= len(self._tabs) or self._tabs[at] is self._tab:
            return
        self._tab.closed()
        self._tab = self._tabs[at]
        self._rows.begin()
        self._tab.opened()

    def _undo(self) -> None:
        try:
            change = self._stage.settings.undo()
        except NotKept as error:
            self._stage.complain(str(error))
            return
        if change is not None:
            self._stage.say(f"{change.name.replace('_', ' ')} is as it was before.")

    def closed(self) -> None:
        """The screen is left."""
        self._tab.closed()

    def refresh(self, change: Change) -> None:
        self._tab.refresh(change)

    def _parts(self) -> Sequence[Part]:
        return self._tab.parts()

    # ---- what is shown ---------------------------------------------------------------------

    def _head(self, cols: int, _rows: int) -> Sequence[Line]:
        head: list[Piece] = [(Style.HEADING, " Settings")]
        for at, tab in enumerate(self._tabs):
            is_shown = tab is self._tab
            name = f"[{tab.name}]" if is_shown else f" {tab.name} "
            style = Style.FOCUS if is_shown else None
            head += [(None, "  "), (Style.KEY, f"{at + 1}"), (style, name)]
        return [head, [(Style.LINE, self._stage.glyphs.horizontal * cols)]]
