"""Past calls, as each of those who took part, or missed it, keeps them.

It knows words and values; who keeps them and for how long is the store's business.
"""

from dataclasses import dataclass
from enum import Enum, unique

from voip.core.calls import EndReason
from voip.core.ids import CallId, EntryId, Username

MAX_PEERS = 256
"""Names kept with one entry; there are fewer in any call."""


@unique
class HistoryKind(Enum):
    """Which entries to list."""

    ALL = "all"
    MISSED = "missed"
    CONFERENCES = "conferences"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One past call as one account keeps it.

    ``peers`` are the others, who called first. ``started_at`` is UTC seconds since the epoch,
    ``talked_seconds`` this person's own, ``lost_per_mille`` and ``rtt_ms`` how it sounded to him;
    ``is_seen`` False only of a missed call that nobody has looked at yet.
    """

    entry: EntryId
    call_id: CallId
    is_incoming: bool
    is_missed: bool
    peers: tuple[Username, ...]
    is_conference: bool
    outcome: EndReason
    started_at: int
    talked_seconds: int = 0
    lost_per_mille: int = 0
    rtt_ms: int = 0
    is_seen: bool = True
