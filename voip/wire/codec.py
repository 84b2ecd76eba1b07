"""Frames to messages and back: the one place where protobuf meets the core's dataclasses.

Knows the envelope around a message; which message goes which way is told by ``codec_bodies``
and ``codec_answers``, and what is in them by the codec of each group (``codec_login`` and so on).
Neither sockets nor sessions are known here. Whatever the bytes, they become a frame or a
``BadFrame``; nothing else escapes. A ``LocalProtocolError`` means that our own side tried to send
what does not fit.
"""

from dataclasses import dataclass

from google.protobuf.message import DecodeError

from voip.core.errors import LocalProtocolError, Refusal
from voip.core.messages import Answer, Notice, Request
from voip.wire.codec_answers import put_answer, put_notice, take_told
from voip.wire.codec_bodies import put_request, take_request
from voip.wire.codec_checks import BadFrame
from voip.wire.codec_session import from_error
from voip.wire.v1.envelope_pb2 import Envelope

__all__ = [
    "MAX_PAYLOAD_BYTES",
    "MAX_TOLD_BYTES",
    "AnswerFrame",
    "BadFrame",
    "ClientFrame",
    "NoticeEncoder",
    "NoticeFrame",
    "decode_client",
    "decode_server",
    "encode_answer",
    "encode_notice",
    "encode_request",
]

MAX_PAYLOAD_BYTES = 64 * 1024
"""The longest request of a client."""

MAX_TOLD_BYTES = 1024 * 1024
"""The longest message of a server: a large conference, told in full to one who comes back."""


@dataclass(frozen=True, slots=True)
class ClientFrame:
    """A request as it came; ``ack`` is the highest notice number the client has dealt with."""

    request_id: int
    ack: int
    request: Request


@dataclass(frozen=True, slots=True)
class AnswerFrame:
    """The answer to the request of that number; 0: a refusal of what had no readable number."""

    request_id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class NoticeFrame:
    """Something told without being asked; ``seq`` counts a session's notices from 1, and is 0 on
    what is said outside a session."""

    seq: int
    notice: Notice


def encode_request(request_id: int, request: Request, ack: int = 0) -> bytes:
    """A request as the payload of one frame."""
    try:
        envelope = Envelope(id=request_id, ack=ack)
        put_request(envelope, request)
    except ValueError as error:
        raise LocalProtocolError(str(error)) from error
    return _serialized(envelope, MAX_PAYLOAD_BYTES)


def encode_answer(request_id: int, answer: Answer) -> bytes:
    """An answer as the payload of one frame; a ``Refusal`` may have the number 0."""
    try:
        envelope = Envelope(id=request_id)
        put_answer(envelope, answer)
    except ValueError as error:
        raise LocalProtocolError(str(error)) from error
    return _serialized(envelope, MAX_TOLD_BYTES)


def encode_notice(seq: int, notice: Notice) -> bytes:
    """A notice as the payload of one frame; ``seq`` 0: outside a session, never sent again."""
    try:
        envelope = Envelope(seq=seq)
        put_notice(envelope, notice)
    except ValueError as error:
        raise LocalProtocolError(str(error)) from error
    return _serialized(envelope, MAX_TOLD_BYTES)


class NoticeEncoder:
    """Encodes notices for many sessions: one that is told to all of them in turn only once."""

    def __init__(self) -> None:
        self._last: Notice | None = None
        self._body = b""

    def encode(self, seq: int, notice: Notice) -> bytes:
        """The same bytes as ``encode_notice``."""
        if notice is not self._last:
            self._body = encode_notice(0, notice)
            self._last = notice
        data = Envelope(seq=seq).SerializeToString() + self._body
        if len(data) > MAX_TOLD_BYTES:
            raise LocalProtocolError(f"a notice of {len(data)} bytes")
        return data


def decode_client(data: bytes) -> ClientFrame:
    """What a client sent; raises ``BadFrame``."""
    envelope = _parsed(data)
    try:
        if envelope.id == 0 or envelope.seq != 0 or envelope.HasField("error"):
            raise BadFrame("not a request's envelope")
        return ClientFrame(envelope.id, envelope.ack, take_request(envelope))
    except BadFrame as error:
        error.request_id = envelope.id
        raise


def decode_server(data: bytes) -> AnswerFrame | NoticeFrame:
    """What a server sent; raises ``BadFrame``."""
    envelope = _parsed(data)
    try:
        if envelope.HasField("error"):
            return AnswerFrame(envelope.id, _take_refusal(envelope))
        told = take_told(envelope)
        if isinstance(told, Notice):
            if envelope.id != 0:
                raise BadFrame("a notice as an answer")
            return NoticeFrame(envelope.seq, told)
        if envelope.id == 0:
            raise BadFrame("an answer to nothing")
        return AnswerFrame(envelope.id, told)
    except BadFrame as error:
        error.request_id = envelope.id
        raise


def _parsed(data: bytes) -> Envelope:
    try:
        return Envelope.FromString(data)
    except DecodeError:
        raise BadFrame("not an envelope") from None


def _serialized(envelope: Envelope, longest: int) -> bytes:
    data = envelope.SerializeToString()
    if len(data) > longest:
        raise LocalProtocolError(f"a {envelope.WhichOneof('body')} message of {len(data)} bytes")
    return data


def _take_refusal(envelope: Envelope) -> Refusal:
    if envelope.WhichOneof("body") is not None:
        raise BadFrame("an error and a body")
    return from_error(envelope.error)
