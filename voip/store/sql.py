"""Accounts and devices in a database, by SQLAlchemy Core.

Each method is one transaction; ``Workers`` decides in which thread. The queries are plain functions
of a connection and know neither threads nor Deferreds. The dialect of the upserts is SQLite's.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic.util import CommandError
from sqlalchemy.dialects.sqlite import insert as upsert
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads

from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.ids import AccountId, DeviceId, Username
from voip.store.interface import (
    DEVICES_KEPT,
    Account,
    Device,
    InviteNotValid,
    NameTaken,
    NewAccount,
    StoreUnavailable,
)
from voip.store.migrate import upgrade
from voip.store.schema import accounts, devices
from voip.store.sql_names import put_words
from voip.store.sql_operator import SqlOperator
from voip.store.sql_people import SqlPeople
from voip.store.sql_recovery import find_copy, put_copies, use_up
from voip.store.sql_rows import (
    ColumnValue,
    account_of,
    key_columns,
    set_password,
    verifier_columns,
    verifier_of,
)
from voip.store.sql_tokens import has_invite, use_invite
from voip.store.sqlite import open_database
from voip.store.threads import ThreadWorkers, Workers


def open_store(
    path: Path,
    reactor: IReactorFromThreads,
    observe: Callable[[Workers], Workers] = lambda workers: workers,
) -> "SqlStore":
    """Open, and bring up to date, the database file at ``path``.

    Works in the calling thread, before the service starts. Raises ``StoreUnavailable``, whose text
    says what is wrong, when the file can't be used. ``observe`` puts something before its threads
    (``voip.store.observed``).
    """
    engines = open_database(path)
    try:
        upgrade(engines, path)
        path.chmod(0o600)
    except (sa.exc.SQLAlchemyError, CommandError, OSError, sqlite3.Error) as error:
        engines.dispose()
        raise StoreUnavailable(_reason(error)) from error
    return SqlStore(observe(ThreadWorkers(reactor, engines)))


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if isinstance(error, CommandError):
        return f"it was made by a newer version of this program ({error})"
    return str(cause)


class SqlStore(SqlPeople, SqlOperator):
    """A ``Store`` in a database."""

    def __init__(self, workers: Workers) -> None:
        SqlPeople.__init__(self, workers)
        SqlOperator.__init__(self, workers)

    def create_account(
        self,
        new: NewAccount,
        now: int,
        *,
        invite: bytes | None = None,
        is_pending: bool = False,
    ) -> Deferred[Account | NameTaken | InviteNotValid]:
        def create(connection: sa.Connection) -> Account | NameTaken | InviteNotValid:
            if invite is not None and not has_invite(connection, invite, now):
                return InviteNotValid()
            account = _insert_account(connection, new, now, is_pending=is_pending)
            if invite is not None and isinstance(account, Account):
                use_invite(connection, invite)
            return account

        return self._workers.write(create)

    def account(self, username: Username) -> Deferred[Account | None]:
        return self._workers.read(lambda connection: _find_account(connection, username))

    def set_nick(self, account: AccountId, nick: str) -> Deferred[None]:
        def rename(connection: sa.Connection) -> None:
            renamed = accounts.update().where(accounts.c.id == account).values(nick=nick)
            row = connection.execute(renamed.returning(accounts.c.username)).one_or_none()
            if row is not None:
                put_words(connection, account, row.username, nick)

        return self._workers.write(rename)

    def change_password(
        self,
        account: AccountId,
        proven: Verifier | None,
        verifier: Verifier,
        keys: AccountKeys,
        keep_only: DeviceId | None,
    ) -> Deferred[bool]:
        def change(connection: sa.Connection) -> bool:
            if not _is_proven(connection, account, proven):
                return False
            set_password(connection, account, verifier, keys)
            if keep_only is not None:
                others = (devices.c.account_id == account) & (devices.c.device != keep_only)
                connection.execute(devices.delete().where(others))
            return True

        return self._workers.write(change)

    def delete_account(self, account: AccountId, proven: Verifier | None) -> Deferred[bool]:
        def delete(connection: sa.Connection) -> bool:
            if not _is_proven(connection, account, proven):
                return False
            connection.execute(accounts.delete().where(accounts.c.id == account))
            return True  # everything else that is kept of it goes with its row

        return self._workers.write(delete)

    def set_recovery(
        self, account: AccountId, proven: Verifier | None, copies: Sequence[RecoveryCopy]
    ) -> Deferred[bool]:
        def replace(connection: sa.Connection) -> bool:
            if not _is_proven(connection, account, proven):
                return False
            put_copies(connection, account, copies)
            return True

        return self._workers.write(replace)

    def recovery_copy(self, username: Username, token_hash: bytes) -> Deferred[AccountKeys | None]:
        return self._workers.read(lambda connection: find_copy(connection, username, token_hash))

    def recover(
        self, username: Username, token_hash: bytes, verifier: Verifier, keys: AccountKeys
    ) -> Deferred[AccountId | None]:
        def recover(connection: sa.Connection) -> AccountId | None:
            account = use_up(connection, username, token_hash, keys.public)
            if account is not None:
                set_password(connection, account, verifier, keys)
                connection.execute(devices.delete().where(devices.c.account_id == account))
            return account

        return self._workers.write(recover)

    def device(self, account: AccountId, device: DeviceId) -> Deferred[Device | None]:
        wanted = (devices.c.account_id == account) & (devices.c.device == device)

        def find(connection: sa.Connection) -> Device | None:
            row = connection.execute(sa.select(devices).where(wanted)).mappings().one_or_none()
            return None if row is None else _device(row)

        return self._workers.read(find)

    def devices(self, account: AccountId) -> Deferred[tuple[Device, ...]]:
        query = (
            sa.select(devices)
            .where(devices.c.account_id == account)
            .order_by(devices.c.added_at, devices.c.device)
        )
        return self._workers.read(
            lambda connection: tuple(map(_device, connection.execute(query).mappings()))
        )

    def add_device(
        self, account: AccountId, device: Device, proven: Verifier | None
    ) -> Deferred[bool]:
        def add(connection: sa.Connection) -> bool:
            if not _is_proven(connection, account, proven):
                return False
            _put_device(connection, account, device)
            _keep_newest_devices(connection, account, device.device)
            return True

        return self._workers.write(add)

    def remove_device(self, account: AccountId, device: DeviceId) -> Deferred[bool]:
        known = (devices.c.account_id == account) & (devices.c.device == device)
        statement = devices.delete().where(known)
        return self._workers.write(lambda connection: connection.execute(statement).rowcount == 1)

    def renew_device(self, account: AccountId, device: DeviceId, seen_at: int) -> Deferred[bool]:
        known = (devices.c.account_id == account) & (devices.c.device == device)
        statement = devices.update().where(known).values(seen_at=seen_at)
        return self._workers.write(lambda connection: connection.execute(statement).rowcount == 1)

    def count_accounts(self) -> Deferred[int]:
        query = sa.select(sa.func.count()).select_from(accounts)
        return self._workers.read(lambda connection: connection.execute(query).scalar_one())

    def close(self) -> Deferred[None]:
        return self._workers.close()


def _insert_account(
    connection: sa.Connection, new: NewAccount, now: int, *, is_pending: bool
) -> Account | NameTaken:
    values: dict[str, ColumnValue] = {
        "username": new.username,
        "nick": new.nick,
        "created_at": now,
        "is_pending": is_pending,
    }
    values |= verifier_columns(new.verifier) | key_columns(new.keys)
    statement = upsert(accounts).values(**values).on_conflict_do_nothing()
    number = connection.execute(statement.returning(accounts.c.id)).scalar_one_or_none()
    if number is None:
        return NameTaken(new.username)
    put_copies(connection, AccountId(number), new.recovery)
    put_words(connection, AccountId(number), new.username, new.nick)
    account = AccountId(number)
    return Account(account, new.username, new.nick, new.verifier, new.keys, now, is_pending)


def _find_account(connection: sa.Connection, username: Username) -> Account | None:
    query = sa.select(accounts).where(accounts.c.username == username)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else account_of(row)


def _is_proven(connection: sa.Connection, account: AccountId, proven: Verifier | None) -> bool:
    """Whether this is the verifier of the account still."""
    query = sa.select(accounts).where(accounts.c.id == account)
    row = connection.execute(query).mappings().one_or_none()
    return row is not None and verifier_of(row) == proven


def _put_device(connection: sa.Connection, account: AccountId, device: Device) -> None:
    renewed = {
        "certificate": device.certificate,
        "name": device.name,
        "seen_at": device.seen_at,
    }
    statement = upsert(devices).values(
        account_id=account,
        device=device.device,
        public=device.public,
        added_at=device.added_at,
        **renewed,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[devices.c.account_id, devices.c.device], set_=renewed
        )
    )


def _keep_newest_devices(connection: sa.Connection, account: AccountId, stays: DeviceId) -> None:
    others = (devices.c.account_id == account) & (devices.c.device != stays)
    newest = (
        sa.select(devices.c.device)
        .where(others)
        .order_by(devices.c.seen_at.desc(), devices.c.device.desc())
        .limit(DEVICES_KEPT - 1)
    )
    connection.execute(devices.delete().where(others & devices.c.device.not_in(newest)))


def _device(row: sa.RowMapping) -> Device:
    return Device(
        device=DeviceId(row["device"]),
        public=row["public"],
        certificate=row["certificate"],
        name=row["name"],
        added_at=row["added_at"],
        seen_at=row["seen_at"],
    )
