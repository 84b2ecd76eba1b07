"""Numbers and times as the operator's sentences have them."""

from collections.abc import Sequence
from datetime import UTC, datetime


def counted(number: int, one: str, several: str = "") -> str:
    """``1 device``, ``2 devices``; ``several`` where an s does not make it more."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def moment(at: int) -> str:
    """A time, UTC seconds since the epoch."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def lasting(seconds: float) -> str:
    """How long something lasted: ``42 s``, ``3 min 5 s``, ``2 h 7 min``, ``5 d 3 h``."""
    left = round(seconds)
    parts: list[str] = []
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        number, left = divmod(left, size)
        if number or (unit == "s" and not parts):
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2])


def listed(names: Sequence[str], most: int = 5) -> str:
    """``ann``, ``ann and bob``, ``ann, bob and cat``, ``ann, bob and 7 more``."""
    shown = (
        list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    )
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
