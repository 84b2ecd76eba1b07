"""The UDP socket of the relay: bound, nonblocking, with room for the bursts of a busy reactor.

Knows the kernel's socket options and nothing of what travels.
"""

import contextlib
import socket
import struct
from typing import Final

RECEIVE_BUFFER: Final = 4 * 1024 * 1024
"""Bytes asked for; small datagrams cost the kernel some 800 each, the default holds only 256."""

# Linux numbers that the socket module does not name (asm-generic/socket.h, linux/sock_diag.h).
_SO_RCVBUFFORCE: Final = 33
_SO_MEMINFO: Final = 55
_MEMINFO = struct.Struct("=9I")
_MEMINFO_DROPS: Final = 8


def listen(host: str, port: int) -> socket.socket:
    """Bind a UDP socket of IPv4 or IPv6, as `host` asks; port 0 lets the kernel choose.

    Raises OSError with a sentence that names the address, as with a port in use or a host that is
    none of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
        )[0]
        udp = socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
    except OSError as error:
        raise _unusable(host, port, error) from error
    try:
        _widen(udp)
        udp.bind(address)
    except OSError as error:
        udp.close()
        raise _unusable(host, port, error) from error
    return udp


def dropped_by_kernel(udp: socket.socket) -> int:
    """Count the datagrams lost to a full receive buffer; 0 where the kernel does not tell."""
    try:
        memory = udp.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        return int(_MEMINFO.unpack(memory)[_MEMINFO_DROPS])
    except (OSError, struct.error):
        return 0


def _widen(udp: socket.socket) -> None:
    """Ask for the buffer past the system's maximum (needs CAP_NET_ADMIN), else up to it."""
    with contextlib.suppress(OSError):
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        udp.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)


def _unusable(host: str, port: int, error: OSError) -> OSError:
    return OSError(error.errno, f"cannot listen on UDP {host} port {port}: {error.strerror}")
