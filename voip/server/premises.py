"""What all connections of a server share.

One value, made when the server starts and handed to each connection; it knows none of them.
"""

from dataclasses import dataclass, field

from voip.core.limits import Buckets, ConnectionLimits
from voip.core.messages import PROTOCOL_VERSION, HelloOk
from voip.server.accounts import Random
from voip.server.audit import Audit
from voip.server.logins import Logins
from voip.server.meters import Meters
from voip.server.people import People
from voip.server.reception import Reception
from voip.wire.codec import NoticeEncoder


@dataclass(frozen=True, slots=True)
class Premises:
    """What all conversations of a server share."""

    server_name: str
    limits: ConnectionLimits
    logins: Logins
    reception: Reception
    people: People
    buckets: Buckets[str]
    random: Random
    audit: Audit
    notices: NoticeEncoder = field(default_factory=NoticeEncoder)
    meters: Meters = field(default_factory=Meters)

    def greeting(self) -> HelloOk:
        """What a client must know before it logs in."""
        return HelloOk(
            proto=PROTOCOL_VERSION,
            server_name=self.server_name,
            capabilities=(),
            max_frame_bytes=self.limits.frame_bytes,
            ping_seconds=self.limits.ping_seconds,
            policy=self.logins.accounts.policy,
        )
