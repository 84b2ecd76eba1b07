"""Stream numbers and who may hear which stream.

A stream number says whose voice a media frame carries. These know numbers and sessions, no calls:
the exchange draws numbers for new legs, a call tells its ``Routes`` which legs may be heard now.
"""

from collections.abc import Iterable

from voip.core.effects import SetReceivers
from voip.core.ids import SessionId, StreamId

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


class Routes:
    """Which streams of one call are open, and to whom; says only what changed."""

    def __init__(self) -> None:
        self._open: dict[tuple[SessionId, StreamId], tuple[SessionId, ...]] = {}

    def update(self, talking: Iterable[tuple[SessionId, StreamId]]) -> list[SetReceivers]:
        """Let those who talk, and nobody else, hear each other."""
        speakers = tuple(talking)
        wanted = {
            speaker: others
            for speaker in speakers
            if (others := tuple(other for other, _ in speakers if other != speaker[0]))
        }
        closed = [SetReceivers(*gone, ()) for gone in self._open if gone not in wanted]
        opened = [
            SetReceivers(*speaker, receivers)
            for speaker, receivers in wanted.items()
            if self._open.get(speaker) != receivers
        ]
        self._open = wanted
        return closed + opened
