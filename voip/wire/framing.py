"""Where one message of the control channel ends and the next begins: a uint32 length before each.

Knows lengths and nothing of what they enclose. The format is that of Twisted's
``Int32StringReceiver``, which is not used: it goes on delivering what it has buffered after
``loseConnection``, it looks at its limit only when a length comes in, and tests need a transport
to drive it. Both ends use exactly this::

    def dataReceived(self, data):
        try:
            for payload in self._frames.receive(data):
                self._frame_received(payload)
        except RemoteProtocolError as error:
            self._refuse(error)  # and calls self._frames.close()

    def loseConnection(self):
        self._frames.close()
        self.transport.loseConnection()
"""

from collections.abc import Iterator

from voip.core.errors import ErrorCode, LocalProtocolError, RemoteProtocolError

HEADER_SIZE = 4


def frame(payload: bytes) -> bytes:
    """One message as it travels: its length (uint32, big-endian) and its bytes."""
    if len(payload) >= 2**32:
        raise LocalProtocolError("a frame of 4 GiB")
    return len(payload).to_bytes(HEADER_SIZE, "big") + payload


class FrameReader:
    """Cuts a stream of bytes into messages.

    ``max_bytes`` may be changed at any time (it grows at login) and counts for the next frame. A
    length above it is refused when its four bytes are there, before any of the frame is waited for.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._buffer = bytearray()
        self._is_closed = False

    def receive(self, data: bytes) -> Iterator[bytes]:
        """Take bytes in and give the messages they complete, one by one.

        Iterating raises ``RemoteProtocolError`` at a frame that is too long; the reader is closed
        then. ``close`` called between two messages holds the second back.
        """
        if not self._is_closed:
            self._buffer += data
        return self._complete_frames()

    def close(self) -> None:
        """Give nothing more, whatever is buffered or comes in."""
        self._is_closed = True
        self._buffer.clear()

    def _complete_frames(self) -> Iterator[bytes]:
        while len(self._buffer) >= HEADER_SIZE:
            length = int.from_bytes(self._buffer[:HEADER_SIZE], "big")
            if length > self.max_bytes:
                self.close()
                raise RemoteProtocolError(ErrorCode.BAD_REQUEST, "the frame is too long")
            end = HEADER_SIZE + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[HEADER_SIZE:end])
            del self._buffer[:end]
            yield payload
