"""The store for tests and throw-away servers: dictionaries, nothing survives.

It passes the same tests as the SQL store and knows nothing more.
"""

from collections.abc import Sequence
from dataclasses import replace

from twisted.internet.defer import Deferred, succeed

from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.ids import AccountId, DeviceId, Username
from voip.store.interface import (
    DEVICES_KEPT,
    Account,
    Device,
    InviteNotValid,
    NameTaken,
    NewAccount,
)
from voip.store.memory_operator import MemoryOperator
from voip.store.memory_people import MemoryPeople


class MemoryStore(MemoryPeople, MemoryOperator):
    """A ``Store`` that answers at once."""

    def __init__(self) -> None:
        MemoryPeople.__init__(self)
        MemoryOperator.__init__(self)
        self._last_number = 0

    def create_account(
        self,
        new: NewAccount,
        now: int,
        *,
        invite: bytes | None = None,
        is_pending: bool = False,
    ) -> Deferred[Account | NameTaken | InviteNotValid]:
        if invite is not None and not self._has_invite(invite, now):
            return succeed(InviteNotValid())
        if new.username in self._by_name:
            return succeed(NameTaken(new.username))
        if invite is not None:
            self._use_invite(invite)
        self._last_number += 1
        number = AccountId(self._last_number)
        account = Account(number, new.username, new.nick, new.verifier, new.keys, now, is_pending)
        self._accounts[number] = account
        self._by_name[new.username] = number
        self._devices[number] = {}
        self._put_recovery(number, new.recovery)
        self._named(number, new.username, new.nick)
        return succeed(account)

    def _is_listed(self, account: AccountId) -> bool:
        return not self._accounts[account].is_pending

    def account(self, username: Username) -> Deferred[Account | None]:
        number = self._by_name.get(username)
        return succeed(None if number is None else self._accounts[number])

    def set_nick(self, account: AccountId, nick: str) -> Deferred[None]:
        if account in self._accounts:
            renamed = replace(self._accounts[account], nick=nick)
            self._accounts[account] = renamed
            self._named(account, renamed.username, nick)
        return succeed(None)

    def change_password(
        self,
        account: AccountId,
        proven: Verifier | None,
        verifier: Verifier,
        keys: AccountKeys,
        keep_only: DeviceId | None,
    ) -> Deferred[bool]:
        if not self._is_proven(account, proven):
            return succeed(False)
        self._accounts[account] = replace(self._accounts[account], verifier=verifier, keys=keys)
        if keep_only is not None:
            kept = self._devices[account]
            self._devices[account] = {name: kept[name] for name in kept if name == keep_only}
        return succeed(True)

    def delete_account(self, account: AccountId, proven: Verifier | None) -> Deferred[bool]:
        if not self._is_proven(account, proven):
            return succeed(False)
        username = self._accounts.pop(account).username
        self._forget(account, username)
        del self._by_name[username]
        del self._devices[account], self._recovery[account]
        self._resets.pop(account, None)
        return succeed(True)

    def set_recovery(
        self, account: AccountId, proven: Verifier | None, copies: Sequence[RecoveryCopy]
    ) -> Deferred[bool]:
        if not self._is_proven(account, proven):
            return succeed(False)
        self._put_recovery(account, copies)
        return succeed(True)

    def recovery_copy(self, username: Username, token_hash: bytes) -> Deferred[AccountKeys | None]:
        account = self._by_name.get(username)
        if account is None or token_hash not in self._recovery[account]:
            return succeed(None)
        sealed = self._recovery[account][token_hash]
        return succeed(AccountKeys(self._accounts[account].keys.public, sealed))

    def recover(
        self, username: Username, token_hash: bytes, verifier: Verifier, keys: AccountKeys
    ) -> Deferred[AccountId | None]:
        account = self._by_name.get(username)
        if account is None or token_hash not in self._recovery[account]:
            return succeed(None)
        before = self._accounts[account]
        if before.keys.public != keys.public:
            return succeed(None)
        del self._recovery[account][token_hash]
        self._accounts[account] = replace(before, verifier=verifier, keys=keys)
        self._devices[account] = {}
        return succeed(account)

    def device(self, account: AccountId, device: DeviceId) -> Deferred[Device | None]:
        return succeed(self._devices.get(account, {}).get(device))

    def devices(self, account: AccountId) -> Deferred[tuple[Device, ...]]:
        kept = self._devices.get(account, {}).values()
        return succeed(tuple(sorted(kept, key=lambda device: (device.added_at, device.device))))

    def add_device(
        self, account: AccountId, device: Device, proven: Verifier | None
    ) -> Deferred[bool]:
        if not self._is_proven(account, proven):
            return succeed(False)
        kept = self._devices[account]
        before = kept.pop(device.device, None)
        if before is not None:
            device = replace(device, added_at=before.added_at)
        others = sorted(kept.values(), key=lambda other: (other.seen_at, other.device))
        newest = [device, *others[::-1]][:DEVICES_KEPT]
        self._devices[account] = {each.device: each for each in newest}
        return succeed(True)

    def remove_device(self, account: AccountId, device: DeviceId) -> Deferred[bool]:
        return succeed(self._devices.get(account, {}).pop(device, None) is not None)

    def renew_device(self, account: AccountId, device: DeviceId, seen_at: int) -> Deferred[bool]:
        kept = self._devices.get(account, {})
        if device not in kept:
            return succeed(False)
        kept[device] = replace(kept[device], seen_at=seen_at)
        return succeed(True)

    def count_accounts(self) -> Deferred[int]:
        return succeed(len(self._accounts))

    def close(self) -> Deferred[None]:
        return succeed(None)

    def _is_proven(self, account: AccountId, proven: Verifier | None) -> bool:
        return account in self._accounts and self._accounts[account].verifier == proven
