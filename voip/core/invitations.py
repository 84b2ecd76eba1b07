"""Whom a call may ring, and whether there is a place: from people to legs that can begin.

It knows who is logged in, what else their devices are in, and the bounds of a call. It starts no
calls and changes none.
"""

from collections.abc import Callable, Collection, Iterable

from voip.core.bookings import Bookings
from voip.core.call import Call
from voip.core.call_limits import CallLimits
from voip.core.calls import LegView
from voip.core.errors import ErrorCode, Refusal
from voip.core.events import SessionOpened
from voip.core.ids import SessionId, Username
from voip.core.seat import Joining, Seat
from voip.core.sessions import Sessions

MayRing = Callable[[Username, Username], bool]
"""Whether a callee's devices are told of a caller's call; when not, the callee looks absent."""


class Invitations:
    """Who can be called into calls."""

    def __init__(
        self, sessions: Sessions, bookings: Bookings, limits: CallLimits, may_ring: MayRing
    ) -> None:
        self._sessions = sessions
        self._bookings = bookings
        self._limits = limits
        self._may_ring = may_ring

    def devices_of(self, callees: Iterable[Username], caller: Username) -> list[SessionOpened]:
        """The devices that a call of ``caller`` is told to."""
        return [
            device
            for callee in callees
            if self._may_ring(callee, caller)
            for device in self._sessions.of_name(callee)
        ]

    def joining(self, who: SessionOpened) -> Joining:
        """A device as a leg, with a stream of its own."""
        is_connected = self._sessions.is_connected(who.session)
        return Joining(who, self._bookings.take_stream(), is_connected)

    def too_busy(self, seats: Iterable[Seat]) -> list[Seat]:
        """Those whose device rings for too many already, or is in too many calls."""
        return [seat for seat in seats if self._is_full(seat.session)]

    def may_dial(self, session: SessionId) -> bool:
        """A device dials or talks in one call at a time, whatever it holds."""
        is_free = self._bookings.engaged_in(session) is None
        return is_free and len(self._bookings.calls_of(session)) < self._limits.max_calls

    def room_for(
        self, call: Call | None, legs: int, newcomers: Collection[Username]
    ) -> Refusal | None:
        """CALL_FULL when so many more legs, of these people who are not in it, are too many for a
        call, or for its record."""
        live = sum(seat.is_live for seat in call.seats) if call is not None else 0
        present = len(call.live_names) if call is not None else 0
        named = call.people_with(newcomers) if call is not None else len(newcomers)
        is_full = (
            live + legs > self._limits.max_legs
            or present + len(newcomers) > self._limits.max_joined
            or named > self._limits.max_people
            or legs > self._bookings.free_streams
        )
        return Refusal(ErrorCode.CALL_FULL) if is_full else None

    def listens_in(self, call: Call, leg: LegView) -> bool:
        """Whether who joins now listens: when called for that, or when nobody more may speak."""
        speakers = sum(not one.view.is_listener for one in call.joined)
        return leg.is_listener or speakers >= self._limits.max_speakers

    def _is_full(self, session: SessionId) -> bool:
        ringing = self._bookings.ringing(session) >= self._limits.max_ringing
        return ringing or len(self._bookings.calls_of(session)) >= self._limits.max_calls
