"""Calls and their legs: protobuf to core and back.

Knows ``calls.proto`` and its bounds. ``to_...`` makes protobuf and trusts its own side;
``from_...`` reads a peer's and raises ``BadFrame`` for what is out of bounds.
"""

from voip.core import messages
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
    MAX_SEALED,
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
        ended=_to_end_reason(call.ended),
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
        ended=END_REASONS.word_or_none(call.ended),
    )


def from_call_state(notice: calls_pb2.CallState) -> messages.CallChanged:
    return messages.CallChanged(from_call(notice.call))


def to_invite(request: messages.Invite) -> calls_pb2.Invite:
    return calls_pb2.Invite(
        call_id=request.call_id,
        callees=request.callees,
        commitment=request.commitment,
        is_conference=request.is_conference,
        require_e2e=request.require_e2e,
    )


def from_invite(request: calls_pb2.Invite) -> messages.Invite:
    return messages.Invite(
        call_id=call_id(request.call_id),
        callees=usernames(few(request.callees, MAX_CALLEES, fewest=1)),
        commitment=exactly(request.commitment, COMMITMENT_SIZE),
        is_conference=request.is_conference,
        require_e2e=request.require_e2e,
    )


def from_invite_ok(answer: calls_pb2.InviteOk) -> messages.InviteOk:
    return messages.InviteOk(call_id(answer.call_id))


def to_alerting(request: messages.Alerting) -> calls_pb2.Alerting:
    return calls_pb2.Alerting(call_id=request.call_id, key=to_leg_key(request.key))


def from_alerting(request: calls_pb2.Alerting) -> messages.Alerting:
    return messages.Alerting(call_id(request.call_id), from_leg_key(request.key))


def from_accept(request: calls_pb2.Accept) -> messages.Accept:
    return messages.Accept(call_id(request.call_id))


def to_decline(request: messages.Decline) -> calls_pb2.Decline:
    return calls_pb2.Decline(call_id=request.call_id, reason=DECLINE_REASONS.number(request.reason))


def from_decline(request: calls_pb2.Decline) -> messages.Decline:
    return messages.Decline(call_id(request.call_id), DECLINE_REASONS.word(request.reason))


def from_cancel(request: calls_pb2.Cancel) -> messages.Cancel:
    return messages.Cancel(call_id(request.call_id))


def from_leave(request: calls_pb2.Leave) -> messages.Leave:
    return messages.Leave(call_id(request.call_id), request.e2e_failed)


def from_set_mute(request: calls_pb2.SetMute) -> messages.SetMute:
    return messages.SetMute(call_id(request.call_id), request.is_muted)


def to_e2e_relay(request: messages.E2eRelay) -> calls_pb2.E2eRelay:
    return calls_pb2.E2eRelay(call_id=request.call_id, to_leg=request.to_leg, sealed=request.sealed)


def from_e2e_relay(request: calls_pb2.E2eRelay) -> messages.E2eRelay:
    return messages.E2eRelay(
        call_id=call_id(request.call_id),
        to_leg=leg_number(request.to_leg),
        sealed=sized(request.sealed, 1, MAX_SEALED),
    )


def to_e2e_arrived(notice: messages.E2eArrived) -> calls_pb2.E2eArrived:
    return calls_pb2.E2eArrived(
        call_id=notice.call_id, from_leg=notice.from_leg, sealed=notice.sealed
    )


def from_e2e_arrived(notice: calls_pb2.E2eArrived) -> messages.E2eArrived:
    return messages.E2eArrived(
        call_id=call_id(notice.call_id),
        from_leg=leg_number(notice.from_leg),
        sealed=sized(notice.sealed, 1, MAX_SEALED),
    )


def to_quality_report(request: messages.QualityReport) -> calls_pb2.QualityReport:
    return calls_pb2.QualityReport(
        call_id=request.call_id,
        lost_per_mille=request.lost_per_mille,
        jitter_ms=request.jitter_ms,
        rtt_ms=request.rtt_ms,
    )


def from_quality_report(request: calls_pb2.QualityReport) -> messages.QualityReport:
    return messages.QualityReport(
        call_id=call_id(request.call_id),
        lost_per_mille=within(request.lost_per_mille, 0, MAX_PER_MILLE),
        jitter_ms=request.jitter_ms,
        rtt_ms=request.rtt_ms,
    )
