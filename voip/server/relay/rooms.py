"""Which streams of a conference pass: the loudest few, by the level that travels with each packet.

    hear(stream, level) -> HELD_BACK, PASSES or MARKED

A stream's loudness follows its level up within a few packets and down within a second, as a voice
does not end between two syllables. While fewer than `loudest` pass, everybody who speaks does.
After that a newcomer takes the place of one who has been silent for 400 ms, or of the quietest, if
3 dB louder than that one: so those who are about as loud as each other don't take turns by the
syllable. The first packets after a pause in forwarding are to be marked, so that listeners count
what they were not sent as silence and not as loss. Several, as one alone may be lost.

Knows numbers and levels; sends nothing and reads no clock.
"""

import enum
from typing import Final

LOUDEST: Final = 3
"""More than three voices at once nobody can follow."""

LOUDER_DB: Final = 3.0
SILENT_AFTER: Final = 0.4
"""Seconds of silence, or of nothing at all, after which a place may be taken."""

SILENT_DBOV: Final = -45.0
"""Over the noise of most rooms. Who never speaks louder still competes by loudness."""

MARKED_PACKETS: Final = 3

_LEVEL_BITS: Final = 0x7F  # RFC 6464: the top bit says "speech", which not every client tells
_FLOOR_DBOV: Final = -70.0
"""Silence is no softer than this, so that who begins to speak is known by the third packet."""
_RISE: Final = 0.5  # a click of one packet raises by half: it takes nobody's place
_FALL: Final = 0.02  # a second at 50 packets a second
_PAUSE_DB: Final = 10.0  # so far under their own loudness people just don't speak


class Forwarding(enum.Enum):
    """What is to be done with a packet."""

    HELD_BACK = "held back"
    PASSES = "passes"
    MARKED = "marked"
    """It passes, and is marked as the first after silence."""


class _Contestant:
    """One stream of the room."""

    __slots__ = ("loudness", "marks", "passes", "sounded_at")

    def __init__(self) -> None:
        self.loudness = _FLOOR_DBOV
        self.sounded_at = float("-inf")
        self.passes = False
        self.marks = 0


class Room:
    """The streams of one conference; those that are gated do not compete."""

    def __init__(self, loudest: int = LOUDEST) -> None:
        self._loudest = loudest
        self._contestants: dict[int, _Contestant] = {}
        self._passing: list[_Contestant] = []

    def __len__(self) -> int:
        return len(self._contestants)

    def enter(self, stream: int) -> None:
        """A stream competes from now on."""
        self._contestants[stream] = _Contestant()

    def rest(self, stream: int) -> None:
        """A stream was gated: it begins anew when it is heard again."""
        self.leave(stream)
        self.enter(stream)

    def leave(self, stream: int) -> None:
        """A stream competes no more; its place is free at once."""
        gone = self._contestants.pop(stream)
        if gone.passes:
            self._passing.remove(gone)

    def hear(self, stream: int, level: int, now: float) -> Forwarding:
        """Judge a packet of a stream in the room. `level` is that of RFC 6464."""
        one = self._contestants[stream]
        loud = max(-float(level & _LEVEL_BITS), _FLOOR_DBOV)
        one.loudness += (loud - one.loudness) * (_RISE if loud > one.loudness else _FALL)
        if loud > SILENT_DBOV:
            one.sounded_at = now
        if not one.passes and not self._takes_a_place(one, loud, now):
            return Forwarding.HELD_BACK
        if not one.marks:
            return Forwarding.PASSES
        one.marks -= 1
        return Forwarding.MARKED

    def _takes_a_place(self, one: _Contestant, loud: float, now: float) -> bool:
        if len(self._passing) >= self._loudest:
            loser = self._loser(one, loud, now)
            if loser is None:
                return False
            loser.passes = False
            self._passing.remove(loser)
        one.passes = True
        one.marks = MARKED_PACKETS
        self._passing.append(one)
        return True

    def _loser(self, one: _Contestant, loud: float, now: float) -> _Contestant | None:
        """Whose place the newcomer takes, who is so loud just now."""
        if loud < one.loudness - _PAUSE_DB:
            return None
        if loud > SILENT_DBOV:
            longest = min(self._passing, key=lambda each: each.sounded_at)
            if now - longest.sounded_at >= SILENT_AFTER:
                return longest
        quietest = min(self._passing, key=lambda each: each.loudness)
        return quietest if one.loudness >= quietest.loudness + LOUDER_DB else None
