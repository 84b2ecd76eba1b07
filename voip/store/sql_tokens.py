"""What an operator hands out: the queries of invites and of reset tokens.

Of both there is the hash of a token, from which nobody finds the token again. Plain functions of a
connection.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as upsert

from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.ids import AccountId, Username
from voip.store.operator import KeptInvite
from voip.store.schema import accounts, devices, invites, resets
from voip.store.sql_recovery import put_copies
from voip.store.sql_rows import set_password


def put_invite(connection: sa.Connection, token_hash: bytes, invite: KeptInvite) -> None:
    """Let an invite be used from now on."""
    row = invites.insert().values(
        token_hash=token_hash,
        name=invite.name,
        made_by=invite.by,
        note=invite.note,
        made_at=invite.made_at,
        expires_at=invite.expires_at,
        uses_left=invite.uses_left,
    )
    connection.execute(row)


def has_invite(connection: sa.Connection, token_hash: bytes, now: int) -> bool:
    """Whether it can be used."""
    usable = (invites.c.token_hash == token_hash) & (invites.c.expires_at > now)
    query = sa.select(invites.c.name).where(usable)
    return connection.execute(query).one_or_none() is not None


def use_invite(connection: sa.Connection, token_hash: bytes) -> None:
    """Use it once; used up, it is gone."""
    this = invites.c.token_hash == token_hash
    used = invites.update().where(this).values(uses_left=invites.c.uses_left - 1)
    connection.execute(used)
    connection.execute(invites.delete().where(this, invites.c.uses_left <= 0))


def live_invites(connection: sa.Connection, now: int) -> tuple[KeptInvite, ...]:
    """Forget those that are too old; the others, the newest first."""
    connection.execute(invites.delete().where(invites.c.expires_at <= now))
    query = sa.select(invites).order_by(invites.c.made_at.desc(), invites.c.name)
    return tuple(
        KeptInvite(row.name, row.made_by, row.note, row.made_at, row.expires_at, row.uses_left)
        for row in connection.execute(query)
    )


def withdraw_invite(connection: sa.Connection, name: str) -> bool:
    """Forget an invite; False: there is none of that name."""
    return connection.execute(invites.delete().where(invites.c.name == name)).rowcount > 0


def put_reset(
    connection: sa.Connection, username: Username, token_hash: bytes, expires_at: int
) -> bool:
    """See ``OperatorStore.put_reset``."""
    owner = sa.select(accounts.c.id).where(
        accounts.c.username == username, accounts.c.stored_key.is_not(None)
    )
    account = connection.execute(owner).scalar_one_or_none()
    if account is None:
        return False
    token = {"token_hash": token_hash, "expires_at": expires_at}
    connection.execute(
        upsert(resets)
        .values(account_id=account, **token)
        .on_conflict_do_update(index_elements=[resets.c.account_id], set_=token)
    )
    return True


def withdraw_reset(connection: sa.Connection, username: Username) -> bool:
    """Forget the token of an account; False: there was none."""
    return connection.execute(resets.delete().where(_is_of(username))).rowcount > 0


def reset(
    connection: sa.Connection,
    username: Username,
    token_hash: bytes,
    now: int,
    verifier: Verifier,
    keys: AccountKeys,
    recovery: Sequence[RecoveryCopy],
) -> AccountId | None:
    """See ``OperatorStore.reset``."""
    used = resets.delete().where(
        _is_of(username), resets.c.token_hash == token_hash, resets.c.expires_at > now
    )
    number = connection.execute(used.returning(resets.c.account_id)).scalar_one_or_none()
    if number is None:
        return None
    account = AccountId(number)
    set_password(connection, account, verifier, keys)
    put_copies(connection, account, recovery)
    connection.execute(devices.delete().where(devices.c.account_id == account))
    return account


def _is_of(username: Username) -> sa.ColumnElement[bool]:
    owner = sa.select(accounts.c.id).where(accounts.c.username == username).scalar_subquery()
    return resets.c.account_id == owner
