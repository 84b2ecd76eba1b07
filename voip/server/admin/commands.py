"""Every command there is, in the order of the help: first those that look, then those that act."""

from typing import Final

from voip.server.admin import (
    act_calls,
    act_people,
    act_server,
    invitations,
    look_calls,
    look_people,
    look_server,
    ways_back,
)
from voip.server.admin.command import Command
from voip.server.admin.words import put_help

COMMANDS: Final[dict[str, Command]] = {
    **look_people.COMMANDS,
    **look_calls.COMMANDS,
    **look_server.COMMANDS,
    **act_people.COMMANDS,
    **ways_back.COMMANDS,
    **invitations.COMMANDS,
    **act_calls.COMMANDS,
    **act_server.COMMANDS,
}
put_help(COMMANDS)
