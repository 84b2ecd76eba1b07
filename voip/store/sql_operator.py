"""What the operator asks of the database: the ``OperatorStore`` part of ``SqlStore``.

Each method is one transaction, but for the forgetting of old lines, which lets others write in
between; ``Workers`` decides in which thread.
"""

from collections.abc import Sequence
from typing import Final

from twisted.internet.defer import Deferred

from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.deeds import DeedId
from voip.core.ids import AccountId, Username
from voip.store import sql_accounts, sql_deeds, sql_tokens
from voip.store.interface import Ban
from voip.store.operator import (
    AccountKind,
    AccountPage,
    AccountSummary,
    DeedFilter,
    KeptDeed,
    KeptInvite,
    StoreFigures,
)
from voip.store.threads import Workers

FORGOTTEN_AT_ONCE: Final = 1000
"""So many old lines go in one transaction: a login never waits for more than some milliseconds."""


class SqlOperator:
    """An ``OperatorStore`` in a database."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def account_page(
        self, query: str, kind: AccountKind, after: str, limit: int
    ) -> Deferred[AccountPage]:
        return self._workers.read(
            lambda to: sql_accounts.page_of_accounts(to, query, kind, after, limit)
        )

    def summary(self, username: Username) -> Deferred[AccountSummary | None]:
        return self._workers.read(lambda to: sql_accounts.find_summary(to, username))

    def ban(self, username: Username, ban: Ban | None) -> Deferred[AccountId | None]:
        return self._workers.write(lambda to: sql_accounts.set_ban(to, username, ban))

    def ban_of(self, account: AccountId) -> Deferred[Ban | None]:
        # in turn with the writes, so that a ban is seen here or set later
        return self._workers.write(lambda to: sql_accounts.find_ban(to, account))

    def approve(self, username: Username) -> Deferred[bool]:
        return self._workers.write(lambda to: sql_accounts.approve(to, username))

    def add_invite(self, token_hash: bytes, invite: KeptInvite) -> Deferred[None]:
        return self._workers.write(lambda to: sql_tokens.put_invite(to, token_hash, invite))

    def invites(self, now: int) -> Deferred[tuple[KeptInvite, ...]]:
        return self._workers.write(lambda to: sql_tokens.live_invites(to, now))

    def withdraw_invite(self, name: str) -> Deferred[bool]:
        return self._workers.write(lambda to: sql_tokens.withdraw_invite(to, name))

    def put_reset(self, username: Username, token_hash: bytes, expires_at: int) -> Deferred[bool]:
        return self._workers.write(
            lambda to: sql_tokens.put_reset(to, username, token_hash, expires_at)
        )

    def withdraw_reset(self, username: Username) -> Deferred[bool]:
        return self._workers.write(lambda to: sql_tokens.withdraw_reset(to, username))

    def reset(
        self,
        username: Username,
        token_hash: bytes,
        now: int,
        verifier: Verifier,
        keys: AccountKeys,
        recovery: Sequence[RecoveryCopy],
    ) -> Deferred[AccountId | None]:
        return self._workers.write(
            lambda to: sql_tokens.reset(to, username, token_hash, now, verifier, keys, recovery)
        )

    def begin_deeds(self, deeds: Sequence[KeptDeed]) -> Deferred[None]:
        return self._workers.write(lambda to: sql_deeds.put_deeds(to, deeds))

    def end_deeds(self, outcomes: Sequence[tuple[DeedId, str]]) -> Deferred[None]:
        return self._workers.write(lambda to: sql_deeds.end_deeds(to, outcomes))

    def deeds(self, which: DeedFilter, limit: int) -> Deferred[tuple[KeptDeed, ...]]:
        return self._workers.read(lambda to: sql_deeds.find_deeds(to, which, limit))

    def forget_deeds(self, before: int) -> Deferred[int]:
        async def forget() -> int:
            forgotten, some = 0, FORGOTTEN_AT_ONCE
            while some == FORGOTTEN_AT_ONCE:
                some = await self._workers.write(
                    lambda to: sql_deeds.forget_deeds(to, before, FORGOTTEN_AT_ONCE)
                )
                forgotten += some
            return forgotten

        return Deferred.fromCoroutine(forget())

    def figures(self, now: int) -> Deferred[StoreFigures]:
        return self._workers.read(lambda to: sql_accounts.figures(to, now))
