"""A server that speaks a version of the protocol which no client of ours knows.

One thread, one connection at a time: it greets nobody and says so. It keeps no state.
"""

import datetime as dt
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from voip.core.errors import ErrorCode, Refusal
from voip.server.certificate import make_key, self_sign
from voip.wire.codec import decode_client, encode_answer
from voip.wire.framing import FrameReader, frame

DEADLINE_SECONDS = 10.0


class OtherVersion:
    """Listens while it is entered; ``address`` is ``host:port``."""

    def __init__(self, folder: Path) -> None:
        key = make_key()
        certificate = self_sign(
            cast("EllipticCurvePrivateKey", load_pem_private_key(key, None)),
            dt.datetime.now(dt.UTC),
        )
        pem = folder / "other.pem"
        pem.write_bytes(key + certificate)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(pem)
        self._tls.set_alpn_protocols(["voip/1"])
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._socket.getsockname())
        self._thread = Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        while True:
            try:
                tcp, _ = self._socket.accept()
            except OSError:
                return  # closed
            with tcp, suppress(OSError):
                tcp.settimeout(DEADLINE_SECONDS)
                self._refuse(tcp)

    def _refuse(self, tcp: socket.socket) -> None:
        reader = FrameReader(4096)
        with self._tls.wrap_socket(tcp, server_side=True) as tls:
            while data := tls.recv(4096):
                for payload in reader.receive(data):
                    refusal = Refusal(ErrorCode.VERSION)
                    tls.sendall(frame(encode_answer(decode_client(payload).request_id, refusal)))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(DEADLINE_SECONDS)
