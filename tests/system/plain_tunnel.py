"""A tunnel without a reactor: one blocking TLS socket, bytes in and out, for system tests.

It can do wrong all that a tunnel can do wrong; every wait has a deadline.
"""

import contextlib
import select
import socket
import time
from types import TracebackType
from typing import Self

from OpenSSL import SSL

from voip.core.login import EXPORTER_LABEL, EXPORTER_SIZE
from voip.core.media_config import MediaConfig
from voip.wire.datagram import MediaKeys, Sealer, Suite
from voip.wire.media_frames import Frame, encode_frames
from voip.wire.tunnel import ALPN_MEDIA, framed, prove

DEADLINE_SECONDS = 10.0


class PlainTunnel:
    """One connection of ALPN voip-media/1, its handshake done."""

    def __init__(self, address: str, source: str, receive_buffer: int = 0) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.bind((source, 0))
        self.socket.connect((host, int(port)))
        seconds = int(DEADLINE_SECONDS).to_bytes(8, "little") + bytes(8)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_alpn_protos([ALPN_MEDIA])
        self._tls = SSL.Connection(context, self.socket)
        self._tls.set_connect_state()
        self._tls.do_handshake()
        self.exporter: bytes = self._tls.export_keying_material(EXPORTER_LABEL, EXPORTER_SIZE, b"")

    def open(self, media: MediaConfig, sealer: Sealer) -> Self:
        """Say whose tunnel it is; what is sent from now on is sealed by ``sealer``."""
        self._sealer = sealer
        self.send_raw(framed(prove(media.cid, keys_up(media), self.exporter).encode()))
        return self

    def send(self, *frames: Frame) -> None:
        """One datagram."""
        self.send_raw(framed(self._sealer.seal(encode_frames(frames))))

    def send_raw(self, data: bytes) -> None:
        """Any bytes; ConnectionError when the other side is gone."""
        try:
            self._tls.sendall(data)
        except (SSL.Error, OSError) as error:
            raise ConnectionError(repr(error)) from None

    def push(self, data: bytes, seconds: float) -> int:
        """Send it over and over for so long, as fast as the other side takes it; how many bytes."""
        self.socket.setblocking(False)
        until = time.monotonic() + seconds
        sent, rest = 0, data
        while time.monotonic() < until:
            if select.select([], [self.socket], [], 0.05)[1]:
                with contextlib.suppress(SSL.WantReadError, SSL.WantWriteError):
                    taken = self._tls.send(rest)
                    sent, rest = sent + taken, rest[taken:] or data
        self.socket.setblocking(True)
        return sent

    def receive(self) -> bytes:
        """What comes next; nothing at the end."""
        try:
            return self._tls.recv(65536)
        except SSL.Error as error:
            if isinstance(error, SSL.WantReadError):
                raise TimeoutError from None
            return b""

    def is_quiet(self) -> bool:
        """Whether nothing was said so far, not even the end."""
        self.socket.setblocking(False)
        try:
            self._tls.recv(1)
        except SSL.WantReadError:
            return True
        except SSL.Error:
            return False
        finally:
            self.socket.setblocking(True)
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.socket.close()


def keys_up(media: MediaConfig) -> MediaKeys:
    """What seals the datagrams of this client."""
    return MediaKeys(Suite(media.suite.value), media.key_up, media.iv_up)
