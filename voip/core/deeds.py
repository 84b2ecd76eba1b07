"""What somebody did, in the words of the audit: who, by which door, what, on whom.

Plain values. What is recorded, and where, is known to ``voip.server.audit`` and the store.
"""

from dataclasses import dataclass
from enum import Enum, unique
from typing import NewType

DeedId = NewType("DeedId", str)
"""Random, in hex; the same in the file, the database and the log."""
DEED_ID_SIZE = 8


@unique
class Role(Enum):
    """What somebody may do."""

    CALLER = "caller"  # something with their own account
    OPERATOR = "operator"  # the named commands
    PYTHON = "python"  # everything the process can do
    SERVER = "server"  # the server itself, by its settings


@unique
class Door(Enum):
    """How somebody came in."""

    CONTROL = "control"  # a client's control connection
    SSH = "ssh"
    SOCKET = "socket"  # the admin unix socket
    SIGNAL = "signal"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. ``address`` is cut as ``limits.blur_address`` does, or empty."""

    name: str
    role: Role
    door: Door
    address: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is about to be done: a command's or a request's name, whom it concerns, and the line
    that was typed, where one was."""

    what: str
    on: str = ""
    line: str = ""
