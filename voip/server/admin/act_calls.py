"""Commands that do something about calls, and speak to everybody."""

from typing import Final

from voip.core.deeds import Actor
from voip.core.names import is_reserved
from voip.server.admin.command import Command, CommandRefused, Result, command
from voip.server.admin.found import call_of, short
from voip.server.admin.house import House
from voip.server.admin.kinds import CallRef, Words
from voip.server.admin.rows import live_names, talked
from voip.server.admin.sentences import counted, lasting, listed

COMMANDS: Final[dict[str, Command]] = {}


@command(COMMANDS, on="call", question="End the call {call} for everybody in it?")
async def end_call(house: House, _actor: Actor, call: CallRef) -> Result:
    """End a call for everybody in it.

    CALL is the beginning of its id, which `calls` shows. Their clients say that the operator has
    ended it; they stay logged in, and can call again.

    Example: end_call 3fa9
    """
    found = call_of(house, call)
    house.reception.end_call(found.view.call_id)
    kind = "conference" if found.view.is_conference else "call"
    seconds = talked(found.view)
    went = "which nobody had answered" if seconds is None else f"after {lasting(seconds)} of talk"
    people = listed(live_names(found))
    return Result(f"ended the {kind} {short(found.view.call_id)} of {people}, {went}")


@command(COMMANDS)
async def announce(house: House, _actor: Actor, text: Words) -> Result:
    """Say something to everybody who is logged in.

    Their clients show TEXT above whatever they show just then. Who is not logged in does not get
    it.

    Example: announce the server restarts at 20:00 for ten minutes
    """
    if not text:
        raise CommandRefused("there is nothing to say: write the text behind `announce`")
    told = house.reception.announce(text)
    told -= sum(is_reserved(one.owner.username) for one in house.reception.sessions)
    if not told:
        return Result("nobody is logged in, so nobody was told")
    return Result(f"told {counted(told, 'device')}")
