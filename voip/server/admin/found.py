"""Finding what a command names: an account, a call, a limit; or the sentence that helps to find it.

It only looks. What is done with what was found is each command's affair.
"""

from collections.abc import Iterable
from typing import Final

from voip.core.describe import CallDescription
from voip.core.ids import Username
from voip.core.names import is_reserved
from voip.server.admin.command import Command, CommandRefused
from voip.server.admin.house import House
from voip.server.admin.kinds import CallRef
from voip.server.admin.line import near
from voip.server.admin.sentences import listed
from voip.store.operator import AccountKind, AccountSummary

SHORT_ID: Final = 8
"""Letters of an id that a sentence shows; a table shows as many."""

CALLS_COMPARED: Final = 5
"""Calls with the same beginning of their ids that a sentence names."""

NAMES_COMPARED: Final = 500
"""Accounts with the same first letter that a name typed wrongly is compared with."""


async def somebody(house: House, name: Username) -> AccountSummary:
    """The account of this name."""
    summary = await house.store.summary(name)
    if summary is None:
        raise CommandRefused(f"there is nobody called {name}{await _meant(house, name)}")
    return summary


async def somebody_of_theirs(house: House, name: Username) -> AccountSummary:
    """The same, of a person: what is done to people is not done to the server's own accounts."""
    if is_reserved(name):
        raise CommandRefused(f"{name} belongs to the server itself and is not somebody's account")
    return await somebody(house, name)


async def _meant(house: House, name: Username) -> str:
    page = await house.store.account_page(name[:1], AccountKind.ALL, "", NAMES_COMPARED)
    names = {account.username for account in page.accounts}
    return hint(name, names | online(house))


def hint(typed: str, names: Iterable[str]) -> str:
    """``; did you mean bob?`` where something is near, else nothing."""
    guess = near(typed, sorted(names))
    return f"; did you mean {guess}?" if guess else ""


def online(house: House) -> set[Username]:
    """The names of all who are logged in; it costs far less than to look at each session."""
    return {session.owner.username for session in house.reception.sessions}


def call_of(house: House, ref: CallRef) -> CallDescription:
    """The one call whose id begins so."""
    found = house.reception.describe_calls(lambda one: one.hex().startswith(ref), CALLS_COMPARED)
    if not found:
        raise CommandRefused(f"there is no call {ref}; it may have ended, see `calls`")
    if len(found) > 1:
        ids = listed([call.view.call_id.hex() for call in found])
        raise CommandRefused(f"more calls than one begin with {ref}: {ids}; write more of it")
    return found[0]


def whole(house: House, command: Command, on: str) -> str:
    """What a line concerns, as the audit has it: the whole id where a call's beginning was typed,
    since the beginning of another's may be the same one day."""
    kind = next((one.kind for one in command.parameters if one.name == command.on), None)
    if not on or kind is not CallRef:
        return on
    try:
        return call_of(house, CallRef(on)).view.call_id.hex()
    except CommandRefused:
        return on


def short(id_: bytes) -> str:
    """An id as sentences show it."""
    return id_.hex()[:SHORT_ID]


def since(house: House, seconds_ago: float) -> int:
    """The time so long ago, UTC seconds since the epoch."""
    return house.wall_clock() - round(seconds_ago)
