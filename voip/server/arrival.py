"""What somebody asks who is not logged in, short of a session: an account, proofs, a way back.

It knows which of these are recorded, neither messages' order nor bytes. A proof is looked at first:
what is wrong is refused, and noted; what is right is recorded, and only then has its effect or
opens anything.
"""

from collections.abc import Callable
from typing import assert_never

from twisted.internet.defer import succeed

from voip.core.account_messages import Recover, RecoverFinish, RecoverOk, Reset
from voip.core.errors import Refusal
from voip.core.ids import Username
from voip.core.messages import (
    AuthChallenge,
    AuthDevice,
    AuthFinish,
    AuthKeys,
    AuthOk,
    AuthStart,
    Done,
    Register,
    RegisterOk,
)
from voip.core.names import fold_username
from voip.server.accounts import Accounts
from voip.server.logins import LoggedIn, Login
from voip.server.reception import Reception
from voip.server.recorded_requests import RecordedRequests
from voip.server.recovery import Recovery
from voip.server.sessions import SessionEnd

ArrivalRequest = Register | AuthStart | AuthFinish | Recover | RecoverFinish | Reset
ArrivalAnswer = RegisterOk | AuthChallenge | AuthKeys | RecoverOk | Done | Refusal


class Arrival:
    """The requests of one connection before its login; ``login`` and ``recovery`` check proofs."""

    def __init__(
        self,
        accounts: Accounts,
        reception: Reception,
        login: Login,
        recovery: Recovery,
        records: RecordedRequests,
    ) -> None:
        self._accounts = accounts
        self._reception = reception
        self._login = login
        self._recovery = recovery
        self._records = records

    async def asked(self, request: ArrivalRequest) -> ArrivalAnswer:
        """Do what somebody asks."""
        match request:
            case Register():
                return await self._register(request)
            case AuthStart():
                return await self._login.start(request)
            case AuthFinish():
                return await self._prove(request)
            case Recover():
                return await self._show_code(request)
            case RecoverFinish() | Reset():
                return await self._recover(request)
            case _:
                assert_never(request)

    async def log_in(
        self, request: AuthDevice, enter: Callable[[LoggedIn], AuthOk | Refusal | None]
    ) -> AuthOk | Refusal | None:
        """Let a device in; ``enter`` opens the session, or gives None where nobody waits for it.

        Who has proven who he is and is refused all the same leaves nothing in the store.
        """
        claimant = await self._login.identify(request)
        if isinstance(claimant, Refusal):
            self._records.refused(request.username, request, claimant)
            return claimant
        account = claimant.account
        refused = self._login.kept_out(account) or self._reception.refusal(
            account.account, account.username, claimant.device.device
        )
        if refused is not None:
            self._records.refused(account.username, request, refused)
            return refused

        async def admitted() -> AuthOk | Refusal | None:
            proven = await self._login.admit(claimant)
            return proven if isinstance(proven, Refusal) else enter(proven)

        return await self._records.done(account.username, request, admitted)

    async def _register(self, request: Register) -> RegisterOk | Refusal:
        refused = self._accounts.register_problem(request)
        if refused is not None:
            self._records.refused(request.username, request, refused)
            return refused
        return await self._records.done(
            request.username, request, lambda: self._accounts.register(request)
        )

    async def _prove(self, request: AuthFinish) -> AuthKeys | Refusal:
        who = self._login.claimed
        proven = self._login.prove(request.proof)
        if not isinstance(proven, Refusal):
            account, signature = proven
            kept_out = self._login.kept_out(account)
            if kept_out is None:
                return await self._records.done(
                    who, request, lambda: succeed(self._login.accept(account, signature))
                )
            proven = kept_out
        self._records.refused(who, request, proven)
        return proven

    async def _show_code(self, request: Recover) -> RecoverOk | Refusal:
        who = fold_username(request.username)
        found = await self._recovery.recover(request)
        if isinstance(found, Refusal):
            self._records.refused(who, request, found)
            return found
        return await self._records.done(who, request, lambda: succeed(found))

    async def _recover(self, request: RecoverFinish | Reset) -> Done | Refusal:
        who = Username(fold_username(request.username))
        slowed = self._recovery.slowed(who)
        if slowed is not None:
            return slowed

        async def recovered() -> Done | Refusal:
            if isinstance(request, Reset):
                end, account = SessionEnd.RESET, await self._recovery.reset(request)
            else:
                end, account = SessionEnd.RECOVERED, await self._recovery.finish(request)
            if isinstance(account, Refusal):
                return account
            self._reception.kick_all(account, end)
            return Done()

        return await self._records.done(who, request, recovered)
