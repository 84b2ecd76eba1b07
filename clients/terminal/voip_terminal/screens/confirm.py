"""A box that asks before something is done, and one that only explains."""

from collections.abc import Callable, Collection

from voip_terminal.forms import Button, Form, Part
from voip_terminal.keys import Verb
from voip_terminal.paint import wrap
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage


class ConfirmBox(FormBox):
    """Enter does it, Esc does not; ``act`` names it."""

    def __init__(
        self, stage: Stage, title: str, told: str, act: str, do_it: Callable[[], None]
    ) -> None:
        super().__init__(stage)
        self.title = title
        self.act = act
        self._do_it = do_it
        parts: list[Part] = ["", *wrap(told, self.cols - 2), ""]
        self.lay_out(Form(parts), len(parts))

    def verbs(self) -> Collection[Verb]:
        return {Verb.CONFIRM, Verb.BACK}

    def submit(self) -> None:
        self.stage.back()
        self._do_it()


class ExplainBox(FormBox):
    """Something one must know; it goes away when one has read it."""

    def __init__(self, stage: Stage, title: str, told: str) -> None:
        super().__init__(stage)
        self.title = title
        parts: list[Part] = ["", *wrap(told, self.cols - 2), "", [Button("Close", stage.back)]]
        self.lay_out(Form(parts), len(parts))

    def verbs(self) -> Collection[Verb]:
        return {Verb.PRESS, Verb.BACK}

    def submit(self) -> None:
        self.stage.back()
