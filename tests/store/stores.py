"""What every store must do: one test class body, run against each implementation."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure

from voip.core.credentials import AccountKeys, KdfParameters, RecoveryCopy, Verifier
from voip.core.ids import AccountId, DeviceId, Username
from voip.store.interface import (
    DEVICES_KEPT,
    Account,
    AccountStore,
    Device,
    NameTaken,
    NewAccount,
)
from voip.store.migrate import upgrade
from voip.store.sql import SqlStore
from voip.store.sqlite import Engines, open_database
from voip.store.threads import Query, T, in_transaction

NOON = 1_790_000_000


def a_verifier(mark: int = 1) -> Verifier:
    """A verifier of recognisable bytes."""
    return Verifier(KdfParameters(bytes([mark]) * 16, 19456, 2, 1), b"s" * 32, bytes([mark]) * 32)


def an_account(name: str = "alice") -> NewAccount:
    """What a registration of ``name`` hands in."""
    return NewAccount(
        Username(name),
        name.title(),
        a_verifier(),
        AccountKeys(b"p" * 32, b"sealed" + name.encode()),
        (a_copy(1), a_copy(2)),
    )


def a_copy(mark: int) -> RecoveryCopy:
    """What a recovery code opens, of recognisable bytes."""
    return RecoveryCopy(bytes([mark]) * 32, b"copy" + bytes([mark]))


def a_device(mark: int, added_at: int = NOON) -> Device:
    """A device of recognisable bytes."""
    return Device(
        DeviceId(bytes([mark]) * 32), bytes([mark]) * 32, b"c" * 64, "laptop", added_at, added_at
    )


class DirectWorkers:
    """Runs queries at once, in the thread of the test."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines

    def read(self, query: Query[T]) -> Deferred[T]:
        return self._run(self.engines.reader, query)

    def write(self, query: Query[T]) -> Deferred[T]:
        return self._run(self.engines.writer, query)

    def close(self) -> Deferred[None]:
        self.engines.dispose()
        return succeed(None)

    def _run(self, engine: sa.Engine, query: Query[T]) -> Deferred[T]:
        try:
            return succeed(in_transaction(engine, query))
        except Exception:  # noqa: BLE001 - what a thread pool does with an error
            return fail(Failure())


def a_sql_store(on_end: Callable[[Callable[[], None]], None]) -> tuple[SqlStore, Path]:
    """A SQL store on a new file that goes away when the test ends."""
    folder = TemporaryDirectory()
    on_end(folder.cleanup)
    path = Path(folder.name, "voip.db")
    engines = open_database(path)
    on_end(engines.dispose)
    upgrade(engines, path)
    return SqlStore(DirectWorkers(engines)), path


class StorePromises:
    """Mixed into a ``SynchronousTestCase`` that has a ``store``."""

    store: AccountStore

    def now(self, answer: Deferred[T]) -> T:
        """The result of a Deferred that has fired."""
        return self.successResultOf(answer)  # type: ignore[attr-defined,no-any-return] # mixin

    def created(self, name: str = "alice") -> Account:
        """A new account in the store."""
        account = self.now(self.store.create_account(an_account(name), NOON))
        assert isinstance(account, Account)
        return account

    def add(self, account: Account, device: Device) -> None:
        """A device of an account that was just proven."""
        assert self.now(self.store.add_device(account.account, device, account.verifier))

    def change_password(self, account: Account) -> None:
        """The password is another now than when ``account`` was read."""
        assert self.now(
            self.store.change_password(
                account.account, account.verifier, a_verifier(2), account.keys, None
            )
        )

    def test_a_new_account_is_found_as_it_was_given(self) -> None:
        """What registration handed in is what a login reads."""
        created = self.created()
        found = self.now(self.store.account(Username("alice")))
        assert found == created
        assert (created.nick, created.verifier, created.created_at) == ("Alice", a_verifier(), NOON)
        assert created.keys == AccountKeys(b"p" * 32, b"sealedalice")

    def test_an_unknown_name_is_none(self) -> None:
        """Asking for nobody is no error."""
        assert self.now(self.store.account(Username("nobody"))) is None

    def test_a_name_is_given_once(self) -> None:
        """The second registration is told, and the first account stays as it is."""
        first = self.created()
        second = self.now(self.store.create_account(an_account(), NOON + 1))
        assert second == NameTaken(Username("alice"))
        assert self.now(self.store.account(Username("alice"))) == first
        assert self.now(self.store.count_accounts()) == 1

    def test_an_account_may_have_no_password(self) -> None:
        """An account of the service itself has no verifier at all."""
        new = NewAccount(Username("echo"), "Echo", None, AccountKeys(b"p", b""))
        created = self.now(self.store.create_account(new, NOON))
        assert isinstance(created, Account)
        found = self.now(self.store.account(Username("echo")))
        assert found is not None
        assert found.verifier is None

    def test_the_shown_name_can_change(self) -> None:
        """Only the one account's name changes."""
        alice, bob = self.created("alice"), self.created("bob")
        self.now(self.store.set_nick(alice.account, "Al"))
        changed = self.now(self.store.account(Username("alice")))
        assert changed is not None
        assert changed.nick == "Al"
        assert self.now(self.store.account(Username("bob"))) == bob

    def test_a_password_change_replaces_verifier_and_sealed_key(self) -> None:
        """The old verifier is gone; devices stay unless asked otherwise."""
        alice = self.created()
        self.add(alice, a_device(1))
        keys = AccountKeys(alice.keys.public, b"sealed anew")
        assert self.now(
            self.store.change_password(alice.account, alice.verifier, a_verifier(2), keys, None)
        )
        changed = self.now(self.store.account(Username("alice")))
        assert changed is not None
        assert (changed.verifier, changed.keys) == (a_verifier(2), keys)
        assert len(self.now(self.store.devices(alice.account))) == 1

    def test_a_password_change_can_forget_the_other_devices(self) -> None:
        """With ``keep_only``, one device of this account is left, and others' are untouched."""
        alice, bob = self.created("alice"), self.created("bob")
        for mark in (1, 2, 3):
            self.add(alice, a_device(mark))
        self.add(bob, a_device(4))
        self.now(
            self.store.change_password(
                alice.account, alice.verifier, a_verifier(2), alice.keys, a_device(2).device
            )
        )
        assert self.now(self.store.devices(alice.account)) == (a_device(2),)
        assert self.now(self.store.devices(bob.account)) == (a_device(4),)

    def test_a_device_belongs_to_one_account(self) -> None:
        """A device is found under its own account only."""
        alice, bob = self.created("alice"), self.created("bob")
        self.add(alice, a_device(1))
        device = a_device(1).device
        assert self.now(self.store.device(alice.account, device)) == a_device(1)
        assert self.now(self.store.device(bob.account, device)) is None
        assert self.now(self.store.device(AccountId(0), device)) is None  # nobody's number

    def test_adding_a_device_again_renews_it(self) -> None:
        """Its certificate, name and last use change; when it was added does not."""
        alice = self.created()
        self.add(alice, a_device(1))
        again = Device(
            a_device(1).device, a_device(1).public, b"d" * 64, "desk", NOON + 9, NOON + 9
        )
        self.add(alice, again)
        kept = self.now(self.store.device(alice.account, again.device))
        assert kept is not None
        assert (kept.certificate, kept.name) == (b"d" * 64, "desk")
        assert (kept.added_at, kept.seen_at) == (NOON, NOON + 9)

    def test_devices_come_oldest_first(self) -> None:
        """The order is that of their adding."""
        alice = self.created()
        for mark, added_at in ((1, NOON + 5), (2, NOON), (3, NOON + 9)):
            self.add(alice, a_device(mark, added_at))
        marks = [device.public[0] for device in self.now(self.store.devices(alice.account))]
        assert marks == [2, 1, 3]

    def test_an_account_has_so_many_devices(self) -> None:
        """One more takes the place of the one not seen for longest, and never of a new one."""
        alice, bob = self.created("alice"), self.created("bob")
        self.add(bob, a_device(99, NOON - 99))
        for mark in range(DEVICES_KEPT):
            self.add(alice, a_device(mark, NOON + mark))
        assert self.now(
            self.store.renew_device(alice.account, a_device(0).device, NOON + DEVICES_KEPT)
        )
        self.add(alice, a_device(100, NOON - 100))  # a clock that was set back
        kept = self.now(self.store.devices(alice.account))
        assert [each.public[0] for each in kept] == [100, 0, *range(2, DEVICES_KEPT)]
        assert self.now(self.store.devices(bob.account)) == (a_device(99, NOON - 99),)

    def test_a_device_is_added_under_the_password_that_is_still_the_account_s(self) -> None:
        """A proof of a password that was changed meanwhile adds nothing."""
        alice = self.created()
        self.change_password(alice)
        added = self.store.add_device(alice.account, a_device(1), alice.verifier)
        assert not self.now(added)
        assert self.now(self.store.devices(alice.account)) == ()
        assert self.now(self.store.add_device(alice.account, a_device(1), a_verifier(2)))

    def test_seeing_a_device_changes_nothing_else(self) -> None:
        """Only when it was last seen, and of that device only."""
        alice = self.created()
        self.add(alice, a_device(1))
        self.add(alice, a_device(2))
        assert self.now(self.store.renew_device(alice.account, a_device(1).device, NOON + 9))
        seen = replace(a_device(1), seen_at=NOON + 9)
        assert self.now(self.store.devices(alice.account)) == (seen, a_device(2))

    def test_a_device_that_was_forgotten_stays_forgotten(self) -> None:
        """Seeing it is told to be too late, and does not bring it back."""
        alice, bob = self.created("alice"), self.created("bob")
        self.add(bob, a_device(1))
        assert not self.now(self.store.renew_device(alice.account, a_device(1).device, NOON + 9))
        assert self.now(self.store.devices(alice.account)) == ()
        assert self.now(self.store.devices(bob.account)) == (a_device(1),)

    def test_of_two_password_changes_by_one_password_the_second_comes_too_late(self) -> None:
        """What was proven is the password no longer; the first change holds."""
        alice = self.created()
        self.change_password(alice)
        again = self.store.change_password(
            alice.account, alice.verifier, a_verifier(3), alice.keys, None
        )
        assert not self.now(again)
        found = self.now(self.store.account(Username("alice")))
        assert found is not None
        assert found.verifier == a_verifier(2)

    def test_a_recovery_code_opens_its_own_copy(self) -> None:
        """Of its own account only; other codes and names open nothing."""
        self.created("alice")
        self.created("bob")
        copy = a_copy(1)
        found = self.now(self.store.recovery_copy(Username("alice"), copy.token_hash))
        assert found == AccountKeys(b"p" * 32, copy.sealed)
        for name, mark in (("alice", 3), ("nobody", 1)):
            code = self.store.recovery_copy(Username(name), a_copy(mark).token_hash)
            assert self.now(code) is None

    def test_new_recovery_codes_replace_the_old(self) -> None:
        """Only under the password that is still the account's, and of that account only."""
        alice = self.created("alice")
        self.created("bob")
        self.change_password(alice)
        for proven, is_done in ((alice.verifier, False), (a_verifier(2), True)):
            set_now = self.store.set_recovery(alice.account, proven, [a_copy(3)])
            assert self.now(set_now) is is_done
        assert self.opened("alice") == {3}
        assert self.opened("bob") == {1, 2}
        assert self.now(self.store.set_recovery(alice.account, a_verifier(2), []))
        assert self.opened("alice") == set()

    def opened(self, name: str) -> set[int]:
        """The marks of the codes that open something."""
        codes = {
            mark: self.now(self.store.recovery_copy(Username(name), a_copy(mark).token_hash))
            for mark in range(1, 5)
        }
        return {mark for mark, keys in codes.items() if keys is not None}

    def test_recovering_uses_the_code_up(self) -> None:
        """The password is the new one, every device forgotten, and the code opens nothing more."""
        alice, bob = self.created("alice"), self.created("bob")
        self.add(alice, a_device(1))
        self.add(bob, a_device(2))
        keys = AccountKeys(alice.keys.public, b"sealed anew")
        used = (Username("alice"), a_copy(1).token_hash, a_verifier(2), keys)
        assert self.now(self.store.recover(*used)) == alice.account
        assert self.now(self.store.recover(*used)) is None
        found = self.now(self.store.account(Username("alice")))
        assert found == replace(alice, verifier=a_verifier(2), keys=keys)
        assert self.now(self.store.devices(alice.account)) == ()
        assert self.opened("alice") == {2}
        assert self.now(self.store.devices(bob.account)) == (a_device(2),)
        assert self.opened("bob") == {1, 2}

    def test_recovering_with_anything_wrong_changes_nothing(self) -> None:
        """Another's name, a code that there is not, another account key."""
        alice = self.created()
        keys = AccountKeys(alice.keys.public, b"sealed anew")
        for name, mark, brought in (
            ("nobody", 1, keys),
            ("alice", 3, keys),
            ("alice", 1, AccountKeys(b"q" * 32, b"sealed anew")),
        ):
            used = self.store.recover(
                Username(name), a_copy(mark).token_hash, a_verifier(2), brought
            )
            assert self.now(used) is None
        assert self.now(self.store.account(Username("alice"))) == alice
        assert self.opened("alice") == {1, 2}

    def test_a_removed_device_is_gone(self) -> None:
        """Once, and of this account only."""
        alice, bob = self.created("alice"), self.created("bob")
        for account in (alice, bob):
            self.add(account, a_device(1))
        self.add(alice, a_device(2))
        assert self.now(self.store.remove_device(alice.account, a_device(1).device))
        assert not self.now(self.store.remove_device(alice.account, a_device(1).device))
        assert self.now(self.store.devices(alice.account)) == (a_device(2),)
        assert self.now(self.store.devices(bob.account)) == (a_device(1),)

    def test_a_deleted_account_leaves_nothing(self) -> None:
        """Its name is free, and whoever takes it gets nothing of it, not even its number."""
        self.created("bob")
        alice = self.created("alice")
        self.add(alice, a_device(1))
        assert self.now(self.store.delete_account(alice.account, alice.verifier))
        assert self.now(self.store.account(Username("alice"))) is None
        assert self.now(self.store.count_accounts()) == 1
        assert self.opened("alice") == set()
        heir = self.now(
            self.store.create_account(replace(an_account(), recovery=(a_copy(4),)), NOON)
        )
        assert isinstance(heir, Account)
        assert heir.account > alice.account
        assert self.now(self.store.devices(heir.account)) == ()
        assert self.now(self.store.devices(alice.account)) == ()
        assert self.opened("alice") == {4}

    def test_deleting_needs_the_password_that_is_still_the_account_s(self) -> None:
        """Changed meanwhile, the account lives; gone already, it is not deleted twice."""
        alice = self.created()
        self.change_password(alice)
        assert not self.now(self.store.delete_account(alice.account, alice.verifier))
        assert self.now(self.store.delete_account(alice.account, a_verifier(2)))
        assert not self.now(self.store.delete_account(alice.account, a_verifier(2)))

    def test_what_is_under_way_for_a_deleted_account_meets_nobody(self) -> None:
        """It is told to be too late where something is told, and changes nothing."""
        alice = self.created()
        assert self.now(self.store.delete_account(alice.account, alice.verifier))
        self.now(self.store.set_nick(alice.account, "Too late"))
        too_late = (
            self.store.add_device(alice.account, a_device(1), alice.verifier),
            self.store.add_device(alice.account, a_device(1), None),
            self.store.renew_device(alice.account, a_device(1).device, NOON),
            self.store.remove_device(alice.account, a_device(1).device),
            self.store.set_recovery(alice.account, alice.verifier, [a_copy(1)]),
            self.store.change_password(
                alice.account, alice.verifier, a_verifier(2), alice.keys, None
            ),
        )
        assert not any(map(self.now, too_late))
        assert self.now(self.store.count_accounts()) == 0
