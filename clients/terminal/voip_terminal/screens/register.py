"""Creating an account: name, shown name, a password twice."""

import urwid

from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip.core.names import MIN_PASSWORD, fold_username, password_problem, username_problem
from voip_terminal import sentences
from voip_terminal.forms import Button, Field, Form, centred
from voip_terminal.keys import Context, Verb
from voip_terminal.meters import bars
from voip_terminal.paint import Line, clean
from voip_terminal.remembered import LastUse
from voip_terminal.screens.form_screen import FormScreen
from voip_terminal.screens.recovery_codes import RecoveryCodesScreen
from voip_terminal.stage import Stage
from voip_terminal.strength import strength
from voip_terminal.theme import Style

COLS = 69
_BLANK = (None, " " * 15)


class RegisterScreen(FormScreen):
    """A new account on the server that was reached."""

    context = Context.REGISTER
    enter = Verb.CREATE

    def __init__(self, stage: Stage, address: str, account: str) -> None:
        super().__init__(stage)
        glyphs = stage.glyphs
        self._address = address
        self._account = Field("   Account", glyphs, text=account, label_cols=15)
        self._nick = Field("   Shown name", glyphs, label_cols=15, takes_question_mark=True)
        self._password = self._secret("   Password", "F2 show")
        self._again = self._secret("   Again", "")
        self.secrets = (self._password, self._again)
        server = stage.model.connection.server
        host = clean(server.host) if server else clean(address)
        self.form = Form(
            [
                [(Style.HEADING, f"Create an account on {host}")],
                "",
                self._account,
                self._account_note,
                self._nick,
                [_BLANK, (Style.DIM, "what others see; empty: the account name")],
                self._password,
                self._password_note,
                self._again,
                self._again_note,
                "",
                "   A key is made for this computer and never leaves it. With it you",
                "   sign in without the password, and calls are encrypted end to end.",
                "",
                [Button("Create", self._create), Button("Back", stage.back)],
            ],
            indent=3,
        )
        self._widget = centred(self.form, COLS)

    def _secret(self, label: str, behind: str) -> Field:
        return Field(
            label,
            self.stage.glyphs,
            label_cols=15,
            is_secret=True,
            takes_question_mark=True,
            behind=behind,
        )

    @property
    def widget(self) -> urwid.Widget:
        return self._widget

    @property
    def _name(self) -> str:
        return fold_username(self._account.text)

    def _account_note(self) -> Line:
        rule = "3-32 letters, digits, - _ ."
        if not self._name:
            return [_BLANK, (Style.DIM, rule)]
        if username_problem(self._name) is None:
            return [_BLANK, (Style.GOOD, f"{self.stage.glyphs.yes} allowed  {rule}")]
        return [_BLANK, (Style.BAD, f"{self.stage.glyphs.no} not allowed  {rule}")]

    def _password_note(self) -> Line:
        if not self._password.text:
            return [_BLANK, (Style.DIM, f"{MIN_PASSWORD} characters or more")]
        how = strength(self._password.text)
        style = Style.GOOD if how.bars > 2 else Style.FAIR
        return [_BLANK, (style, f"{bars(how.bars, self.stage.glyphs)} {how.word}")]

    def _again_note(self) -> Line:
        if not self._again.text:
            return []
        if self._again.text == self._password.text:
            return [_BLANK, (Style.GOOD, f"{self.stage.glyphs.yes} the same")]
        return [_BLANK, (Style.BAD, f"{self.stage.glyphs.no} not the same yet")]

    def submit(self) -> None:
        if username_problem(self._name) is not None:
            self.wants(self._account, sentences.REFUSALS[ErrorCode.NAME_NOT_ALLOWED])
        elif (problem := password_problem(self._password.text, self._name)) is not None:
            self.wants(self._password, sentences.PASSWORD_PROBLEMS[problem])
        elif self._again.text != self._password.text:
            self.wants(self._again, "The two passwords differ: type the second one again.")
        else:
            self._register()

    def _create(self) -> None:
        if not self.is_busy:
            self.submit()

    def _register(self) -> None:
        self.is_busy = True
        name = self._name
        nick = self._nick.text.strip() or name
        self.stage.say(f"Creating the account {name}")
        asked = self.stage.controller.register(name, nick, self._password.text)
        self.stage.ask(asked, lambda codes: self._registered(name, codes), self._refused)

    def _registered(self, name: str, codes: tuple[str, ...]) -> None:
        self.is_busy = False
        self.stage.remembered.save(LastUse(self._address, name))
        self.stage.show(RecoveryCodesScreen(self.stage, codes))

    def _refused(self, error: Exception) -> None:
        self.is_busy = False
        self.stage.complain(sentences.failure(error, clean(self._address)))
        if isinstance(error, ClientError):
            fields = {"nick": self._nick, "password": self._password}
            self.form.focus_on(fields.get(error.field, self._account))
