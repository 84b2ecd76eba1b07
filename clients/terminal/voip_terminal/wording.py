"""Small words and figures as people read them: durations, presence, quality.

It knows values and no screens. Whole sentences are in ``sentences``.
"""

from datetime import UTC, datetime
from enum import Enum, unique

from voip.client.voice.commands import CallFigures
from voip.core.ids import DeviceId
from voip.core.people import Presence
from voip_terminal.paint import clean

PRESENCE_WORDS = {
    Presence.OFFLINE: "offline",
    Presence.AVAILABLE: "available",
    Presence.AWAY: "away",
    Presence.BUSY: "busy",
    Presence.DO_NOT_DISTURB: "don't disturb",
    Presence.IN_CALL: "in a call",
    Presence.INVISIBLE: "invisible",
}

CHOOSABLE = {
    Presence.AVAILABLE: "away by itself after ten minutes without a key",
    Presence.AWAY: "it rings all the same",
    Presence.BUSY: "it rings all the same",
    Presence.DO_NOT_DISTURB: "nothing rings; who called stands in the history",
    Presence.INVISIBLE: "others see you as offline",
}
"""What a person may set, and what comes of it; the others come by themselves."""


@unique
class Quality(Enum):
    """How a line is, in a word."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


# (loss, jitter in ms, round trip in ms) up to which a line is good, and fair.
_GOOD = (0.02, 30.0, 200.0)
_FAIR = (0.08, 60.0, 400.0)


def clock(seconds: float) -> str:
    """A duration as 2:05 or 1:02:05."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def percent(share: float) -> str:
    """0.004 as 0.4%."""
    return f"{share * 100:.1f}%"


def milliseconds(value: float) -> str:
    return f"{value:.0f} ms"


def device_name(name: str, kind: str) -> str:
    """A sound device as people know it: the system's choice is only called "default" by it."""
    shown = clean(name)
    return f"default {kind}" if shown.strip().lower() == "default" else shown


def day(seconds: int) -> str:
    """A moment, in seconds of UTC since 1970, as the day it is here: 2026-05-14.

    A server may say anything; what is no day of ours is a question mark.
    """
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d")
    except (OverflowError, ValueError, OSError):
        return "?"


def key_of_device(device: DeviceId) -> str:
    """The first part of a device's fingerprint, enough to tell one's own devices apart."""
    return f"{device[:2].hex()} {device[2:4].hex()}".upper()


def fingerprint(pin: str) -> list[str]:
    """A key's SHA-256 in hex as two rows of eight groups, easy to compare."""
    groups = [pin[at : at + 4].upper() for at in range(0, len(pin), 4)]
    return [" ".join(groups[at : at + 8]) for at in range(0, len(groups), 8)]


def quality(figures: CallFigures) -> Quality:
    """How the line of a call is."""
    seen = (figures.loss, figures.jitter_ms, figures.rtt_ms)
    if all(value <= bound for value, bound in zip(seen, _GOOD, strict=True)):
        return Quality.GOOD
    if all(value <= bound for value, bound in zip(seen, _FAIR, strict=True)):
        return Quality.FAIR
    return Quality.POOR


def past_quality(loss: float, rtt_ms: float) -> Quality:
    """How the line of a call was that is over; its jitter is not kept."""
    if loss <= _GOOD[0] and rtt_ms <= _GOOD[2]:
        return Quality.GOOD
    return Quality.FAIR if loss <= _FAIR[0] and rtt_ms <= _FAIR[2] else Quality.POOR


def complaint(figures: CallFigures) -> str:
    """What is wrong with a line that is not good, in plain words; empty for a good one."""
    if quality(figures) is Quality.GOOD:
        return ""
    if figures.loss > _GOOD[0]:
        return "part of what they say gets lost"
    if figures.jitter_ms > _GOOD[1]:
        return "their voice arrives unevenly"
    return "a long way: expect pauses"
