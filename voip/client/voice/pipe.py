"""The pipe between a client and its voice process: texts behind each other, each with its length.

    uint32 big-endian length | JSON text (see `codec`)

Both directions are alike. Only these pipes carry keys; they have no name in the file system.
"""

from collections.abc import Iterator
from typing import Final

from voip.core.errors import LocalProtocolError

MAX_TEXT_BYTES: Final = 16_384
"""Far beyond any command or report; more means that something else writes to the pipe."""

_LENGTH_BYTES: Final = 4


class PipeReader:
    """Cuts what comes out of a pipe into its texts."""

    def __init__(self) -> None:
        self._unread = bytearray()

    def receive(self, data: bytes) -> Iterator[bytes]:
        """Give the texts that `data` completes; LocalProtocolError when one is too long."""
        self._unread += data
        while len(self._unread) >= _LENGTH_BYTES:
            length = int.from_bytes(self._unread[:_LENGTH_BYTES], "big")
            if length > MAX_TEXT_BYTES:
                raise LocalProtocolError(f"a text of {length} bytes in the voice engine's pipe")
            end = _LENGTH_BYTES + length
            if len(self._unread) < end:
                return
            text = bytes(self._unread[_LENGTH_BYTES:end])
            del self._unread[:end]
            yield text


def framed(text: bytes) -> bytes:
    """The text as it goes into the pipe."""
    return len(text).to_bytes(_LENGTH_BYTES, "big") + text
