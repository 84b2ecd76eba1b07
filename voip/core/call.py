"""One call: its legs, its version, who hears whom and who is told.

Each input says what one session did, or what befell the call; it moves the legs, settles what
follows for the others, and raises ``automat.NoTransition`` when the leg cannot do that now.
``publish`` then gives the effects of all that changed. It knows no timers, no other calls and
nothing of presence: that is the exchange's.

Only ``is_conference = False`` is spoken here: one caller, the devices of one callee, and the call
is over as soon as the caller's side or the callee's side has no live leg.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voip.core.call_messages import (
    CallChanged,
    E2eArrived,
    Invite,
    SealedPart,
)
from voip.core.calls import CallView, DeclineReason, EndReason, LegKey, LegState
from voip.core.effects import Effect, Tell
from voip.core.events import SessionOpened
from voip.core.ids import AccountId, LegNumber, SessionId, StreamId, Username
from voip.core.leg import Leg, LegFacts, callees_leg, callers_leg
from voip.core.streams import Routes

CALLER = LegNumber(1)

# What the caller is told when the callee's devices left for different reasons: the first of these.
_MOST_TELLING = (
    EndReason.E2E_FAILED,
    EndReason.DECLINED,
    EndReason.BUSY,
    EndReason.NO_ANSWER,
    EndReason.FAILED,
    EndReason.UNAVAILABLE,
)


@dataclass(frozen=True, slots=True)
class Joining:
    """A device that becomes a leg, with the stream it will speak on."""

    who: SessionOpened
    stream: StreamId
    is_connected: bool = True


@dataclass(frozen=True, slots=True)
class Seat:
    """A leg and who sits there."""

    leg: Leg
    number: LegNumber
    session: SessionId
    account: AccountId
    username: Username
    stream: StreamId

    @property
    def state(self) -> LegState:
        return self.leg.describe().state

    @property
    def is_live(self) -> bool:
        return self.state is not LegState.LEFT


class Call:
    """A call from its Invite to its end."""

    def __init__(self, invite: Invite, caller: Joining, called: Sequence[Joining]) -> None:
        self.call_id = invite.call_id
        self.invite = invite
        self.seats = [_seat(CALLER, caller, is_caller=True)]
        self.seats += [_seat(LegNumber(n), one) for n, one in enumerate(called, CALLER + 1)]
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self._answerer: Seat | None = None
        self._by_session = {seat.session: seat for seat in self.seats}
        self._version = 0
        self._is_changed = True
        self._routes = Routes()
        self._dismissed: set[LegNumber] = set()

    @property
    def caller(self) -> Seat:
        return self.seats[0]

    @property
    def outcome(self) -> EndReason | None:
        """How the call went, None while it goes on."""
        return self.caller.leg.describe().end_reason

    @property
    def is_dialing(self) -> bool:
        """Nobody has answered yet."""
        return self.caller.state is LegState.DIALING

    def seat_of(self, session: SessionId) -> Seat | None:
        """The leg that belongs to a session, left or not."""
        return self._by_session.get(session)

    def view(self, now: float) -> CallView:
        """The whole call at this moment."""
        return CallView(
            call_id=self.call_id,
            version=self._version,
            legs=tuple(seat.leg.describe() for seat in self.seats),
            commitment=self.invite.commitment,
            require_e2e=self.invite.require_e2e,
            answered_ms=self._answered_ms(now),
            ended=self.outcome,
        )

    def talked_seconds(self) -> float:
        """How long two legs were active, once the call has ended."""
        if self.answered_at is None or self.ended_at is None:
            return 0.0
        return self.ended_at - self.answered_at

    # What a session did.

    def alerted(self, seat: Seat, key: LegKey) -> bool:
        """False when the leg had shown a key before."""
        if seat.state is LegState.DIALING:
            return False  # who calls one person shows its key by other means
        is_new = seat.leg.alerted(key)
        self._is_changed |= is_new
        return is_new

    def accepted(self, seat: Seat, now: float) -> None:
        """This device takes the call; the person's other devices stop at once."""
        seat.leg.accepted(as_listener=False)
        self.caller.leg.answered()
        self.answered_at = now
        self._answerer = seat
        self._end_others(seat, EndReason.ANSWERED_ELSEWHERE)
        self._is_changed = True

    def declined(self, seat: Seat, reason: DeclineReason) -> None:
        """DECLINED is the person's word and holds for all devices, the others are the device's."""
        seat.leg.declined(reason)
        if reason is DeclineReason.DECLINED:
            self._end_others(seat, EndReason.DECLINED)
        self._settle()

    def cancelled(self, seat: Seat) -> None:
        seat.leg.cancelled()
        self._settle()

    def hung_up(self, seat: Seat) -> None:
        seat.leg.hung_up()
        self._settle()

    def distrusted(self, seat: Seat) -> None:
        seat.leg.distrusted()
        self._settle()

    def muted(self, seat: Seat, is_muted: bool) -> None:
        seat.leg.muted(is_muted)
        self._is_changed = True

    def relayed(self, seat: Seat, parts: Sequence[SealedPart]) -> list[Effect]:
        """Carry sealed messages to other legs; one for a leg that is not there is dropped."""
        live = {one.number: one for one in self.seats if one.is_live and one is not seat}
        return [
            Tell(live[part.to_leg].session, E2eArrived(self.call_id, seat.number, part.sealed))
            for part in parts
            if part.to_leg in live
        ]

    # What befell the call.

    def lost(self, seat: Seat) -> None:
        seat.leg.lost()
        self._is_changed = True

    def resumed(self, seat: Seat) -> None:
        seat.leg.resumed()
        self._is_changed = True

    def grace_over(self, seat: Seat) -> None:
        seat.leg.grace_over()
        self._settle()

    def session_closed(self, seat: Seat) -> None:
        seat.leg.session_closed()
        self._settle()

    def rang_long_enough(self) -> None:
        """Nobody answered in time."""
        self._end_live(self.seats[1:], EndReason.NO_ANSWER)
        self._settle()

    def stopped(self) -> None:
        """The server goes down."""
        self._end_live(self.seats, EndReason.SERVER_STOP)
        self._is_changed = True

    def began(self, too_busy: Iterable[Seat]) -> None:
        """Some devices ring for too many already; a callee without any is offline or absent."""
        for seat in too_busy:
            seat.leg.declined(DeclineReason.BUSY)
        self._settle()

    # What follows.

    def publish(self, now: float) -> list[Effect]:
        """The effects of what changed: streams first, then the whole call to everyone in it.

        A leg that left is told once more, so that it learns of its own leaving, and then no longer.
        """
        if not self._is_changed:
            return []
        self._is_changed = False
        self._version += 1
        if self.ended_at is None and self.outcome is not None:
            self.ended_at = now
        view = self.view(now)
        told = [seat for seat in self.seats if seat.number not in self._dismissed]
        self._dismissed.update(leg.number for leg in view.legs if leg.state is LegState.LEFT)
        streams = self._routes.update((seat.session, seat.stream) for seat in self._active(view))
        return [*streams, *(Tell(seat.session, CallChanged(view)) for seat in told)]

    def _active(self, view: CallView) -> list[Seat]:
        pairs = zip(self.seats, view.legs, strict=True)
        return [seat for seat, leg in pairs if leg.state is LegState.ACTIVE]

    def _settle(self) -> None:
        """When one side has no live leg any more, the other's is over too."""
        self._is_changed = True
        if self.outcome is not None:
            self._end_live(self.seats[1:], self.outcome)
        elif not any(seat.is_live for seat in self.seats[1:]):
            self.caller.leg.ended(self._callees_reason())

    def _callees_reason(self) -> EndReason:
        """Why the callee is not there: as the device left that talked, else the most telling."""
        if self._answerer is not None:
            return self._answerer.leg.describe().end_reason or EndReason.HANGUP
        reasons = {seat.leg.describe().end_reason for seat in self.seats[1:]}
        return next((one for one in _MOST_TELLING if one in reasons), EndReason.UNAVAILABLE)

    def _end_others(self, seat: Seat, reason: EndReason) -> None:
        others = [one for one in self.seats if one.username == seat.username and one is not seat]
        self._end_live(others, reason)

    def _end_live(self, seats: Sequence[Seat], reason: EndReason) -> None:
        for seat in seats:
            if seat.is_live:
                seat.leg.ended(reason)

    def _answered_ms(self, now: float) -> int | None:
        return None if self.answered_at is None else round((now - self.answered_at) * 1000)


def _seat(number: LegNumber, joining: Joining, is_caller: bool = False) -> Seat:
    who = joining.who
    facts = LegFacts(number, who, joining.stream, is_connected=joining.is_connected)
    leg = callers_leg(facts) if is_caller else callees_leg(facts)
    return Seat(leg, number, who.session, who.account, who.username, joining.stream)
