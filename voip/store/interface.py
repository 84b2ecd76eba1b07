"""What is kept, and what a store promises.

A store keeps accounts and their devices. It knows no sessions, no passwords (only verifiers, from
which none can log in) and no addresses. Every method answers by a Deferred, so that a database may
work in threads of its own; a store that cannot work now fails it with ``StoreUnavailable``, and an
expected no (a taken name) is a value.

Phone books and past calls are promised in ``voip.store.people``, and what the operator asks in
``voip.store.operator``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from twisted.internet.defer import Deferred

from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.errors import VoipError
from voip.core.ids import AccountId, DeviceId, Username

DEVICES_KEPT: Final = 32
"""So many devices an account may have; who enrols more loses the one not seen for longest."""


class StoreUnavailable(VoipError):
    """The store cannot work now: locked, full or gone. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What registration hands in. ``verifier`` None: nobody can ever log in by a password."""

    username: Username
    nick: str
    verifier: Verifier | None
    keys: AccountKeys
    recovery: tuple[RecoveryCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class Ban:
    """Why somebody is kept out, by whom, since when and until when (None: for good)."""

    reason: str
    by: str
    at: int
    until: int | None

    def holds(self, now: int) -> bool:
        """Whether it is not over yet; all its times are UTC seconds since the epoch."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Account:
    """One account as kept. ``created_at`` is UTC seconds since the epoch."""

    account: AccountId
    username: Username
    nick: str
    verifier: Verifier | None
    keys: AccountKeys
    created_at: int
    is_pending: bool = False  # waits for the operator's approval
    ban: Ban | None = None  # may be over


@dataclass(frozen=True, slots=True)
class NameTaken:
    """There is an account of that name."""

    username: Username


@dataclass(frozen=True, slots=True)
class InviteNotValid:
    """There is no such invite, it is too old, or it was used up."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that may log in to an account by its own key.

    ``certificate`` is the account key's signature over it; ``added_at`` and ``seen_at`` are UTC
    seconds since the epoch.
    """

    device: DeviceId
    public: bytes
    certificate: bytes
    name: str
    added_at: int
    seen_at: int


class AccountStore(Protocol):
    """Accounts, their devices and recovery codes. ``now`` is UTC seconds since the epoch.

    Where ``proven`` is asked for, nothing is done unless it is the account's verifier still:
    whoever proved a password that was changed meanwhile has proven nothing. An account that was
    deleted has no verifier, and its number is never given again.
    """

    def create_account(
        self,
        new: NewAccount,
        now: int,
        *,
        invite: bytes | None = None,
        is_pending: bool = False,
    ) -> Deferred[Account | NameTaken | InviteNotValid]:
        """Keep a new account; two at once for one name give one account and one ``NameTaken``.

        ``invite`` is the hash of the invite that was brought, which is used once by it; where no
        account is made it is not used.
        """

    def account(self, username: Username) -> Deferred[Account | None]: ...

    def set_nick(self, account: AccountId, nick: str) -> Deferred[None]: ...

    def change_password(
        self,
        account: AccountId,
        proven: Verifier | None,
        verifier: Verifier,
        keys: AccountKeys,
        keep_only: DeviceId | None,
    ) -> Deferred[bool]:
        """Replace the verifier and the sealed key; with ``keep_only``, forget the other devices.
        Says whether that was done."""

    def delete_account(self, account: AccountId, proven: Verifier | None) -> Deferred[bool]:
        """Forget an account and all that is kept of it; say whether that was done."""

    def set_recovery(
        self, account: AccountId, proven: Verifier | None, copies: Sequence[RecoveryCopy]
    ) -> Deferred[bool]:
        """Replace all recovery codes; say whether that was done."""

    def recovery_copy(self, username: Username, token_hash: bytes) -> Deferred[AccountKeys | None]:
        """The account key as one recovery code opens it; None: no such code, or no such name."""

    def recover(
        self, username: Username, token_hash: bytes, verifier: Verifier, keys: AccountKeys
    ) -> Deferred[AccountId | None]:
        """Use a recovery code up: replace the verifier and the sealed key, forget all devices.

        Gives whose it was; None, and nothing is changed, when there is no such code or name, or
        ``keys`` are of another account key.
        """

    def device(self, account: AccountId, device: DeviceId) -> Deferred[Device | None]: ...

    def devices(self, account: AccountId) -> Deferred[tuple[Device, ...]]:
        """All devices of an account, the oldest first."""

    def add_device(
        self, account: AccountId, device: Device, proven: Verifier | None
    ) -> Deferred[bool]:
        """Add a device, or renew its certificate, name and ``seen_at``; say whether that was done.

        Of the account's other devices those seen last stay, ``DEVICES_KEPT`` with this one.
        """

    def remove_device(self, account: AccountId, device: DeviceId) -> Deferred[bool]:
        """Forget a device; False: the account had none such."""

    def renew_device(self, account: AccountId, device: DeviceId, seen_at: int) -> Deferred[bool]:
        """Note when a device was last seen; False: the account has it no longer."""

    def count_accounts(self) -> Deferred[int]: ...

    def close(self) -> Deferred[None]:
        """Finish what was begun and let go of files and threads."""
