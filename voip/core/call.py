"""One call: its legs, its version, who hears whom and who is told.

Each input says what one session did, or what befell the call; it moves the legs, settles what
follows for the others, and raises ``automat.NoTransition`` when the leg cannot do that now.
``publish`` then gives the effects of all that changed. It knows no timers, no other calls and
nothing of presence: that is the exchange's.

A call between two is one caller and the devices of one callee, and over as soon as one side has no
live leg. A conference goes on while somebody is joined in it: ``voip.core.settling`` has the rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voip.core.attendance import Attendance
from voip.core.call_messages import E2eArrived, Invite, QualityReport, SealedPart
from voip.core.calls import CALLER, CallView, DeclineReason, EndReason, LegKey, LegState, LegView
from voip.core.effects import CallEnded, Effect, Tell
from voip.core.ids import CallId, LegNumber, SessionId, Username
from voip.core.leg import LegFacts, callees_leg, callers_leg, joined_leg
from voip.core.seat import Joining, Seat
from voip.core.settling import end_live, settle_conference, settle_pair
from voip.core.streams import Routes, Voice
from voip.core.telling import Telling

MERGES_KEPT = 8
"""Ends of merged calls kept for one device: it is in no more at once that could end while it is
away."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A joined leg, as it was in the call that it comes from.

    ``ended`` are the views that tell its device of the end there.
    """

    session: SessionId
    leg: LegView
    ended: tuple[CallView, ...]

    @property
    def is_held(self) -> bool:
        return self.leg.state is LegState.HELD


class Call:
    """A call from its Invite to its end."""

    def __init__(
        self, invite: Invite, caller: Joining, called: Sequence[Joining], now: float
    ) -> None:
        self.call_id = invite.call_id
        self.is_conference = invite.is_conference or len(invite.callees) > 1
        self.is_locked = False
        self.outcome: EndReason | None = None
        self.answered_at: float | None = None
        self.merged_into: CallId | None = None
        self._invite = invite
        self.started_at = now
        self._ended_at = now
        self._version = 0
        self._is_changed = True
        self._routes = Routes()
        self._telling = Telling()
        self._dismissed: set[LegNumber] = set()  # have left, and were told so
        self._last_number = CALLER
        facts = LegFacts(CALLER, caller.who, caller.stream, is_connected=caller.is_connected)
        self.caller = Seat(callers_leg(facts), CALLER, caller)
        self._seats = {CALLER: self.caller}
        self._by_session = {self.caller.session: self.caller}
        self._joined: list[Seat] = [self.caller]  # in the order of joining, left or not
        self._merged: dict[SessionId, tuple[CallView, ...]] = {}
        self.attendance = Attendance(caller.who.username)
        if self.is_conference:
            self.caller.leg.named_host()
        self.called(invite.callees, called)

    # What there is.

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The legs, by number; in a conference those that left are gone once they were told."""
        return tuple(self._seats.values())

    @property
    def is_dialing(self) -> bool:
        """Nobody has answered yet."""
        return self.caller.state is LegState.DIALING

    @property
    def is_lonely(self) -> bool:
        """One person alone in a conference, and nobody rings."""
        live = [seat for seat in self.seats if seat.is_live]
        return self.is_conference and len(live) == 1 and live[0].is_joined

    @property
    def joined(self) -> list[Seat]:
        """Who is in the call, in the order of joining; the caller while it dials is not."""
        return [seat for seat in self._joined if seat.is_joined]

    @property
    def live_names(self) -> frozenset[Username]:
        return frozenset(seat.username for seat in self.seats if seat.is_live)

    @property
    def ringing_names(self) -> frozenset[Username]:
        """Those who have not said yes or no yet."""
        return frozenset(seat.username for seat in self.seats if seat.is_called)

    def people_with(self, usernames: Iterable[Username]) -> int:
        """How many its record names, those gone or never there too, once these are called."""
        return self.attendance.count_with(usernames)

    def declined_since(self, usernames: Iterable[Username], moment: float) -> float | None:
        """When one of these said no to it once too often, unless before the moment."""
        return self.attendance.declined_since(usernames, moment)

    def seat_of(self, session: SessionId) -> Seat | None:
        """The newest leg that belongs to a session, left or not."""
        return self._by_session.get(session)

    def seat_at(self, number: LegNumber) -> Seat | None:
        return self._seats.get(number)

    def view(self, now: float) -> CallView:
        """The whole call at this moment."""
        answered_ms = None if self.answered_at is None else round((now - self.answered_at) * 1000)
        return CallView(
            call_id=self.call_id,
            version=self._version,
            legs=tuple(seat.view for seat in self.seats),
            commitment=self._invite.commitment,
            is_conference=self.is_conference,
            require_e2e=self._invite.require_e2e,
            answered_ms=answered_ms,
            is_locked=self.is_locked,
            ended=self.outcome,
            merged_into=self.merged_into,
        )

    def merged_from(self, session: SessionId) -> tuple[CallView, ...]:
        """The ends of the calls from which a session's leg came here, the oldest first."""
        return self._merged.get(session, ())

    def record(self) -> CallEnded:
        """How a call went that has ended."""
        talked = 0.0 if self.answered_at is None else self._ended_at - self.answered_at
        return CallEnded(
            call_id=self.call_id,
            is_conference=self.is_conference,
            caller=self.caller.username,
            participants=self.attendance.records(),
            outcome=self.outcome or EndReason.FAILED,
            started_seconds_ago=self._ended_at - self.started_at,
            talked_seconds=talked,
        )

    # What a session did.

    def alerted(self, seat: Seat, key: LegKey) -> bool:
        """False when the leg had shown a key before, or need not show one."""
        if seat.state is LegState.DIALING and not self.is_conference:
            return False  # who calls one person reveals its key to each device of that person
        is_new = seat.leg.alerted(key)
        self._is_changed |= is_new
        return is_new

    def accepted(self, seat: Seat, now: float, as_listener: bool = False) -> None:
        """This device takes the call; the person's other devices stop ringing at once."""
        seat.leg.accepted(as_listener)
        self._has_joined(seat, now)
        self._answered_by(seat)
        self._settle()

    def declined(self, seat: Seat, reason: DeclineReason) -> None:
        """DECLINED is the person's word and holds for all devices, the others are the device's."""
        seat.leg.declined(reason)
        if reason is DeclineReason.DECLINED:
            end_live(self._ringing(seat.username), EndReason.DECLINED)
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

    def held(self, seat: Seat) -> None:
        seat.leg.held()
        self._is_changed = True

    def unheld(self, seat: Seat) -> None:
        seat.leg.unheld()
        self._is_changed = True

    def relayed(self, seat: Seat, parts: Sequence[SealedPart]) -> list[Effect]:
        """Carry sealed messages to other legs; one for a leg that is not there is dropped."""
        carried: list[Effect] = []
        for part in parts:
            to = self._seats.get(part.to_leg)
            if to is not None and to is not seat and to.is_live:
                arrived = E2eArrived(self.call_id, seat.number, part.sealed)
                carried.append(Tell(to.session, arrived))
        return carried

    def measured(self, seat: Seat, report: QualityReport) -> None:
        self.attendance.measured(seat.username, report)

    # What makes it a conference, and what its host does.

    def becomes_conference(self, host: Seat) -> None:
        """More than two are to take part; a conference keeps the host that it has."""
        if not self.is_conference:
            self.is_conference = True
            host.leg.named_host()
            self._is_changed = True

    def called(
        self, usernames: Iterable[Username], devices: Sequence[Joining], as_listeners: bool = False
    ) -> None:
        """People are called in: each device of theirs is a leg that may ring."""
        self.attendance.called(usernames)
        for device in devices:
            facts = self._facts(device, as_listeners)
            self._seat(Seat(callees_leg(facts), facts.number, device))
        self._is_changed = True

    def taken_in(self, came: Arriving, device: Joining, as_listener: bool, now: float) -> None:
        """A leg of another call goes on here as a new one."""
        self.attendance.called([came.leg.username])
        self._came_from(came)
        facts = self._facts(device, as_listener)
        facts.is_muted = came.leg.is_muted
        seat = Seat(joined_leg(facts, came.is_held), facts.number, device)
        self._seat(seat)
        self._has_joined(seat, now)
        self._settle()

    def taken_over(self, came: Arriving, seat: Seat, as_listener: bool, now: float) -> None:
        """A leg of another call goes on here as the one that its device has: it is joined, and is
        active when either was."""
        self._came_from(came)
        if seat.is_called:
            seat.leg.accepted(as_listener)
            self._has_joined(seat, now)
            if came.is_held:
                seat.leg.held()
        elif seat.state is LegState.HELD and not came.is_held:
            seat.leg.unheld()
        self._settle()

    def merged(self) -> None:
        """All who come from the other call are here: for them nothing rings any more."""
        for seat in self.joined:
            self._answered_by(seat)
        self._settle()

    def locked(self, is_locked: bool) -> None:
        self.is_locked = is_locked
        self._is_changed = True

    def put_out(self, username: Username, reason: EndReason) -> None:
        """All devices of a person leave."""
        end_live([seat for seat in self.seats if seat.username == username], reason)
        self._settle()

    def ended(self, reason: EndReason, merged_into: CallId | None = None) -> None:
        """It is over for all, at the host's word or the server's."""
        self.merged_into = merged_into
        self.outcome = reason
        end_live(self.seats, reason)
        self._is_changed = True

    # What befell the call.

    def lost(self, seat: Seat) -> None:
        seat.leg.lost()
        self._is_changed = True

    def resumed(self, seat: Seat, tell_whole: bool = False) -> None:
        """The device is back, with all it knew; it may be told the whole call once more."""
        seat.leg.resumed()
        if tell_whole:
            self._telling.tell_whole(seat.number)
        self._is_changed = True

    def grace_over(self, seat: Seat) -> None:
        seat.leg.grace_over()
        self._settle()

    def session_closed(self, seat: Seat) -> None:
        seat.leg.session_closed()
        self._settle()

    def rang_long_enough(self, username: Username) -> None:
        """This person did not answer in time."""
        end_live(self._ringing(username), EndReason.NO_ANSWER)
        self._settle()

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
        self._ended_at = now
        view = self.view(now)
        self.attendance.seen(view.legs, now)
        room = self.call_id if self.is_conference else None
        streams = self._routes.update((_voice(seat) for seat in self.joined), room)
        tells = self._telling.tell(view, self.seats)
        told = [
            tell
            for seat, tell in zip(self.seats, tells, strict=True)
            if seat.number not in self._dismissed
        ]
        self._dismissed.update(seat.number for seat in self.seats if not seat.is_live)
        return [*streams, *told]

    def take_touched(self) -> list[Seat]:
        """The seats that may have changed since this was last asked; those that left a conference
        are let go, once somebody has answered."""
        touched = [seat for seat in self.seats if seat.take_touched()]
        if self.is_conference and not self.is_dialing:
            gone = [seat for seat in self.seats if seat.number in self._dismissed]
            for seat in gone:
                del self._seats[seat.number]
                if self._by_session.get(seat.session) is seat:
                    del self._by_session[seat.session]
                    if self.outcome is None:  # else they go on with the leg
                        self._merged.pop(seat.session, None)
            self._telling.forget(seat.number for seat in gone)
            self._joined = [seat for seat in self._joined if seat.is_live]
        return touched

    def _settle(self) -> None:
        self._is_changed = True
        settle = settle_conference if self.is_conference else settle_pair
        self.outcome = settle(self.caller, self.seats, self._joined)

    def _came_from(self, came: Arriving) -> None:
        ends = (*self.merged_from(came.session), *came.ended)
        self._merged[came.session] = ends[-MERGES_KEPT:]

    def _has_joined(self, seat: Seat, now: float) -> None:
        self._joined.append(seat)
        if self.is_dialing:
            self.caller.leg.answered()
        if self.answered_at is None:
            self.answered_at = now

    def _answered_by(self, seat: Seat) -> None:
        end_live(self._ringing(seat.username), EndReason.ANSWERED_ELSEWHERE)

    def _ringing(self, username: Username) -> list[Seat]:
        return [seat for seat in self.seats if seat.username == username and seat.is_called]

    def _facts(self, device: Joining, is_listener: bool) -> LegFacts:
        self._last_number = LegNumber(self._last_number + 1)
        return LegFacts(
            self._last_number,
            device.who,
            device.stream,
            is_connected=device.is_connected,
            is_listener=is_listener,
        )

    def _seat(self, seat: Seat) -> None:
        self._seats[seat.number] = seat
        self._by_session[seat.session] = seat


def _voice(seat: Seat) -> Voice:
    leg = seat.view
    return Voice(
        seat.session, leg.stream, leg.state is LegState.ACTIVE, leg.is_muted, leg.is_listener
    )
