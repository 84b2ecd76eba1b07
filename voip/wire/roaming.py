"""Where one leg's datagrams go: how an address is learnt, proven and left.

A client's address changes when it changes network or when its NAT forgets it. Whoever can copy one
of its datagrams can make it arrive from any address, so an address is proven only by answering a
PING there (RFC 9000 section 8.2 does the same for QUIC):

- The first address a genuine packet comes from is used at once, since nobody else is waiting for
  the audio, yet unproven: it is challenged, and until the PONG it is sent at most three times the
  bytes it sent. A call starts with a small packet from the client, so this costs one round trip.
- Another address becomes the candidate when a genuine packet with the newest number so far comes
  from it. It is challenged under the same limit of three; the old address stays in use until the
  PONG comes from the candidate. One candidate at a time, the latest.
- A newest packet from the proven address drops the candidate: the client never left.

A tunnel through TLS (`voip.wire.tunnel`) is an address like any other: it is tried, proven and left
by the same rules, and gone when its connection is.

Knows addresses as opaque values, byte counts and seconds. Sans-IO: genuine packets go in, the PINGs
to send and the moves made come out; who opened the packets and who sends is the caller's affair.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from voip.wire.media_frames import TOKEN_LENGTH


class Tunnel(Protocol):
    """A connection that datagrams go by instead of UDP; equal to itself alone."""

    def send(self, datagram: bytes) -> None:
        """Send it, or throw it away: speech does not wait."""


Address = tuple[str, int] | tuple[str, int, int, int] | Tunnel
"""A socket address as the socket module gives it, of IPv4 or of IPv6; or a tunnel."""

AMPLIFICATION_LIMIT: Final = 3
"""Bytes sent to an unproven address for each byte received from it (RFC 9000 section 8.1)."""

CHALLENGE_INTERVAL: Final = 0.2
"""Seconds before an unanswered challenge is repeated, when more packets come from the address."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """Send a PING with this token to this address now."""

    address: Address
    token: bytes


@dataclass(frozen=True, slots=True)
class Moved:
    """The leg has proven `address`, which takes the place of the one before."""

    address: Address


@dataclass(slots=True)
class _Unproven:
    """An address under challenge, and how many bytes it may still be sent."""

    address: Address
    token: bytes
    asked_at: float | None = None
    allowance: int = 0

    def ask_if_due(self, now: float) -> Challenge | None:
        if self.asked_at is not None and now - self.asked_at < CHALLENGE_INTERVAL:
            return None
        self.asked_at = now
        return Challenge(self.address, self.token)


class LegPath:
    """The path state of one leg.

    While `settled` is an address, packets from it need no `received` and packets to it no
    `destination`: nothing is open, and the relay's common case stays one comparison.
    """

    __slots__ = ("_candidate", "_first", "_proven", "settled")

    def __init__(self) -> None:
        self._proven: Address | None = None
        self._first: _Unproven | None = None
        self._candidate: _Unproven | None = None
        self.settled: Address | None = None
        """The proven address, when no other is being tried; else None."""

    def received(
        self,
        address: Address,
        is_newest: bool,
        nbytes: int,
        now: float,
        random: Callable[[int], bytes],
    ) -> Challenge | None:
        """Take note of a genuine packet; `random(count)` makes the token of a new challenge."""
        if address == self._proven:
            if is_newest:
                self._candidate = None
                self.settled = self._proven
            return None
        path = self._trial_of(address)
        if path is None:
            if not is_newest:
                return None
            path = self._begin(_Unproven(address, random(TOKEN_LENGTH)))
        path.allowance += AMPLIFICATION_LIMIT * nbytes
        return path.ask_if_due(now)

    def answered(self, address: Address, token: bytes) -> Moved | None:
        """Take note of a genuine PONG from `address`; tell whether the leg has moved by it.

        The first address being proven is no move.
        """
        path = self._trial_of(address)
        if path is None or path.token != token:
            return None
        is_move = path is self._candidate
        self._proven = self.settled = address
        self._first = self._candidate = None
        return Moved(address) if is_move else None

    def lost(self, address: Address) -> None:
        """Nothing can be sent to this address any more: the connection it stood for is gone."""
        if address == self._proven:
            self._proven = None
        elif self._first is not None and address == self._first.address:
            self._first = None
        elif self._candidate is not None and address == self._candidate.address:
            self._candidate = None
        if not self.is_known:  # the only way left, though not proven yet
            self._first, self._candidate = self._candidate, None
        self.settled = None if self._candidate is not None else self._proven

    def destination(self, nbytes: int) -> Address | None:
        """Where to send a datagram of `nbytes` now, counting it; None when nowhere."""
        if self._proven is not None:
            return self._proven
        if self._first is None or not self.may_send(self._first.address, nbytes):
            return None
        return self._first.address

    def may_send(self, address: Address, nbytes: int) -> bool:
        """Whether `nbytes` may go to `address` (proven or under challenge), counting them if so."""
        if address == self._proven:
            return True
        path = self._trial_of(address)
        if path is None or path.allowance < nbytes:
            return False
        path.allowance -= nbytes
        return True

    @property
    def is_known(self) -> bool:
        """Whether any address was learnt yet."""
        return self._proven is not None or self._first is not None

    def _trial_of(self, address: Address) -> _Unproven | None:
        for path in (self._first, self._candidate):
            if path is not None and path.address == address:
                return path
        return None

    def _begin(self, path: _Unproven) -> _Unproven:
        if self.is_known:
            self._candidate = path
            self.settled = None
        else:
            self._first = path
        return path
