"""A server's end of one tunnel, with a blocking TLS socket: lets a client in and answers its PING.

For tests of a voice engine alone, without a server around it.
"""

import socket
from types import TracebackType
from typing import Self

from OpenSSL import SSL

from tests.server.tls_pair import certificate
from voip.core.login import EXPORTER_LABEL, EXPORTER_SIZE
from voip.core.media_config import MediaConfig
from voip.server.certificate import TlsRules
from voip.wire.datagram import Dropped, MediaKeys, Opener, Sealer, Suite
from voip.wire.media_frames import Ping, Pong, encode_frames, parse_frames
from voip.wire.tunnel import ALPN_MEDIA, TunnelReader, framed, is_proven

DEADLINE_SECONDS = 20.0


class TunnelDoor:
    """Listens on a free port of loopback; ``pin`` is that of its certificate."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(DEADLINE_SECONDS)
        self.host, self.port = self._listening.getsockname()
        self.pin = certificate().pin
        self._rules = TlsRules(certificate(), (ALPN_MEDIA,))
        self._tcp: socket.socket | None = None

    def let_in(self, media: MediaConfig) -> None:
        """Take a connection, check its proof, and answer the first PING through it."""
        tcp, _ = self._listening.accept()
        self._tcp = tcp
        seconds = int(DEADLINE_SECONDS).to_bytes(8, "little") + bytes(8)
        tcp.setblocking(True)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)
        tls = SSL.Connection(self._rules.context, tcp)
        tls.set_accept_state()
        tls.do_handshake()
        exporter: bytes = tls.export_keying_material(EXPORTER_LABEL, EXPORTER_SIZE, b"")
        reader = TunnelReader()
        asked = reader.receive_open(tls.recv(4096))
        suite = Suite(media.suite.value)
        up = MediaKeys(suite, media.key_up, media.iv_up)
        assert asked is not None
        assert is_proven(asked, up, exporter)
        ping = _first_ping(tls, reader, Opener(media.cid, up))
        down = Sealer(media.cid, MediaKeys(suite, media.key_down, media.iv_down))
        tls.sendall(framed(down.seal(encode_frames((Pong(ping.token),)))))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listening.close()
        if self._tcp is not None:
            self._tcp.close()


def _first_ping(tls: SSL.Connection, reader: TunnelReader, opener: Opener) -> Ping:
    data = b""
    while True:
        for datagram in reader.receive(data):
            opened = opener.open(datagram)
            assert not isinstance(opened, Dropped), opened
            for frame in parse_frames(opened.frames):
                if isinstance(frame, Ping):
                    return frame
        data = tls.recv(4096)
