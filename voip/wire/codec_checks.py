"""What a field may hold: sizes, lengths, ranges and enum words, each told once.

Knows bounds and nothing of messages. Every check gives its value back, so that a decoder reads as
a list of fields; a value out of bounds is a ``BadFrame``. The bounds of text are wider than the
rules for names: an unlucky name is refused with a reason, an absurd one is not read.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Generic, TypeVar

from voip.core.errors import ErrorCode, RemoteProtocolError
from voip.core.ids import (
    CALL_ID_SIZE,
    DEVICE_ID_SIZE,
    SESSION_ID_SIZE,
    CallId,
    DeviceId,
    LegNumber,
    SessionId,
    Username,
)

MAX_USERNAME = 64
MAX_NICK = 256
MAX_STATUS_TEXT = 1024
MAX_DEVICE_NAME = 64
MAX_WORD = 64
MAX_NOTICE_TEXT = 1024
MAX_CERTIFICATE = 256
MAX_SEALED = 8192
MAX_LEG = 2**16 - 1
MAX_PEOPLE = 100
MAX_CALLEES = 32
MAX_LEGS = 512
MAX_PARTS = 256
MAX_SEALED_PARTS = 60 * 1024

Item = TypeVar("Item")
Word = TypeVar("Word", bound=Enum)
Number = TypeVar("Number", bound=int)


class BadFrame(RemoteProtocolError):
    """A frame no correct peer sends. ``request_id`` is its number when that much was readable."""

    def __init__(self, detail: str, request_id: int = 0) -> None:
        super().__init__(ErrorCode.BAD_REQUEST, detail)
        self.request_id = request_id


class Words(Generic[Word, Number]):
    """An enum of the core and its numbers on the wire."""

    def __init__(self, numbers: Mapping[Word, Number]) -> None:
        self._numbers = dict(numbers)
        self._words = {number: word for word, number in numbers.items()}

    def number(self, word: Word) -> Number:
        """The number of a word."""
        return self._numbers[word]

    def word(self, number: Number) -> Word:
        """The word of a number; zero and numbers of a later version have none."""
        try:
            return self._words[number]
        except KeyError:
            raise BadFrame(f"an enum value of {number}") from None

    def word_or_none(self, number: Number) -> Word | None:
        """The same where zero stands for nothing."""
        return None if number == 0 else self.word(number)


def exactly(data: bytes, size: int) -> bytes:
    """Bytes of one size."""
    return sized(data, size, size)


def sized(data: bytes, smallest: int, largest: int) -> bytes:
    """Bytes of a size between two bounds, both included."""
    if not smallest <= len(data) <= largest:
        raise BadFrame(f"{len(data)} bytes where {smallest} to {largest} belong")
    return data


def text(value: str, longest: int, shortest: int = 0) -> str:
    """Text of a length, in characters, between two bounds."""
    if not shortest <= len(value) <= longest:
        raise BadFrame(f"{len(value)} characters where {shortest} to {longest} belong")
    return value


def within(value: int, lowest: int, highest: int) -> int:
    """A number between two bounds."""
    if not lowest <= value <= highest:
        raise BadFrame(f"{value} where {lowest} to {highest} belong")
    return value


def at_least(value: int, lowest: int) -> int:
    """A number from a bound up to what its field holds."""
    if value < lowest:
        raise BadFrame(f"{value} where {lowest} is the least")
    return value


def few(items: Sequence[Item], most: int, fewest: int = 0) -> Sequence[Item]:
    """A list of a length between two bounds; empty messages in thousands cost memory, not bytes."""
    if not fewest <= len(items) <= most:
        raise BadFrame(f"{len(items)} items where {fewest} to {most} belong")
    return items


def words_of(items: Sequence[str], most: int, longest: int) -> tuple[str, ...]:
    """A short list of short non-empty words."""
    return tuple(text(item, longest, 1) for item in few(items, most))


def username(value: str, shortest: int = 0) -> Username:
    """A username, or what somebody typed for one."""
    return Username(text(value, MAX_USERNAME, shortest))


def usernames(values: Iterable[str]) -> tuple[Username, ...]:
    """Several of them."""
    return tuple(username(value) for value in values)


def call_id(data: bytes) -> CallId:
    """A call's id."""
    return CallId(exactly(data, CALL_ID_SIZE))


def session_id(data: bytes) -> SessionId:
    """A session's id."""
    return SessionId(exactly(data, SESSION_ID_SIZE))


def device_id(data: bytes) -> DeviceId:
    """A device's id."""
    return DeviceId(exactly(data, DEVICE_ID_SIZE))


def leg_number(value: int) -> LegNumber:
    """A leg's number."""
    return LegNumber(within(value, 1, MAX_LEG))
