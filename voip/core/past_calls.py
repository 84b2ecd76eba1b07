"""A call that has ended, as each of those who took part or missed it keeps it.

``CallEnded`` flows in, history entries flow out; it knows neither accounts nor a clock.
"""

from collections.abc import Iterable

from voip.core.calls import EndReason
from voip.core.effects import CallEnded, Participant
from voip.core.history import MAX_PEERS, HistoryEntry
from voip.core.ids import EntryId, Username
from voip.core.names import MAX_USERNAME, clean_text

UNNUMBERED = EntryId(0)
"""The number of an entry that no store has kept yet."""

MAX_SHOWN_BYTES = 64
"""Of a name as it can be shown, in UTF-8: a page of entries that name ``MAX_PEERS`` each is one
message. Those of accounts are half as long; more is only ever typed for what nobody is called."""

Named = tuple[tuple[Username, Username], ...]
"""Those who took part, each as called and as it can be shown."""


def entries_of(ended: CallEnded, now: int) -> tuple[tuple[Username, HistoryEntry], ...]:
    """Whose history gets which entry. ``now`` is UTC seconds since the epoch.

    A name that was called need not be anybody's: the store keeps what has an owner.
    """
    started_at = max(0, now - round(ended.started_seconds_ago))
    # one more than an entry names, as each leaves its owner out
    named = _named(ended.participants[: MAX_PEERS + 1])
    return tuple(
        (one.username, _entry(ended, one, named, started_at)) for one in ended.participants
    )


def _entry(ended: CallEnded, own: Participant, named: Named, started_at: int) -> HistoryEntry:
    is_missed = not own.is_caller and not own.has_joined and own.outcome is not EndReason.DECLINED
    return HistoryEntry(
        entry=UNNUMBERED,
        call_id=ended.call_id,
        is_incoming=not own.is_caller,
        is_missed=is_missed,
        peers=_peers(named, own),
        is_conference=ended.is_conference,
        outcome=own.outcome,
        started_at=started_at,
        talked_seconds=round(own.talked_seconds),
        lost_per_mille=own.lost_per_mille,
        rtt_ms=own.rtt_ms,
        is_seen=not is_missed,
    )


def _named(participants: Iterable[Participant]) -> Named:
    # what was typed for a name is text of others like any; cleaning is dear, so each is done once
    return tuple((one.username, _shown(one.username)) for one in participants)


def _shown(name: Username) -> Username:
    shown = clean_text(name, MAX_USERNAME).encode()[:MAX_SHOWN_BYTES]
    return Username(shown.decode(errors="ignore"))  # a character that was cut in two goes


def _peers(named: Named, own: Participant) -> tuple[Username, ...]:
    return tuple(shown for name, shown in named if name != own.username)[:MAX_PEERS]
