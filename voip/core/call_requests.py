"""What a session may ask within one call, and how the call takes it.

``act`` moves the call, or says why not; ``automat.NoTransition`` means that the leg cannot do that
now. What concerns other calls too, joining, holding and gathering people, is the exchange's.
"""

from collections import Counter
from typing import assert_never

from voip.core.call import Call
from voip.core.call_messages import (
    OWN_LEG,
    Alerting,
    Cancel,
    Decline,
    E2eRelay,
    EndForAll,
    Hold,
    Kick,
    Leave,
    QualityReport,
    SetLock,
    SetMute,
)
from voip.core.calls import LEG_KEY_SIZE, EndReason, LegKey
from voip.core.effects import Effect
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Username
from voip.core.login import SIGNATURE_SIZE
from voip.core.seat import Seat

MAX_PARTS_TO_ONE = 4
"""Sealed messages to one leg in one E2eRelay: a client has two or three at most, while hundreds
would make a small request dear and push out what the other has not acknowledged."""

WRONG_STATE = Refusal(ErrorCode.WRONG_STATE)
NOT_HOST = Refusal(ErrorCode.NOT_HOST)

HostRequest = Kick | SetLock | EndForAll
OwnRequest = Alerting | Decline | Cancel | Leave | Hold | SetMute | E2eRelay | QualityReport
RequestInCall = HostRequest | OwnRequest


def act(
    call: Call, seat: Seat, request: RequestInCall, max_relay_bytes: int
) -> tuple[Refusal | None, list[Effect]]:
    """Do what the leg in ``seat`` asks; the effects are those that no view tells."""
    match request:
        case E2eRelay():
            return _relay(call, seat, request, max_relay_bytes)
        case Kick() | SetLock() | EndForAll():
            return _act_as_host(call, seat, request), []
        case SetMute():
            return _mute(call, seat, request), []
        case Alerting(key=key):
            return _show_key(call, seat, key), []
        case QualityReport():
            return _measure(call, seat, request), []
        case _:
            _move(call, seat, request)
            return None, []


def _relay(
    call: Call, seat: Seat, request: E2eRelay, max_relay_bytes: int
) -> tuple[Refusal | None, list[Effect]]:
    if any(len(part.sealed) > max_relay_bytes for part in request.parts):
        return Refusal(ErrorCode.BAD_REQUEST, "sealed"), []
    if Counter(part.to_leg for part in request.parts).most_common(1)[0][1] > MAX_PARTS_TO_ONE:
        return Refusal(ErrorCode.BAD_REQUEST, "parts"), []
    carried = call.relayed(seat, request.parts) if seat.is_live else []
    return (None, carried) if carried else (WRONG_STATE, [])


def _show_key(call: Call, seat: Seat, key: LegKey) -> Refusal | None:
    if len(key.public) != LEG_KEY_SIZE or len(key.signature) != SIGNATURE_SIZE:
        return Refusal(ErrorCode.BAD_REQUEST, "key")
    return None if call.alerted(seat, key) else WRONG_STATE


def _measure(call: Call, seat: Seat, report: QualityReport) -> Refusal | None:
    if not seat.is_joined:
        return WRONG_STATE  # nothing sounds at a device that rings, or that has left
    call.measured(seat, report)
    return None


def _mute(call: Call, seat: Seat, request: SetMute) -> Refusal | None:
    if request.leg in (OWN_LEG, seat.number):
        call.muted(seat, request.is_muted)
        return None
    refusal = _host_s_objection(call, seat)
    other = call.seat_at(request.leg)
    if refusal is None and (other is None or not other.is_joined or not request.is_muted):
        return WRONG_STATE  # only the person unmutes
    if refusal is None and other is not None:
        call.muted(other, is_muted=True)
    return refusal


def _act_as_host(call: Call, seat: Seat, request: HostRequest) -> Refusal | None:
    refusal = _host_s_objection(call, seat)
    if refusal is not None:
        return refusal
    match request:
        case Kick(username=username):
            return _kick(call, seat, username)
        case SetLock(is_locked=is_locked):
            call.locked(is_locked)
        case EndForAll():
            call.ended(EndReason.HANGUP)
        case _:
            assert_never(request)
    return None


def _host_s_objection(call: Call, seat: Seat) -> Refusal | None:
    if not call.is_conference or not seat.is_live:
        return WRONG_STATE
    return None if seat.view.is_host else NOT_HOST


def _kick(call: Call, seat: Seat, username: Username) -> Refusal | None:
    if username == seat.username:
        return Refusal(ErrorCode.BAD_REQUEST, "username")
    if username not in call.live_names:
        return WRONG_STATE
    call.put_out(username, EndReason.KICKED)
    return None


def _move(call: Call, seat: Seat, request: Decline | Cancel | Leave | Hold) -> None:
    match request:
        case Decline(reason=reason):
            call.declined(seat, reason)
        case Cancel():
            call.cancelled(seat)
        case Leave(e2e_failed=True):
            call.distrusted(seat)
        case Leave():
            call.hung_up(seat)
        case Hold():
            call.held(seat)
        case _:
            assert_never(request)
