"""Commands that look at people: accounts, what one account has, who is logged in.

They change nothing. An operator sees who there is, who is online and in which call; not phone
books, not past calls, and never an address.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Final

from voip.core.deeds import Actor
from voip.core.describe import SessionView
from voip.core.ids import DeviceId, Username
from voip.core.names import fold_username, is_reserved
from voip.core.people import Presence
from voip.server.admin.command import Command, CommandRefused, Result, Row, Value, command
from voip.server.admin.found import online as online_names
from voip.server.admin.found import somebody
from voip.server.admin.house import House
from voip.server.admin.kinds import Count
from voip.server.admin.rows import call_row, session_row, way_back
from voip.server.admin.sentences import counted
from voip.store.interface import Ban, Device
from voip.store.operator import AccountKind, AccountPage, AccountSummary

COMMANDS: Final[dict[str, Command]] = {}

PAGE: Final = Count(50)
"""Accounts of a list, unless more are asked for: two screens."""

SESSIONS: Final = Count(200)


@command(COMMANDS)
async def users(
    house: House,
    _actor: Actor,
    query: str = "",
    *,
    online: bool = False,
    banned: bool = False,
    pending: bool = False,
    after: str = "",
    limit: Count = PAGE,
) -> Result:
    """List accounts, by name.

    Shows those whose name begins with QUERY, or all: on how many devices they are online, how many
    they have, and when one of these was last seen. The state is active, pending (it waits for your
    `approve`), banned, "ban over", or server for the server's own. --online lists only who is
    logged in, --banned who is kept out, --pending who waits. Long lists come in pages: --after NAME
    goes on behind that name, --limit makes the pages longer.

    Example: users an --online
    """
    if online + banned + pending > 1:
        raise CommandRefused("write one of --online, --banned and --pending")
    start, behind = fold_username(query), fold_username(after)
    if online:
        page = await _online_page(house, start, behind, limit)
    else:
        kind = AccountKind.BANNED if banned else AccountKind.ALL
        kind = AccountKind.PENDING if pending else kind
        page = await house.store.account_page(start, kind, behind, limit)
    rows = tuple(_row(house, one) for one in page.accounts)
    if not rows:
        return Result("there is no such account", rows)
    said = f"{counted(len(rows), 'account')} of {page.total:,}"
    if page.next_cursor:
        said += f"; for the next ones add --after {page.accounts[-1].username}"
    return Result(said, rows)


async def _online_page(house: House, start: str, behind: str, limit: int) -> AccountPage:
    those = [name for name in sorted(online_names(house)) if name.startswith(start)]
    left = [name for name in those if name > behind]
    found = [await house.store.summary(name) for name in left[:limit]]
    accounts = tuple(one for one in found if one is not None)
    return AccountPage(accounts, left[limit - 1] if len(left) > limit else "", len(those))


def _row(house: House, one: AccountSummary) -> Row:
    views = house.reception.session_views_of(one.username)
    return {
        "user": one.username,
        "nick": one.nick,
        "state": account_state(one, house.wall_clock()),
        "presence": _presence(views).value,
        "online": len(views),
        "devices": one.devices,
        "seen_at": one.seen_at,
    }


def _presence(views: Sequence[SessionView]) -> Presence:
    return views[0].presence if views else Presence.OFFLINE


def account_state(one: AccountSummary, now: int) -> str:
    """Whether somebody may log in."""
    if is_reserved(one.username):
        return "server"
    if one.ban is not None:
        return "banned" if one.ban.holds(now) else "ban over"
    return "pending" if one.is_pending else "active"


@command(COMMANDS, on="name")
async def user(house: House, _actor: Actor, name: Username) -> Result:
    """Show one account: its devices, its sessions, its calls, and whether it is banned.

    Devices are those that log in without a password, with the time they were last seen; sessions
    are the devices that are logged in now. Phone books and past calls are not shown: they are
    nobody's but the person's.

    Example: user bob
    """
    one = await somebody(house, name)
    devices = await house.store.devices(one.account)
    opened = house.reception.session_views_of(name)
    online = {view.device for view in opened}
    calls = {call for view in opened for call in view.calls}
    now = house.wall_clock()
    facts: dict[str, Value] = {
        "user": one.username,
        "nick": one.nick,
        "state": account_state(one, now),
        **_ban_facts(one.ban),
        "presence": _presence(opened).value,
        "created_at": one.created_at,
        "seen_at": one.seen_at,
        **way_back(one, now),
        "devices": [_device_row(each, online) for each in devices],
        "sessions": [session_row(house, view) for view in opened],
        "calls": [
            call_row(house, call)
            for call in house.reception.describe_calls(calls.__contains__, len(calls))
        ],
    }
    return Result(facts=facts)


def _ban_facts(ban: Ban | None) -> Row:
    if ban is None:
        return {}
    return {
        "ban_reason": ban.reason,
        "banned_by": ban.by,
        "banned_at": ban.at,
        "ban_ends_at": ban.until,
    }


def _device_row(device: Device, online: set[DeviceId]) -> Row:
    return {
        "name": device.name,
        "online": device.device in online,
        "added_at": device.added_at,
        "seen_at": device.seen_at,
        "device_id": device.device.hex(),
    }


@command(COMMANDS, on="name")
async def sessions(
    house: House, _actor: Actor, name: Username | None = None, *, limit: Count = SESSIONS
) -> Result:
    """List who is logged in, and on which device.

    Each device that is logged in is a session, since its login; one whose connection is lost is
    shown as not connected for a minute, in which it may come back. The path is how its voice is
    reached: udp, or tls where UDP is blocked. With NAME, those of one account. The server's own,
    echo's, are shown only when they are asked for.

    Example: sessions bob
    """
    if name is None:
        opened = Counter(session.owner.username for session in house.reception.sessions)
        theirs = {who: number for who, number in opened.items() if not is_reserved(who)}
    else:
        await somebody(house, name)
        opened = Counter({name: len(house.reception.session_views_of(name))})
        theirs = dict(+opened)
    total = sum(theirs.values())
    own = opened.total() - total
    views = (view for who in sorted(theirs) for view in house.reception.session_views_of(who))
    rows = tuple(session_row(house, view) for view in islice(views, limit))
    if not rows:
        return Result(f"{name} is not logged in" if name else "nobody is logged in", rows)
    said = f"{counted(total, 'session')} of {counted(len(theirs), 'person', 'people')}"
    if own:
        said += f", and {own} of the server's own"
    if total > limit:
        said += f", the first {limit} of these; for more add --limit {total}"
    return Result(said, rows)
