"""Commands about invites, with which people may make accounts while registration is by invite.

An invite's text is shown once, when it is made; afterwards it goes by a short name, which is no
secret and with which nothing can be done but to take it back.
"""

from typing import Final

from voip.core.deeds import Actor
from voip.core.messages import RegistrationPolicy
from voip.server.accounts import MAX_INVITE_NOTE
from voip.server.admin.command import Command, CommandRefused, Result, Row, command
from voip.server.admin.found import hint
from voip.server.admin.house import House
from voip.server.admin.kinds import Count, Duration, InviteName, Words
from voip.server.admin.sentences import counted

COMMANDS: Final[dict[str, Command]] = {}

NO_NOTE: Final = Words("")
ONE: Final = Count(1)
A_WEEK: Final = Duration(7 * 86_400)


@command(COMMANDS)
async def invite(
    house: House,
    actor: Actor,
    note: Words = NO_NOTE,
    *,
    uses: Count = ONE,
    for_: Duration = A_WEEK,
) -> Result:
    """Make an invite, with which somebody can make an account.

    It is printed this once and kept nowhere. It is good for one account, or as many as --uses says,
    and for a week, or as long as --for says; NOTE reminds you in `invites` for whom it was.

    Example: invite --uses 3 for the people of the choir
    """
    if len(note) > MAX_INVITE_NOTE:
        raise CommandRefused(f"a note has at most {MAX_INVITE_NOTE} letters; nothing was done")
    text, kept = await house.accounts.make_invite(actor.name, uses, for_, note)
    said = (
        f"an invite for {counted(uses, 'account')}; it is not shown again, "
        f"and `withdraw_invite {kept.name}` takes it back"
    )
    if house.live.settings.registration is not RegistrationPolicy.INVITE:
        said += f" (registration is {house.live.settings.registration.value} now: nobody needs one)"
    return Result(
        said,
        facts={
            "invite": text,
            "name": kept.name,
            "uses_left": kept.uses_left,
            "note": kept.note,
            "expires_at": kept.expires_at,
        },
    )


@command(COMMANDS)
async def invites(house: House, _actor: Actor) -> Result:
    """List the invites that are still good, the newest first.

    Each has a short name, by which it can be taken back; the invite itself cannot be shown again.

    Example: invites
    """
    kept = await house.store.invites(house.wall_clock())
    rows: tuple[Row, ...] = tuple(
        {
            "name": one.name,
            "uses_left": one.uses_left,
            "by": one.by,
            "note": one.note,
            "made_at": one.made_at,
            "expires_at": one.expires_at,
        }
        for one in kept
    )
    return Result(counted(len(rows), "invite") if rows else "no invite is out", rows)


@command(COMMANDS, on="name")
async def withdraw_invite(house: House, _actor: Actor, name: InviteName) -> Result:
    """Take an invite back, so that nobody can use it any more.

    NAME is the short name that `invites` shows. Accounts that were made with it stay.

    Example: withdraw_invite k3fq
    """
    if not await house.store.withdraw_invite(name):
        names = [one.name for one in await house.store.invites(house.wall_clock())]
        raise CommandRefused(f"there is no invite called {name}{hint(name, names)}; see `invites`")
    return Result(f"the invite {name} is taken back and good for nothing any more")
