"""Names of the switchboard's timers. The adapter keeps the clock; the core keeps the names."""

from dataclasses import dataclass

from voip.core.ids import CallId, SessionId, Username


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A call rang long enough at this person's devices."""

    call_id: CallId
    username: Username


@dataclass(frozen=True, slots=True)
class LonelyCall:
    """Somebody has been alone in a conference for long enough."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class GraceOver:
    """A lost session did not come back in time."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class PresenceDue:
    """Collected presence changes are to be told now."""


TimerKey = NoAnswer | LonelyCall | GraceOver | PresenceDue
