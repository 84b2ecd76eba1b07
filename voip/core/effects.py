"""What the switchboard wants done. It decides; ``voip.server.effects`` has one function for each.

Effects are carried out in the order given.
"""

from dataclasses import dataclass

from voip.core.calls import EndReason
from voip.core.ids import AccountId, CallId, SessionId, StreamId, Username
from voip.core.messages import Answer, Notice
from voip.core.timers import TimerKey


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer a session's request."""

    session: SessionId
    request_id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Tell:
    """Send a notice to a session; it is kept for a session that is away and may resume."""

    session: SessionId
    notice: Notice


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Start, or start again, the timer of this name."""

    key: TimerKey
    seconds: float


@dataclass(frozen=True, slots=True)
class StopTimer:
    key: TimerKey


@dataclass(frozen=True, slots=True)
class SetReceivers:
    """The relay forwards what ``sender`` sends on ``stream`` to these sessions, and only these.

    An empty tuple closes the stream.
    """

    sender: SessionId
    stream: StreamId
    receivers: tuple[SessionId, ...]


@dataclass(frozen=True, slots=True)
class EndSession:
    """A session is over for good: drop its media leg and what is kept for it."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class CallStarted:
    """For the log: somebody calls somebody."""

    call_id: CallId
    caller: Username
    callees: tuple[Username, ...]


@dataclass(frozen=True, slots=True)
class CallEnded:
    """For the log and, later, the history: how a call went.

    ``talked_seconds`` is 0.0 for a call nobody answered.
    """

    call_id: CallId
    caller: AccountId
    caller_name: Username
    callees: tuple[Username, ...]
    outcome: EndReason
    talked_seconds: float


Effect = Reply | Tell | StartTimer | StopTimer | SetReceivers | EndSession | CallStarted | CallEnded
