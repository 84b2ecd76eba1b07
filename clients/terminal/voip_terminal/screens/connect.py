"""The first screen: which server, which account, and in.

An account whose key is on this computer is one key press away. The server is asked as soon as its
address stands there, so that one sees whom one talks to before typing a password.
"""

from collections.abc import Callable, Collection

import urwid

from voip.client.model import Change, ClientError, Link, LinkError, LinkTrouble, ServerInfo
from voip.core.errors import ErrorCode
from voip.core.messages import RegistrationPolicy
from voip.core.names import fold_username
from voip_terminal import sentences
from voip_terminal.forms import Button, Field, Form, Part, centred
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Line, clean, column
from voip_terminal.remembered import LastUse
from voip_terminal.screens.certificate import CertificateScreen
from voip_terminal.screens.form_screen import FormScreen
from voip_terminal.screens.recover import RecoverBox
from voip_terminal.screens.register import RegisterScreen
from voip_terminal.stage import Stage
from voip_terminal.theme import Style

_Then = Callable[[], None]

COLS = 69
KNOWN_SHOWN = 3
"""Accounts of this computer that get a button of their own."""


class ConnectScreen(FormScreen):
    """Server, account, password."""

    context = Context.SIGN_IN
    enter = Verb.SIGN_IN

    def __init__(self, stage: Stage, last: LastUse) -> None:
        super().__init__(stage)
        glyphs = stage.glyphs
        self._server = Field(
            "   Server",
            glyphs,
            text=last.address,
            label_cols=15,
            takes_question_mark=lambda text: text.startswith("voip://"),
        )
        self._account = Field("   Account", glyphs, text=last.account, label_cols=15)
        self._password = Field(
            "   Password",
            glyphs,
            label_cols=15,
            is_secret=True,
            takes_question_mark=True,
            behind="F2 show",
        )
        self.secrets = (self._password,)
        self._reached = ""  # the address that answered last
        self._tried = ""  # the address asked last, unless it did not answer
        self._asking = ""  # the address that has not answered yet
        self._wish: _Then = self._nothing  # what is to be done once it has
        self._known: tuple[str, ...] = ()
        self._unreadable = ""  # the file of accounts that was complained of
        self._is_closed = False
        self._widget: urwid.WidgetPlaceholder[urwid.Widget] = urwid.WidgetPlaceholder(
            urwid.SolidFill()
        )
        self._rebuild()
        self._start_at(last)

    def _start_at(self, last: LastUse) -> None:
        """Put the focus where the next thing to type is."""
        if self._known:
            self.form.focus_on(self._first_button)
        elif last.address:
            self.form.focus_on(self._password if last.account else self._account)

    def begin(self) -> None:
        """Ask the server that is named already."""
        self._reach()

    @property
    def widget(self) -> urwid.Widget:
        return self._widget

    def _rebuild(self) -> None:
        """Lay the form out for what is known of the server; what was typed stays."""
        self._known = self._accounts_known()
        self._is_closed = self._policy is RegistrationPolicy.CLOSED
        known = [self._button_for(account) for account in self._known[:KNOWN_SHOWN]]
        self._sign_in = Button("Sign in", self.submit)
        others = [self._sign_in]
        if not self._is_closed:
            others.append(Button("Create an account", self._create))
        last = [Button("Forgot your password?", self._forgot), Button("Quit", self.stage.quit)]
        title = column("   voip", COLS - 14, "")
        version = f"v{self.stage.version}" if self.stage.version else ""
        parts: list[Part] = [
            [(Style.HEADING, title), (Style.DIM, version)],
            "   Private voice calls on your own server",
            "",
            self._server,
            self._server_note,
            self._policy_note,
            "",
            self._account,
            self._password,
            "",
        ]
        if known:
            parts += [known, ""]
        parts += [others, "", last, ""]
        self._first_button = known[0] if known else self._sign_in
        focused = self.form.focused
        self.form = Form(parts, indent=3)
        self._widget.original_widget = centred(self.form, COLS)
        if isinstance(focused, Field):
            self.form.focus_on(focused)
        elif isinstance(focused, Button):
            self.form.focus_on(self._first_button)

    def _accounts_known(self) -> tuple[str, ...]:
        """The accounts of the typed server whose key is on this computer."""
        try:
            return tuple(self.stage.controller.known_accounts(self._address))
        except LinkError:
            return ()  # what is typed is no address yet
        except ClientError as error:  # the file of them cannot be read
            if error.field != self._unreadable:
                self._unreadable = error.field
                self.stage.complain_of(error)
            return ()

    def _button_for(self, account: str) -> Button:
        return Button(f"Sign in as {account}", lambda: self._sign_in_as(account))

    @property
    def _address(self) -> str:
        return self._server.text.strip()

    @property
    def _policy(self) -> RegistrationPolicy | None:
        server = self._info
        return server.policy if server else None

    @property
    def _info(self) -> ServerInfo | None:
        """The server that was reached, as long as its address stands in the field."""
        if self._reached != self._address:
            return None
        connection = self.stage.model.connection
        return connection.server if connection.link is Link.CONNECTED else None

    def _server_note(self) -> Line:
        blank = (None, " " * 15)
        connection = self.stage.model.connection
        if connection.link is Link.CONNECTING:
            return [blank, (Style.DIM, "asking the server")]
        server = self._info
        if server is None:
            return [blank, (Style.DIM, "name or name:port")]
        glyphs = self.stage.glyphs
        if server.is_new_pin:
            sign = f"{glyphs.yes} TLS 1.3, new here: key {server.pin[:16].upper()} now known"
        else:
            sign = f"{glyphs.yes} TLS 1.3, the key is the one known"
        return [blank, (Style.GOOD, sign)]

    def _policy_note(self) -> Line:
        """Who may make an account there, once the server has said so."""
        policy = self._policy
        if policy is None:
            return []
        return [(None, " " * 15), (Style.DIM, sentences.POLICIES[policy])]

    # ---- what the keys do ------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        can = set(super().verbs())
        can.discard(Verb.BACK)
        return can

    def do(self, verb: Verb, key: str) -> None:
        left = self.form.focused
        super().do(verb, key)
        if verb in {Verb.NEXT, Verb.PREVIOUS} and left is self._server:
            had_known = bool(self._known)
            self._look_again()
            if self._known and not had_known:
                self.form.focus_on(self._first_button)
            self._reach()

    def refresh(self, change: Change) -> None:
        if Change.CONNECTION in change:
            self._look_again()

    def _look_again(self) -> None:
        """Make the buttons fit what is known by now."""
        known = self._accounts_known()
        is_closed = self._policy is RegistrationPolicy.CLOSED
        if (known, is_closed) != (self._known, self._is_closed):
            self._rebuild()

    def submit(self) -> None:
        account = fold_username(self._account.text)
        password = self._password.text
        if not self._address:
            self.wants(self._server, "Type the server's address first: a name, or name:port.")
        elif not account:
            self.wants(self._account, "Type your account name, or create an account.")
        elif password:
            self._go_on(lambda: self._log_in(account, password))
        elif account in self._known:
            self._sign_in_as(account)
        else:
            self.wants(self._password, f"Type the password of {account}.")

    def _sign_in_as(self, account: str) -> None:
        self._go_on(lambda: self._log_in(account, ""))

    def _create(self) -> None:
        self._on_the_server(self._open_register)

    def _forgot(self) -> None:
        self._on_the_server(self._open_recover)

    def _on_the_server(self, then: _Then) -> None:
        if not self._address:
            self.wants(self._server, "Type the server's address first: a name, or name:port.")
        else:
            self._go_on(then)

    def _open_recover(self) -> None:
        if not self.is_busy:
            account = self._account.text.strip()
            self.stage.open(RecoverBox(self.stage, self._address, account))

    def _open_register(self) -> None:
        if self._policy is RegistrationPolicy.CLOSED:
            self.stage.complain(sentences.REFUSALS[ErrorCode.REGISTRATION_CLOSED])
        elif not self.is_busy:
            account = self._account.text.strip()
            screen = RegisterScreen(self.stage, self._address, account, self._made)
            self.stage.show(screen)

    def _made(self, account: str) -> None:
        """An account was made that one cannot sign in with yet."""
        self._account.set_text(account)
        self.form.focus_on(self._password)

    # ---- reaching the server ---------------------------------------------------------------

    def _reach(self) -> None:
        """Ask the server who it is, without signing in."""
        if self._address and self._address != self._tried:
            self._go_on(self._nothing)

    def _nothing(self) -> None:
        """What is to be done when the server was only asked who it is."""

    def _go_on(self, then: _Then) -> None:
        """Do ``then`` once the server is reached; the last wish while it is asked counts."""
        self._wish = then
        address = self._address
        if self._info is not None:
            then()
        elif address != self._asking:
            self._asking = self._tried = address
            self.stage.ask(
                self.stage.controller.connect(address),
                lambda _: self._was_reached(address),
                lambda error: self._was_not_reached(error, address),
            )

    def _was_reached(self, address: str) -> None:
        if address != self._asking:
            return  # another address was typed meanwhile
        self._asking = ""
        self._reached = address
        self._look_again()
        self._wish()

    def _was_not_reached(self, error: Exception, address: str) -> None:
        if address != self._asking:
            return
        self._asking = ""
        wish = self._wish
        if isinstance(error, LinkError) and error.trouble is LinkTrouble.CERTIFICATE_CHANGED:
            expected, seen = error.expected_pin, error.seen_pin
            self.stage.show(
                CertificateScreen(self.stage, address, expected, seen, lambda: self._go_on(wish))
            )
            return
        self._tried = ""
        self.stage.complain(sentences.failure(error, clean(address)))
        if wish != self._nothing:
            # Not when nobody asked for it: a password being typed would go on in the open.
            self.form.focus_on(self._server)

    # ---- signing in --------------------------------------------------------------------------

    def _log_in(self, account: str, password: str) -> None:
        if self.is_busy:
            return
        self.is_busy = True
        controller = self.stage.controller
        self.stage.say(f"Signing in as {clean(account)}")
        asked = (
            controller.login(account, password)
            if password
            else controller.login_with_device(account)
        )
        self.stage.ask(asked, lambda _: self._logged_in(account), self._not_logged_in)

    def _logged_in(self, account: str) -> None:
        self.is_busy = False
        self._password.set_text("")
        self._account.set_text(account)
        self.stage.remembered.save(LastUse(self._address, account))

    def _not_logged_in(self, error: Exception) -> None:
        self.is_busy = False
        self._reached = self._reached if self.stage.model.connection.server else ""
        self.stage.complain(sentences.failure(error, clean(self._address)))
        self._password.set_text("")
        self.form.focus_on(self._password)
