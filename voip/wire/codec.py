"""Frames to messages and back: the one place where protobuf meets the core's dataclasses.

Knows the ``.proto`` files and their limits, neither sockets nor sessions. Whatever the bytes, they
become a frame or a ``BadFrame``; nothing else escapes.
"""

from dataclasses import dataclass

from voip.core.errors import ErrorCode, RemoteProtocolError
from voip.core.messages import Answer, Notice, Request


class BadFrame(RemoteProtocolError):
    """A frame no correct peer sends. ``request_id`` is its number when that much was readable."""

    def __init__(self, detail: str, request_id: int = 0) -> None:
        super().__init__(ErrorCode.BAD_REQUEST, detail)
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class ClientFrame:
    """A request as it came; ``ack`` is the highest notice number the client has dealt with."""

    request_id: int
    ack: int
    request: Request


@dataclass(frozen=True, slots=True)
class AnswerFrame:
    """The answer to the request of that number."""

    request_id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class NoticeFrame:
    """Something told without being asked; ``seq`` counts a session's notices from 1."""

    seq: int
    notice: Notice


def encode_request(request_id: int, request: Request, ack: int = 0) -> bytes:
    """A request as the payload of one frame."""
    raise NotImplementedError


def encode_answer(request_id: int, answer: Answer) -> bytes:
    """An answer as the payload of one frame."""
    raise NotImplementedError


def encode_notice(seq: int, notice: Notice) -> bytes:
    """A notice as the payload of one frame; ``seq`` 0: outside a session, never sent again."""
    raise NotImplementedError


def decode_client(data: bytes) -> ClientFrame:
    """What a client sent; raises ``BadFrame``."""
    raise NotImplementedError


def decode_server(data: bytes) -> AnswerFrame | NoticeFrame:
    """What a server sent; raises ``BadFrame``."""
    raise NotImplementedError
