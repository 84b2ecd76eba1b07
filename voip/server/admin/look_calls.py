"""Commands that look at calls: all of them, and one from near.

They show who is in a call and how it goes; what is said in it nobody can hear but its people.
"""

from typing import Final

from voip.core.calls import LegState
from voip.core.deeds import Actor
from voip.server.admin.command import Command, Result, command
from voip.server.admin.found import call_of
from voip.server.admin.house import House
from voip.server.admin.kinds import CallRef, Count
from voip.server.admin.rows import call_row, leg_row
from voip.server.admin.sentences import counted

COMMANDS: Final[dict[str, Command]] = {}

CALLS: Final = Count(200)


@command(COMMANDS)
async def calls(house: House, _actor: Actor, *, limit: Count = CALLS) -> Result:
    """List the calls that go on, the oldest first.

    Shows the first letters of each call's id, which other commands take, whether it rings or people
    talk, who is in it, how long they have talked, and the host of a conference. The state is
    dialing, ringing, talking, or held when everybody has put it on hold.

    Example: calls
    """
    found = house.reception.describe_calls(lambda _: True, limit)
    rows = tuple(call_row(house, call) for call in found)
    if not rows:
        return Result("nobody is in a call", rows)
    sorts = house.reception.count_calls()
    total = sum(sorts.values())
    conferences = sum(number for sort, number in sorts.items() if sort.is_conference)
    said = counted(total, "call")
    if conferences:
        said += f", {counted(conferences, 'conference')} among them"
    if total > limit:
        said += f"; these are the first {limit}, for more add --limit {total}"
    return Result(said, rows)


@command(COMMANDS, on="call")
async def call(house: House, _actor: Actor, call: CallRef) -> Result:
    """Show one call: who is in it, on which devices, and how it sounds there.

    CALL is the beginning of its id. Each device that rings or is in it has a line: whether it is
    active or has put the call on hold, is muted, is the host or only listens, by which path its
    voice goes (udp, or tls where UDP is blocked), and the loss, the delay there and back, and the
    jitter that its client reported last; clients report every few seconds while they talk.

    Example: call 3fa9
    """
    found = call_of(house, call)
    live = (one for one in found.legs if one.leg.state is not LegState.LEFT)
    rows = tuple(leg_row(house, one) for one in live)
    facts = {**call_row(house, found), "locked": found.view.is_locked}
    return Result(facts=facts, rows=rows)
