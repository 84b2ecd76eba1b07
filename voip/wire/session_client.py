"""What outlives one connection on the client: requests without an answer, notices already seen.

Knows request numbers, times and the messages; neither bytes nor sockets. When a connection breaks,
``cut`` gives up what was bound to it; after a resume, ``again`` tells what to send once more under
its old number, which the server does at most once. Times are seconds of a monotonic clock, handed
in as ``now``.
"""

from voip.core.account_messages import Recover, RecoverFinish, Reset
from voip.core.messages import (
    AuthDevice,
    AuthFinish,
    AuthStart,
    ChangePassword,
    Hello,
    Logout,
    Ping,
    Register,
    Request,
    Resume,
)

DEFAULT_TIMEOUT_SECONDS = 10.0
"""Above the slowest answer of a working server, a login on a loaded machine."""

DEFAULT_ACK_AFTER = 32
"""Notices without an acknowledgement after which one is due; the server keeps 256."""


# These mean something on the one connection they were made for.
_BOUND_TO_CONNECTION = (
    Hello,
    Register,
    AuthStart,
    AuthFinish,
    AuthDevice,
    Resume,
    Ping,
    Logout,
    ChangePassword,
    Recover,
    RecoverFinish,
    Reset,
)

NumberedRequest = tuple[int, Request]


class Pending:
    """A client's requests that wait for their answer, the oldest first.

    One object lives as long as the client, so that no number is ever used twice.
    """

    def __init__(self, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        self._last_id = 0
        self._waiting: dict[int, Request] = {}
        self._deadlines: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def ask(self, request: Request, now: float) -> int:
        """Note a request that is about to be sent and give its number."""
        self._last_id += 1
        self._waiting[self._last_id] = request
        self._deadlines[self._last_id] = now + self._timeout_seconds
        return self._last_id

    def answered(self, request_id: int) -> Request | None:
        """The request an answer belongs to; None when nobody waits for it any more."""
        self._deadlines.pop(request_id, None)
        return self._waiting.pop(request_id, None)

    def next_timeout(self) -> float | None:
        """When the request that waits longest has waited too long; None: none waits."""
        return min(self._deadlines.values(), default=None)

    def cut(self) -> tuple[NumberedRequest, ...]:
        """The connection broke: take out what was bound to it; the rest waits for ``again``."""
        self._deadlines.clear()
        bound = tuple(
            each for each in self._waiting.items() if isinstance(each[1], _BOUND_TO_CONNECTION)
        )
        for request_id, _ in bound:
            del self._waiting[request_id]
        return bound

    def again(self, now: float) -> tuple[NumberedRequest, ...]:
        """There is a session again: what to send, under its old number and before anything new.

        All of it begins to wait afresh, since no time without a connection is the server's fault.
        """
        for request_id in self._waiting:
            self._deadlines[request_id] = now + self._timeout_seconds
        return tuple(self._waiting.items())


class SeenNotices:
    """Which notices of a session a client has dealt with; a new session needs a new object."""

    def __init__(self, ack_after: int = DEFAULT_ACK_AFTER) -> None:
        self._ack_after = ack_after
        self._acked_seq = 0
        self.last_seq = 0
        """The highest number dealt with: what Resume tells the server."""

    @property
    def is_ack_due(self) -> bool:
        """Whether so many are unacknowledged that a Ping should be sent to say so."""
        return self.last_seq - self._acked_seq >= self._ack_after

    def is_new(self, seq: int) -> bool:
        """Count a notice; False: it was here before, drop it. Those numbered 0 are always new."""
        if seq == 0:
            return True
        if seq <= self.last_seq:
            return False
        self.last_seq = seq
        return True

    def ack(self) -> int:
        """The number to put into a request that is about to be sent."""
        self._acked_seq = self.last_seq
        return self.last_seq
