"""Past calls in the database: plain functions of a connection."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import sqlalchemy as sa

from voip.core.calls import EndReason
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import AccountId, CallId, EntryId, Username
from voip.store.people import HISTORY_KEPT, KeptEntry, KeptHistory
from voip.store.schema import accounts, contacts, history
from voip.store.sql_contacts import names_so_called
from voip.store.words import calls_so

_BETWEEN = "\n"  # stands in no name


def add_history(
    connection: sa.Connection,
    caller: Username,
    entries: Sequence[tuple[Username, HistoryEntry]],
) -> tuple[KeptEntry, ...]:
    """See ``PeopleStore.add_history``."""
    kept = []
    for username, entry in entries:
        account = _owner(connection, username, caller, entry)
        if account is not None:
            added = history.insert().values(account_id=account, **_columns(entry))
            number = connection.execute(added.returning(history.c.id)).scalar_one()
            _drop_oldest(connection, account)
            numbered = replace(entry, entry=EntryId(number))
            kept.append(KeptEntry(account, numbered, count_unseen(connection, account)))
    return tuple(kept)


def page_of_history(
    connection: sa.Connection,
    account: AccountId,
    kind: HistoryKind,
    query: str,
    before: EntryId | None,
    limit: int,
) -> KeptHistory:
    """See ``PeopleStore.history``."""
    page = sa.select(history).where(history.c.account_id == account)
    if before is not None:
        page = page.where(history.c.id < before)
    if kind is HistoryKind.MISSED:
        page = page.where(history.c.is_missed)
    if kind is HistoryKind.CONFERENCES:
        page = page.where(history.c.is_conference)
    page = page.order_by(history.c.id.desc())
    if query:
        called = names_so_called(connection, account, query)
        rows = list(islice(_of_those(connection, page, called, query), limit + 1))
    else:
        rows = list(connection.execute(page.limit(limit + 1)).mappings())
    entries = tuple(map(_entry, rows[:limit]))
    return KeptHistory(entries, len(rows) > limit, count_unseen(connection, account))


def delete_history(connection: sa.Connection, account: AccountId, entry: EntryId | None) -> int:
    """See ``PeopleStore.delete_history``."""
    deleted = history.delete().where(history.c.account_id == account)
    if entry is not None:
        deleted = deleted.where(history.c.id == entry)
    connection.execute(deleted)
    return count_unseen(connection, account)


def mark_seen(connection: sa.Connection, account: AccountId) -> None:
    """See ``PeopleStore.mark_history_seen``."""
    unseen = (history.c.account_id == account) & ~history.c.is_seen
    connection.execute(history.update().where(unseen).values(is_seen=True))


def count_unseen(connection: sa.Connection, account: AccountId) -> int:
    """How many missed calls the owner has not looked at."""
    unseen = (history.c.account_id == account) & ~history.c.is_seen
    query = sa.select(sa.func.count()).select_from(history).where(unseen)
    return connection.execute(query).scalar_one()


def _owner(
    connection: sa.Connection, username: Username, caller: Username, entry: HistoryEntry
) -> AccountId | None:
    """Whose entry it is; None when it is nobody's, or not to be kept."""
    query = sa.select(accounts.c.id).where(accounts.c.username == username)
    if entry.is_missed:
        blocked = sa.exists().where(
            contacts.c.account_id == accounts.c.id,
            contacts.c.username == caller,
            contacts.c.is_blocked,
        )
        query = query.where(~blocked)
    number = connection.execute(query).scalar_one_or_none()
    return None if number is None else AccountId(number)


def _drop_oldest(connection: sa.Connection, account: AccountId) -> None:
    mine = history.c.account_id == account
    oldest_kept = (
        sa.select(history.c.id)
        .where(mine)
        .order_by(history.c.id.desc())
        .limit(1)
        .offset(HISTORY_KEPT - 1)
        .scalar_subquery()
    )
    connection.execute(history.delete().where(mine, history.c.id < oldest_kept))


def _of_those(
    connection: sa.Connection,
    page: sa.Select[tuple[object, ...]],
    called: frozenset[Username],
    query: str,
) -> Iterator[sa.RowMapping]:
    """The rows in which one of those took part, or somebody whose user name has the letters.

    Looked for here, since a query with a condition for each contact is more than a database takes.
    """
    for row in connection.execute(page).mappings():
        peers = row["peers"]
        if calls_so(peers, query) or not called.isdisjoint(peers.split(_BETWEEN)):
            yield row


def _columns(entry: HistoryEntry) -> dict[str, object]:
    return {
        "call_id": entry.call_id,
        "is_incoming": entry.is_incoming,
        "is_missed": entry.is_missed,
        "peers": _BETWEEN.join(entry.peers),
        "is_conference": entry.is_conference,
        "outcome": entry.outcome.value,
        "started_at": entry.started_at,
        "talked_seconds": entry.talked_seconds,
        "lost_per_mille": entry.lost_per_mille,
        "rtt_ms": entry.rtt_ms,
        "is_seen": entry.is_seen,
    }


def _entry(row: sa.RowMapping) -> HistoryEntry:
    return HistoryEntry(
        entry=EntryId(row["id"]),
        call_id=CallId(row["call_id"]),
        is_incoming=row["is_incoming"],
        is_missed=row["is_missed"],
        peers=tuple(Username(name) for name in row["peers"].split(_BETWEEN) if name),
        is_conference=row["is_conference"],
        outcome=EndReason(row["outcome"]),
        started_at=row["started_at"],
        talked_seconds=row["talked_seconds"],
        lost_per_mille=row["lost_per_mille"],
        rtt_ms=row["rtt_ms"],
        is_seen=row["is_seen"],
    )
