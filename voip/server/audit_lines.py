"""A deed as a line of the audit's file: one JSON object, whatever was typed.

Plain functions. Text of others is made safe for every terminal that may show the file, and nothing
of it is lost: what cannot be printed is written as an escape.
"""

import json
from datetime import UTC, datetime
from typing import Final

from voip.core.deeds import Actor, Deed, DeedId
from voip.store.operator import KeptDeed

MAX_LINE: Final = 4096
"""Characters of what was typed; a longer line says enough by its beginning."""
MAX_WORD: Final = 128
"""Characters of any other field: names are at most 40."""
_CUT: Final = "…"


def safe(text: str, limit: int = MAX_WORD) -> str:
    """Text with what cannot be printed written as escapes, at most ``limit`` characters."""
    shown = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in text[:limit]
    )
    is_whole = len(text) <= limit and len(shown) <= limit
    return shown if is_whole else shown[: limit - 1] + _CUT


def safe_actor(actor: Actor) -> Actor:
    """The same person, with a name that can be shown."""
    return Actor(safe(actor.name), actor.role, actor.door, safe(actor.address))


def safe_deed(deed: Deed) -> Deed:
    """The same deed, in words that can be shown."""
    return Deed(safe(deed.what), safe(deed.on), safe(deed.line, MAX_LINE))


def line_of(kept: KeptDeed) -> bytes:
    """What is about to be done; with its outcome, if it is known already."""
    fields = {
        "deed": kept.deed,
        "at": _time(kept.at),
        "who": kept.actor.name,
        "role": kept.actor.role.value,
        "door": kept.actor.door.value,
        "from": kept.actor.address,
        "what": kept.what.what,
        "on": kept.what.on,
        "line": kept.what.line,
    }
    if kept.outcome:
        fields["outcome"] = kept.outcome
    return _line(fields)


def outcome_line(deed: DeedId, at: int, outcome: str) -> bytes:
    """How a deed went."""
    return _line({"deed": deed, "at": _time(at), "outcome": outcome})


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(fields: dict[str, str]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
