"""Commands that look at the server: how much it does, what was done to it, what it allows."""

import resource
from importlib.metadata import version
from pathlib import Path
from typing import Final

from voip.config import Limits
from voip.core.deeds import Actor
from voip.core.names import is_reserved
from voip.server.admin.command import Command, Result, Row, Value, command
from voip.server.admin.found import online
from voip.server.admin.house import House
from voip.server.admin.kinds import Count, Duration
from voip.server.admin.sentences import counted
from voip.setting import notes_of
from voip.store.operator import DeedFilter

COMMANDS: Final[dict[str, Command]] = {}

LINES: Final = Count(50)


@command(COMMANDS)
async def stats(house: House, _actor: Actor) -> Result:
    """Show how the server is and how much it does.

    Since when it runs and which version it is, who is there, calls, what the relay carried and what
    it dropped and why, the size of the database and the memory in use. `/metrics` has the same and
    more, for watching over time.

    Example: stats
    """
    figures = await house.store.figures(house.wall_clock())
    sessions = list(house.reception.sessions)
    calls = house.reception.count_calls()
    relay = house.relay.stats()
    drops: list[Value] = [
        {"cause": cause.value, "packets": packets}
        for cause, packets in sorted(relay.drops.items(), key=lambda item: -item[1])
        if packets
    ]
    if relay.socket_drops:
        drops.append({"cause": "receive_buffer_full", "packets": relay.socket_drops})
    facts: dict[str, Value] = {
        "version": version("voip"),
        "started_at": house.started_at,
        "up_seconds": house.wall_clock() - house.started_at,
        "draining": house.reception.is_draining,
        "registration": house.live.settings.registration.value,
        "accounts": figures.accounts,
        "pending": figures.pending,
        "banned": figures.banned,
        "people_online": sum(not is_reserved(name) for name in online(house)),
        "sessions": len(sessions),
        "sessions_lost": sum(session.connection is None for session in sessions),
        "connections": len(house.connections),
        "calls": sum(number for sort, number in calls.items() if not sort.is_conference),
        "conferences": sum(number for sort, number in calls.items() if sort.is_conference),
        "relay_legs": relay.legs,
        "relay_packets_in": relay.packets_in,
        "relay_packets_out": relay.packets_out,
        "relay_in_bytes": relay.bytes_in,
        "relay_out_bytes": relay.bytes_out,
        "database_bytes": figures.database_bytes,
        "memory_bytes": _resident_bytes(),
        "drops": drops,
    }
    return Result(facts=facts)


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


@command(COMMANDS, on="on")
async def audit(
    house: House,
    _actor: Actor,
    *,
    who: str = "",
    what: str = "",
    on: str = "",
    since: Duration | None = None,
    limit: Count = LINES,
) -> Result:
    """Show who did what, the newest first: operators here, people with their accounts.

    --who, --what and --on show only one name's, one command's, or what concerned one account or
    call; --since 1d only what is not older. A line without an outcome is under way, or was broken
    off when the server ended. The file `audit.jsonl` in the data directory has the same lines.

    Example: audit --on bob --since 7d
    """
    earliest = 0 if since is None else house.wall_clock() - since
    deeds = await house.store.deeds(DeedFilter(who, what, on, earliest), limit)
    rows: tuple[Row, ...] = tuple(
        {
            "at": one.at,
            "who": one.actor.name,
            "role": one.actor.role.value,
            "door": one.actor.door.value,
            "from": one.actor.address,
            "what": one.what.what,
            "on": one.what.on,
            "line": one.what.line,
            "outcome": one.outcome,
        }
        for one in deeds
    )
    return Result(counted(len(rows), "line") if rows else "nothing of that kind was done", rows)


@command(COMMANDS)
async def limits(house: House, _actor: Actor) -> Result:
    """List every limit: its value now, its value in the settings, and what it bounds.

    The two differ after `set_limit`, until the server restarts or `reload`s.

    Example: limits
    """
    now, written = house.live.settings.limits, house.live.written.limits
    rows = tuple(
        {
            "limit": name,
            "now": getattr(now, name),
            "settings": getattr(written, name),
            "allowed": note.allowed.removeprefix("a whole number from "),
            "bounds": note.doc,
        }
        for name, note in notes_of(Limits)
    )
    return Result(rows=rows)
