"""A past call in the words of a list: which way, when, with whom, how long, how good, how it ended.

It knows entries of the history and the names people have here, and no screens.
"""

from collections.abc import Mapping, Sequence

from voip.client.model_people import ContactView
from voip.core.calls import EndReason
from voip.core.history import HistoryEntry
from voip.core.ids import Username
from voip_terminal.glyphs import Glyphs
from voip_terminal.meters import quality_bars
from voip_terminal.paint import Piece, clean
from voip_terminal.theme import Style
from voip_terminal.wording import Quality, clock, past_quality

# What became of a call that was begun here, of one that came in, and of either.
_OUTGOING = {
    EndReason.HANGUP: "ended",
    EndReason.DECLINED: "they declined",
    EndReason.CANCELLED: "you stopped calling",
    EndReason.BUSY: "they were busy",
    EndReason.NO_ANSWER: "no answer",
    EndReason.UNAVAILABLE: "not reachable",
}
_INCOMING = {
    EndReason.HANGUP: "ended",
    EndReason.DECLINED: "you declined",
    EndReason.CANCELLED: "they gave up",
    EndReason.BUSY: "you were in a call",
    EndReason.NO_ANSWER: "you did not answer",
    EndReason.UNAVAILABLE: "you were not there",
}
_EITHER = {
    EndReason.ANSWERED_ELSEWHERE: "answered elsewhere",
    EndReason.NETWORK_LOST: "network lost",
    EndReason.SERVER_STOP: "server stopped",
    EndReason.FAILED: "failed",
    EndReason.E2E_FAILED: "not encrypted",
    EndReason.KICKED: "you were removed",
    EndReason.MERGED: "joined with another",
    EndReason.OPERATOR: "the operator did",
}

OUTCOME_COLS = 19
"""The longest of these words."""


def outcome(entry: HistoryEntry) -> str:
    """How a call ended, in a word or two."""
    table = _INCOMING if entry.is_incoming else _OUTGOING
    return (table | _EITHER)[entry.outcome]


def direction(entry: HistoryEntry) -> str:
    """Which way it went, in words."""
    if entry.is_missed:
        return "incoming, missed"
    return "incoming" if entry.is_incoming else "outgoing"


def sign(entry: HistoryEntry, glyphs: Glyphs) -> Piece:
    """Which way it went, or that nothing came of it."""
    if entry.is_missed:
        return (Style.BAD, glyphs.no)
    if entry.outcome is EndReason.DECLINED:
        return (None, glyphs.busy)
    return (None, glyphs.incoming if entry.is_incoming else glyphs.outgoing)


def length(entry: HistoryEntry) -> str:
    """How long one talked; a missed call says that it was."""
    if entry.is_missed:
        return "missed"
    return clock(entry.talked_seconds) if entry.talked_seconds else ""


def line(entry: HistoryEntry, glyphs: Glyphs, *, has_bars: bool) -> Piece:
    """How good the line was, of a call in which one talked."""
    if not entry.talked_seconds:
        return (None, "")
    how = past_quality(entry.lost_per_mille / 1000, entry.rtt_ms)
    style = {Quality.GOOD: Style.GOOD, Quality.FAIR: Style.FAIR, Quality.POOR: Style.BAD}[how]
    return (style, f"{quality_bars(how, glyphs)} {how.value}" if has_bars else how.value)


def names_of(contacts: Sequence[ContactView]) -> Mapping[Username, str]:
    """What to call people here."""
    return {contact.username: contact.name for contact in contacts}


def peers(entry: HistoryEntry, names: Mapping[Username, str]) -> str:
    """With whom, the one who matters most first, and how many they were."""
    if not entry.peers:
        return "nobody"
    first = clean(names.get(entry.peers[0], "") or entry.peers[0])
    others = len(entry.peers) - 1
    return f"{first} and {others} more" if others else first
