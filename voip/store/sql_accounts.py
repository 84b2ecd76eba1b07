"""Accounts as the operator sees them: the queries of lists, bans and approvals.

Plain functions of a connection.
"""

from typing import assert_never

import sqlalchemy as sa

from voip.core.ids import AccountId, Username
from voip.store.interface import Ban
from voip.store.operator import AccountKind, AccountPage, AccountSummary, StoreFigures
from voip.store.schema import accounts, devices, recovery_codes, resets
from voip.store.sql_rows import ban_columns, ban_of

_LAST = "\U0010ffff"


def page_of_accounts(
    connection: sa.Connection, query: str, kind: AccountKind, after: str, limit: int
) -> AccountPage:
    """See ``OperatorStore.account_page``."""
    matching = _of_kind(kind)
    if query:
        begin = query.casefold()
        matching &= (accounts.c.username >= begin) & (accounts.c.username < begin + _LAST)
    total = _count(connection, matching)
    page = (
        _summaries()
        .where(matching, accounts.c.username > after)
        .order_by(accounts.c.username)
        .limit(limit + 1)
    )
    found = [_summary(row) for row in connection.execute(page).mappings()]
    has_more = len(found) > limit
    return AccountPage(tuple(found[:limit]), found[limit - 1].username if has_more else "", total)


def find_summary(connection: sa.Connection, username: Username) -> AccountSummary | None:
    """One account, by its name."""
    query = _summaries().where(accounts.c.username == username)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _summary(row)


def set_ban(connection: sa.Connection, username: Username, ban: Ban | None) -> AccountId | None:
    """Set a ban in the place of any other, or lift it; None: no such account."""
    banned = accounts.update().where(accounts.c.username == username).values(**ban_columns(ban))
    number = connection.execute(banned.returning(accounts.c.id)).scalar_one_or_none()
    return None if number is None else AccountId(number)


def find_ban(connection: sa.Connection, account: AccountId) -> Ban | None:
    """The ban of an account, which may be over."""
    query = sa.select(accounts).where(accounts.c.id == account)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else ban_of(row)


def approve(connection: sa.Connection, username: Username) -> bool:
    """Let somebody in who waits; False: nobody of that name does."""
    waiting = (accounts.c.username == username) & _IS_PENDING
    return (
        connection.execute(accounts.update().where(waiting).values(is_pending=False)).rowcount > 0
    )


def figures(connection: sa.Connection, now: int) -> StoreFigures:
    """How much is kept. The size is that of the file, without its write-ahead log."""
    holds = accounts.c.ban_until.is_(None) | (accounts.c.ban_until > now)
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    page_size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    return StoreFigures(
        accounts=_count(connection, sa.true()),
        pending=_count(connection, _IS_PENDING),
        banned=_count(connection, _IS_BANNED & holds),
        database_bytes=pages * page_size,
    )


# As the partial indexes have it, letter by letter: else they would not be used.
_IS_PENDING = accounts.c.is_pending == sa.true()
_IS_BANNED = accounts.c.ban_at.is_not(None)


def _of_kind(kind: AccountKind) -> sa.ColumnElement[bool]:
    match kind:
        case AccountKind.ALL:
            return sa.true()
        case AccountKind.PENDING:
            return _IS_PENDING
        case AccountKind.BANNED:
            return _IS_BANNED
        case _:
            assert_never(kind)


def _count(connection: sa.Connection, matching: sa.ColumnElement[bool]) -> int:
    counted = sa.select(sa.func.count()).select_from(accounts).where(matching)
    return connection.execute(counted).scalar_one()


def _summaries() -> sa.Select[tuple[object, ...]]:
    own_devices = devices.c.account_id == accounts.c.id
    own_codes = recovery_codes.c.account_id == accounts.c.id
    return sa.select(
        accounts.c.id,
        accounts.c.username,
        accounts.c.nick,
        accounts.c.created_at,
        accounts.c.stored_key.is_not(None).label("has_password"),
        accounts.c.is_pending,
        accounts.c.ban_reason,
        accounts.c.ban_by,
        accounts.c.ban_at,
        accounts.c.ban_until,
        sa.select(sa.func.max(devices.c.seen_at))
        .where(own_devices)
        .scalar_subquery()
        .label("seen"),
        sa.select(sa.func.count()).where(own_devices).scalar_subquery().label("devices"),
        sa.select(sa.func.count()).where(own_codes).scalar_subquery().label("codes"),
        resets.c.expires_at.label("reset_until"),
    ).join_from(accounts, resets, isouter=True)


def _summary(row: sa.RowMapping) -> AccountSummary:
    return AccountSummary(
        account=AccountId(row["id"]),
        username=Username(row["username"]),
        nick=row["nick"],
        created_at=row["created_at"],
        seen_at=row["seen"],
        devices=row["devices"],
        has_password=row["has_password"],
        recovery_codes=row["codes"],
        reset_until=row["reset_until"],
        is_pending=row["is_pending"],
        ban=ban_of(row),
    )
