"""The queries of recovery codes, as plain functions of a connection.

Of a code there is the hash of its token and a copy of the account key that it opens, from which
nobody finds the code again. Used up, a row is gone.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from voip.core.credentials import AccountKeys, RecoveryCopy
from voip.core.ids import AccountId, Username
from voip.store.schema import accounts, recovery_codes


def put_copies(
    connection: sa.Connection, account: AccountId, copies: Iterable[RecoveryCopy]
) -> None:
    """Keep these in the place of all the account had."""
    connection.execute(recovery_codes.delete().where(recovery_codes.c.account_id == account))
    rows = [
        {"account_id": account, "token_hash": copy.token_hash, "sealed": copy.sealed}
        for copy in copies
    ]
    if rows:
        connection.execute(recovery_codes.insert(), rows)


def find_copy(
    connection: sa.Connection, username: Username, token_hash: bytes
) -> AccountKeys | None:
    """What a code opens: one query, whether or not there is such a name."""
    query = (
        sa.select(accounts.c.account_public, recovery_codes.c.sealed)
        .join_from(accounts, recovery_codes)
        .where(accounts.c.username == username, recovery_codes.c.token_hash == token_hash)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else AccountKeys(row.account_public, row.sealed)


def use_up(
    connection: sa.Connection, username: Username, token_hash: bytes, public: bytes
) -> AccountId | None:
    """Take a code away; gives whose it was, None when there is none of that account key."""
    owner = (
        sa.select(accounts.c.id)
        .where(accounts.c.username == username, accounts.c.account_public == public)
        .scalar_subquery()
    )
    used = recovery_codes.delete().where(
        recovery_codes.c.account_id == owner, recovery_codes.c.token_hash == token_hash
    )
    number = connection.execute(used.returning(recovery_codes.c.account_id)).scalar_one_or_none()
    return None if number is None else AccountId(number)
