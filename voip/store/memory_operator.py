"""What the operator asks, in dictionaries: the ``OperatorStore`` of ``MemoryStore``."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from twisted.internet.defer import Deferred, fail, succeed

from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.deeds import DeedId
from voip.core.ids import AccountId, DeviceId, Username
from voip.store.interface import Account, Ban, Device, StoreUnavailable
from voip.store.operator import (
    AccountKind,
    AccountPage,
    AccountSummary,
    DeedFilter,
    KeptDeed,
    KeptInvite,
    StoreFigures,
)


class MemoryOperator:
    """An ``OperatorStore`` that answers at once; it shares the accounts with whoever extends it."""

    def __init__(self) -> None:
        self._accounts: dict[AccountId, Account] = {}
        self._by_name: dict[Username, AccountId] = {}
        self._devices: dict[AccountId, dict[DeviceId, Device]] = {}
        self._recovery: dict[AccountId, dict[bytes, bytes]] = {}
        self._invites: dict[bytes, KeptInvite] = {}
        self._resets: dict[AccountId, tuple[bytes, int]] = {}
        self._deeds: dict[DeedId, KeptDeed] = {}

    def account_page(
        self, query: str, kind: AccountKind, after: str, limit: int
    ) -> Deferred[AccountPage]:
        matching = sorted(
            name
            for name, number in self._by_name.items()
            if name.startswith(query.casefold()) and _is_of_kind(self._accounts[number], kind)
        )
        rest = [name for name in matching if name > after]
        page = tuple(self._summary(self._by_name[name]) for name in rest[:limit])
        return succeed(
            AccountPage(page, rest[limit - 1] if len(rest) > limit else "", len(matching))
        )

    def summary(self, username: Username) -> Deferred[AccountSummary | None]:
        number = self._by_name.get(username)
        return succeed(None if number is None else self._summary(number))

    def ban(self, username: Username, ban: Ban | None) -> Deferred[AccountId | None]:
        number = self._by_name.get(username)
        if number is not None:
            self._accounts[number] = replace(self._accounts[number], ban=ban)
        return succeed(number)

    def ban_of(self, account: AccountId) -> Deferred[Ban | None]:
        kept = self._accounts.get(account)
        return succeed(None if kept is None else kept.ban)

    def approve(self, username: Username) -> Deferred[bool]:
        number = self._by_name.get(username)
        if number is None or not self._accounts[number].is_pending:
            return succeed(False)
        self._accounts[number] = replace(self._accounts[number], is_pending=False)
        return succeed(True)

    def add_invite(self, token_hash: bytes, invite: KeptInvite) -> Deferred[None]:
        if token_hash in self._invites or any(
            kept.name == invite.name for kept in self._invites.values()
        ):
            return fail(StoreUnavailable("there is an invite of that name"))
        self._invites[token_hash] = invite
        return succeed(None)

    def invites(self, now: int) -> Deferred[tuple[KeptInvite, ...]]:
        for token_hash in [key for key, kept in self._invites.items() if kept.expires_at <= now]:
            del self._invites[token_hash]
        newest = sorted(self._invites.values(), key=lambda kept: (-kept.made_at, kept.name))
        return succeed(tuple(newest))

    def withdraw_invite(self, name: str) -> Deferred[bool]:
        named = [key for key, kept in self._invites.items() if kept.name == name]
        for token_hash in named:
            del self._invites[token_hash]
        return succeed(bool(named))

    def put_reset(self, username: Username, token_hash: bytes, expires_at: int) -> Deferred[bool]:
        number = self._by_name.get(username)
        if number is None or self._accounts[number].verifier is None:
            return succeed(False)
        self._resets[number] = token_hash, expires_at
        return succeed(True)

    def withdraw_reset(self, username: Username) -> Deferred[bool]:
        number = self._by_name.get(username)
        return succeed(number is not None and self._resets.pop(number, None) is not None)

    def reset(
        self,
        username: Username,
        token_hash: bytes,
        now: int,
        verifier: Verifier,
        keys: AccountKeys,
        recovery: Sequence[RecoveryCopy],
    ) -> Deferred[AccountId | None]:
        number = self._by_name.get(username)
        if number is None or number not in self._resets:
            return succeed(None)
        kept, expires_at = self._resets[number]
        if kept != token_hash or expires_at <= now:
            return succeed(None)
        del self._resets[number]
        self._accounts[number] = replace(self._accounts[number], verifier=verifier, keys=keys)
        self._put_recovery(number, recovery)
        self._devices[number] = {}
        return succeed(number)

    def begin_deeds(self, deeds: Sequence[KeptDeed]) -> Deferred[None]:
        self._deeds |= {one.deed: one for one in deeds}
        return succeed(None)

    def end_deeds(self, outcomes: Sequence[tuple[DeedId, str]]) -> Deferred[None]:
        for deed, outcome in outcomes:
            if deed in self._deeds:
                self._deeds[deed] = replace(self._deeds[deed], outcome=outcome)
        return succeed(None)

    def deeds(self, which: DeedFilter, limit: int) -> Deferred[tuple[KeptDeed, ...]]:
        newest = sorted(
            (one for one in reversed(self._deeds.values()) if _is_asked_for(one, which)),
            key=lambda one: -one.at,
        )
        return succeed(tuple(newest[:limit]))

    def forget_deeds(self, before: int) -> Deferred[int]:
        old = [one.deed for one in self._deeds.values() if one.at < before]
        for deed in old:
            del self._deeds[deed]
        return succeed(len(old))

    def figures(self, now: int) -> Deferred[StoreFigures]:
        everybody = self._accounts.values()
        return succeed(
            StoreFigures(
                accounts=len(everybody),
                pending=sum(one.is_pending for one in everybody),
                banned=sum(one.ban is not None and one.ban.holds(now) for one in everybody),
                database_bytes=0,
            )
        )

    def _put_recovery(self, account: AccountId, copies: Sequence[RecoveryCopy]) -> None:
        self._recovery[account] = {copy.token_hash: copy.sealed for copy in copies}

    def _has_invite(self, token_hash: bytes, now: int) -> bool:
        return token_hash in self._invites and self._invites[token_hash].expires_at > now

    def _use_invite(self, token_hash: bytes) -> None:
        """Use it once; used up, it is gone."""
        kept = self._invites.pop(token_hash)
        if kept.uses_left > 1:
            self._invites[token_hash] = replace(kept, uses_left=kept.uses_left - 1)

    def _summary(self, number: AccountId) -> AccountSummary:
        account = self._accounts[number]
        seen = [device.seen_at for device in self._devices[number].values()]
        return AccountSummary(
            account=number,
            username=account.username,
            nick=account.nick,
            created_at=account.created_at,
            seen_at=max(seen, default=None),
            devices=len(seen),
            has_password=account.verifier is not None,
            recovery_codes=len(self._recovery[number]),
            reset_until=self._resets[number][1] if number in self._resets else None,
            is_pending=account.is_pending,
            ban=account.ban,
        )


def _is_of_kind(account: Account, kind: AccountKind) -> bool:
    match kind:
        case AccountKind.ALL:
            return True
        case AccountKind.PENDING:
            return account.is_pending
        case AccountKind.BANNED:
            return account.ban is not None
        case _:
            assert_never(kind)


def _is_asked_for(one: KeptDeed, which: DeedFilter) -> bool:
    asked = (
        (one.actor.name, which.who),
        (one.what.what, which.what),
        (one.what.on, which.on),
    )
    return one.at >= which.since and all(wanted in ("", said) for said, wanted in asked)
