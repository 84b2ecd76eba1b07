"""Who is in a conference, as one value: the hash that devices hold against each other, and the code
that people read to each other.

A sender key names the roster it was given out for. ``SeenRosters`` knows which ones this device was
shown; one that it was not shown in time means that the server shows different people to different
members. It knows no keys but public ones, and no messages.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA512_256, Hash

from voip.client.call_keys import ROSTER, digest
from voip.client.key_steps import E2eTrouble, KeysRefused
from voip.core.ids import DeviceId, Username
from voip.core.login import transcript

ROSTERS_KEPT: Final = 64
"""Rosters that are remembered, and that may be waited for: more changes than five seconds hold."""

ROSTER_WITHIN_SECONDS: Final = 5.0
"""How much later than a sender key the view may come that shows its roster."""

_CODE: Final = b"voip/1 roster code"
_CODE_ROUNDS: Final = 4096
"""Each try of somebody who looks for two rosters with one code costs so many hashes, as each of
theirs is as cheap as ours: some 3 ms here, 2^12 times the search there."""
_GROUPS: Final = 6
_GROUP_BYTES: Final = 5
_GROUP_DIGITS: Final = 5


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One joined device. ``call_public`` is its X-Wing key of this call."""

    username: Username
    device: DeviceId
    account_key: bytes
    call_public: bytes


def roster_hash(entries: Iterable[tuple[DeviceId, bytes]]) -> bytes:
    """SHA-256 over each device with its account key, in the order of the devices."""
    return digest(ROSTER, *(device + account for device, account in sorted(entries)))


def roster_code(entries: Iterable[RosterEntry]) -> str:
    """30 digits that are the same for everybody who is shown the same people and keys."""
    parts = sorted(
        transcript(each.username.encode(), each.device, each.account_key, each.call_public)
        for each in entries
    )
    value = transcript(_CODE, *parts)
    for _ in range(_CODE_ROUNDS):
        hashed = Hash(SHA512_256())
        hashed.update(value)
        value = hashed.finalize()
    groups = (
        value[at : at + _GROUP_BYTES] for at in range(0, _GROUPS * _GROUP_BYTES, _GROUP_BYTES)
    )
    limit = 10**_GROUP_DIGITS
    return "".join(f"{int.from_bytes(each, 'big') % limit:0{_GROUP_DIGITS}}" for each in groups)


class SeenRosters:
    """The rosters of one call that this device was shown, and those that others say there are."""

    def __init__(self, kept: int = ROSTERS_KEPT, within_seconds: float = ROSTER_WITHIN_SECONDS):
        self._kept = kept
        self._within_seconds = within_seconds
        self._seen: deque[bytes] = deque(maxlen=kept)
        self._claimed: dict[bytes, float] = {}  # and until when each may be shown

    def shown(self, roster: bytes) -> None:
        """The server shows these people."""
        self._claimed.pop(roster, None)
        if not self._seen or self._seen[-1] != roster:
            self._seen.append(roster)

    def claimed(self, roster: bytes, now: float) -> None:
        """Somebody was shown these people; ``KeysRefused`` when too many such are not known."""
        if roster in self._seen or roster in self._claimed:
            return
        if len(self._claimed) >= self._kept:
            raise KeysRefused(E2eTrouble.ROSTER)
        self._claimed[roster] = now + self._within_seconds

    def check(self, now: float) -> None:
        """``KeysRefused`` when a roster was not shown in time."""
        if any(until <= now for until in self._claimed.values()):
            raise KeysRefused(E2eTrouble.ROSTER)

    @property
    def next_timer(self) -> float | None:
        """When ``check`` is due."""
        return min(self._claimed.values(), default=None)
