"""The queries of the audit, as plain functions of a connection."""

from collections.abc import Sequence

import sqlalchemy as sa

from voip.core.deeds import Actor, Deed, DeedId, Door, Role
from voip.store.operator import DeedFilter, KeptDeed
from voip.store.schema import deeds


def put_deeds(connection: sa.Connection, kept: Sequence[KeptDeed]) -> None:
    """Add lines, all of them or none."""
    rows = [
        {
            "deed": one.deed,
            "at": one.at,
            "who": one.actor.name,
            "role": one.actor.role.value,
            "door": one.actor.door.value,
            "address": one.actor.address,
            "what": one.what.what,
            "whom": one.what.on,
            "line": one.what.line,
            "outcome": one.outcome,
        }
        for one in kept
    ]
    if rows:
        connection.execute(deeds.insert(), rows)


def end_deeds(connection: sa.Connection, outcomes: Sequence[tuple[DeedId, str]]) -> None:
    """Write how deeds went; one that is forgotten already stays so."""
    ended = (
        deeds.update()
        .where(deeds.c.deed == sa.bindparam("ended"))
        .values(outcome=sa.bindparam("went"))
    )
    if outcomes:
        connection.execute(ended, [{"ended": deed, "went": went} for deed, went in outcomes])


def find_deeds(connection: sa.Connection, which: DeedFilter, limit: int) -> tuple[KeptDeed, ...]:
    """The newest first."""
    query = sa.select(deeds).where(deeds.c.at >= which.since)
    asked = ((deeds.c.who, which.who), (deeds.c.what, which.what), (deeds.c.whom, which.on))
    for column, wanted in asked:
        if wanted:
            query = query.where(column == wanted)
    newest = query.order_by(deeds.c.at.desc(), deeds.c.id.desc()).limit(limit)
    return tuple(_kept(row) for row in connection.execute(newest).mappings())


def forget_deeds(connection: sa.Connection, before: int, most: int) -> int:
    """Drop so many of the oldest lines that are older; says how many there were."""
    oldest = sa.select(deeds.c.id).where(deeds.c.at < before).order_by(deeds.c.at).limit(most)
    return connection.execute(deeds.delete().where(deeds.c.id.in_(oldest))).rowcount


def _kept(row: sa.RowMapping) -> KeptDeed:
    return KeptDeed(
        deed=DeedId(row["deed"]),
        at=row["at"],
        actor=Actor(row["who"], Role(row["role"]), Door(row["door"]), row["address"]),
        what=Deed(row["what"], row["whom"], row["line"]),
        outcome=row["outcome"],
    )
