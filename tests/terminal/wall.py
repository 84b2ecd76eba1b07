"""A clock on the wall that stands still."""

from datetime import UTC, datetime

NOW = datetime(2026, 5, 14, 10, 58, tzinfo=UTC)


class WallHere:
    """A Thursday, two minutes to eleven, in Greenwich."""

    def now(self) -> datetime:
        return NOW

    def at(self, epoch_seconds: float) -> datetime:
        return datetime.fromtimestamp(epoch_seconds, UTC)
