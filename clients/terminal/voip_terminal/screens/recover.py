"""The box for a forgotten password: a recovery code or a reset token, a new password twice."""

from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip.core.names import fold_username, password_problem, username_problem
from voip.core.recovery import RESET, read_code, read_token
from voip_terminal import sentences
from voip_terminal.forms import Field, Form, Part
from voip_terminal.meters import bars
from voip_terminal.paint import Line, clean, wrap
from voip_terminal.remembered import LastUse
from voip_terminal.screens.boxes import FormBox
from voip_terminal.screens.recovery_codes import RecoveryCodesScreen
from voip_terminal.stage import Stage
from voip_terminal.strength import strength
from voip_terminal.theme import Style

LABEL_COLS = 10
_BLANK = (None, " " * (LABEL_COLS + 2))

TOLD = (
    "One of the codes you wrote down sets a new password. It is used up by that, and your other "
    "devices have to sign in again. Without a code, ask the server's operator for a reset token."
)


class RecoverBox(FormBox):
    """Lies on the first screen, with the server reached."""

    title = "Forgot your password?"
    act = "set it and sign in"
    cols = 62

    def __init__(self, stage: Stage, address: str, account: str) -> None:
        super().__init__(stage)
        self._address = address
        self._account = Field("Account", stage.glyphs, text=account, label_cols=LABEL_COLS)
        self._code = Field("Code", stage.glyphs, label_cols=LABEL_COLS)
        self._new = self._secret("Password")
        self._again = self._secret("Again")
        self.secrets = (self._new, self._again)
        parts: list[Part] = [
            "",
            *wrap(TOLD, self.cols - 2),
            "",
            self._account,
            self._code,
            self._code_note,
            self._new,
            self._new_note,
            self._again,
            "",
        ]
        self.lay_out(Form(parts), len(parts))
        if account:
            self.form.focus_on(self._code)

    def _secret(self, label: str) -> Field:
        return Field(
            label,
            self.stage.glyphs,
            label_cols=LABEL_COLS,
            is_secret=True,
            takes_question_mark=True,
        )

    def _code_note(self) -> Line:
        if self._is_token:
            told = f"{self.stage.glyphs.yes} a token: your contacts see a changed key"
            return [_BLANK, (Style.FAIR, told)]
        if read_code(self._code.text) is not None:
            return [_BLANK, (Style.GOOD, f"{self.stage.glyphs.yes} it is whole")]
        return [_BLANK, (Style.DIM, "as ABCD-1234-..., or a token, as R-ABCD-1234-...")]

    @property
    def _is_token(self) -> bool:
        return read_token(RESET, self._code.text) is not None

    def _new_note(self) -> Line:
        if not self._new.text:
            return [_BLANK, (Style.DIM, "the new one")]
        how = strength(self._new.text)
        style = Style.GOOD if how.bars > 2 else Style.FAIR
        return [_BLANK, (style, f"{bars(how.bars, self.stage.glyphs)} {how.word}")]

    @property
    def _name(self) -> str:
        return fold_username(self._account.text)

    def submit(self) -> None:
        if username_problem(self._name) is not None:
            self.wants(self._account, "Type the name of your account.")
        elif read_code(self._code.text) is None and not self._is_token:
            no_code = sentences.REFUSALS_OF_FIELDS[ErrorCode.BAD_REQUEST, "code"]
            self.wants(self._code, no_code)
        elif (problem := password_problem(self._new.text, self._name)) is not None:
            self.wants(self._new, sentences.PASSWORD_PROBLEMS[problem])
        elif self._again.text != self._new.text:
            self.wants(self._again, "The two new passwords differ: type the second one again.")
        else:
            self._recover()

    def _recover(self) -> None:
        self.is_busy = True
        name = self._name
        asked = self.stage.controller.recover(name, self._code.text, self._new.text)
        self.stage.ask(asked, lambda codes: self._recovered(name, codes), self._refused)

    def _recovered(self, name: str, codes: tuple[str, ...]) -> None:
        self.stage.remembered.save(LastUse(self._address, name))
        if codes:
            self.stage.say("Your new password is set. Your contacts will see a changed key.")
            self.stage.show(RecoveryCodesScreen(self.stage, codes))
        else:
            self.stage.say("Your new password is set. The code you used is used up.")

    def _refused(self, error: Exception) -> None:
        self.is_busy = False
        self.stage.complain(sentences.failure(error, clean(self._address)))
        if isinstance(error, ClientError) and error.code is ErrorCode.WRONG_CODE:
            self.form.focus_on(self._code)
