"""What the tests of the voice engine share: two ends of one path, and a reactor without a world.

The up keys of one end are the down keys of the other, so that datagrams go from one straight to the
other: no relay is needed to see what a pipeline or an engine does.
"""

# ruff: noqa: N802, N803 - the names are those of Twisted

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from twisted.internet.address import IPv4Address
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import (
    IHostnameResolver,
    IHostResolution,
    IListeningPort,
    IProcessTransport,
    IResolutionReceiver,
)
from twisted.internet.protocol import DatagramProtocol, ProcessProtocol
from twisted.internet.task import Clock
from zope.interface import implementer

from voip.client.voice.commands import VoiceReport
from voip.core.ids import CallId, Cid, StreamId
from voip.core.media_config import MediaConfig, MediaSuite
from voip.media.samples import BLOCK_SAMPLES, SAMPLE_RATE, Samples

CALL = CallId(b"\x01" * 16)
OTHER_CALL = CallId(b"\x02" * 16)
MINE, THEIRS = StreamId(1), StreamId(2)
KEY_A, KEY_B = b"a" * 32, b"b" * 32
Kind = TypeVar("Kind")
HOST, PORT = "192.0.2.1", 5000

_KEY_1, _KEY_2, _IV_1, _IV_2 = b"1" * 16, b"2" * 16, b"3" * 12, b"4" * 12


def config(is_far: bool = False, keepalive: int = 15) -> MediaConfig:
    """The near end's path, or the far end's."""
    up, down = (_KEY_1, _IV_1), (_KEY_2, _IV_2)
    if is_far:
        up, down = down, up
    cid, suite = Cid(77), MediaSuite.AES_128_GCM
    return MediaConfig("", PORT, cid, suite, *up, *down, keepalive, max_datagram_bytes=1200)


_numbers = itertools.count(1)


def predictable(count: int) -> bytes:
    """A source of bytes that are not random, but never the same twice."""
    return next(_numbers).to_bytes(count, "big")


def tone(blocks: int, hertz: float = 440.0, size: int = 8000) -> list[Samples]:
    """A tone, in blocks of 10 ms."""
    time = np.arange(blocks * BLOCK_SAMPLES) / SAMPLE_RATE
    samples = (np.sin(2 * np.pi * hertz * time) * size).astype(np.int16)
    return list(samples.reshape(blocks, BLOCK_SAMPLES))


def loudness(blocks: Sequence[Samples]) -> float:
    """The root mean square of some blocks."""
    return float(np.sqrt(np.mean(np.square(np.concatenate(blocks).astype(np.float64)))))


class FakePort:
    """A UDP port that keeps what is written and lets a test be the network."""

    def __init__(self, number: int, protocol: DatagramProtocol, interface: str) -> None:
        self.number = number
        self.protocol = protocol
        self.interface = interface
        self.written: list[tuple[bytes, tuple[str, int]]] = []
        self.is_open = True
        self.error: OSError | None = None
        protocol.transport = self  # type: ignore[assignment]

    def write(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep it, or fail as the system does without a network."""
        if self.error is not None:
            raise self.error
        self.written.append((data, addr))

    def take(self) -> list[bytes]:
        """What was written since the last time."""
        data = [datagram for datagram, _ in self.written]
        self.written = []
        return data

    def stopListening(self) -> None:
        """Closed."""
        self.is_open = False
        self.protocol.transport = None


class FakeProcess:
    """A process that only a test ends."""

    def __init__(self, protocol: ProcessProtocol, args: Sequence[str]) -> None:
        self.protocol = protocol
        self.args = tuple(args)
        self.written = b""
        self.has_stdin = True
        self.signals: list[str] = []
        protocol.transport = self  # type: ignore[assignment]

    def write(self, data: bytes) -> None:
        """Keep what the parent says."""
        self.written += data

    def closeStdin(self) -> None:
        """The parent says no more."""
        self.has_stdin = False

    def signalProcess(self, signal: str) -> None:
        """Keep the signal."""
        self.signals.append(signal)


@implementer(IHostnameResolver)
class FakeResolver:
    """Knows the addresses that a test gives it, and answers when the test says so."""

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {}
        self.waiting: list[Callable[[], None]] = []

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: object = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Answer later."""

        def answer() -> None:
            for address in self.known.get(hostName, []):
                resolutionReceiver.addressResolved(IPv4Address("TCP", address, portNumber))
            resolutionReceiver.resolutionComplete()

        self.waiting.append(answer)
        resolution: IHostResolution = object()  # type: ignore[assignment]
        resolutionReceiver.resolutionBegan(resolution)
        return resolution


class FakeReactor(Clock):
    """A clock with ports and processes that go nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.advance(1000.0)
        self.ports: list[FakePort] = []
        self.processes: list[FakeProcess] = []
        self.resolver = FakeResolver()
        self.can_listen = True

    @property
    def nameResolver(self) -> IHostnameResolver:
        """The test's own."""
        return self.resolver

    def listenUDP(
        self, port: int, protocol: DatagramProtocol, interface: str = ""
    ) -> IListeningPort:
        """A new fake port."""
        if not self.can_listen:
            raise CannotListenError(interface, port, OSError("no such address"))
        self.ports.append(FakePort(port, protocol, interface))
        return self.ports[-1]  # type: ignore[return-value]

    def spawnProcess(
        self,
        processProtocol: ProcessProtocol,
        executable: str,
        args: Sequence[str],
        env: Mapping[str, str] | None,
    ) -> IProcessTransport:
        """A new fake process."""
        self.processes.append(FakeProcess(processProtocol, args))
        return self.processes[-1]  # type: ignore[return-value]

    def callFromThread(self, f: Callable[..., object], *args: object, **kwargs: object) -> None:
        """The next turn."""
        self.callLater(0, f, *args, **kwargs)

    def run(self, seconds: float, step: float = 0.01) -> None:
        """Let time pass in small steps."""
        for _ in range(round(seconds / step)):
            self.advance(step)

    @property
    def port(self) -> FakePort:
        """The newest port."""
        return self.ports[-1]


class Heard:
    """Collects reports."""

    def __init__(self) -> None:
        self.reports: list[VoiceReport] = []

    def __call__(self, report: VoiceReport) -> None:
        self.reports.append(report)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Those of one kind."""
        return [report for report in self.reports if isinstance(report, kind)]
