"""All calls of one node: who may start one, which call a request is for, and what ends it.

Between the switchboard, which knows sessions and presence, and ``Call``, which knows one call. It
keeps the rules across calls: one call at a time that a session dials or talks in, two people who
call each other meet in one call, and a merged call goes on in another. Whom a call may ring is
known by ``Invitations``, who is in what by ``Bookings``; timers are started and stopped here.
"""

from collections.abc import Iterable

from automat import NoTransition

from voip.core.bookings import Bookings
from voip.core.call import Arriving, Call
from voip.core.call_limits import CallLimits
from voip.core.call_messages import Accept, AddParticipant, Invite, InviteOk, Merge, Swap, Unhold
from voip.core.call_requests import NOT_HOST, WRONG_STATE, RequestInCall, act
from voip.core.call_timers import CallTimers
from voip.core.calls import CallView, EndReason, LegState
from voip.core.effects import CallStarted, Effect, Tell
from voip.core.errors import ErrorCode, Refusal
from voip.core.events import SessionOpened
from voip.core.ids import CALL_ID_SIZE, CallId, SessionId, Username
from voip.core.invitations import Invitations, MayRing
from voip.core.merging import arrivals, moving
from voip.core.messages import Answer, Done
from voip.core.seat import Seat
from voip.core.sessions import Sessions
from voip.core.telling import outline

COMMITMENT_BYTES = 32
OneCallRequest = RequestInCall | Accept | Unhold | AddParticipant
CallRequest = OneCallRequest | Swap | Merge
"""The requests about a call that is there."""

Decided = tuple[Answer, list[Effect]]
_NO_SUCH_CALL = Refusal(ErrorCode.NO_SUCH_CALL)


class Exchange:
    """The calls that have not ended."""

    def __init__(self, sessions: Sessions, limits: CallLimits, may_ring: MayRing) -> None:
        self._sessions = sessions
        self._limits = limits
        self._bookings = Bookings(limits.last_stream)
        self._invitations = Invitations(sessions, self._bookings, limits, may_ring)
        self._timers = CallTimers(limits)
        self._calls: dict[CallId, Call] = {}
        self._last_invites: dict[SessionId, tuple[CallId, InviteOk]] = {}
        self._is_stopping = False
        self.is_draining = False
        """Whether no call may begin; those in progress go on."""

    # What there is.

    @property
    def has_calls(self) -> bool:
        return bool(self._calls)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call, the oldest first."""
        return tuple(self._calls.values())

    def views_of(self, session: SessionId, now: float) -> tuple[CallView, ...]:
        """The calls that a session has a live leg in; before each one the ends of those that were
        merged into it, which the session may have missed. The keys of as many as one message can
        tell: the others were told whole when the session came back."""
        views: tuple[CallView, ...] = ()
        outlined = self._beyond_one_message(session)
        for call, _ in self._legs_of(session):
            view = call.view(now)
            view = outline(view) if call.call_id in outlined else view
            views += (*call.merged_from(session), view)
        return views

    def call_ids_of(self, session: SessionId) -> tuple[CallId, ...]:
        return self._bookings.calls_of(session)

    def is_in_call(self, username: Username) -> bool:
        """Whether somebody dials, talks or holds on any device."""
        sessions = self._sessions.of_name(username)
        return any(self._bookings.is_present(one.session) for one in sessions)

    def take_touched(self) -> Iterable[Username]:
        """Those whose legs may have changed since this was last asked."""
        return self._bookings.take_touched()

    # What sessions ask.

    def invited(self, caller: SessionOpened, invite: Invite, now: float) -> Decided:
        """Start a call, or meet the one that the callee had started to the caller."""
        last = self._last_invites.get(caller.session)
        if last is not None and last[0] == invite.call_id:
            return last[1], []
        refusal = self._objection(caller, invite)
        if refusal is not None:
            return refusal, []
        met = self._call_to_meet(caller.session, invite)
        if met is None and self.is_draining:
            return Refusal(ErrorCode.MAINTENANCE), []
        if met is None:
            call, effects = self._new_call(caller, invite, now)
        else:
            call, seat = met
            call.accepted(seat, now)
            effects = []
        answer = InviteOk(call.call_id)
        self._last_invites[caller.session] = (invite.call_id, answer)
        return answer, effects + self._settle(call, now)

    def asked(self, session: SessionId, request: CallRequest, now: float) -> Decided:
        """Decide a request about a call; one the session has no leg in looks absent."""
        try:
            match request:
                case Swap(hold=first, resume=second) | Merge(call_id=first, other=second):
                    one, other = self._leg_in(first, session), self._leg_in(second, session)
                    if one is None or other is None:
                        return _NO_SUCH_CALL, []
                    if isinstance(request, Swap):
                        return self._swap(one, other, now)
                    return self._merge(one, other, now)
                case _:
                    found = self._leg_in(request.call_id, session)
                    if found is None:
                        return _NO_SUCH_CALL, []
                    return self._asked_of(*found, request, now)
        except NoTransition:
            return WRONG_STATE, []

    # What befalls sessions and calls.

    def lost(self, session: SessionId, now: float) -> list[Effect]:
        """The connection broke; streams stay as they are."""
        effects: list[Effect] = []
        for call, seat in self._legs_of(session):
            call.lost(seat)
            effects += self._settle(call, now)
        return effects

    def resumed(self, session: SessionId, now: float) -> list[Effect]:
        effects: list[Effect] = []
        outlined = self._beyond_one_message(session)
        for call, seat in self._legs_of(session):
            call.resumed(seat, call.call_id in outlined)
            effects += self._settle(call, now)
        return effects

    def closed(self, session: SessionId, now: float, is_lost: bool) -> list[Effect]:
        """A session is over, by its own will or because it did not come back."""
        self._last_invites.pop(session, None)
        effects: list[Effect] = []
        for call, seat in self._legs_of(session):
            if is_lost:
                call.grace_over(seat)
            else:
                call.session_closed(seat)
            effects += self._settle(call, now)
        return effects

    def rang_long_enough(self, call_id: CallId, username: Username, now: float) -> list[Effect]:
        """Its timer ran out; one that was stopped meanwhile means nothing."""
        if not self._timers.rang_out(call_id, username):
            return []
        call = self._calls[call_id]
        call.rang_long_enough(username)
        return self._settle(call, now)

    def was_lonely(self, call_id: CallId, now: float) -> list[Effect]:
        """Somebody was alone in a conference for long enough."""
        if not self._timers.was_lonely(call_id):
            return []
        call = self._calls[call_id]
        call.ended(EndReason.HANGUP)
        return self._settle(call, now)

    def ended_by_operator(self, call_id: CallId, now: float) -> list[Effect]:
        """A call is over for everybody in it; one that has ended already means nothing."""
        call = self._calls.get(call_id)
        if call is None:
            return []
        call.ended(EndReason.OPERATOR)
        return self._settle(call, now)

    def stop(self, now: float) -> list[Effect]:
        """End every call, and let none begin."""
        self._is_stopping = True
        effects: list[Effect] = []
        for call in tuple(self._calls.values()):
            call.ended(EndReason.SERVER_STOP)
            effects += self._settle(call, now)
        return effects

    # How a call begins.

    def _objection(self, caller: SessionOpened, invite: Invite) -> Refusal | None:
        flaw = _flaw(caller, invite)
        if flaw:
            return Refusal(ErrorCode.BAD_REQUEST, flaw)
        if self._is_stopping:
            return Refusal(ErrorCode.SHUTTING_DOWN)
        if invite.call_id in self._calls:
            return Refusal(ErrorCode.CALL_EXISTS)
        if not self._invitations.may_dial(caller.session):
            return WRONG_STATE
        devices = self._invitations.devices_of(invite.callees, caller.username)
        people = (caller.username, *invite.callees)
        return self._invitations.room_for(None, 1 + len(devices), people)

    def _call_to_meet(self, session: SessionId, invite: Invite) -> tuple[Call, Seat] | None:
        """The call in which the callee dials the caller: calling back accepts it."""
        is_for_one = len(invite.callees) == 1 and not invite.is_conference
        for call, seat in self._legs_of(session):
            is_from_callee = call.caller.username == invite.callees[0]
            if is_for_one and is_from_callee and not call.is_conference and seat.is_called:
                return call, seat
        return None

    def _new_call(
        self, caller: SessionOpened, invite: Invite, now: float
    ) -> tuple[Call, list[Effect]]:
        devices = self._invitations.devices_of(invite.callees, caller.username)
        joining = [self._invitations.joining(one) for one in (caller, *devices)]
        call = Call(invite, joining[0], joining[1:], now)
        self._calls[call.call_id] = call
        started = CallStarted(call.call_id, caller.username, invite.callees)
        return call, [started, *self._ring(call, call.seats[1:])]

    def _ring(self, call: Call, called: Iterable[Seat]) -> list[Effect]:
        """Begin with new legs; those whose device is too busy are over at once."""
        too_busy = self._invitations.too_busy(called)
        self._note(call)  # while all are live: a leg that was never in the books gives nothing back
        call.began(too_busy)
        return self._timers.ring(call)

    # How a call goes on.

    def _asked_of(self, call: Call, seat: Seat, request: OneCallRequest, now: float) -> Decided:
        effects: list[Effect] = []
        match request:
            case Accept():
                refusal = self._accept(call, seat, now)
            case Unhold():
                refusal = self._take_back(call, seat)
            case AddParticipant():
                refusal, effects = self._add(call, seat, request, now)
            case _:
                refusal, effects = act(call, seat, request, self._limits.max_relay_bytes)
        if refusal is not None:
            return refusal, []
        return Done(), effects + self._settle(call, now)

    def _accept(self, call: Call, seat: Seat, now: float) -> Refusal | None:
        if self._is_engaged_beside(call, seat):
            return WRONG_STATE
        as_listener = self._invitations.listens_in(call, seat.view)
        call.accepted(seat, now, as_listener)
        return None

    def _take_back(self, call: Call, seat: Seat) -> Refusal | None:
        if self._is_engaged_beside(call, seat):
            return WRONG_STATE
        call.unheld(seat)
        return None

    def _swap(self, hold: tuple[Call, Seat], resume: tuple[Call, Seat], now: float) -> Decided:
        if hold[1].state is not LegState.ACTIVE or resume[1].state is not LegState.HELD:
            return WRONG_STATE, []
        hold[0].held(hold[1])
        resume[0].unheld(resume[1])
        return Done(), self._settle(hold[0], now) + self._settle(resume[0], now)

    def _is_engaged_beside(self, call: Call, seat: Seat) -> bool:
        return self._bookings.engaged_in(seat.session) not in (None, call.call_id)

    def _add(
        self, call: Call, seat: Seat, request: AddParticipant, now: float
    ) -> tuple[Refusal | None, list[Effect]]:
        if not seat.is_joined:
            return WRONG_STATE, []
        if call.is_locked:
            return Refusal(ErrorCode.CALL_LOCKED), []
        new = [one for one in request.callees if one not in call.live_names]
        if not new or len(set(new)) != len(new):
            return Refusal(ErrorCode.BAD_REQUEST, "callees"), []
        rest = self._limits.declined_rest_seconds
        declined_at = call.declined_since(new, now - rest)
        if declined_at is not None:
            wait_ms = round((declined_at + rest - now) * 1000 + 0.5)
            return Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=wait_ms), []
        devices = self._invitations.devices_of(new, seat.username)
        refusal = self._invitations.room_for(call, len(devices), new)
        if refusal is not None:
            return refusal, []
        return None, self._call_in(call, new, devices, request.as_listeners)

    def _call_in(
        self,
        call: Call,
        usernames: Iterable[Username],
        devices: Iterable[SessionOpened],
        as_listeners: bool,
    ) -> list[Effect]:
        known = len(call.seats)
        joining = [self._invitations.joining(one) for one in devices]
        call.called(usernames, joining, as_listeners)
        if joining:
            call.becomes_conference(call.caller)
        return self._ring(call, call.seats[known:])

    def _merge(self, into: tuple[Call, Seat], other: tuple[Call, Seat], now: float) -> Decided:
        call, mine = into
        ending, seat = other
        if call is ending:
            return Refusal(ErrorCode.BAD_REQUEST, "other"), []
        if not mine.is_joined or not seat.is_joined:
            return WRONG_STATE, []
        if call.is_locked:
            return Refusal(ErrorCode.CALL_LOCKED), []
        if ending.is_conference and not seat.view.is_host:
            return NOT_HOST, []
        people = moving(call, ending)
        refusal = self._invitations.room_for(call, people.legs, people.newcomers)
        if refusal is not None:
            return refusal, []
        ending.ended(EndReason.MERGED, merged_into=call.call_id)
        effects = self._settle(ending, now)
        call.becomes_conference(mine)
        for came in arrivals(people, ending, now):
            self._take_in(call, came, now)
        call.merged()
        for as_listeners in (False, True):
            ringing = [one for one in people.ringing if one.view.is_listener is as_listeners]
            names = dict.fromkeys(one.username for one in ringing)
            effects += self._call_in(call, names, self._opened(ringing), as_listeners)
        return Done(), effects + self._settle(call, now)

    def _take_in(self, call: Call, came: Arriving, now: float) -> None:
        as_listener = self._invitations.listens_in(call, came.leg)
        seat = call.seat_of(came.session)
        if seat is not None and seat.is_live:
            call.taken_over(came, seat, as_listener, now)
        else:
            [who] = self._opened([came])
            call.taken_in(came, self._invitations.joining(who), as_listener, now)

    def _opened(self, legs: Iterable[Arriving | Seat]) -> list[SessionOpened]:
        """Who sits there: a live leg's session is open."""
        found = (self._sessions.get(leg.session) for leg in legs)
        return [opened for opened in found if opened is not None]

    def _settle(self, call: Call, now: float) -> list[Effect]:
        """Tell what changed, keep the books and the timers, and let an ended call go."""
        effects = [one for one in call.publish(now) if self._can_be_done(one)]
        self._note(call)
        effects += self._timers.settle(call)
        if call.outcome is not None:
            del self._calls[call.call_id]
            effects.append(call.record())
        return effects

    def _note(self, call: Call) -> None:
        for seat in call.take_touched():
            self._bookings.note(call.call_id, seat)

    def _can_be_done(self, effect: Effect) -> bool:
        return not isinstance(effect, Tell) or effect.session in self._sessions

    def _beyond_one_message(self, session: SessionId) -> set[CallId]:
        """Those calls of a session, the newest, of which one message has no room for the keys."""
        legs = 0
        beyond: set[CallId] = set()
        for call, _ in self._legs_of(session):
            legs += len(call.seats)
            if legs > self._limits.max_keys_told:
                beyond.add(call.call_id)
        return beyond

    def _leg_in(self, call_id: CallId, session: SessionId) -> tuple[Call, Seat] | None:
        call = self._calls.get(call_id)
        seat = call.seat_of(session) if call is not None else None
        return None if call is None or seat is None else (call, seat)

    def _legs_of(self, session: SessionId) -> list[tuple[Call, Seat]]:
        found = (self._leg_in(one, session) for one in self._bookings.calls_of(session))
        return [leg for leg in found if leg is not None]


def _flaw(caller: SessionOpened, invite: Invite) -> str:
    """The field of an Invite that no correct client sends, or ""."""
    if len(invite.call_id) != CALL_ID_SIZE:
        return "call_id"
    if len(invite.commitment) != COMMITMENT_BYTES:
        return "commitment"
    callees = set(invite.callees)
    if not callees or len(callees) != len(invite.callees) or caller.username in callees:
        return "callees"
    return ""
