"""Every command there is, in the order of the help: first those that look, then those that act."""

from collections.abc import Mapping
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

SECTIONS: Final[Mapping[str, Mapping[str, Command]]] = {
    "Looking at people": look_people.COMMANDS,
    "Looking at calls": look_calls.COMMANDS,
    "Looking at the server": look_server.COMMANDS,
    "Putting people out, and letting them in": act_people.COMMANDS,
    "Ways back into an account": ways_back.COMMANDS,
    "Invites": invitations.COMMANDS,
    "Calls, and speaking to everybody": act_calls.COMMANDS,
    "Running the server": act_server.COMMANDS,
}

COMMANDS: Final[dict[str, Command]] = {
    name: one for section in SECTIONS.values() for name, one in section.items()
}
put_help(COMMANDS)
