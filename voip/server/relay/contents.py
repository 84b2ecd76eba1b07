"""What one opened datagram holds, grouped by where each thing goes.

Knows frames and no legs. The relay sends one datagram for each group, never one for each frame, so
that a datagram of many small frames does not make many.
"""

from dataclasses import dataclass, field
from typing import assert_never

from voip.wire.media_frames import (
    Close,
    Frame,
    Malformed,
    Media,
    Pad,
    Ping,
    Pong,
    Report,
    parse_frames,
)


@dataclass(slots=True)
class Contents:
    """The frames of one datagram; what stood before a malformed one is kept."""

    speech: dict[int, list[Frame]] = field(default_factory=dict)
    """MEDIA frames by stream."""
    reports: dict[int, list[Frame]] = field(default_factory=dict)
    """REPORT frames by the stream they are about."""
    answers: list[Frame] = field(default_factory=list)
    """A PONG for every PING."""
    tokens: list[bytes] = field(default_factory=list)
    """The tokens that came back in PONGs."""
    is_closing: bool = False
    is_malformed: bool = False


def group(frames: bytes) -> Contents:
    """Take the frames of an opened datagram apart."""
    contents = Contents()
    for frame in parse_frames(frames):
        match frame:
            case Media():
                contents.speech.setdefault(frame.stream, []).append(frame)
            case Report():
                contents.reports.setdefault(frame.stream, []).append(frame)
            case Ping():
                contents.answers.append(Pong(frame.token))
            case Pong():
                contents.tokens.append(frame.token)
            case Close():
                contents.is_closing = True
            case Malformed():
                contents.is_malformed = True
            case Pad():
                pass
            case _:
                assert_never(frame)
    return contents
