"""Who is in which call: the sessions' side of what the calls know by their legs.

It is told of each leg that moved and answers what concerns all calls of a session: whether it dials
or talks, how many ring there, which calls it has a live leg in. Stream numbers are handed out here,
since a leg gives its number back when it leaves. It knows no rules.
"""

from collections.abc import Iterable

from voip.core.calls import CALLED, JOINED, LegState
from voip.core.ids import CallId, SessionId, StreamId, Username
from voip.core.seat import Seat
from voip.core.streams import StreamNumbers

_ENGAGED = (LegState.DIALING, LegState.ACTIVE)


class Bookings:
    """The live legs of all sessions."""

    def __init__(self, last_stream: int) -> None:
        self._numbers = StreamNumbers(last_stream)
        self._legs: dict[SessionId, dict[CallId, tuple[StreamId, LegState]]] = {}
        self._touched: dict[Username, None] = {}

    @property
    def free_streams(self) -> int:
        return self._numbers.free

    def take_stream(self) -> StreamId:
        """A number for a new leg; the caller has looked at ``free_streams``."""
        return self._numbers.take()

    def note(self, call_id: CallId, seat: Seat) -> None:
        """A leg as it is now, live when it comes first.

        One that left gives its stream back, once.
        """
        self._touched[seat.username] = None
        legs = self._legs.setdefault(seat.session, {})
        if seat.is_live:
            legs[call_id] = seat.stream, seat.state
        elif legs.get(call_id, (None,))[0] == seat.stream:
            self._numbers.give_back(seat.stream)
            del legs[call_id]
        if not legs:
            del self._legs[seat.session]

    def calls_of(self, session: SessionId) -> tuple[CallId, ...]:
        """The calls that a session has a live leg in, the oldest first."""
        return tuple(self._legs.get(session, ()))

    def engaged_in(self, session: SessionId) -> CallId | None:
        """The one call that a session dials or talks in."""
        legs = self._legs.get(session, {})
        return next((one for one, (_, state) in legs.items() if state in _ENGAGED), None)

    def is_present(self, session: SessionId) -> bool:
        """It dials, talks or has put somebody on hold."""
        states = self._states(session)
        return any(state is LegState.DIALING or state in JOINED for state in states)

    def ringing(self, session: SessionId) -> int:
        """How many calls ring there."""
        return sum(state in CALLED for state in self._states(session))

    def take_touched(self) -> Iterable[Username]:
        """Those whose legs may have changed since this was last asked."""
        touched, self._touched = self._touched, {}
        return touched

    def _states(self, session: SessionId) -> list[LegState]:
        return [state for _, state in self._legs.get(session, {}).values()]
