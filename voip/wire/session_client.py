"""What outlives one connection on the client: requests without an answer, notices already seen.

Knows request numbers, times and the messages; neither bytes nor sockets. Times are seconds of a
monotonic clock, handed in as ``now``.
"""

from voip.core.messages import Request

DEFAULT_TIMEOUT_SECONDS = 10.0


class Pending:
    """A client's requests that wait for their answer."""

    def __init__(self, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS) -> None:
        raise NotImplementedError

    def ask(self, request: Request, now: float) -> int:
        """Note a request that is about to be sent and give its number."""
        raise NotImplementedError

    def answered(self, request_id: int) -> Request | None:
        """The request an answer belongs to; None when nobody waits for it any more."""
        raise NotImplementedError

    def expired(self, now: float) -> tuple[tuple[int, Request], ...]:
        """Take out the requests that waited too long."""
        raise NotImplementedError

    def next_timeout(self) -> float | None:
        """When ``expired`` has something to give next; None: nothing waits."""
        raise NotImplementedError

    def cut(self) -> tuple[tuple[int, Request], ...]:
        """The connection broke: take out the requests that only made sense on it."""
        raise NotImplementedError

    def again(self, now: float) -> tuple[tuple[int, Request], ...]:
        """After a resume: what to send again under its old numbers, the oldest first."""
        raise NotImplementedError


class SeenNotices:
    """Which notices a client has dealt with."""

    def __init__(self, ack_after: int = 32) -> None:
        raise NotImplementedError

    def is_new(self, seq: int) -> bool:
        """Count a notice; False: it was here before, drop it."""
        raise NotImplementedError

    def ack(self) -> int:
        """The number to put into the request about to be sent."""
        raise NotImplementedError

    @property
    def is_ack_due(self) -> bool:
        """Whether so many are unacknowledged that a Ping should be sent for it."""
        raise NotImplementedError
