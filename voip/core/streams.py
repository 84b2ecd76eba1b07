"""Stream numbers and who may hear which stream.

A stream number says whose voice a media frame carries. These know numbers and sessions, no calls:
the exchange draws numbers for new legs, a call tells its ``Routes`` which legs may be heard now.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from voip.core.effects import SetGate, SetReceivers
from voip.core.ids import CallId, SessionId, StreamId

LAST_STREAM = 0xFFFF


class StreamNumbers:
    """The u16 numbers of one node, handed out in a circle so that a freed one rests a while."""

    def __init__(self, last: int = LAST_STREAM) -> None:
        self._last = last
        self._newest = 0
        self._taken: set[StreamId] = set()

    @property
    def free(self) -> int:
        """How many may still be taken."""
        return self._last - len(self._taken)

    def take(self) -> StreamId:
        """A number that no live leg has, from 1; the caller has looked at ``free``."""
        number = self._following(self._newest)
        while number in self._taken:
            number = self._following(number)
        self._newest = number
        self._taken.add(number)
        return number

    def give_back(self, number: StreamId) -> None:
        """The leg that had it is over."""
        self._taken.discard(number)

    def _following(self, number: int) -> StreamId:
        return StreamId(number % self._last + 1)


@dataclass(frozen=True, slots=True)
class Voice:
    """A leg that has joined, as far as its sound is concerned."""

    session: SessionId
    stream: StreamId
    is_active: bool = True  # False: on hold, neither sends nor hears
    is_muted: bool = False
    is_listener: bool = False  # hears and has no stream


class Routes:
    """Which streams of one call are open, and to whom; says only what changed.

    A gate that is to be shut is shut before its stream opens.
    """

    def __init__(self) -> None:
        self._voices: tuple[Voice, ...] = ()
        self._room: CallId | None = None
        self._open: dict[tuple[SessionId, StreamId], tuple[SessionId, ...]] = {}
        self._shut: dict[tuple[SessionId, StreamId], None] = {}

    def update(self, joined: Iterable[Voice], room: CallId | None) -> list[SetReceivers | SetGate]:
        """Let those who are active, and nobody else, hear who speaks.

        ``room`` is the conference in which the streams compete, None in a call between two.
        """
        voices = tuple(joined)
        if voices == self._voices and room == self._room:
            return []
        hearing = tuple(voice.session for voice in voices if voice.is_active)
        speakers = [voice for voice in voices if not voice.is_listener]
        wanted = {
            (voice.session, voice.stream): others
            for voice in speakers
            if (others := _without(hearing, voice.session))
        }
        shut = {
            (voice.session, voice.stream): None
            for voice in speakers
            if voice.is_muted or not voice.is_active
        }
        closed = [SetReceivers(*gone, (), room) for gone in self._open if gone not in wanted]
        gates = [SetGate(*gate, is_open=True) for gate in self._shut if gate not in shut]
        gates += [SetGate(*gate, is_open=False) for gate in shut if gate not in self._shut]
        opened = [
            SetReceivers(*speaker, receivers, room)
            for speaker, receivers in wanted.items()
            if self._open.get(speaker) != receivers or room != self._room
        ]
        self._voices, self._room, self._open, self._shut = voices, room, wanted, shut
        return [*closed, *gates, *opened]


def _without(hearing: tuple[SessionId, ...], session: SessionId) -> tuple[SessionId, ...]:
    """The others, each at most once; in a large call this is done for every speaker."""
    if session not in hearing:
        return hearing
    place = hearing.index(session)
    return hearing[:place] + hearing[place + 1 :]
