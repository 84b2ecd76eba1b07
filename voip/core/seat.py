"""A place in a call: one device's leg and who sits there.

It keeps what the leg shows, so that a large call can be looked at often, and remembers that the leg
was taken in hand. It knows no other seats and decides nothing.
"""

from dataclasses import dataclass, replace

from voip.core.calls import LegState, LegView
from voip.core.events import SessionOpened
from voip.core.ids import LegNumber, SessionId, StreamId, Username
from voip.core.leg import Leg


@dataclass(frozen=True, slots=True)
class Joining:
    """A device that becomes a leg, with the stream it will speak on."""

    who: SessionOpened
    stream: StreamId
    is_connected: bool = True


class Seat:
    """One leg of a call."""

    def __init__(self, leg: Leg, number: LegNumber, joining: Joining) -> None:
        self._leg = leg
        self._view: LegView | None = None
        self._bare: LegView | None = None
        self._is_touched = True
        self.number = number
        self.session: SessionId = joining.who.session
        self.username: Username = joining.who.username
        self.stream = joining.stream

    @property
    def leg(self) -> Leg:
        """The leg, for who tells it what happened."""
        self._view = self._bare = None
        self._is_touched = True
        return self._leg

    @property
    def view(self) -> LegView:
        """What the leg shows."""
        if self._view is None:
            self._view = self._leg.describe()
        return self._view

    @property
    def bare(self) -> LegView:
        """The same without what travels once."""
        if self._bare is None:
            self._bare = replace(self.view, certificate=b"", device_name="", key=None)
        return self._bare

    # A change of a large call asks each leg several times: hence in as few steps as can be.

    @property
    def state(self) -> LegState:
        return (self._view or self.view).state

    @property
    def is_live(self) -> bool:
        return (self._view or self.view).state is not LegState.LEFT

    @property
    def is_joined(self) -> bool:
        state = (self._view or self.view).state
        return state is LegState.ACTIVE or state is LegState.HELD

    @property
    def is_called(self) -> bool:
        """It rings, or will as soon as the device knows."""
        state = (self._view or self.view).state
        return state is LegState.RINGING or state is LegState.INVITED

    def take_touched(self) -> bool:
        """Whether the leg may have changed since this was last asked."""
        was_touched, self._is_touched = self._is_touched, False
        return was_touched
