"""What people do with their accounts: make them, change what is kept of them, delete them.

Also the tokens that the operator hands out for it: invites, and resets of lost accounts.

It checks what came from a client, asks the store and answers with values. It knows neither
connections nor sessions. A store that cannot work is told with an incident id, which stands in the
log beside the cause; nothing of a password or key is ever logged.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar, assert_never

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.core import login, names
from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.errors import ErrorCode, Refusal, RemoteProtocolError
from voip.core.ids import AccountId, DeviceId, Username
from voip.core.messages import Done, Register, RegisterOk, RegistrationPolicy
from voip.core.recovery import (
    DRAWN_SIZE,
    INVITE,
    MAX_CODES,
    RESET,
    make_token,
    read_token,
    token_hash_of,
)
from voip.server.live import LiveSettings
from voip.store.interface import (
    Account,
    InviteNotValid,
    NameTaken,
    NewAccount,
    StoreUnavailable,
)
from voip.store.operator import KeptInvite
from voip.store.people import Store

# An Ed25519 seed sealed with a nonce and a tag is 60 bytes; there is room for another format.
MAX_SEALED_BYTES = 256
INCIDENT_BYTES = 6
INVITE_NAME_BYTES = 4
"""Of the public name of an invite: enough to tell apart those that are out."""
MAX_INVITE_NOTE = 80

Random = Callable[[int], bytes]
T = TypeVar("T")


class Accounts:
    """The accounts of one server. ``wall_clock`` gives UTC seconds since the epoch."""

    log = Logger()

    def __init__(
        self,
        store: Store,
        live: LiveSettings,
        wall_clock: Callable[[], int],
        random: Random,
    ) -> None:
        self.store = store
        self._live = live
        self._wall_clock = wall_clock
        self._random = random

    @property
    def policy(self) -> RegistrationPolicy:
        """Who may make an account now."""
        return self._live.settings.registration

    def register(self, request: Register) -> Deferred[RegisterOk | Refusal]:
        """Make an account, as the policy allows it: an invite that is asked for is used by it."""
        refusal = self.register_problem(request)
        if refusal is not None:
            return succeed(refusal)
        username = Username(request.username)
        nick = names.clean_nick(request.nick)
        new = NewAccount(username, nick, request.verifier, request.keys, request.recovery)

        def made(account: Account | NameTaken | InviteNotValid) -> RegisterOk | Refusal:
            match account:
                case NameTaken():
                    return Refusal(ErrorCode.NAME_TAKEN, field="username")
                case InviteNotValid():
                    return Refusal(ErrorCode.INVITE_NOT_VALID, field="invite")
                case Account(is_pending=is_pending):
                    what = "{username} registered, and waits for an approval"
                    self.log.info(
                        what if is_pending else "{username} registered", username=username
                    )
                    return RegisterOk(username, is_pending)
                case _:
                    assert_never(account)

        policy = self.policy
        invite = read_token(INVITE, request.invite) or ""
        return self.store.create_account(
            new,
            self._wall_clock(),
            invite=token_hash_of(invite) if policy is RegistrationPolicy.INVITE else None,
            is_pending=policy is RegistrationPolicy.APPROVAL,
        ).addCallbacks(made, self.store_failed)

    def make_invite(
        self, by: str, uses: int, seconds: int, note: str
    ) -> Deferred[tuple[str, KeptInvite]]:
        """Let so many accounts be made with it for so long; gives its text, which nobody can show
        again. Fails with ``StoreUnavailable``."""
        text = make_token(INVITE, self._random(DRAWN_SIZE))
        now = self._wall_clock()
        invite = KeptInvite(
            name=self._random(INVITE_NAME_BYTES).hex(),
            by=by,
            note=names.clean_text(note, MAX_INVITE_NOTE),
            made_at=now,
            expires_at=now + seconds,
            uses_left=uses,
        )
        return self.store.add_invite(token_hash_of(text), invite).addCallback(
            lambda _: (text, invite)
        )

    def make_reset(self, username: Username, seconds: int) -> Deferred[str | None]:
        """Let somebody get an account back with it, once, for so long, in the place of one given
        before; gives its text, which nobody can show again, and None where there is no such
        account. Fails with ``StoreUnavailable``."""
        text = make_token(RESET, self._random(DRAWN_SIZE))
        until = self._wall_clock() + seconds
        return self.store.put_reset(username, token_hash_of(text, username), until).addCallback(
            lambda is_out: text if is_out else None
        )

    def set_nick(self, account: AccountId, nick: str) -> Deferred[str | Refusal]:
        """Change a shown name; gives it as it is from now on."""
        if names.nick_problem(nick) is not None:
            return succeed(Refusal(ErrorCode.NICK_NOT_ALLOWED, field="nick"))
        cleaned = names.clean_nick(nick)
        return self.store.set_nick(account, cleaned).addCallbacks(
            lambda _: cleaned, self.store_failed
        )

    def change_password(
        self,
        account: Account,
        verifier: Verifier,
        keys: AccountKeys,
        keep_only: DeviceId | None,
    ) -> Deferred[Done | Refusal]:
        """Replace verifier and sealed key; the caller has checked the proof of the old password.

        Of two changes by the same old password one is too late, and is told that it is wrong.
        """
        field = new_password_problem(verifier, keys)
        if not field and keys.public != account.keys.public:
            field = "keys.public"
        if field:
            return succeed(Refusal(ErrorCode.BAD_REQUEST, field=field))

        changing = self.store.change_password(
            account.account, account.verifier, verifier, keys, keep_only
        )
        return self._told(changing, account, "{username} changed the password")

    def set_recovery(
        self, account: Account, copies: Sequence[RecoveryCopy]
    ) -> Deferred[Done | Refusal]:
        """Replace all recovery codes; the caller has checked the proof of the password."""
        field = _copies_problem(copies)
        if field:
            return succeed(Refusal(ErrorCode.BAD_REQUEST, field=field))
        setting = self.store.set_recovery(account.account, account.verifier, copies)
        return self._told(setting, account, "{username} made new recovery codes")

    def delete(self, account: Account) -> Deferred[Done | Refusal]:
        """Delete an account; the caller has checked the proof of the password."""
        deleting = self.store.delete_account(account.account, account.verifier)
        return self._told(deleting, account, "{username} deleted the account")

    def _told(self, doing: Deferred[bool], account: Account, what: str) -> Deferred[Done | Refusal]:
        """The answer to what was proven by password: refused when that was changed meanwhile."""

        def done(is_done: bool) -> Done | Refusal:
            if not is_done:
                return Refusal(ErrorCode.WRONG_PASSWORD)
            self.log.info(what, username=account.username)
            return Done()

        return doing.addCallbacks(done, self.store_failed)

    def store_failed(self, failure: Failure) -> Refusal:
        """The answer when the store cannot work; what else went wrong is passed on."""
        failure.trap(StoreUnavailable)
        incident = self._random(INCIDENT_BYTES).hex()
        self.log.error(
            "the store cannot work: {reason} (incident {incident})",
            reason=reason_of(failure.value),
            incident=incident,
        )
        return Refusal(ErrorCode.STORE_UNAVAILABLE, incident=incident)

    def register_problem(self, request: Register) -> Refusal | None:
        """Why no account can be made so, as far as that can be told without the store."""
        if self.policy is RegistrationPolicy.CLOSED:
            return Refusal(ErrorCode.REGISTRATION_CLOSED)
        if self.policy is RegistrationPolicy.INVITE and not request.invite.strip():
            return Refusal(ErrorCode.INVITE_NEEDED, field="invite")
        if names.username_problem(request.username) is not None:
            return Refusal(ErrorCode.NAME_NOT_ALLOWED, field="username")
        if names.is_reserved(request.username):
            return Refusal(ErrorCode.NAME_TAKEN, field="username")
        if names.nick_problem(request.nick) is not None:
            return Refusal(ErrorCode.NICK_NOT_ALLOWED, field="nick")
        field = new_account_problem(request.verifier, request.keys, request.recovery)
        return Refusal(ErrorCode.BAD_REQUEST, field=field) if field else None


def reason_of(error: BaseException | None) -> str:
    """What the database itself said: the words around it quote the statement with its values."""
    cause = None if error is None else error.__cause__
    if cause is None:
        return str(error)
    return str(getattr(cause, "orig", None) or type(cause).__name__)


def new_password_problem(verifier: Verifier, keys: AccountKeys) -> str:
    """The field of a new password that no correct client sends; empty: none."""
    return _verifier_problem(verifier) or _keys_problem(keys)


def new_account_problem(
    verifier: Verifier, keys: AccountKeys, recovery: Sequence[RecoveryCopy]
) -> str:
    """The field of a new password, account key or codes that no correct client sends."""
    return new_password_problem(verifier, keys) or _copies_problem(recovery)


def _copies_problem(copies: Sequence[RecoveryCopy]) -> str:
    hashes = {copy.token_hash for copy in copies}
    return "" if len(hashes) == len(copies) <= MAX_CODES else "recovery"


def _verifier_problem(verifier: Verifier) -> str:
    try:
        login.check_kdf(verifier.kdf)
    except RemoteProtocolError:
        return "verifier.kdf"
    if len(verifier.stored_key) != login.KEY_SIZE:
        return "verifier.stored_key"
    return "" if len(verifier.server_key) == login.KEY_SIZE else "verifier.server_key"


def _keys_problem(keys: AccountKeys) -> str:
    if len(keys.public) != login.KEY_SIZE:
        return "keys.public"
    return "" if 0 < len(keys.sealed) <= MAX_SEALED_BYTES else "keys.sealed"
