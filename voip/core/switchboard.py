"""Where everything about calls and presence is decided: events in, effects out.

An adapter hands each event with the time to ``receive`` and carries out the effects in their order.
Who asks is known from the session of the event alone. It knows no sockets, no clock, no store.
"""

from dataclasses import dataclass

from voip.core.calls import CallView
from voip.core.describe import SessionView
from voip.core.effects import Effect
from voip.core.events import Event
from voip.core.ids import SessionId
from voip.core.messages import Snapshot


@dataclass(frozen=True, slots=True)
class SwitchboardLimits:
    """What one switchboard allows; seconds are seconds."""

    no_answer_seconds: float = 45.0
    grace_seconds: float = 60.0  # 0: a lost session is over at once
    presence_seconds: float = 0.25  # presence changes are collected this long
    max_legs: int = 33  # of one call
    max_ringing: int = 4  # calls that ring at one session
    max_relay_bytes: int = 8192  # of one E2eRelay


class Switchboard:
    """All sessions, calls and presence of one node."""

    def __init__(self, limits: SwitchboardLimits | None = None) -> None:
        raise NotImplementedError

    def receive(self, event: Event, now: float) -> list[Effect]:
        """Decide one event. ``now`` is monotonic seconds.

        Every ``Asked`` gets exactly one ``Reply``. Events of unknown sessions and timers that mean
        nothing any more have no effects. Nothing a client asks raises.
        """
        raise NotImplementedError

    def snapshot(self, session: SessionId, now: float) -> Snapshot:
        """What an opened or resumed session starts from; KeyError for an unknown one."""
        raise NotImplementedError

    def calls(self, now: float) -> tuple[CallView, ...]:
        """Every call that has not ended, the oldest first."""
        raise NotImplementedError

    def sessions(self) -> tuple[SessionView, ...]:
        """Every session, by user name, the oldest first."""
        raise NotImplementedError
