"""The box in which one types what a setting is to be."""

from collections.abc import Callable

from voip_terminal.forms import Field, Form, Part
from voip_terminal.paint import wrap
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage


class EditSettingBox(FormBox):
    """One field and what is known about it; ``typed`` says whether the text could be used."""

    act = "save"
    cols = 66

    def __init__(
        self, stage: Stage, title: str, text: str, about: str, typed: Callable[[str], bool]
    ) -> None:
        super().__init__(stage)
        self.title = title
        self._typed = typed
        self._field = Field(
            "", stage.glyphs, text=text, label_cols=1, cols=self.cols - 9, takes_question_mark=True
        )
        told: list[Part] = [*wrap(about, self.cols - 4)]
        parts: list[Part] = ["", self._field, "", *told]
        self.lay_out(Form(parts), len(parts) + 1)

    def submit(self) -> None:
        if self._typed(self._field.text.strip()):
            self.stage.close(self)
