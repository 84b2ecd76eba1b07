"""Presence words and what one person may see of another."""

from dataclasses import dataclass
from enum import Enum, unique

from voip.core.ids import Username


@unique
class Presence(Enum):
    """What a person shows to others. Offline is the absence of any session."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    AWAY = "away"
    BUSY = "busy"
    DO_NOT_DISTURB = "do_not_disturb"
    IN_CALL = "in_call"  # set by itself, never asked for
    INVISIBLE = "invisible"  # only one's own devices see it; to others it is OFFLINE


@dataclass(frozen=True, slots=True)
class Person:
    """One account as another account sees it; nothing here tells an address."""

    username: Username
    nick: str
    presence: Presence
    text: str = ""
