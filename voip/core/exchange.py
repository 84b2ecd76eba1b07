"""All calls of one node: who may start one, which call a request is for, and what ends it.

Between the switchboard, which knows sessions and presence, and ``Call``, which knows one call. It
keeps the rules across calls: one call at a time for a session, a bounded number that ring, stream
numbers that are never shared, two people who call each other meet in one call.
"""

from collections.abc import Iterable
from typing import assert_never

from automat import NoTransition

from voip.core.call import Call, Joining, Seat
from voip.core.call_messages import (
    Accept,
    AddParticipant,
    Alerting,
    Cancel,
    Decline,
    E2eRelay,
    EndForAll,
    Hold,
    Invite,
    InviteOk,
    Kick,
    Leave,
    Merge,
    QualityReport,
    SetLock,
    SetMute,
    Swap,
    Unhold,
)
from voip.core.calls import LEG_KEY_SIZE, CallView, LegKey, LegState
from voip.core.effects import (
    CallEnded,
    CallStarted,
    Effect,
    Participant,
    StartTimer,
    StopTimer,
    Tell,
)
from voip.core.errors import ErrorCode, Refusal
from voip.core.events import SessionOpened
from voip.core.ids import CALL_ID_SIZE, CallId, SessionId, Username
from voip.core.login import SIGNATURE_SIZE
from voip.core.messages import Answer, Done
from voip.core.sessions import Sessions
from voip.core.streams import LAST_STREAM, StreamNumbers
from voip.core.timers import NoAnswer

COMMITMENT_BYTES = 32
CallRequest = (
    Alerting
    | Accept
    | Decline
    | Cancel
    | Leave
    | SetMute
    | Hold
    | Unhold
    | Swap
    | AddParticipant
    | Merge
    | Kick
    | SetLock
    | EndForAll
    | E2eRelay
    | QualityReport
)
"""The requests about a call that is there."""

Decided = tuple[Answer, list[Effect]]
_WRONG_STATE = Refusal(ErrorCode.WRONG_STATE)


class Exchange:
    """The calls that have not ended."""

    def __init__(
        self,
        sessions: Sessions,
        no_answer_seconds: float,
        max_legs: int,
        max_ringing: int,
        max_relay_bytes: int,
        last_stream: int = LAST_STREAM,
    ) -> None:
        self._sessions = sessions
        self._no_answer_seconds = no_answer_seconds
        self._max_legs = max_legs
        self._max_ringing = max_ringing
        self._max_relay_bytes = max_relay_bytes
        self._streams = StreamNumbers(last_stream)
        self._calls: dict[CallId, Call] = {}
        self._calls_of: dict[SessionId, dict[CallId, Call]] = {}  # those with a live leg
        self._engaged: dict[SessionId, CallId] = {}  # who dials or talks, and where
        self._last_invites: dict[SessionId, tuple[CallId, InviteOk]] = {}
        self._rings_out: set[CallId] = set()  # those with a NoAnswer timer
        self._touched: dict[Username, None] = {}
        self._is_stopping = False

    # What there is.

    def views(self, now: float) -> tuple[CallView, ...]:
        """Every call, the oldest first."""
        return tuple(call.view(now) for call in self._calls.values())

    def views_of(self, session: SessionId, now: float) -> tuple[CallView, ...]:
        """The calls that a session has a live leg in."""
        return tuple(call.view(now) for call in self._live_calls_of(session))

    def call_ids_of(self, session: SessionId) -> tuple[CallId, ...]:
        return tuple(call.call_id for call in self._live_calls_of(session))

    def is_in_call(self, username: Username) -> bool:
        """Whether somebody dials or talks on any device."""
        return any(one.session in self._engaged for one in self._sessions.of_name(username))

    def take_touched(self) -> Iterable[Username]:
        """Those whose legs may have changed since this was last asked."""
        touched, self._touched = self._touched, {}
        return touched

    # What sessions ask.

    def invited(self, caller: SessionOpened, invite: Invite, now: float) -> Decided:
        """Start a call, or meet the one that the callee had started to the caller."""
        last = self._last_invites.get(caller.session)
        if last is not None and last[0] == invite.call_id:
            return last[1], []
        refusal = self._objection(caller, invite)
        if refusal is not None:
            return refusal, []
        call, effects = self._met_call(caller, invite, now) or self._new_call(caller, invite, now)
        answer = InviteOk(call.call_id)
        self._last_invites[caller.session] = (invite.call_id, answer)
        return answer, effects

    def asked(self, session: SessionId, request: CallRequest, now: float) -> Decided:
        """Decide a request about a call; one the session has no leg in looks absent."""
        if isinstance(request, Swap):
            return _WRONG_STATE, []
        call = self._calls.get(request.call_id)
        seat = call.seat_of(session) if call is not None else None
        if call is None or seat is None:
            return Refusal(ErrorCode.NO_SUCH_CALL), []
        try:
            refusal, effects = self._act(call, seat, request, now)
        except NoTransition:
            return _WRONG_STATE, []
        if refusal is not None:
            return refusal, []
        return Done(), effects + self._settle(call, now)

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
        for call, seat in self._legs_of(session):
            call.resumed(seat)
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

    def rang_long_enough(self, call_id: CallId, now: float) -> list[Effect]:
        """Its timer ran out; one that was stopped meanwhile means nothing."""
        if call_id not in self._rings_out:
            return []
        self._rings_out.remove(call_id)
        call = self._calls[call_id]
        call.rang_long_enough()
        return self._settle(call, now)

    def stop(self, now: float) -> list[Effect]:
        """End every call, and let none begin."""
        self._is_stopping = True
        effects: list[Effect] = []
        for call in tuple(self._calls.values()):
            call.stopped()
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
        if caller.session in self._engaged:
            return _WRONG_STATE
        legs = 1 + len(self._sessions.of_name(invite.callees[0]))
        if legs > min(self._max_legs, self._streams.free):
            return Refusal(ErrorCode.CALL_FULL)
        return None

    def _met_call(
        self, caller: SessionOpened, invite: Invite, now: float
    ) -> tuple[Call, list[Effect]] | None:
        """The call in which the callee dials the caller: calling back accepts it."""
        for call, seat in self._legs_of(caller.session):
            if call.caller.username == invite.callees[0]:
                call.accepted(seat, now)
                return call, self._settle(call, now)
        return None

    def _new_call(
        self, caller: SessionOpened, invite: Invite, now: float
    ) -> tuple[Call, list[Effect]]:
        called = self._sessions.of_name(invite.callees[0])
        call = Call(invite, self._joining(caller), [self._joining(one) for one in called])
        self._calls[call.call_id] = call
        effects: list[Effect] = [CallStarted(call.call_id, caller.username, invite.callees)]
        call.began([seat for seat in call.seats[1:] if self._rings_enough(seat.session)])
        for seat in call.seats:
            self._calls_of.setdefault(seat.session, {})[call.call_id] = call
        if call.is_dialing:
            self._rings_out.add(call.call_id)
            effects.append(StartTimer(NoAnswer(call.call_id), self._no_answer_seconds))
        return call, effects + self._settle(call, now)

    def _joining(self, who: SessionOpened) -> Joining:
        return Joining(who, self._streams.take(), self._sessions.is_connected(who.session))

    def _rings_enough(self, session: SessionId) -> bool:
        ringing = len(self._calls_of.get(session, ())) - (session in self._engaged)
        return ringing >= self._max_ringing

    # How a call goes on.

    def _act(
        self, call: Call, seat: Seat, request: CallRequest, now: float
    ) -> tuple[Refusal | None, list[Effect]]:
        match request:
            case E2eRelay():
                return self._relay(call, seat, request)
            case Alerting(key=key):
                return _show_key(call, seat, key), []
            case Accept():
                return self._accept(call, seat, now), []
            case QualityReport():
                return (None if seat.is_live else _WRONG_STATE), []
            case Hold() | Unhold() | Swap() | AddParticipant() | Merge():
                return _WRONG_STATE, []
            case Kick() | SetLock() | EndForAll():
                return _WRONG_STATE, []
            case _:
                _move(call, seat, request)
                return None, []

    def _accept(self, call: Call, seat: Seat, now: float) -> Refusal | None:
        if self._engaged.get(seat.session, call.call_id) != call.call_id:
            return _WRONG_STATE
        call.accepted(seat, now)
        return None

    def _relay(
        self, call: Call, seat: Seat, request: E2eRelay
    ) -> tuple[Refusal | None, list[Effect]]:
        if any(len(part.sealed) > self._max_relay_bytes for part in request.parts):
            return Refusal(ErrorCode.BAD_REQUEST, "sealed"), []
        carried = call.relayed(seat, request.parts) if seat.is_live else []
        return (None, carried) if carried else (_WRONG_STATE, [])

    def _settle(self, call: Call, now: float) -> list[Effect]:
        """Tell what changed, keep the books, and let an ended call go."""
        effects = [one for one in call.publish(now) if self._can_be_done(one)]
        for seat in call.seats:
            self._book(call, seat)
        if call.call_id in self._rings_out and not call.is_dialing:
            self._rings_out.remove(call.call_id)
            effects.append(StopTimer(NoAnswer(call.call_id)))
        if call.outcome is not None:
            del self._calls[call.call_id]
            people = (call.caller.username, *call.invite.callees)
            has_talked = call.answered_at is not None
            effects.append(
                CallEnded(
                    call_id=call.call_id,
                    is_conference=False,
                    caller=call.caller.username,
                    participants=tuple(
                        Participant(one, one == people[0], has_talked, call.outcome)
                        for one in people
                    ),
                    outcome=call.outcome,
                    started_seconds_ago=0.0,
                    talked_seconds=call.talked_seconds(),
                )
            )
        return effects

    def _can_be_done(self, effect: Effect) -> bool:
        return not isinstance(effect, Tell) or effect.session in self._sessions

    def _book(self, call: Call, seat: Seat) -> None:
        """Keep who is in which call in step with the legs."""
        calls = self._calls_of.get(seat.session, {})
        if call.call_id not in calls:
            return
        self._touched[seat.username] = None
        state = seat.state
        if state is LegState.DIALING or state is LegState.ACTIVE:
            self._engaged[seat.session] = call.call_id
        elif state is LegState.LEFT:
            self._streams.give_back(seat.stream)
            del calls[call.call_id]
            if not calls:
                del self._calls_of[seat.session]
            if self._engaged.get(seat.session) == call.call_id:
                del self._engaged[seat.session]

    def _live_calls_of(self, session: SessionId) -> Iterable[Call]:
        return self._calls_of.get(session, {}).values()

    def _legs_of(self, session: SessionId) -> list[tuple[Call, Seat]]:
        pairs = ((call, call.seat_of(session)) for call in self._live_calls_of(session))
        return [(call, seat) for call, seat in pairs if seat is not None]


def _flaw(caller: SessionOpened, invite: Invite) -> str:
    """The field of an Invite that no correct client sends, or ""."""
    if len(invite.call_id) != CALL_ID_SIZE:
        return "call_id"
    if len(invite.commitment) != COMMITMENT_BYTES:
        return "commitment"
    if invite.is_conference:
        return "is_conference"
    if len(invite.callees) != 1 or invite.callees[0] == caller.username:
        return "callees"
    return ""


def _show_key(call: Call, seat: Seat, key: LegKey) -> Refusal | None:
    if len(key.public) != LEG_KEY_SIZE or len(key.signature) != SIGNATURE_SIZE:
        return Refusal(ErrorCode.BAD_REQUEST, "key")
    return None if call.alerted(seat, key) else _WRONG_STATE


def _move(call: Call, seat: Seat, request: Decline | Cancel | Leave | SetMute) -> None:
    match request:
        case Decline(reason=reason):
            call.declined(seat, reason)
        case Cancel():
            call.cancelled(seat)
        case Leave(e2e_failed=True):
            call.distrusted(seat)
        case Leave():
            call.hung_up(seat)
        case SetMute(is_muted=is_muted):
            call.muted(seat, is_muted)
        case _:
            assert_never(request)
