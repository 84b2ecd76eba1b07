"""How much one peer may ask: token buckets, the brake on guessed passwords, the figures of a
connection, and what counts as one source.

Knows numbers and addresses as text, neither sockets nor requests. Every table in here has a
maximum size, so that a flood from many sources costs a fixed amount of memory. Times are seconds
of a monotonic clock, handed in as ``now``.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

DEFAULT_MAX_BUCKETS = 10_000
"""Buckets remembered at once, some 2 MiB; the one used longest ago is forgotten first."""

DEFAULT_MAX_THROTTLED = 10_000
"""Pairs of account and source whose failures are remembered at once."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What one control connection may cost the server. Sizes in bytes, times in seconds."""

    frame_bytes_before_login: int = 4 * 1024
    """The longest message before login is Register with its recovery codes, some 1.1 KiB."""
    frame_bytes: int = 64 * 1024
    """After login; 64 KiB of empty sub-messages swell to 1.5 MiB when parsed, which is bearable."""
    login_deadline_seconds: float = 20.0
    """Argon2id takes a slow client under 2 s; who is not logged in by then is not logging in."""
    fresh_per_source: int = 20
    """Connections of one source (IPv4 /32, IPv6 /64) that have not logged in."""
    paused_reader_seconds: float = 2.0
    """A peer that reads nothing for so long is aborted, since its queue would grow without end."""
    ping_seconds: int = 15
    """How often a client asks whether the server is there."""
    answers_kept: int = 256
    """Answers of a session kept for requests that are sent again."""
    requests_underway: int = 32
    """Unanswered requests of a session at once."""
    notices_kept: int = 256
    """Notices of a session that its client has not acknowledged."""


class TokenBucket:
    """Lets ``burst`` things through at once and ``rate`` a second in the long run."""

    __slots__ = ("_burst", "_filled_at", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._filled_at: float | None = None

    def change(self, rate: float, burst: float) -> None:
        """From now on others; what is in it stays there, as far as there is room."""
        self._rate = rate
        self._burst = burst
        self._tokens = min(self._tokens, burst)

    def take(self, now: float) -> float:
        """Take one token: 0.0 when there was one, else the seconds until there will be."""
        if self._filled_at is not None:
            elapsed = max(0.0, now - self._filled_at)
            self._tokens = min(self._burst, self._tokens + elapsed * self._rate)
        self._filled_at = now
        if self._tokens >= 1.0:
            self._tokens -= 1.0
            return 0.0
        return (1.0 - self._tokens) / self._rate


@dataclass(frozen=True, slots=True)
class Rate:
    """A kind's allowance: ``per_second`` in the long run, ``burst`` at once."""

    per_second: float
    burst: float


Kind = TypeVar("Kind", bound=Hashable)


class Buckets(Generic[Kind]):
    """One bucket for each kind of message and source, made when first asked for."""

    def __init__(self, rates: Mapping[Kind, Rate], max_buckets: int = DEFAULT_MAX_BUCKETS) -> None:
        self._rates = rates
        self._max_buckets = max_buckets
        self._buckets: OrderedDict[tuple[Kind, Hashable], TokenBucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def change(self, rates: Mapping[Kind, Rate]) -> None:
        """From now on other allowances, for those also who have used theirs up."""
        self._rates = rates
        for (kind, _), bucket in self._buckets.items():
            rate = rates[kind]
            bucket.change(rate.per_second, rate.burst)

    def take(self, kind: Kind, source: Hashable, now: float) -> float:
        """Take one token: 0.0, or the seconds to wait. A kind without a rate is never limited."""
        rate = self._rates.get(kind)
        if rate is None:
            return 0.0
        key = (kind, source)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(rate.per_second, rate.burst)
            if len(self._buckets) > self._max_buckets:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket.take(now)


class _Failures:
    """The failed logins of one account from one source."""

    __slots__ = ("count", "first_at", "locked_until")

    def __init__(self, first_at: float) -> None:
        self.count = 0
        self.first_at = first_at
        self.locked_until = first_at


class LoginThrottle:
    """Slows password guessing down, for each account and source apart.

    A guesser elsewhere can therefore not lock an owner out. ``free_failures`` (to be changed at any
    time) are free in ``window_seconds``; from then on each failure locks for
    ``first_delay_seconds``, doubled each time up to ``max_delay_seconds``. Names nobody has are
    counted like all others: a throttle that knew the difference would tell it. Device-key logins
    never come here.
    """

    def __init__(
        self,
        free_failures: int = 5,
        window_seconds: float = 600.0,
        first_delay_seconds: float = 15.0,
        max_delay_seconds: float = 900.0,
        max_remembered: int = DEFAULT_MAX_THROTTLED,
    ) -> None:
        self.free_failures = free_failures
        self._window_seconds = window_seconds
        self._first_delay_seconds = first_delay_seconds
        self._max_delay_seconds = max_delay_seconds
        self._max_remembered = max_remembered
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def wait(self, username: str, source: str, now: float) -> float:
        """Seconds until this account may be tried from this source again; 0.0: now."""
        failures = self._failures.get((username, source))
        return 0.0 if failures is None else max(0.0, failures.locked_until - now)

    def failed(self, username: str, source: str, now: float) -> float:
        """Count a failure and tell the seconds to wait from now on."""
        failures = self._recall(username, source, now)
        failures.count += 1
        excess = failures.count - self.free_failures
        if excess >= 0:
            # The exponent is capped so that a patient guesser cannot make the float overflow.
            delay = self._first_delay_seconds * 2.0 ** min(excess, 32)
            failures.locked_until = now + min(delay, self._max_delay_seconds)
        return self.wait(username, source, now)

    def succeeded(self, username: str, source: str) -> None:
        """Forget the failures: the owner is here."""
        self._failures.pop((username, source), None)

    def _recall(self, username: str, source: str, now: float) -> _Failures:
        """The failures of this pair that still count, as the most recently used entry."""
        key = (username, source)
        failures = self._failures.get(key)
        if failures is None or self._is_over(failures, now):
            failures = self._failures[key] = _Failures(now)
            if len(self._failures) > self._max_remembered:
                self._failures.popitem(last=False)
        self._failures.move_to_end(key)
        return failures

    def _is_over(self, failures: _Failures, now: float) -> bool:
        """Whether the window has passed, and as much again since the last lock ran out."""
        return now - max(failures.first_at, failures.locked_until) > self._window_seconds


def milliseconds(seconds: float) -> int:
    """A time to wait as ``Refusal.retry_after_ms`` tells it: never less than it is."""
    return ceil(seconds * 1000)


def source_of(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 of an IPv6 address.

    Who has one IPv6 address has its whole /64. What is no IP address (a unix socket) is one source
    by its own name.
    """
    return _network_of(address, ipv4_bits=32, ipv6_bits=64)


def blur_address(address: str) -> str:
    """An address as the log may show it: the IPv4 /24 or the IPv6 /48 it is in."""
    return _network_of(address, ipv4_bits=24, ipv6_bits=48)


def blur_source(source: str) -> str:
    """The same of what ``source_of`` gave."""
    return blur_address(source.partition("/")[0])


def _network_of(address: str, ipv4_bits: int, ipv6_bits: int) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        # A dual-stack socket shows IPv4 peers as ::ffff:a.b.c.d; a /64 would hold them all.
        parsed = parsed.ipv4_mapped or parsed
    bits = ipv4_bits if parsed.version == 4 else ipv6_bits
    network = ipaddress.ip_network((parsed, bits), strict=False)
    return str(parsed) if bits == parsed.max_prefixlen else str(network)
