"""The two sockets of the server: TCP for control and UDP for media, on one port number.

They are bound before twistd goes into the background, so that a port in use is told to the person
at the terminal. What listens on them is not known here.
"""

import errno
import os
import socket
from dataclasses import dataclass

from voip.config import ListenAddress
from voip.server.data_dir import CannotStart
from voip.server.relay import sockets

BACKLOG = 512
# Accepted connections inherit it. Left to itself the kernel would hold megabytes for a reader that
# stands still before anybody noticed; four of the longest messages are enough.
SEND_BUFFER = 256 * 1024
# A free TCP number whose UDP number is taken is given back and another one tried.
FREE_PORT_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class BoundPorts:
    """Bound, non-blocking sockets; ``tcp`` listens already. Whoever holds them closes them."""

    tcp: socket.socket
    udp: socket.socket
    address: ListenAddress  # with the real port number

    def close(self) -> None:
        """Give the ports back; closing twice does nothing."""
        self.tcp.close()
        self.udp.close()


def bind(address: ListenAddress) -> BoundPorts:
    """Bind both sockets. Raises ``CannotStart`` with one sentence."""
    try:
        family, _, _, _, target = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise CannotStart(
            f"Cannot listen on {address}: {address.host} is no address of this machine; "
            "choose another with --listen."
        ) from None
    attempts = FREE_PORT_ATTEMPTS if address.port == 0 else 1
    while True:
        attempts -= 1
        try:
            return _bind_both(family, str(target[0]), address.port)
        except OSError as error:
            if attempts == 0 or error.errno != errno.EADDRINUSE:
                raise CannotStart(_sentence(address, error)) from None


def _bind_both(family: int, host: str, port: int) -> BoundPorts:
    tcp = socket.socket(family, socket.SOCK_STREAM)
    try:
        tcp.setblocking(False)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if family == socket.AF_INET6:
            tcp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        tcp.bind((host, port))
        tcp.listen(BACKLOG)
        number = int(tcp.getsockname()[1])
        udp = sockets.listen(host, number)
    except OSError:
        tcp.close()
        raise
    return BoundPorts(tcp, udp, ListenAddress(host, number))


def _sentence(address: ListenAddress, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            why = "the port is in use; stop the program that has it, or choose another port"
        case errno.EACCES:
            why = "only root may use this port; choose one above 1023"
        case errno.EADDRNOTAVAIL:
            why = "this machine has no such address; choose another"
        case _:
            why = f"{os.strerror(error.errno or 0).lower()}; choose another address"
    return f"Cannot listen on {address}: {why} with --listen."
