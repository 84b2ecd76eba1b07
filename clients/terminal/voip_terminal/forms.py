"""Fields, buttons and the form that holds them: for signing in, for boxes.

A field has a label, a place to type between brackets and what stands behind it. Tab and the arrow
keys move between the parts that can have the focus. It knows no model and no verbs.
"""

from collections.abc import Callable, Sequence

import urwid
from urwid.command_map import Command

from voip_terminal.glyphs import Glyphs
from voip_terminal.paint import Line, Row, Strip
from voip_terminal.theme import Style

FIELD_MAXIMUM = 512
"""Characters a field takes: more than any name, address or password."""


# What shells do with these keys, in fields too.
_EDITING = urwid.command_map.copy()
_EDITING["ctrl a"] = Command.LINE_START
_EDITING["ctrl e"] = Command.LINE_END
_EDITING["ctrl k"] = Command.DELETE_TO_LINE_END
_EDITING["ctrl u"] = Command.DELETE_TO_LINE_START
_EDITING["ctrl w"] = Command.DELETE_SPACE_WORD_LEFT


class _Entry(urwid.Edit):
    """Where one types. ``?`` is left to the help, unless it may be part of the text."""

    _command_map = _EDITING

    def __init__(self, takes_question_mark: Callable[[str], bool], mask: str | None) -> None:
        super().__init__(wrap="clip", mask=mask, max_length=FIELD_MAXIMUM)
        self._takes_question_mark = takes_question_mark

    @property
    def takes_question_mark(self) -> bool:
        return self._takes_question_mark(self.edit_text)

    def keypress(self, size: tuple[int], key: str) -> str | None:  # type: ignore[override]
        if key == "?" and not self.takes_question_mark:
            return key
        return super().keypress(size, key)


class Field:
    """A labelled place to type."""

    def __init__(
        self,
        label: str,
        glyphs: Glyphs,
        *,
        text: str = "",
        is_secret: bool = False,
        takes_question_mark: bool | Callable[[str], bool] = False,
        label_cols: int = 12,
        cols: int = 37,
        behind: str = "",
    ) -> None:
        if isinstance(takes_question_mark, bool):
            takes = takes_question_mark

            def takes_question_mark(_text: str) -> bool:
                return takes

        self._mask = glyphs.mask if is_secret else None
        self.entry = _Entry(takes_question_mark, self._mask)
        self.set_text(text)
        mapped = urwid.AttrMap(self.entry, Style.FIELD, Style.FIELD_FOCUS)
        self.widget: urwid.Widget = urwid.Columns(
            [
                (label_cols, urwid.Text(label)),
                (2, urwid.Text("[ ")),
                (cols, mapped),
                (2, urwid.Text(" ]")),
                urwid.Text(f"  {behind}" if behind else "", wrap="clip"),
            ],
            focus_column=2,
        )

    @property
    def text(self) -> str:
        return str(self.entry.edit_text)

    def set_text(self, text: str) -> None:
        self.entry.set_edit_text(text)
        self.entry.set_edit_pos(len(text))

    def show(self, is_shown: bool) -> None:
        """Show or hide what is typed into a secret field."""
        self.entry.set_mask(None if is_shown else self._mask)


class Button(Row):
    """``< label >``; Enter and Space press it."""

    def __init__(self, label: str, press: Callable[[], object]) -> None:
        super().__init__(self._paint_button)
        self.label = label
        self.press = press

    def _paint_button(self, _cols: int, has_focus: bool) -> Line:
        return [(Style.FOCUS if has_focus else None, f"< {self.label} >")]

    def keypress(self, size: tuple[int], key: str) -> str | None:  # type: ignore[override]  # noqa: ARG002 - the size matters not
        if key in {"enter", " "}:
            self.press()
            return None
        return key


class Choice(Row):
    """``( ) label``: one of several of which one is chosen; Space chooses it."""

    def __init__(
        self,
        label: str,
        glyphs: Glyphs,
        is_chosen: Callable[[], bool],
        choose: Callable[[], object],
    ) -> None:
        super().__init__(self._paint_choice)
        self._label = label
        self._glyphs = glyphs
        self._is_chosen = is_chosen
        self._choose = choose

    def _paint_choice(self, _cols: int, has_focus: bool) -> Line:
        mark = self._glyphs.chosen if self._is_chosen() else " "
        return [(Style.FOCUS if has_focus else None, f"({mark}) {self._label}")]

    def keypress(self, size: tuple[int], key: str) -> str | None:  # type: ignore[override]  # noqa: ARG002 - the size matters not
        if key == " ":
            self._choose()
            return None
        return key


Part = Field | Choice | Sequence[Button] | Line | str | Callable[[], Line]


class Form:
    """Parts from the top down; ``widget`` is a flow widget."""

    def __init__(self, parts: Sequence[Part], indent: int = 0) -> None:
        self._indent = indent
        self._stops: list[tuple[int, int, Field | Choice | Button]] = []
        rows = [self._row_of(at, part) for at, part in enumerate(parts)]
        self._pile = urwid.Pile(rows)
        self.widget: urwid.Widget = self._pile
        self.focus(0)

    def _row_of(self, at: int, part: Part) -> urwid.Widget:
        match part:
            case Field():
                self._stops.append((at, 0, part))
                return part.widget
            case Choice():
                self._stops.append((at, 0, part))
                return part
            case str():
                text = part
                return Strip(lambda _cols, _focus: [(None, text)])
            case _ if callable(part):
                paint = part
                return Strip(lambda _cols, _focus: paint())
            case [Button(), *_]:
                buttons = [button for button in part if isinstance(button, Button)]
                for place, button in enumerate(buttons):
                    self._stops.append((at, place, button))
                row = urwid.Columns(
                    [(len(button.label) + 4, button) for button in buttons], dividechars=3
                )
                return urwid.Padding(row, left=self._indent)
            case _:
                line: Line = part  # type: ignore[assignment]  # all others are taken
                return Strip(lambda _cols, _focus: line)

    @property
    def _buttons(self) -> urwid.Columns:
        """The row of buttons that has the focus."""
        row = self._pile.focus
        assert isinstance(row, urwid.Padding)
        columns = row.original_widget
        assert isinstance(columns, urwid.Columns)
        return columns

    @property
    def focused(self) -> Field | Choice | Button | None:
        """What has the focus."""
        for at, place, stop in self._stops:
            if at != self._pile.focus_position:
                continue
            if not isinstance(stop, Button) or self._buttons.focus_position == place:
                return stop
        return None

    @property
    def place(self) -> int:
        """The how-manieth of the parts that can have the focus has it, from 0."""
        focused = self.focused
        return next((at for at, (_, _, stop) in enumerate(self._stops) if stop is focused), 0)

    def focus(self, index: int) -> None:
        """Give the focus to the part that is the ``index``-th to take it."""
        if not self._stops:
            return
        at, place, stop = self._stops[index % len(self._stops)]
        self._pile.focus_position = at
        if isinstance(stop, Button):
            self._buttons.focus_position = place

    def focus_on(self, wanted: Field | Choice | Button) -> None:
        for index, (_, _, stop) in enumerate(self._stops):
            if stop is wanted:
                self.focus(index)

    def move(self, step: int) -> None:
        """Move the focus on (1) or back (-1), around the end."""
        self.focus(self.place + step)

    @property
    def takes_question_mark(self) -> bool:
        stop = self.focused
        return isinstance(stop, Field) and stop.entry.takes_question_mark

    @property
    def is_typing(self) -> bool:
        return isinstance(self.focused, Field)


def centred(form: Form, cols: int) -> urwid.Widget:
    """A form in the middle of a screen."""
    return urwid.Filler(urwid.Padding(form.widget, align="center", width=cols), valign="middle")
