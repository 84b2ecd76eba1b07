"""Commands about the ways back into an account: those that somebody still has, and a new one, which
the operator makes.

A token is shown once, when it is made, and only its hash is kept.
"""

from typing import Final

from voip.core.deeds import Actor
from voip.core.ids import Username
from voip.server.admin.command import Command, CommandRefused, Result, command
from voip.server.admin.found import somebody, somebody_of_theirs
from voip.server.admin.house import House
from voip.server.admin.kinds import Duration
from voip.server.admin.rows import way_back

COMMANDS: Final[dict[str, Command]] = {}

A_DAY: Final = Duration(86_400)


@command(
    COMMANDS,
    on="name",
    question="Make a token with which whoever has it gets into the account of {name}?",
)
async def reset_password(
    house: House, _actor: Actor, name: Username, *, for_: Duration = A_DAY
) -> Result:
    """Make a token with which somebody can choose a new password.

    It is for who has lost the password and the recovery codes. It is printed this once and kept
    nowhere: give it to the person, and to nobody else, by a way that you trust. They type it where
    the client asks for a recovery code. Until it is used, the old password and all devices work as
    before; with it, all devices are logged out, and people they call see that their key has
    changed. It works once and, without --for, for a day; a new one takes the place of one before.
    `recovery NAME --withdraw` takes it back.

    Example: reset_password bob --for 2h
    """
    account = await somebody_of_theirs(house, name)
    if not account.has_password:
        raise CommandRefused(f"{name} has no password, so there is none to reset")
    token = await house.accounts.make_reset(name, for_)
    if token is None:
        raise CommandRefused(f"the account {name} was deleted meanwhile")
    until = house.wall_clock() + for_
    return Result(
        f"with this token {name} can choose a new password; it is not shown again",
        facts={"user": name, "token": token, "expires_at": until},
    )


@command(COMMANDS, on="name")
async def recovery(
    house: House, _actor: Actor, name: Username, *, withdraw: bool = False
) -> Result:
    """Show by which ways somebody can get into their account, or take a reset token back.

    The ways: the password, devices that log in by themselves, recovery codes that are left, and a
    token of `reset_password` that is not used yet. --withdraw makes that token worthless.

    Example: recovery bob
    """
    account = await somebody(house, name)
    if not withdraw:
        return Result(facts={"user": name, **way_back(account, house.wall_clock())})
    if not await house.store.withdraw_reset(name):
        raise CommandRefused(f"there is no reset token of {name} to take back")
    return Result(f"the reset token of {name} is taken back and opens nothing any more")
