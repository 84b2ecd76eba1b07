"""What all connections of a server share.

One value, made when the server starts and handed to each connection; it knows none of them.
"""

from dataclasses import dataclass, field

from voip.core.limits import Buckets, ConnectionLimits
from voip.core.messages import PROTOCOL_VERSION, HelloOk
from voip.server.accounts import Random
from voip.server.audit import Audit
from voip.server.live import LiveSettings
from voip.server.logins import Logins
from voip.server.meters import Meters
from voip.server.people import People
from voip.server.reception import Reception
from voip.wire.codec import NoticeEncoder


@dataclass(frozen=True, slots=True)
class Premises:
    """What all conversations of a server share."""

    machine: str  # its host name, for a server without a name of its own
    live: LiveSettings
    logins: Logins
    reception: Reception
    people: People
    buckets: Buckets[str]
    random: Random
    audit: Audit
    notices: NoticeEncoder = field(default_factory=NoticeEncoder)
    meters: Meters = field(default_factory=Meters)

    @property
    def limits(self) -> ConnectionLimits:
        """Those of a connection that is made now. It keeps them: its client was told some."""
        return self.live.connections

    def greeting(self, limits: ConnectionLimits) -> HelloOk:
        """What a client must know before it logs in, on a connection with these limits."""
        return HelloOk(
            proto=PROTOCOL_VERSION,
            server_name=self.live.settings.server_name or self.machine,
            capabilities=(),
            max_frame_bytes=limits.frame_bytes,
            ping_seconds=limits.ping_seconds,
            policy=self.logins.accounts.policy,
        )
