"""Boxes that do something only for whoever knows the password: new recovery codes, the end.

An open screen is not enough for either; the server asks for a proof of the password as well.
"""

from abc import abstractmethod

from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip_terminal.forms import Field, Form, Part
from voip_terminal.paint import wrap
from voip_terminal.remembered import LastUse
from voip_terminal.screens.boxes import FormBox
from voip_terminal.screens.recovery_codes import RecoveryCodesScreen
from voip_terminal.stage import Stage


class _ConfirmedBox(FormBox):
    """What will happen, and a field for the password."""

    told = ""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._password = Field(
            "Password",
            stage.glyphs,
            label_cols=10,
            cols=36,
            is_secret=True,
            takes_question_mark=True,
        )
        self.secrets = (self._password,)
        parts: list[Part] = ["", *wrap(self.told, self.cols - 2), "", self._password, ""]
        self.lay_out(Form(parts), len(parts))

    def submit(self) -> None:
        if not self._password.text:
            self.wants(self._password, "Type your password first.")
            return
        self.is_busy = True
        self._ask(self._password.text)

    @abstractmethod
    def _ask(self, password: str) -> None:
        """Do it."""

    def _refused(self, error: Exception) -> None:
        self.is_busy = False
        if isinstance(error, ClientError) and error.code is ErrorCode.WRONG_PASSWORD:
            self.wants(self._password, "The password is wrong: type it again.")
        else:
            self.stage.complain_of(error)


class NewCodesBox(_ConfirmedBox):
    """New recovery codes."""

    title = "New recovery codes"
    act = "make new codes"
    told = (
        "You get eight new codes that set a new password when you have forgotten it. They take "
        "the place of those you have: the old ones open nothing any more."
    )

    def _ask(self, password: str) -> None:
        asked = self.stage.controller.recovery_codes(password)
        self.stage.ask(asked, self._made, self._refused)

    def _made(self, codes: tuple[str, ...]) -> None:
        self.stage.close(self)
        self.stage.show(RecoveryCodesScreen(self.stage, codes))


class DeleteAccountBox(_ConfirmedBox):
    """The end of one's account."""

    title = "Delete your account"
    act = "delete for good"
    told = (
        "Your account goes with all that is kept of it, here and on the server. Nobody can bring "
        "it back, and anybody may take its name. Your other devices are signed out, and a call "
        "you are in is hung up."
    )

    def _ask(self, password: str) -> None:
        asked = self.stage.controller.delete_account(password)
        self.stage.ask(asked, lambda _: self._deleted(), self._refused)

    def _deleted(self) -> None:
        remembered = self.stage.remembered
        remembered.save(LastUse(remembered.load().address, ""))
        self.stage.say("Your account is deleted.")
