"""What somebody who is logged in does with the own account: names, passwords, codes, devices.

It knows sessions and their owner, neither bytes nor the order of messages. What is worth a thief's
while (a new password, new recovery codes, the end of the account) takes a proof of the password on
this very connection; an open screen is not enough. Whose account it is comes from the session
alone.
"""

from typing import assert_never

from twisted.internet.defer import Deferred, succeed

from voip.core.account_messages import (
    DeleteAccount,
    DeviceList,
    ListDevices,
    OwnDevice,
    RevokeDevice,
    SetRecovery,
)
from voip.core.errors import ErrorCode, Refusal
from voip.core.messages import AuthChallenge, AuthStart, ChangePassword, Done, Logout, SetProfile
from voip.server.accounts import Accounts
from voip.server.logins import Login
from voip.server.reception import Reception
from voip.server.sessions import Session, SessionEnd
from voip.store.interface import Device

OwnRequest = (
    AuthStart
    | ChangePassword
    | SetProfile
    | SetRecovery
    | ListDevices
    | RevokeDevice
    | DeleteAccount
    | Logout
)
OwnAnswer = AuthChallenge | DeviceList | Done | Refusal


class OwnAccount:
    """The requests of one connection; ``login`` checks its proofs."""

    def __init__(self, accounts: Accounts, reception: Reception, login: Login) -> None:
        self._accounts = accounts
        self._reception = reception
        self._login = login

    async def asked(self, session: Session, request: OwnRequest) -> OwnAnswer:
        """Do what somebody asks; ``done`` is to follow once that was answered by ``Done``."""
        match request:
            case AuthStart():
                return await self._confirm(session, request)
            case ChangePassword():
                return await self._change_password(session, request)
            case SetProfile():
                return await self._set_nick(session, request.nick)
            case SetRecovery():
                return await self._set_recovery(request)
            case ListDevices():
                return await self._devices(session)
            case RevokeDevice():
                return await self._revoke(session, request)
            case DeleteAccount():
                return await self._delete(request)
            case Logout():
                return Done()
            case _:
                assert_never(request)

    def done(self, session: Session, request: OwnRequest) -> None:
        """End the sessions that have no right to be any more, which the asking one may be."""
        account = session.owner.account
        match request:
            case RevokeDevice():
                self._reception.kick_device(account, request.device)
            case DeleteAccount():
                self._reception.kick_all(account, SessionEnd.DELETED)
            case Logout():
                self._reception.close(session, SessionEnd.LOGGED_OUT)
            case _:
                pass  # the others are done with their answer

    def _confirm(self, session: Session, request: AuthStart) -> Deferred[AuthChallenge | Refusal]:
        """Begin a proof of the password: only one's own can be proven here."""
        if request.username != session.owner.username:
            return succeed(Refusal(ErrorCode.BAD_REQUEST, field="username"))
        return self._login.start(request)

    def _change_password(
        self, session: Session, request: ChangePassword
    ) -> Deferred[Done | Refusal]:
        proven = self._login.prove(request.proof)
        if isinstance(proven, Refusal):
            return succeed(proven)
        owner = session.owner
        keep_only = owner.device if request.revoke_others else None

        def changed(answer: Done | Refusal) -> Done | Refusal:
            if keep_only is not None and isinstance(answer, Done):
                end = SessionEnd.PASSWORD_CHANGED
                self._reception.kick_all(owner.account, end, spare=keep_only)
            return answer

        return self._accounts.change_password(
            proven[0], request.verifier, request.keys, keep_only
        ).addCallback(changed)

    def _set_nick(self, session: Session, nick: str) -> Deferred[Done | Refusal]:
        account = session.owner.account

        def changed(kept: str | Refusal) -> Done | Refusal:
            if isinstance(kept, Refusal):
                return kept
            self._reception.nick_changed(account, kept)
            return Done()

        return self._accounts.set_nick(account, nick).addCallback(changed)

    def _set_recovery(self, request: SetRecovery) -> Deferred[Done | Refusal]:
        proven = self._login.prove(request.proof)
        if isinstance(proven, Refusal):
            return succeed(proven)
        return self._accounts.set_recovery(proven[0], request.copies)

    def _devices(self, session: Session) -> Deferred[DeviceList | Refusal]:
        owner = session.owner

        def listed(kept: tuple[Device, ...]) -> DeviceList:
            opened = self._reception.sessions.of_account(owner.account)
            online = {each.owner.device for each in opened}
            return DeviceList(
                tuple(
                    OwnDevice(
                        device=each.device,
                        name=each.name,
                        added_at=each.added_at,
                        seen_at=each.seen_at,
                        is_online=each.device in online,
                        is_this=each.device == owner.device,
                    )
                    for each in kept
                )
            )

        return self._accounts.store.devices(owner.account).addCallbacks(
            listed, self._accounts.store_failed
        )

    def _revoke(self, session: Session, request: RevokeDevice) -> Deferred[Done | Refusal]:
        def removed(was_known: bool) -> Done | Refusal:
            if not was_known:
                return Refusal(ErrorCode.UNKNOWN_DEVICE, field="device")
            return Done()

        return self._accounts.store.remove_device(
            session.owner.account, request.device
        ).addCallbacks(removed, self._accounts.store_failed)

    def _delete(self, request: DeleteAccount) -> Deferred[Done | Refusal]:
        proven = self._login.prove(request.proof)
        if isinstance(proven, Refusal):
            return succeed(proven)
        return self._accounts.delete(proven[0])
