"""A client without a reactor: one blocking TLS socket, messages in and out, for system tests.

It pins nothing and answers nothing by itself; every wait has a deadline.
"""

import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

from OpenSSL import SSL

from tests.server.someone import Someone
from voip.core.login import EXPORTER_LABEL, EXPORTER_SIZE
from voip.core.messages import Answer, AuthChallenge, AuthOk, Hello, Notice, Request
from voip.server.certificate import ALPN_CONTROL
from voip.wire.codec import AnswerFrame, NoticeFrame, decode_server, encode_request
from voip.wire.framing import FrameReader, frame

DEADLINE_SECONDS = 10.0


class PlainClient:
    """One control connection. ``address`` is ``host:port``; ``source`` binds the own end.

    ``receive_buffer`` is for a slow reader: bytes that the kernel takes in for it.
    """

    def __init__(self, address: str, source: str = "127.0.0.1", receive_buffer: int = 0) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(DEADLINE_SECONDS)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.bind((source, 0))
        self.socket.connect((host, int(port)))
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_alpn_protos([ALPN_CONTROL])
        # pyOpenSSL does not wait on sockets with a Python time-out; the kernel's own serves.
        self.socket.setblocking(True)
        seconds = int(DEADLINE_SECONDS).to_bytes(8, "little") + bytes(8)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)
        self._tls = SSL.Connection(context, self.socket)
        self._tls.set_connect_state()
        self._tls.do_handshake()
        self.exporter: bytes = self._tls.export_keying_material(EXPORTER_LABEL, EXPORTER_SIZE, b"")
        self.certificate = self._tls.get_peer_certificate(as_cryptography=True)
        self._reader = FrameReader(1 << 20)
        self._frames: list[AnswerFrame | NoticeFrame] = []
        self.notices: list[Notice] = []
        self._last_id = 0

    def ask(self, request: Request) -> Answer:
        """Send a request and wait for its answer; notices on the way are kept."""
        self._last_id += 1
        self.send_raw(frame(encode_request(self._last_id, request)))
        while True:
            got = self.next_frame()
            if isinstance(got, AnswerFrame) and got.request_id == self._last_id:
                return got.answer

    def send_raw(self, data: bytes) -> None:
        self._tls.sendall(data)

    def try_to_send(self, data: bytes) -> None:
        """Send what the kernel takes of it, on a socket that was made non-blocking."""
        with suppress(SSL.WantReadError, SSL.WantWriteError):
            self._tls.send(data)

    def receive_now(self) -> bytes:
        """What has come, on a socket that was made non-blocking; ConnectionError at the end."""
        try:
            return bytes(self._tls.recv(65536))
        except SSL.WantReadError:
            return b""
        except (SSL.ZeroReturnError, SSL.Error) as error:
            raise ConnectionError(repr(error)) from None

    def next_frame(self) -> AnswerFrame | NoticeFrame:
        """The next frame of the server; ConnectionError at the end."""
        while not self._frames:
            try:
                data = self._tls.recv(65536)
            except SSL.ZeroReturnError:
                raise ConnectionError("closed") from None
            except SSL.Error as error:
                raise ConnectionError(repr(error)) from None
            self._frames += [decode_server(payload) for payload in self._reader.receive(data)]
        got = self._frames.pop(0)
        if isinstance(got, NoticeFrame):
            self.notices.append(got.notice)
        return got

    def read_to_the_end(self) -> list[AnswerFrame | NoticeFrame]:
        """Everything until the server closes."""
        frames = []
        try:
            while True:
                frames.append(self.next_frame())
        except ConnectionError:
            return frames

    def log_in(self, person: Someone) -> AuthOk:
        """From Hello to an open session, by password."""
        self.ask(Hello(1, 1, "test"))
        challenge = self.ask(person.start())
        assert isinstance(challenge, AuthChallenge), challenge
        self.ask(person.finish(challenge, self.exporter))
        opened = self.ask(person.enrol(self.exporter))
        assert isinstance(opened, AuthOk), opened
        return opened

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
