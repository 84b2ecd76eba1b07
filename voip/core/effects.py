"""What the switchboard wants done. It decides; ``voip.server.effects`` has one function for each.

Effects are carried out in the order given.
"""

from dataclasses import dataclass

from voip.core.calls import EndReason
from voip.core.ids import CallId, SessionId, StreamId, Username
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

    An empty tuple closes the stream. ``room`` is the conference whose streams compete, so that the
    loudest few pass; in a call between two, nothing competes.
    """

    sender: SessionId
    stream: StreamId
    receivers: tuple[SessionId, ...]
    room: CallId | None = None


@dataclass(frozen=True, slots=True)
class SetGate:
    """The relay lets through what ``sender`` sends on ``stream``, or drops it: muted, or held."""

    sender: SessionId
    stream: StreamId
    is_open: bool


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
class Participant:
    """How one person took part in a call that has ended, whichever of their devices it was.

    ``outcome`` is how it ended for this person. The figures are those this person reported last.
    """

    username: Username
    is_caller: bool
    has_joined: bool
    outcome: EndReason
    talked_seconds: float = 0.0
    lost_per_mille: int = 0
    rtt_ms: int = 0
    has_reported: bool = False  # else the two above are not known


@dataclass(frozen=True, slots=True)
class CallEnded:
    """For the log and the history: how a call went, the caller first.

    ``talked_seconds`` is 0.0 for a call nobody answered.
    """

    call_id: CallId
    is_conference: bool
    caller: Username
    participants: tuple[Participant, ...]
    outcome: EndReason
    started_seconds_ago: float
    talked_seconds: float


Effect = (
    Reply
    | Tell
    | StartTimer
    | StopTimer
    | SetReceivers
    | SetGate
    | EndSession
    | CallStarted
    | CallEnded
)
