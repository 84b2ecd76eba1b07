"""What is told to many at once leaves over several turns of the reactor, so that speech in between
does not wait for it.

A change of presence may go to a thousand people, and each change of a large conference to all who
are in it. Sealing and sending costs some tens of microseconds for each of them, and the relay runs
in the same reactor. So there is an allowance for each turn: notices within it leave at once, the
others wait in the ``Outbox`` of their connection until it is their turn. What one connection is
sent keeps its order, and an answer never overtakes a notice. It knows bytes and no messages.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

A_TURN: Final = 32
"""Pieces sent in one turn: two milliseconds of work at most."""

PIECE_BYTES: Final = 16 * 1024
"""A longer notice counts as several pieces; as much as one record of TLS holds."""

MAX_WAITING_BYTES: Final = 1024 * 1024
"""At one connection, as much as the longest notice; its transport has to bear more."""


class Deliveries:
    """The turns of one reactor, shared by all connections.

    ``next_turn`` lets a call be made in the reactor's next turn, not before it has looked at its
    sockets again.
    """

    def __init__(
        self, next_turn: Callable[[Callable[[], None]], object], a_turn: int = A_TURN
    ) -> None:
        self._next_turn = next_turn
        self._a_turn = a_turn
        self._left = a_turn
        self._is_counting = False
        self._waiting: deque[Outbox] = deque()

    @property
    def has_room(self) -> bool:
        """Whether something more may leave in this turn."""
        return self._left > 0

    def spend(self, size: int) -> None:
        """So many bytes leave now."""
        self._left -= 1 + size // PIECE_BYTES
        self._count()

    def queue(self, outbox: "Outbox") -> None:
        """Flush this one as soon as it is its turn."""
        self._waiting.append(outbox)
        self._count()

    def _count(self) -> None:
        if not self._is_counting:
            self._is_counting = True
            self._next_turn(self._turn)

    def _turn(self) -> None:
        self._left = self._a_turn
        self._is_counting = False
        if self._waiting:
            self._count()  # first, so that a failure below keeps nobody waiting for good
        while self._waiting and self.has_room:
            self._waiting.popleft().flush()


class Outbox:
    """What one connection is about to be sent; ``write`` sends it."""

    def __init__(self, deliveries: Deliveries, write: Callable[[bytes], None]) -> None:
        self._deliveries = deliveries
        self._write = write
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0

    def put(self, data: bytes) -> None:
        """Send it in this turn or one of the next."""
        if not self._waiting:
            if self._deliveries.has_room:
                self._send(data)
                return
            self._deliveries.queue(self)
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes > MAX_WAITING_BYTES:
            self.flush()

    def put_now(self, data: bytes) -> None:
        """Send it at once, after all that waits."""
        self.flush()
        self._write(data)

    def flush(self) -> None:
        """Send all that waits."""
        waiting, self._waiting = self._waiting, []
        self._waiting_bytes = 0
        for data in waiting:
            self._send(data)

    def drop(self) -> None:
        """Nobody is there to be sent anything."""
        self._waiting.clear()
        self._waiting_bytes = 0

    def _send(self, data: bytes) -> None:
        self._deliveries.spend(len(data))
        self._write(data)
