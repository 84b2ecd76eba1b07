"""The time of day, and dates as people say them: today 10:42, yesterday, Tue, 14 May.

A ``WallClock`` is handed in; nothing here reads a clock or a time zone.
"""

from datetime import datetime, timedelta
from typing import Protocol

WEEK_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

WHEN_COLS = 15
"""The longest of the words of ``when``."""


class WallClock(Protocol):
    """Now, and any moment, as clocks on the wall here show it."""

    def now(self) -> datetime: ...

    def at(self, epoch_seconds: float) -> datetime: ...


class SystemWallClock:
    """As this computer is set."""

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def at(self, epoch_seconds: float) -> datetime:
        return datetime.fromtimestamp(epoch_seconds).astimezone()


def when(epoch_seconds: float, wall: WallClock) -> str:
    """A moment, the shorter the nearer it is."""
    then, today = _at(epoch_seconds, wall), wall.now().date()
    if then is None:
        return "?"
    time = f"{then:%H:%M}"
    if then.date() == today:
        return f"today {time}"
    if then.date() == today - timedelta(days=1):
        return f"yesterday {time}"
    if timedelta(0) < today - then.date() < timedelta(days=7):
        return f"{WEEK_DAYS[then.weekday()]} {time}"
    day = f"{then.day} {MONTHS[then.month - 1]}"
    return f"{day} {time}" if then.year == today.year else f"{day} {then.year}"


def in_full(epoch_seconds: float, wall: WallClock) -> str:
    """A moment with everything: Thu 14 May 2026, 10:42:07."""
    then = _at(epoch_seconds, wall)
    if then is None:
        return "?"
    day = f"{WEEK_DAYS[then.weekday()]} {then.day} {MONTHS[then.month - 1]} {then.year}"
    return f"{day}, {then:%H:%M:%S}"


def _at(epoch_seconds: float, wall: WallClock) -> datetime | None:
    """None for what is no day of ours: a server may say anything."""
    try:
        return wall.at(epoch_seconds)
    except (OverflowError, ValueError, OSError):
        return None
