"""What screens and boxes that hold a form have in common: moving about, showing passwords.

Its subclasses say which verb Enter means and carry it out.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection

import urwid

from voip.client.model import Change
from voip_terminal.forms import Button, Field, Form
from voip_terminal.keys import Context, Verb
from voip_terminal.stage import Stage


class FormScreen(ABC):
    """A form with a verb of its own on Enter."""

    context: Context
    enter: Verb
    """What Enter does in a field; on another button than the first it presses that."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.is_busy = False  # the server has been asked and has not answered
        self.form = Form([])
        self.secrets: tuple[Field, ...] = ()
        self._are_secrets_shown = False

    @property
    def widget(self) -> urwid.Widget:
        return self.form.widget

    @property
    def takes_question_mark(self) -> bool:
        return self.form.takes_question_mark

    @property
    def is_typing(self) -> bool:
        return self.form.is_typing

    def verbs(self) -> Collection[Verb]:
        can = {Verb.NEXT, Verb.PREVIOUS, Verb.BACK}
        can.add(Verb.PRESS if isinstance(self.form.focused, Button) else self.enter)
        if self.secrets:
            can.add(Verb.SHOW_PASSWORD)
        return can

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no form has several keys for a verb
        if verb is Verb.NEXT:
            self.form.move(1)
        elif verb is Verb.PREVIOUS:
            self.form.move(-1)
        elif verb is Verb.SHOW_PASSWORD:
            self._are_secrets_shown = not self._are_secrets_shown
            for field in self.secrets:
                field.show(self._are_secrets_shown)
        elif verb is Verb.BACK:
            self.stage.back()
        elif verb is self.enter and not self.is_busy:
            self.submit()

    @abstractmethod
    def submit(self) -> None:
        """Enter was pressed in a field."""

    def refresh(self, change: Change) -> None:  # noqa: B027 - most forms leave it at that
        """A form shows what is typed, not the model."""

    def wants(self, field: Field, sentence: str) -> None:
        """Say what is missing and go to where it belongs."""
        self.stage.complain(sentence)
        self.form.focus_on(field)
