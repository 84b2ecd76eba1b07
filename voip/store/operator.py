"""What a store promises the operator: accounts in pages, bans, invites, approvals, the audit.

It is part of ``Store``, beside ``voip.store.interface`` and ``voip.store.people``, and the same
rules hold. Times are UTC seconds since the epoch. Of an invite and of a reset token only a hash is
kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, unique
from typing import Protocol

from twisted.internet.defer import Deferred

from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.deeds import Actor, Deed, DeedId
from voip.core.ids import AccountId, Username
from voip.store.interface import Ban


@unique
class AccountKind(Enum):
    """Which accounts a list is of."""

    ALL = "all"
    PENDING = "pending"  # they wait for an approval
    BANNED = "banned"  # also those whose ban is over


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """One account as an operator sees it. ``seen_at`` None: no device has ever logged in.

    ``reset_until`` is set while a reset token is out.
    """

    account: AccountId
    username: Username
    nick: str
    created_at: int
    seen_at: int | None
    devices: int
    has_password: bool
    recovery_codes: int
    reset_until: int | None
    is_pending: bool
    ban: Ban | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Some accounts by user name; what comes next ("" at the end); how many there are in all."""

    accounts: tuple[AccountSummary, ...]
    next_cursor: str
    total: int


@dataclass(frozen=True, slots=True)
class KeptInvite:
    """An invite that is out. ``name`` is a short public one, by which it is withdrawn."""

    name: str
    by: str
    note: str
    made_at: int
    expires_at: int
    uses_left: int


@dataclass(frozen=True, slots=True)
class KeptDeed:
    """One line of the audit. ``outcome`` is empty while it is under way, or was broken off."""

    deed: DeedId
    at: int
    actor: Actor
    what: Deed
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class DeedFilter:
    """Which lines of the audit: empty fields let everything through."""

    who: str = ""
    what: str = ""
    on: str = ""
    since: int = 0


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """How much is kept."""

    accounts: int
    pending: int
    banned: int
    database_bytes: int


class OperatorStore(Protocol):
    """What the operator asks of the store."""

    def account_page(
        self, query: str, kind: AccountKind, after: str, limit: int
    ) -> Deferred[AccountPage]:
        """Accounts whose user name begins with ``query``, those after the name ``after``."""

    def summary(self, username: Username) -> Deferred[AccountSummary | None]: ...

    def ban(self, username: Username, ban: Ban | None) -> Deferred[AccountId | None]:
        """Set or lift a ban; None: there is no such account."""

    def ban_of(self, account: AccountId) -> Deferred[Ban | None]:
        """The ban of an account, which may be over; read in turn with what is written."""

    def approve(self, username: Username) -> Deferred[bool]:
        """Let in who waits; False: nobody of that name does."""

    def add_invite(self, token_hash: bytes, invite: KeptInvite) -> Deferred[None]: ...

    def invites(self, now: int) -> Deferred[tuple[KeptInvite, ...]]:
        """Those that can still be used, the newest first; the others are forgotten."""

    def withdraw_invite(self, name: str) -> Deferred[bool]: ...

    def put_reset(self, username: Username, token_hash: bytes, expires_at: int) -> Deferred[bool]:
        """Let one token make a new password and account key, in the place of one given before.
        False: there is no such account, or nobody logs in to it by a password."""

    def withdraw_reset(self, username: Username) -> Deferred[bool]: ...

    def reset(
        self,
        username: Username,
        token_hash: bytes,
        now: int,
        verifier: Verifier,
        keys: AccountKeys,
        recovery: Sequence[RecoveryCopy],
    ) -> Deferred[AccountId | None]:
        """Use a reset token up: a new verifier, a new account key, new recovery codes; all devices
        are forgotten. None, and nothing is changed: no such token or name, or it is too old."""

    def begin_deeds(self, deeds: Sequence[KeptDeed]) -> Deferred[None]:
        """Keep lines of the audit, all of them or none."""

    def end_deeds(self, outcomes: Sequence[tuple[DeedId, str]]) -> Deferred[None]:
        """Write how these went. One that was forgotten meanwhile stays so."""

    def deeds(self, which: DeedFilter, limit: int) -> Deferred[tuple[KeptDeed, ...]]:
        """The newest first."""

    def forget_deeds(self, before: int) -> Deferred[int]:
        """Drop lines of the audit that are older; says how many."""

    def figures(self, now: int) -> Deferred[StoreFigures]: ...
