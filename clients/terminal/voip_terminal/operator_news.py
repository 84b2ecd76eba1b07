"""What the operator says to everybody: a bar under the first line, and a box with all of it.

The bar takes no key and no focus away: it stands there until the person has opened the box, and
that no call can begin stands there as long as it is so. It looks at the model and changes nothing.
"""

from collections.abc import Callable, Collection, Sequence
from typing import ClassVar

import urwid

from voip.client.model import Announcement
from voip.core.names import MAX_ANNOUNCEMENT
from voip_terminal import sentences
from voip_terminal.forms import Button, Form, Part
from voip_terminal.keys import Verb
from voip_terminal.paint import Line, canvas, clean, spread, width, wrap
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage
from voip_terminal.theme import Style

BAR_ROWS = 2
"""Of an announcement; what is longer is read in the box."""
BOX_ROWS = 15
"""Of texts: with its frame and button, the box fits the least screen."""


class OperatorNews:
    """The bar of one stage, and what was read of it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._read = 0  # the number of the last announcement that was opened
        self.bar: urwid.Widget = _Bar(self._lines)

    @property
    def is_shown(self) -> bool:
        """Is there anything to stand in the bar?"""
        return self._stage.model.is_maintenance or self._unread is not None

    def verbs(self) -> Collection[Verb]:
        """What works while there is something to read."""
        return {Verb.OPERATOR} if self._stage.model.announcements else set()

    def open(self) -> None:
        """Show all of it; from now on it counts as read."""
        announcements = self._stage.model.announcements
        self._read = announcements[-1].number
        self._stage.open(AnnouncementsBox(self._stage, announcements))

    @property
    def _unread(self) -> Announcement | None:
        """The newest, if it was not read."""
        newest = self._stage.model.announcements[-1:]
        return newest[0] if newest and newest[0].number > self._read else None

    def _lines(self, cols: int) -> list[Line]:
        lines: list[Line] = []
        if self._stage.model.is_maintenance:
            lines.append([(Style.FAIR, f" {sentences.MAINTENANCE}")])
        unread = self._unread
        if unread is not None:
            key = f" {self._stage.keys.label(Verb.OPERATOR)} reads "
            rows = wrap(f"Operator: {clean(unread.text, MAX_ANNOUNCEMENT)}", cols - width(key) - 2)
            shown = rows[:BAR_ROWS]
            if len(rows) > BAR_ROWS:
                shown[-1] += f" {self._stage.glyphs.cut}"
            texts: list[Line] = [[(Style.WORDS, f" {row}")] for row in shown]
            texts[0] = spread(texts[0], [(Style.KEY, key)], cols)
            lines += texts
        return lines


class AnnouncementsBox(FormBox):
    """What the operator said, the newest first."""

    title = "From the server's operator"
    cols = 66

    def __init__(self, stage: Stage, announcements: Sequence[Announcement]) -> None:
        super().__init__(stage)
        parts: list[Part] = [""]
        for one in reversed(announcements):
            rows = wrap(clean(one.text, MAX_ANNOUNCEMENT), self.cols - 2)
            if len(parts) > 1 and len(parts) + len(rows) > BOX_ROWS:
                break
            parts += [*rows, ""]
        parts.append([Button("Close", stage.back)])
        self.lay_out(Form(parts), len(parts))

    def verbs(self) -> Collection[Verb]:
        return {Verb.PRESS, Verb.BACK}

    def submit(self) -> None:
        self.stage.back()


class _Bar(urwid.Widget):
    """As many lines as there are to show."""

    _sizing = frozenset([urwid.FLOW])
    no_cache: ClassVar[list[str]] = ["render", "rows"]

    def __init__(self, lines: Callable[[int], list[Line]]) -> None:
        super().__init__()
        self._lines = lines

    def rows(self, size: tuple[int], focus: bool = False) -> int:  # noqa: ARG002 - has none
        return len(self._lines(size[0]))

    def render(self, size: tuple[int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002 - has none
        return canvas(self._lines(size[0]), size[0], None)
