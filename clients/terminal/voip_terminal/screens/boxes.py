"""What all boxes with a form are: a title, a size, Enter for yes, Esc for no."""

import urwid

from voip_terminal.forms import Form
from voip_terminal.keys import Context, Verb
from voip_terminal.screens.form_screen import FormScreen
from voip_terminal.stage import Stage


class FormBox(FormScreen):
    """A box on top of a screen."""

    context = Context.DIALOG
    enter = Verb.CONFIRM
    title = ""
    act = ""
    cols = 58

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._rows = 0

    def lay_out(self, form: Form, rows: int) -> None:
        """Show this form, which is so many rows high."""
        self.form = form
        self._rows = rows
        self._widget = urwid.Filler(urwid.Padding(form.widget, left=1, right=1), valign="top")

    @property
    def widget(self) -> urwid.Widget:
        return self._widget

    @property
    def size(self) -> tuple[int, int]:
        return self.cols, self._rows
