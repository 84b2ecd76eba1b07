"""A TCP connection that queues little, for speech, which is of no use when it is late.

Left to themselves the reactor takes 64 KiB and the kernel megabytes before anybody is told that the
other side does not keep up: many seconds of speech. It knows Twisted's transports and the kernel's
socket options, and nothing of what travels.
"""

import contextlib
import socket
from typing import Final

from twisted.internet.abstract import FileDescriptor
from twisted.internet.tcp import Connection

QUEUED_BYTES: Final = 2048
"""Some 80 ms of a few voices; a producer is paused beyond it."""

_TCP_NOTSENT_LOWAT: Final = 25
"""Linux: what the kernel takes before it has sent the rest (netinet/tcp.h)."""


def shorten(transport: object) -> None:
    """Let this transport's queues, the reactor's and the kernel's, be short."""
    if isinstance(transport, FileDescriptor):
        transport.bufferSize = QUEUED_BYTES
    if isinstance(transport, Connection):
        handle = transport.getHandle()
        with contextlib.suppress(OSError):  # another system, or a connection that is gone
            handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            handle.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, QUEUED_BYTES)
