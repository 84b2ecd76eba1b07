"""Clients of a relay under test, and a socket that only pretends."""

import errno
import socket
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

from voip.core.ids import Cid
from voip.server.relay.interface import RelayEngine
from voip.wire.datagram import Dropped, MediaKeys, Opener, Sealer, Suite
from voip.wire.media_frames import Frame, Malformed, Ping, Pong, encode_frames, parse_frames
from voip.wire.roaming import Address


class PretendSocket(socket.socket):
    """A UDP socket whose network is two lists; errors can be made to happen."""

    def __init__(self) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.incoming: deque[tuple[bytes, Address] | OSError] = deque()
        self.outgoing: list[tuple[bytes, Address]] = []
        self.send_error: OSError | None = None

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, Address]:
        """Give the next datagram that a test put there, cut to size as the kernel does."""
        if not self.incoming:
            raise BlockingIOError(errno.EAGAIN, "nothing")
        item = self.incoming.popleft()
        if isinstance(item, OSError):
            raise item
        data, source = item
        return data[:size], source

    def sendto(self, data: bytes, address: Address) -> int:  # type: ignore[override]  # one form is enough
        """Keep the datagram for the test."""
        if self.send_error is not None:
            raise self.send_error
        self.outgoing.append((data, address))
        return len(data)


class Client:
    """The other end of one leg: its keys, and the address it happens to be at."""

    def __init__(self, cid: int, network: PretendSocket) -> None:
        self.cid = Cid(cid)
        self.address: Address = (f"192.0.2.{cid}", 40000)
        self.to_relay = _keys(cid)
        self.from_relay = _keys(cid + 100)
        self.sealer = Sealer(self.cid, self.to_relay)
        self._opener = Opener(self.cid, self.from_relay)
        self._network = network

    def join(self, engine: RelayEngine) -> None:
        """Have the leg opened."""
        engine.open_leg(self.cid, self.to_relay, self.from_relay)

    def send(self, *frames: Frame) -> None:
        """Let a datagram with these frames arrive at the relay."""
        self.send_raw(self.sealer.seal(encode_frames(frames)))

    def send_raw(self, data: bytes) -> None:
        """Let any bytes arrive from the client's address."""
        self._network.incoming.append((data, self.address))

    def datagrams(self, at: Address | None = None) -> list[bytes]:
        """Take what the relay sent to the client's address (or to another) and forget it."""
        wanted = at or self.address
        mine = [data for data, address in self._network.outgoing if address == wanted]
        self._network.outgoing = [sent for sent in self._network.outgoing if sent[1] != wanted]
        return mine

    def heard(self, at: Address | None = None) -> list[Frame | Malformed]:
        """The frames of those datagrams, each of which must open."""
        return [frame for data in self.datagrams(at) for frame in self.open(data)]

    def open(self, data: bytes) -> Iterator[Frame | Malformed]:
        """Open one datagram from the relay."""
        opened = self._opener.open(data)
        assert not isinstance(opened, Dropped), opened
        return parse_frames(opened.frames)

    def answer_challenges(self) -> None:
        """Send a PONG for every PING that came to where the client is."""
        for frame in self.heard():
            if isinstance(frame, Ping):
                self.send(Pong(frame.token))


class CountingRandom:
    """Bytes that are different each time, the same each run."""

    def __init__(self) -> None:
        self._drawn: Counter[int] = Counter()

    def __call__(self, length: int) -> bytes:
        self._drawn[length] += 1
        return self._drawn[length].to_bytes(length, "big")


@contextmanager
def loopback_socket() -> Iterator[socket.socket]:
    """A real UDP socket on an address of its own, which never waits long."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(5)
        yield udp


def _keys(seed: int) -> MediaKeys:
    return MediaKeys(Suite.AES_128_GCM, bytes([seed] * 16), bytes([seed] * 12))
