"""Commands that do something about people: put them out, keep them out, let them in.

Each is about one account. What it did it says in one sentence; whom it cannot find, or what is so
already, it refuses.
"""

from typing import Final

from voip.core.deeds import Actor
from voip.core.ids import Username
from voip.server.admin.command import Command, CommandRefused, Result, command
from voip.server.admin.found import somebody, somebody_of_theirs
from voip.server.admin.house import House
from voip.server.admin.kinds import Duration, Words
from voip.server.admin.sentences import counted, moment
from voip.server.sessions import SessionEnd
from voip.store.interface import Ban

COMMANDS: Final[dict[str, Command]] = {}

NOTHING: Final = Words("")


@command(
    COMMANDS, on="name", question="Put {name} out on every device, and out of every call there?"
)
async def kick(house: House, _actor: Actor, name: Username, reason: Words = NOTHING) -> Result:
    """Put somebody out: end all their sessions, and with them their calls.

    Their clients are told, with REASON if there is one, and do not come back by themselves; the
    person can log in again at once. To keep somebody out, `ban` them.

    Example: kick bob your client floods the server
    """
    account = await somebody_of_theirs(house, name)
    kicked = house.reception.kick_all(account.account, SessionEnd.KICKED_BY_OPERATOR, text=reason)
    if not kicked:
        raise CommandRefused(f"{name} is not logged in; nothing was done")
    return Result(f"kicked {name} from {counted(kicked, 'device')}")


@command(COMMANDS, on="name", question="Ban {name}, and put {name} out on every device?")
async def ban(
    house: House,
    actor: Actor,
    name: Username,
    reason: Words = NOTHING,
    *,
    for_: Duration | None = None,
) -> Result:
    """Keep somebody out, for a time or for good.

    All their sessions end, and no device of theirs can log in until the ban is over. They are told
    REASON when they are put out, and until when the ban holds whenever they log in. The account
    and all that is theirs stay. Without --for it holds until `unban`. A new ban takes the place of
    one before.

    Example: ban bob --for 2d rude to everybody
    """
    account = await somebody_of_theirs(house, name)
    now = house.wall_clock()
    until = None if for_ is None else now + for_
    banned = await house.store.ban(name, Ban(reason, actor.name, now, until))
    if banned is None:
        raise CommandRefused(f"the account {name} was deleted meanwhile")
    # Not who had the name when it was looked up: that account may be another's by now.
    kicked = house.reception.kick_all(banned, SessionEnd.BANNED, text=reason, seconds=for_ or 0)
    said = f"banned {name} {_until(until)}"
    if kicked:
        said += f" and put them out on {counted(kicked, 'device')}"
    if account.ban is not None and account.ban.holds(now):
        said += f"; the ban by {account.ban.by} {_until(account.ban.until)} is replaced by it"
    return Result(said)


@command(COMMANDS, on="name")
async def unban(house: House, _actor: Actor, name: Username) -> Result:
    """Lift a ban, so that somebody can log in again.

    Example: unban bob
    """
    account = await somebody_of_theirs(house, name)
    if account.ban is None:
        raise CommandRefused(f"{name} is not banned; `users --banned` lists who is")
    await house.store.ban(name, None)
    if account.ban.holds(house.wall_clock()):
        return Result(f"{name} can log in again; the ban by {account.ban.by} is lifted")
    return Result(f"{name} could log in again already; the ban that is over is forgotten")


@command(COMMANDS, on="name")
async def approve(house: House, _actor: Actor, name: Username) -> Result:
    """Let in somebody who has made an account and waits for it to be approved.

    That is asked of new people while the setting registration is "approval"; `users --pending`
    lists who waits.

    Example: approve bob
    """
    if not await house.store.approve(name):
        await somebody(house, name)
        raise CommandRefused(
            f"{name} does not wait for an approval; `users --pending` lists who does"
        )
    return Result(f"approved {name}, who can log in now")


def _until(until: int | None) -> str:
    return "for good" if until is None else f"until {moment(until)}"
