"""The box in which one changes one's password."""

from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip.core.names import password_problem
from voip_terminal import sentences
from voip_terminal.forms import Field, Form, Part
from voip_terminal.meters import bars
from voip_terminal.paint import Line
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage
from voip_terminal.strength import strength
from voip_terminal.theme import Style


class PasswordBox(FormBox):
    """The old one, and the new one twice."""

    title = "Change your password"
    act = "change"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._old = self._secret("Old")
        self._new = self._secret("New")
        self._again = self._secret("Again")
        self.secrets = (self._old, self._new, self._again)
        parts: list[Part] = ["", self._old, "", self._new, self._note, self._again, ""]
        self.lay_out(Form(parts), len(parts))

    def _secret(self, label: str) -> Field:
        return Field(
            label,
            self.stage.glyphs,
            label_cols=7,
            cols=36,
            is_secret=True,
            takes_question_mark=True,
        )

    def _note(self) -> Line:
        if not self._new.text:
            return []
        how = strength(self._new.text)
        style = Style.GOOD if how.bars > 2 else Style.FAIR
        return [(None, " " * 9), (style, f"{bars(how.bars, self.stage.glyphs)} {how.word}")]

    def submit(self) -> None:
        if not self._old.text:
            self.wants(self._old, "Type the password you have now.")
        elif (problem := password_problem(self._new.text, self._username)) is not None:
            self.wants(self._new, sentences.PASSWORD_PROBLEMS[problem])
        elif self._again.text != self._new.text:
            self.wants(self._again, "The two new passwords differ: type the second one again.")
        else:
            self._change()

    @property
    def _username(self) -> str:
        me = self.stage.model.me
        return me.username if me else ""

    def _change(self) -> None:
        self.is_busy = True
        asked = self.stage.controller.change_password(self._old.text, self._new.text)
        self.stage.ask(asked, lambda _: self._changed(), self._refused)

    def _changed(self) -> None:
        self.stage.close(self)
        self.stage.say("Your password is changed.")

    def _refused(self, error: Exception) -> None:
        self.is_busy = False
        if isinstance(error, ClientError) and error.code is ErrorCode.WRONG_PASSWORD:
            self.wants(self._old, "The old password is wrong: type it again.")
        else:
            self.stage.complain_of(error)
