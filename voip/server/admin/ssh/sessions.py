"""What may be opened on a connection that has logged in: a few session channels, nothing else.

Forwarded ports, agents, X11 and whatever else a client may ask for is refused in one packet each,
and recorded. The channels themselves are ``voip.server.admin.ssh.channel``.
"""

import struct
from typing import TYPE_CHECKING, Final

from twisted.conch.ssh.common import NS, getNS
from twisted.conch.ssh.connection import (
    MSG_CHANNEL_OPEN_FAILURE,
    OPEN_ADMINISTRATIVELY_PROHIBITED,
    OPEN_RESOURCE_SHORTAGE,
    SSHConnection,
)

from voip.core.deeds import Deed
from voip.core.names import clean_text
from voip.server.admin.ssh.channel import SessionChannel
from voip.server.admin.ssh.hush import HushedLogger

if TYPE_CHECKING:
    from voip.server.admin.ssh.transport import AdminTransport

CHANNELS: Final = 10
"""OpenSSH's default for one connection as well."""
MAX_SHOWN: Final = 64


class Sessions(SSHConnection):
    """The service ``ssh-connection`` (RFC 4254)."""

    _log = HushedLogger()
    name = b"ssh-connection"
    transport: "AdminTransport"

    def __init__(self, transport: "AdminTransport") -> None:
        super().__init__()
        self.transport = transport

    def serviceStarted(self) -> None:
        """Nothing is to be told to an avatar."""

    def ssh_CHANNEL_OPEN(self, packet: bytes) -> None:
        kind, rest = getNS(packet)
        (theirs,) = struct.unpack(">L", rest[:4])
        if kind != SessionChannel.name:
            self.transport.refused(Deed("ssh channel", _shown(kind), _where(kind, rest[12:])))
            self._refuse(theirs, OPEN_ADMINISTRATIVELY_PROHIBITED, b"only sessions are open here")
        elif len(self.channels) >= CHANNELS:
            self._refuse(theirs, OPEN_RESOURCE_SHORTAGE, b"too many sessions on one connection")
        else:
            super().ssh_CHANNEL_OPEN(packet)

    def getChannel(
        self,
        channelType: bytes,
        windowSize: int,
        maxPacket: int,
        data: bytes,  # noqa: ARG002
    ) -> SessionChannel:
        assert channelType == SessionChannel.name
        channel = SessionChannel(self.transport, windowSize, max(1, maxPacket))
        channel.conn = self
        return channel

    def gotGlobalRequest(self, requestType: bytes, data: bytes) -> int:  # noqa: ARG002
        if not requestType.startswith((b"keepalive@", b"no-more-sessions@", b"hostkeys-prove")):
            self.transport.refused(Deed("ssh forward", _shown(requestType)))
        return 0

    def _refuse(self, theirs: int, reason: int, why: bytes) -> None:
        self.transport.sendPacket(
            MSG_CHANNEL_OPEN_FAILURE, struct.pack(">2L", theirs, reason) + NS(why) + NS(b"en")
        )


def _where(kind: bytes, rest: bytes) -> str:
    """Whither a port should be forwarded, for the record."""
    if kind != b"direct-tcpip":
        return ""
    host, rest = getNS(rest)
    (port,) = struct.unpack(">L", rest[:4])
    return f"{_shown(host)}:{port}"


def _shown(text: bytes) -> str:
    return clean_text(text.decode("utf-8", "replace"), MAX_SHOWN)
