"""Commands of no server, for the tests of how lines are read."""

from typing import Final

from hypothesis import strategies as st

from voip.core.deeds import Actor
from voip.core.ids import Username
from voip.server.admin.command import Command, CommandRefused, Result, command
from voip.server.admin.house import House
from voip.server.admin.kinds import Count, Duration, Words
from voip.store.interface import StoreUnavailable

COMMANDS: Final[dict[str, Command]] = {}


@command(COMMANDS, question="Ban {name} for {reason}?", on="name")
async def ban(
    _house: House,
    _actor: Actor,
    name: Username,
    reason: Words = Words(""),  # noqa: B008 - a text
    *,
    for_: Duration | None = None,
) -> Result:
    """Keep somebody out."""
    if name == "nobody":
        raise CommandRefused("there is nobody called nobody")
    if name == "locked":
        raise StoreUnavailable("locked")
    return Result(f"banned {name}", facts={"user": name, "reason": reason, "for_seconds": for_})


@command(COMMANDS)
async def find(
    _house: House,
    _actor: Actor,
    query: str = "",
    *,
    online: bool = False,
    limit: Count = Count(10),  # noqa: B008 - a number
) -> Result:
    """Find somebody. It is a second sentence."""
    if query == "broken":
        raise ZeroDivisionError
    return Result(rows=({"user": query or "ann", "online": online, "limit": limit},))


BAN: Final = COMMANDS["ban"]
FIND: Final = COMMANDS["find"]

PIECES = st.sampled_from(
    [
        *("ban", "find", "bob", "2d", "online", "True", "None", "1", "lambda: 0", "f'{x}'"),
        *("--for", "--json", "--", "-", "=", "(", ")", "[", "{", ",", ".", "*", "#"),
        *('"', "'", chr(92), " ", chr(9), chr(0), "é"),
    ]
)
LINES = st.lists(PIECES, max_size=14).map("".join)
"""Lines that come near to being commands."""
