"""Calls and their legs: protobuf to core and back.

Knows ``calls.proto`` and its bounds. ``to_...`` makes protobuf and trusts its own side;
``from_...`` reads a peer's and raises ``BadFrame`` for what is out of bounds.
"""

from voip.core import call_messages
from voip.core.calls import (
    LEG_KEY_SIZE,
    CallView,
    DeclineReason,
    EndReason,
    LegKey,
    LegState,
    LegView,
)
from voip.core.ids import StreamId
from voip.core.login import SIGNATURE_SIZE
from voip.wire.codec_checks import (
    MAX_CALLEES,
    MAX_CERTIFICATE,
    MAX_DEVICE_NAME,
    MAX_LEGS,
    MAX_NICK,
    MAX_PARTS,
    MAX_SEALED,
    MAX_SEALED_PARTS,
    Words,
    call_id,
    device_id,
    exactly,
    few,
    leg_number,
    sized,
    text,
    username,
    usernames,
    within,
)
from voip.wire.v1 import calls_pb2

COMMITMENT_SIZE = 32
MAX_STREAM = 2**16 - 1
MAX_PER_MILLE = 1000

LEG_STATES = Words(
    {
        LegState.DIALING: calls_pb2.LEG_STATE_DIALING,
        LegState.INVITED: calls_pb2.LEG_STATE_INVITED,
        LegState.RINGING: calls_pb2.LEG_STATE_RINGING,
        LegState.ACTIVE: calls_pb2.LEG_STATE_ACTIVE,
        LegState.HELD: calls_pb2.LEG_STATE_HELD,
        LegState.LEFT: calls_pb2.LEG_STATE_LEFT,
    }
)

END_REASONS = Words(
    {
        EndReason.HANGUP: calls_pb2.END_REASON_HANGUP,
        EndReason.DECLINED: calls_pb2.END_REASON_DECLINED,
        EndReason.CANCELLED: calls_pb2.END_REASON_CANCELLED,
        EndReason.BUSY: calls_pb2.END_REASON_BUSY,
        EndReason.NO_ANSWER: calls_pb2.END_REASON_NO_ANSWER,
        EndReason.UNAVAILABLE: calls_pb2.END_REASON_UNAVAILABLE,
        EndReason.ANSWERED_ELSEWHERE: calls_pb2.END_REASON_ANSWERED_ELSEWHERE,
        EndReason.NETWORK_LOST: calls_pb2.END_REASON_NETWORK_LOST,
        EndReason.SERVER_STOP: calls_pb2.END_REASON_SERVER_STOP,
        EndReason.FAILED: calls_pb2.END_REASON_FAILED,
        EndReason.E2E_FAILED: calls_pb2.END_REASON_E2E_FAILED,
        EndReason.KICKED: calls_pb2.END_REASON_KICKED,
        EndReason.MERGED: calls_pb2.END_REASON_MERGED,
        EndReason.OPERATOR: calls_pb2.END_REASON_OPERATOR,
    }
)

DECLINE_REASONS = Words(
    {
        DeclineReason.DECLINED: calls_pb2.DECLINE_REASON_DECLINED,
        DeclineReason.BUSY: calls_pb2.DECLINE_REASON_BUSY,
        DeclineReason.FAILED: calls_pb2.DECLINE_REASON_FAILED,
    }
)


def to_leg_key(key: LegKey) -> calls_pb2.LegKey:
    return calls_pb2.LegKey(public=key.public, signature=key.signature)


def from_leg_key(key: calls_pb2.LegKey) -> LegKey:
    return LegKey(
        public=exactly(key.public, LEG_KEY_SIZE),
        signature=exactly(key.signature, SIGNATURE_SIZE),
    )


def _to_end_reason(reason: EndReason | None) -> calls_pb2.EndReason.ValueType:
    return calls_pb2.END_REASON_UNSPECIFIED if reason is None else END_REASONS.number(reason)


def to_leg(leg: LegView) -> calls_pb2.Leg:
    return calls_pb2.Leg(
        number=leg.number,
        username=leg.username,
        nick=leg.nick,
        device_id=leg.device,
        certificate=leg.certificate,
        device_name=leg.device_name,
        state=LEG_STATES.number(leg.state),
        stream=leg.stream,
        is_connected=leg.is_connected,
        is_muted=leg.is_muted,
        is_host=leg.is_host,
        is_listener=leg.is_listener,
        is_gateway=leg.is_gateway,
        key=None if leg.key is None else to_leg_key(leg.key),
        end_reason=_to_end_reason(leg.end_reason),
    )


def from_leg(leg: calls_pb2.Leg) -> LegView:
    return LegView(
        number=leg_number(leg.number),
        username=username(leg.username, shortest=1),
        nick=text(leg.nick, MAX_NICK),
        device=device_id(leg.device_id),
        certificate=sized(leg.certificate, 0, MAX_CERTIFICATE),
        device_name=text(leg.device_name, MAX_DEVICE_NAME),
        state=LEG_STATES.word(leg.state),
        stream=StreamId(within(leg.stream, 0, MAX_STREAM)),
        is_connected=leg.is_connected,
        is_muted=leg.is_muted,
        is_host=leg.is_host,
        is_listener=leg.is_listener,
        is_gateway=leg.is_gateway,
        key=from_leg_key(leg.key) if leg.HasField("key") else None,
        end_reason=END_REASONS.word_or_none(leg.end_reason),
    )


def to_call(call: CallView) -> calls_pb2.Call:
    return calls_pb2.Call(
        call_id=call.call_id,
        version=call.version,
        legs=[to_leg(leg) for leg in call.legs],
        commitment=call.commitment,
        is_conference=call.is_conference,
        require_e2e=call.require_e2e,
        answered_ms=call.answered_ms,
        is_locked=call.is_locked,
        ended=_to_end_reason(call.ended),
        merged_into=call.merged_into or b"",
    )


def from_call(call: calls_pb2.Call) -> CallView:
    return CallView(
        call_id=call_id(call.call_id),
        version=call.version,
        legs=tuple(from_leg(leg) for leg in few(call.legs, MAX_LEGS)),
        commitment=exactly(call.commitment, COMMITMENT_SIZE),
        is_conference=call.is_conference,
        require_e2e=call.require_e2e,
        answered_ms=call.answered_ms if call.HasField("answered_ms") else None,
        is_locked=call.is_locked,
        ended=END_REASONS.word_or_none(call.ended),
        merged_into=call_id(call.merged_into) if call.merged_into else None,
    )


def from_call_state(notice: calls_pb2.CallState) -> call_messages.CallChanged:
    return call_messages.CallChanged(from_call(notice.call))


def to_invite(request: call_messages.Invite) -> calls_pb2.Invite:
    return calls_pb2.Invite(
        call_id=request.call_id,
        callees=request.callees,
        commitment=request.commitment,
        is_conference=request.is_conference,
        require_e2e=request.require_e2e,
    )


def from_invite(request: calls_pb2.Invite) -> call_messages.Invite:
    return call_messages.Invite(
        call_id=call_id(request.call_id),
        callees=usernames(few(request.callees, MAX_CALLEES, fewest=1)),
        commitment=exactly(request.commitment, COMMITMENT_SIZE),
        is_conference=request.is_conference,
        require_e2e=request.require_e2e,
    )


def from_invite_ok(answer: calls_pb2.InviteOk) -> call_messages.InviteOk:
    return call_messages.InviteOk(call_id(answer.call_id))


def to_alerting(request: call_messages.Alerting) -> calls_pb2.Alerting:
    return calls_pb2.Alerting(call_id=request.call_id, key=to_leg_key(request.key))


def from_alerting(request: calls_pb2.Alerting) -> call_messages.Alerting:
    return call_messages.Alerting(call_id(request.call_id), from_leg_key(request.key))


def from_accept(request: calls_pb2.Accept) -> call_messages.Accept:
    return call_messages.Accept(call_id(request.call_id))


def to_decline(request: call_messages.Decline) -> calls_pb2.Decline:
    return calls_pb2.Decline(call_id=request.call_id, reason=DECLINE_REASONS.number(request.reason))


def from_decline(request: calls_pb2.Decline) -> call_messages.Decline:
    return call_messages.Decline(call_id(request.call_id), DECLINE_REASONS.word(request.reason))


def from_cancel(request: calls_pb2.Cancel) -> call_messages.Cancel:
    return call_messages.Cancel(call_id(request.call_id))


def from_leave(request: calls_pb2.Leave) -> call_messages.Leave:
    return call_messages.Leave(call_id(request.call_id), request.e2e_failed)


def to_set_mute(request: call_messages.SetMute) -> calls_pb2.SetMute:
    return calls_pb2.SetMute(call_id=request.call_id, is_muted=request.is_muted, leg=request.leg)


def from_set_mute(request: calls_pb2.SetMute) -> call_messages.SetMute:
    leg = leg_number(request.leg) if request.leg else call_messages.OWN_LEG
    return call_messages.SetMute(call_id(request.call_id), request.is_muted, leg)


def from_hold(request: calls_pb2.Hold) -> call_messages.Hold:
    return call_messages.Hold(call_id(request.call_id))


def from_unhold(request: calls_pb2.Unhold) -> call_messages.Unhold:
    return call_messages.Unhold(call_id(request.call_id))


def from_swap(request: calls_pb2.Swap) -> call_messages.Swap:
    return call_messages.Swap(hold=call_id(request.hold), resume=call_id(request.resume))


def to_add_participant(request: call_messages.AddParticipant) -> calls_pb2.AddParticipant:
    return calls_pb2.AddParticipant(
        call_id=request.call_id, callees=request.callees, as_listeners=request.as_listeners
    )


def from_add_participant(request: calls_pb2.AddParticipant) -> call_messages.AddParticipant:
    return call_messages.AddParticipant(
        call_id=call_id(request.call_id),
        callees=usernames(few(request.callees, MAX_CALLEES, fewest=1)),
        as_listeners=request.as_listeners,
    )


def from_merge(request: calls_pb2.Merge) -> call_messages.Merge:
    return call_messages.Merge(call_id(request.call_id), other=call_id(request.other))


def from_kick(request: calls_pb2.Kick) -> call_messages.Kick:
    return call_messages.Kick(call_id(request.call_id), username(request.username))


def from_set_lock(request: calls_pb2.SetLock) -> call_messages.SetLock:
    return call_messages.SetLock(call_id(request.call_id), request.is_locked)


def from_end_for_all(request: calls_pb2.EndForAll) -> call_messages.EndForAll:
    return call_messages.EndForAll(call_id(request.call_id))


def to_e2e_relay(request: call_messages.E2eRelay) -> calls_pb2.E2eRelay:
    parts = [calls_pb2.SealedPart(to_leg=part.to_leg, sealed=part.sealed) for part in request.parts]
    return calls_pb2.E2eRelay(call_id=request.call_id, parts=parts)


def from_e2e_relay(request: calls_pb2.E2eRelay) -> call_messages.E2eRelay:
    parts = few(request.parts, MAX_PARTS, fewest=1)
    within(sum(len(part.sealed) for part in parts), 1, MAX_SEALED_PARTS)
    return call_messages.E2eRelay(
        call_id=call_id(request.call_id),
        parts=tuple(
            call_messages.SealedPart(leg_number(part.to_leg), sized(part.sealed, 1, MAX_SEALED))
            for part in parts
        ),
    )


def to_e2e_arrived(notice: call_messages.E2eArrived) -> calls_pb2.E2eArrived:
    return calls_pb2.E2eArrived(
        call_id=notice.call_id, from_leg=notice.from_leg, sealed=notice.sealed
    )


def from_e2e_arrived(notice: calls_pb2.E2eArrived) -> call_messages.E2eArrived:
    return call_messages.E2eArrived(
        call_id=call_id(notice.call_id),
        from_leg=leg_number(notice.from_leg),
        sealed=sized(notice.sealed, 1, MAX_SEALED),
    )


def to_quality_report(request: call_messages.QualityReport) -> calls_pb2.QualityReport:
    return calls_pb2.QualityReport(
        call_id=request.call_id,
        lost_per_mille=request.lost_per_mille,
        jitter_ms=request.jitter_ms,
        rtt_ms=request.rtt_ms,
    )


def from_quality_report(request: calls_pb2.QualityReport) -> call_messages.QualityReport:
    return call_messages.QualityReport(
        call_id=call_id(request.call_id),
        lost_per_mille=within(request.lost_per_mille, 0, MAX_PER_MILLE),
        jitter_ms=request.jitter_ms,
        rtt_ms=request.rtt_ms,
    )
