"""Greeting, media path, resuming, notices and refusals: protobuf to core and back.

Knows ``session.proto`` and ``errors.proto`` and their bounds. ``to_...`` makes protobuf and trusts
its own side; ``from_...`` reads a peer's and raises ``BadFrame`` for what is out of bounds.
"""

from voip.core import media_config, messages
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Cid
from voip.core.media_config import MediaSuite
from voip.core.messages import NoticeKind, RegistrationPolicy
from voip.wire.codec_calls import from_call, to_call
from voip.wire.codec_checks import (
    MAX_NOTICE_TEXT,
    MAX_WORD,
    Words,
    at_least,
    exactly,
    few,
    session_id,
    sized,
    text,
    within,
    words_of,
)
from voip.wire.codec_people import from_person, to_person
from voip.wire.v1 import errors_pb2, session_pb2

MAX_CAPABILITIES = 32
MAX_CAPABILITY = 32
MAX_LANGUAGE = 35
MAX_SERVER_NAME = 128
MAX_HOST = 255
MAX_CALLS = 16
SPKI_HASH_SIZE = 32
IV_SIZE = 12
MIN_TOKEN = 16
MAX_TOKEN = 64
MAX_PORT = 2**16 - 1
MAX_PERIOD_SECONDS = 3600

ERROR_CODES = Words(
    {
        ErrorCode.BAD_REQUEST: errors_pb2.ERROR_CODE_BAD_REQUEST,
        ErrorCode.VERSION: errors_pb2.ERROR_CODE_VERSION,
        ErrorCode.NOT_LOGGED_IN: errors_pb2.ERROR_CODE_NOT_LOGGED_IN,
        ErrorCode.ALREADY_LOGGED_IN: errors_pb2.ERROR_CODE_ALREADY_LOGGED_IN,
        ErrorCode.WRONG_PASSWORD: errors_pb2.ERROR_CODE_WRONG_PASSWORD,
        ErrorCode.WRONG_CODE: errors_pb2.ERROR_CODE_WRONG_CODE,
        ErrorCode.UNKNOWN_DEVICE: errors_pb2.ERROR_CODE_UNKNOWN_DEVICE,
        ErrorCode.NAME_TAKEN: errors_pb2.ERROR_CODE_NAME_TAKEN,
        ErrorCode.NAME_NOT_ALLOWED: errors_pb2.ERROR_CODE_NAME_NOT_ALLOWED,
        ErrorCode.NICK_NOT_ALLOWED: errors_pb2.ERROR_CODE_NICK_NOT_ALLOWED,
        ErrorCode.REGISTRATION_CLOSED: errors_pb2.ERROR_CODE_REGISTRATION_CLOSED,
        ErrorCode.INVITE_NEEDED: errors_pb2.ERROR_CODE_INVITE_NEEDED,
        ErrorCode.RATE_LIMITED: errors_pb2.ERROR_CODE_RATE_LIMITED,
        ErrorCode.TOO_MANY_SESSIONS: errors_pb2.ERROR_CODE_TOO_MANY_SESSIONS,
        ErrorCode.NO_SUCH_CALL: errors_pb2.ERROR_CODE_NO_SUCH_CALL,
        ErrorCode.WRONG_STATE: errors_pb2.ERROR_CODE_WRONG_STATE,
        ErrorCode.CALL_EXISTS: errors_pb2.ERROR_CODE_CALL_EXISTS,
        ErrorCode.CALL_FULL: errors_pb2.ERROR_CODE_CALL_FULL,
        ErrorCode.CALL_LOCKED: errors_pb2.ERROR_CODE_CALL_LOCKED,
        ErrorCode.NOT_HOST: errors_pb2.ERROR_CODE_NOT_HOST,
        ErrorCode.SESSION_GONE: errors_pb2.ERROR_CODE_SESSION_GONE,
        ErrorCode.SHUTTING_DOWN: errors_pb2.ERROR_CODE_SHUTTING_DOWN,
        ErrorCode.STORE_UNAVAILABLE: errors_pb2.ERROR_CODE_STORE_UNAVAILABLE,
        ErrorCode.INTERNAL: errors_pb2.ERROR_CODE_INTERNAL,
        ErrorCode.BOOK_FULL: errors_pb2.ERROR_CODE_BOOK_FULL,
        ErrorCode.INVITE_NOT_VALID: errors_pb2.ERROR_CODE_INVITE_NOT_VALID,
        ErrorCode.NOT_APPROVED: errors_pb2.ERROR_CODE_NOT_APPROVED,
        ErrorCode.BANNED: errors_pb2.ERROR_CODE_BANNED,
        ErrorCode.MAINTENANCE: errors_pb2.ERROR_CODE_MAINTENANCE,
    }
)

POLICIES = Words(
    {
        RegistrationPolicy.OPEN: session_pb2.REGISTRATION_POLICY_OPEN,
        RegistrationPolicy.CLOSED: session_pb2.REGISTRATION_POLICY_CLOSED,
        RegistrationPolicy.INVITE: session_pb2.REGISTRATION_POLICY_INVITE,
        RegistrationPolicy.APPROVAL: session_pb2.REGISTRATION_POLICY_APPROVAL,
    }
)

SUITES = Words(
    {
        MediaSuite.AES_128_GCM: session_pb2.MEDIA_SUITE_AES_128_GCM,
        MediaSuite.CHACHA20_POLY1305: session_pb2.MEDIA_SUITE_CHACHA20_POLY1305,
    }
)

KEY_SIZES = {MediaSuite.AES_128_GCM: 16, MediaSuite.CHACHA20_POLY1305: 32}

NOTICE_KINDS = Words(
    {
        NoticeKind.INFO: session_pb2.NOTICE_KIND_INFO,
        NoticeKind.SHUTDOWN: session_pb2.NOTICE_KIND_SHUTDOWN,
        NoticeKind.REPLACED: session_pb2.NOTICE_KIND_REPLACED,
        NoticeKind.KICKED: session_pb2.NOTICE_KIND_KICKED,
        NoticeKind.BANNED: session_pb2.NOTICE_KIND_BANNED,
        NoticeKind.ANNOUNCEMENT: session_pb2.NOTICE_KIND_ANNOUNCEMENT,
        NoticeKind.MAINTENANCE: session_pb2.NOTICE_KIND_MAINTENANCE,
        NoticeKind.MAINTENANCE_OVER: session_pb2.NOTICE_KIND_MAINTENANCE_OVER,
    }
)


def to_error(refusal: Refusal) -> errors_pb2.Error:
    return errors_pb2.Error(
        code=ERROR_CODES.number(refusal.code),
        field=refusal.field,
        retry_after_ms=refusal.retry_after_ms,
        incident=refusal.incident,
    )


def from_error(error: errors_pb2.Error) -> Refusal:
    return Refusal(
        code=ERROR_CODES.word(error.code),
        field=text(error.field, MAX_WORD),
        retry_after_ms=error.retry_after_ms,
        incident=text(error.incident, MAX_WORD),
    )


def to_hello(request: messages.Hello) -> session_pb2.Hello:
    return session_pb2.Hello(
        proto_min=request.proto_min,
        proto_max=request.proto_max,
        client=request.client,
        capabilities=request.capabilities,
        language=request.language,
    )


def from_hello(request: session_pb2.Hello) -> messages.Hello:
    proto_min = at_least(request.proto_min, 1)
    return messages.Hello(
        proto_min=proto_min,
        proto_max=at_least(request.proto_max, proto_min),
        client=text(request.client, MAX_WORD),
        capabilities=words_of(request.capabilities, MAX_CAPABILITIES, MAX_CAPABILITY),
        language=text(request.language, MAX_LANGUAGE),
    )


def to_hello_ok(answer: messages.HelloOk) -> session_pb2.HelloOk:
    return session_pb2.HelloOk(
        proto=answer.proto,
        server_name=answer.server_name,
        capabilities=answer.capabilities,
        max_frame_bytes=answer.max_frame_bytes,
        ping_seconds=answer.ping_seconds,
        policy=POLICIES.number(answer.policy),
        next_spki=answer.next_spki,
        motd=answer.motd,
    )


def from_hello_ok(answer: session_pb2.HelloOk) -> messages.HelloOk:
    return messages.HelloOk(
        proto=at_least(answer.proto, 1),
        server_name=text(answer.server_name, MAX_SERVER_NAME),
        capabilities=words_of(answer.capabilities, MAX_CAPABILITIES, MAX_CAPABILITY),
        max_frame_bytes=at_least(answer.max_frame_bytes, 1),
        ping_seconds=within(answer.ping_seconds, 1, MAX_PERIOD_SECONDS),
        policy=POLICIES.word(answer.policy),
        next_spki=exactly(answer.next_spki, SPKI_HASH_SIZE) if answer.next_spki else b"",
        motd=text(answer.motd, MAX_NOTICE_TEXT),
    )


def to_media_config(media: media_config.MediaConfig) -> session_pb2.MediaConfig:
    return session_pb2.MediaConfig(
        host=media.host,
        port=media.port,
        cid=media.cid,
        suite=SUITES.number(media.suite),
        key_up=media.key_up,
        iv_up=media.iv_up,
        key_down=media.key_down,
        iv_down=media.iv_down,
        keepalive_seconds=media.keepalive_seconds,
        max_datagram_bytes=media.max_datagram_bytes,
    )


def from_media_config(media: session_pb2.MediaConfig) -> media_config.MediaConfig:
    suite = SUITES.word(media.suite)
    key_size = KEY_SIZES[suite]
    return media_config.MediaConfig(
        host=text(media.host, MAX_HOST),
        port=within(media.port, 1, MAX_PORT),
        cid=Cid(media.cid),
        suite=suite,
        key_up=exactly(media.key_up, key_size),
        iv_up=exactly(media.iv_up, IV_SIZE),
        key_down=exactly(media.key_down, key_size),
        iv_down=exactly(media.iv_down, IV_SIZE),
        keepalive_seconds=within(media.keepalive_seconds, 1, MAX_PERIOD_SECONDS),
        max_datagram_bytes=within(media.max_datagram_bytes, 1, MAX_PORT),
    )


def to_snapshot(snapshot: messages.Snapshot) -> session_pb2.Snapshot:
    return session_pb2.Snapshot(
        me=to_person(snapshot.me), calls=[to_call(call) for call in snapshot.calls]
    )


def from_snapshot(snapshot: session_pb2.Snapshot) -> messages.Snapshot:
    return messages.Snapshot(
        me=from_person(snapshot.me),
        calls=tuple(from_call(call) for call in few(snapshot.calls, MAX_CALLS)),
    )


def token(data: bytes) -> bytes:
    """A resume token."""
    return sized(data, MIN_TOKEN, MAX_TOKEN)


def to_resume(request: messages.Resume) -> session_pb2.Resume:
    return session_pb2.Resume(
        session_id=request.session, token=request.token, last_seq=request.last_seq
    )


def from_resume(request: session_pb2.Resume) -> messages.Resume:
    return messages.Resume(
        session=session_id(request.session_id),
        token=token(request.token),
        last_seq=request.last_seq,
    )


def to_resume_ok(answer: messages.ResumeOk) -> session_pb2.ResumeOk:
    return session_pb2.ResumeOk(
        resume_token=answer.resume_token,
        media=to_media_config(answer.media),
        snapshot=to_snapshot(answer.snapshot),
    )


def from_resume_ok(answer: session_pb2.ResumeOk) -> messages.ResumeOk:
    return messages.ResumeOk(
        resume_token=token(answer.resume_token),
        media=from_media_config(answer.media),
        snapshot=from_snapshot(answer.snapshot),
    )


def to_notice(notice: messages.ServerNotice) -> session_pb2.Notice:
    return session_pb2.Notice(
        kind=NOTICE_KINDS.number(notice.kind), text=notice.text, seconds=notice.seconds
    )


def from_notice(notice: session_pb2.Notice) -> messages.ServerNotice:
    return messages.ServerNotice(
        kind=NOTICE_KINDS.word(notice.kind),
        text=text(notice.text, MAX_NOTICE_TEXT),
        seconds=notice.seconds,
    )
