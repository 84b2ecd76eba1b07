"""Creating an account: an invite where the server wants one, name, shown name, a password twice."""

from collections.abc import Callable

import urwid

from voip.client.model import ClientError
from voip.client.model_account import SignedUp
from voip.core.errors import ErrorCode
from voip.core.messages import RegistrationPolicy
from voip.core.names import MIN_PASSWORD, fold_username, password_problem, username_problem
from voip.core.recovery import INVITE, read_token
from voip_terminal import sentences
from voip_terminal.forms import Button, Field, Form, Part, centred
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

    def __init__(
        self, stage: Stage, address: str, account: str, waits: Callable[[str], None]
    ) -> None:
        """``waits`` is told an account that was made and waits for an approval."""
        super().__init__(stage)
        self._waits = waits
        glyphs = stage.glyphs
        self._address = address
        self._invite = Field("   Invite", glyphs, label_cols=15)
        self._account = Field("   Account", glyphs, text=account, label_cols=15)
        self._nick = Field("   Shown name", glyphs, label_cols=15, takes_question_mark=True)
        self._password = self._secret("   Password", "F2 show")
        self._again = self._secret("   Again", "")
        self.secrets = (self._password, self._again)
        server = stage.model.connection.server
        self._host = clean(server.host) if server else clean(address)
        policy = server.policy if server else RegistrationPolicy.OPEN
        self._wants_invite = policy is RegistrationPolicy.INVITE
        self._is_approved = policy is RegistrationPolicy.APPROVAL
        self._widget: urwid.WidgetPlaceholder[urwid.Widget] = urwid.WidgetPlaceholder(
            urwid.SolidFill()
        )
        self._lay_out()

    def _lay_out(self) -> None:
        """Lay the form out for what the server wants; what was typed stays."""
        parts: list[Part] = [[(Style.HEADING, f"Create an account on {self._host}")], ""]
        if self._wants_invite:
            parts += [self._invite, self._invite_note]
        parts += [
            self._account,
            self._account_note,
            self._nick,
            [_BLANK, (Style.DIM, "what others see; empty: the account name")],
            self._password,
            self._password_note,
            self._again,
            self._again_note,
            "",
        ]
        if self._is_approved:
            told = sentences.POLICIES[RegistrationPolicy.APPROVAL]
            parts += [[(Style.FAIR, f"   {told}")], ""]
        parts += [
            "   A key is made for this computer and never leaves it. With it you",
            "   sign in without the password, and calls are encrypted end to end.",
            "",
            [Button("Create", self._create), Button("Back", self.stage.back)],
        ]
        self.form = Form(parts, indent=3)
        self._widget.original_widget = centred(self.form, COLS)

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

    def _invite_note(self) -> Line:
        if read_token(INVITE, self._invite.text) is not None:
            return [_BLANK, (Style.GOOD, f"{self.stage.glyphs.yes} it is whole")]
        return [_BLANK, (Style.DIM, "from the server's operator, as I-ABCD-1234-...")]

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
        if self._wants_invite and read_token(INVITE, self._invite.text) is None:
            self.wants(self._invite, sentences.NO_INVITE)
        elif username_problem(self._name) is not None:
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
        invite = self._invite.text.strip() if self._wants_invite else ""
        asked = self.stage.controller.register(name, nick, self._password.text, invite)
        self.stage.ask(asked, lambda made: self._registered(name, made), self._refused)

    def _registered(self, name: str, made: SignedUp) -> None:
        self.is_busy = False
        self.stage.remembered.save(LastUse(self._address, name))
        if made.is_pending:  # one is not signed in: the first screen follows the codes
            self.stage.home()
            self._waits(name)
            self.stage.say(sentences.WAITS.format(name=name))
        self.stage.show(RecoveryCodesScreen(self.stage, made.codes))

    def _refused(self, error: Exception) -> None:
        self.is_busy = False
        self.stage.complain(sentences.failure(error, clean(self._address)))
        if isinstance(error, ClientError):
            if error.code is ErrorCode.INVITE_NEEDED and not self._wants_invite:
                self._wants_invite = True  # since the server was asked last
                self._lay_out()
            fields = {"nick": self._nick, "password": self._password, "invite": self._invite}
            self.form.focus_on(fields.get(error.field, self._account))
