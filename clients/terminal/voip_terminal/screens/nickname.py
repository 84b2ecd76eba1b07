"""The box in which one changes one's shown name."""

from voip_terminal.forms import Field, Form
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage


class NicknameBox(FormBox):
    """One field."""

    title = "Your shown name"
    act = "change"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        me = stage.model.me
        self._nick = Field(
            "Name",
            stage.glyphs,
            text=me.nick if me else "",
            label_cols=6,
            cols=44,
            takes_question_mark=True,
        )
        self.lay_out(Form(["", self._nick, "", "Your account name stays the same."]), 4)

    def submit(self) -> None:
        nick = self._nick.text.strip()
        if not nick:
            self.wants(self._nick, "Type a name that others are to see.")
            return
        self.is_busy = True
        self.stage.ask(self.stage.controller.set_nick(nick), lambda _: self._set(), self._refused)

    def _set(self) -> None:
        self.stage.close(self)
        self.stage.say("Others see your new name now.")

    def _refused(self, error: Exception) -> None:
        self.is_busy = False
        self.stage.complain_of(error)
