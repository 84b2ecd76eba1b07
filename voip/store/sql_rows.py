"""What the columns of an account's row mean: the same for all who read and write them.

Plain functions of rows, values and a connection.
"""

import sqlalchemy as sa

from voip.core.credentials import AccountKeys, KdfParameters, Verifier
from voip.core.ids import AccountId, Username
from voip.store.interface import Account, Ban
from voip.store.schema import accounts

ColumnValue = str | int | bytes | None


def verifier_columns(verifier: Verifier | None) -> dict[str, ColumnValue]:
    """What to write for a verifier; None is no column at all."""
    if verifier is None:
        return {}
    return {
        "salt": verifier.kdf.salt,
        "kdf_memory_kib": verifier.kdf.memory_kib,
        "kdf_passes": verifier.kdf.passes,
        "kdf_lanes": verifier.kdf.lanes,
        "stored_key": verifier.stored_key,
        "server_key": verifier.server_key,
    }


def key_columns(keys: AccountKeys) -> dict[str, ColumnValue]:
    """What to write for the account key."""
    return {"account_public": keys.public, "account_sealed": keys.sealed}


def ban_columns(ban: Ban | None) -> dict[str, ColumnValue]:
    """What to write for a ban; None lifts it."""
    if ban is None:
        return {"ban_reason": None, "ban_by": None, "ban_at": None, "ban_until": None}
    return {
        "ban_reason": ban.reason,
        "ban_by": ban.by,
        "ban_at": ban.at,
        "ban_until": ban.until,
    }


def verifier_of(row: sa.RowMapping) -> Verifier | None:
    """None for an account that nobody logs in to by a password."""
    if row["stored_key"] is None:
        return None
    kdf = KdfParameters(row["salt"], row["kdf_memory_kib"], row["kdf_passes"], row["kdf_lanes"])
    return Verifier(kdf, row["stored_key"], row["server_key"])


def ban_of(row: sa.RowMapping) -> Ban | None:
    """The ban of an account, which may be over."""
    if row["ban_at"] is None:
        return None
    return Ban(row["ban_reason"], row["ban_by"], row["ban_at"], row["ban_until"])


def account_of(row: sa.RowMapping) -> Account:
    """A whole account."""
    return Account(
        account=AccountId(row["id"]),
        username=Username(row["username"]),
        nick=row["nick"],
        verifier=verifier_of(row),
        keys=AccountKeys(row["account_public"], row["account_sealed"]),
        created_at=row["created_at"],
        is_pending=row["is_pending"],
        ban=ban_of(row),
    )


def set_password(
    connection: sa.Connection, account: AccountId, verifier: Verifier, keys: AccountKeys
) -> None:
    """Replace the verifier and the account key."""
    values = verifier_columns(verifier) | key_columns(keys)
    connection.execute(accounts.update().where(accounts.c.id == account).values(**values))
