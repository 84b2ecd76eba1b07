"""The store for tests and throw-away servers: dictionaries, nothing survives.

It passes the same tests as the SQL store and knows nothing more.
"""

from dataclasses import replace

from twisted.internet.defer import Deferred, succeed

from voip.core.credentials import AccountKeys, Verifier
from voip.core.ids import AccountId, DeviceId, Username
from voip.store.interface import DEVICES_KEPT, Account, Device, NameTaken, NewAccount


class MemoryStore:
    """An ``AccountStore`` that answers at once."""

    def __init__(self) -> None:
        self._accounts: dict[AccountId, Account] = {}
        self._by_name: dict[Username, AccountId] = {}
        self._devices: dict[AccountId, dict[DeviceId, Device]] = {}

    def create_account(self, new: NewAccount, now: int) -> Deferred[Account | NameTaken]:
        if new.username in self._by_name:
            return succeed(NameTaken(new.username))
        number = AccountId(len(self._accounts) + 1)
        account = Account(number, new.username, new.nick, new.verifier, new.keys, now)
        self._accounts[number] = account
        self._by_name[new.username] = number
        self._devices[number] = {}
        return succeed(account)

    def account(self, username: Username) -> Deferred[Account | None]:
        number = self._by_name.get(username)
        return succeed(None if number is None else self._accounts[number])

    def set_nick(self, account: AccountId, nick: str) -> Deferred[None]:
        self._accounts[account] = replace(self._accounts[account], nick=nick)
        return succeed(None)

    def change_password(
        self,
        account: AccountId,
        verifier: Verifier,
        keys: AccountKeys,
        keep_only: DeviceId | None,
    ) -> Deferred[None]:
        self._accounts[account] = replace(self._accounts[account], verifier=verifier, keys=keys)
        if keep_only is not None:
            kept = self._devices[account]
            self._devices[account] = {name: kept[name] for name in kept if name == keep_only}
        return succeed(None)

    def device(self, account: AccountId, device: DeviceId) -> Deferred[Device | None]:
        return succeed(self._devices.get(account, {}).get(device))

    def devices(self, account: AccountId) -> Deferred[tuple[Device, ...]]:
        kept = self._devices[account].values()
        return succeed(tuple(sorted(kept, key=lambda device: (device.added_at, device.device))))

    def add_device(
        self, account: AccountId, device: Device, proven: Verifier | None
    ) -> Deferred[bool]:
        if self._accounts[account].verifier != proven:
            return succeed(False)
        kept = self._devices[account]
        before = kept.pop(device.device, None)
        if before is not None:
            device = replace(device, added_at=before.added_at)
        others = sorted(kept.values(), key=lambda other: (other.seen_at, other.device))
        newest = [device, *others[::-1]][:DEVICES_KEPT]
        self._devices[account] = {each.device: each for each in newest}
        return succeed(True)

    def renew_device(self, account: AccountId, device: DeviceId, seen_at: int) -> Deferred[bool]:
        kept = self._devices[account]
        if device not in kept:
            return succeed(False)
        kept[device] = replace(kept[device], seen_at=seen_at)
        return succeed(True)

    def count_accounts(self) -> Deferred[int]:
        return succeed(len(self._accounts))

    def close(self) -> Deferred[None]:
        return succeed(None)
