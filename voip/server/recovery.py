"""Coming back without the password: a recovery code for a new one, or a reset token.

A code opens the account key; a reset token, which the operator hands out, does not: whoever comes
back by it brings a new account key, which contacts see.

It knows neither connections nor sessions: an account that was recovered is an ``AccountId``, whose
sessions somebody else ends. Names nobody has take the same steps, answers and work as the others.
Guesses are slowed for each name and source, apart from those at passwords: whoever has just tried
all the passwords he remembers need not wait to type a code.
"""

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from voip.core import names
from voip.core.account_messages import Recover, RecoverFinish, RecoverOk, Reset
from voip.core.credentials import AccountKeys
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import AccountId, Username
from voip.core.limits import blur_source, milliseconds
from voip.core.recovery import hash_token
from voip.server.accounts import new_account_problem, new_password_problem
from voip.server.logins import Logins


class Recovery:
    """One source's tries. ``source`` is its address as limits count it."""

    log = Logger()

    def __init__(self, shared: Logins, source: str) -> None:
        self._shared = shared
        self._source = source

    def recover(self, request: Recover) -> Deferred[RecoverOk | Refusal]:
        """Give the account key as the code opens it."""
        username = Username(names.fold_username(request.username))
        if (wait := self.slowed(username)) is not None:
            return succeed(wait)

        def found(keys: AccountKeys | None) -> RecoverOk | Refusal:
            return self._wrong(username) if keys is None else RecoverOk(keys)

        store = self._shared.store
        return store.recovery_copy(username, hash_token(request.token)).addCallbacks(
            found, self._shared.accounts.store_failed
        )

    def finish(self, request: RecoverFinish) -> Deferred[AccountId | Refusal]:
        """Use the code up for a new password; gives the account whose sessions are to end."""
        username = Username(names.fold_username(request.username))
        if (wait := self.slowed(username)) is not None:
            return succeed(wait)
        field = new_password_problem(request.verifier, request.keys)
        if field:
            return succeed(Refusal(ErrorCode.BAD_REQUEST, field=field))

        return self._used(
            self._shared.store.recover(
                username, hash_token(request.token), request.verifier, request.keys
            ),
            username,
            "{username} recovered the account from {address}",
        )

    def reset(self, request: Reset) -> Deferred[AccountId | Refusal]:
        """Use a reset token up for a new password and account key; gives the account whose sessions
        are to end."""
        username = Username(names.fold_username(request.username))
        if (wait := self.slowed(username)) is not None:
            return succeed(wait)
        field = new_account_problem(request.verifier, request.keys, request.recovery)
        if field:
            return succeed(Refusal(ErrorCode.BAD_REQUEST, field=field))
        return self._used(
            self._shared.store.reset(
                username,
                hash_token(request.token),
                self._shared.wall_clock(),
                request.verifier,
                request.keys,
                request.recovery,
            ),
            username,
            "{username} reset the account from {address}",
        )

    def _used(
        self, using: Deferred[AccountId | None], username: Username, what: str
    ) -> Deferred[AccountId | Refusal]:
        def used(account: AccountId | None) -> AccountId | Refusal:
            if account is None:
                return self._wrong(username)
            self._shared.recovery_throttle.succeeded(username, self._source)
            self._shared.throttle.succeeded(username, self._source)
            self.log.info(what, username=username, address=blur_source(self._source))
            return account

        return using.addCallbacks(used, self._shared.accounts.store_failed)

    def slowed(self, username: Username) -> Refusal | None:
        """Why this name has to wait after wrong codes; None: it has not."""
        shared = self._shared
        wait = shared.recovery_throttle.wait(username, self._source, shared.clock())
        return Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=milliseconds(wait)) if wait else None

    def _wrong(self, username: Username) -> Refusal:
        shared = self._shared
        wait = shared.recovery_throttle.failed(username, self._source, shared.clock())
        self.log.info(
            "wrong recovery code for {username} from {address}",
            username=names.clean_text(username, names.MAX_USERNAME),
            address=blur_source(self._source),
        )
        return Refusal(ErrorCode.WRONG_CODE, retry_after_ms=milliseconds(wait))
