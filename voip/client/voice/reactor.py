"""What the voice engine needs of a Twisted reactor, as one structural type.

Interfaces of zope can't be intersected in an annotation; these Protocols are met by the real
reactor, and by a `Clock` that a test gives a few more methods. They hold signatures only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall, IListeningPort, IProcessTransport
from twisted.internet.protocol import DatagramProtocol, ProcessProtocol


class TimeReactor(Protocol):
    """Tells the time and calls later."""

    def seconds(self) -> float: ...

    def callLater(  # noqa: N802 - Twisted's name
        self, delay: float, callable: Callable[..., object], *args: object, **kw: object
    ) -> IDelayedCall: ...


class MediaReactor(TimeReactor, Protocol):
    """Opens a UDP socket as well: all that an engine in this process needs."""

    def listenUDP(  # noqa: N802 - Twisted's name
        self, port: int, protocol: DatagramProtocol, interface: str = "", maxPacketSize: int = 8192
    ) -> IListeningPort: ...


class ProcessReactor(TimeReactor, Protocol):
    """Starts processes: all that an engine in a process of its own needs."""

    def spawnProcess(  # noqa: N802 - Twisted's name
        self,
        processProtocol: ProcessProtocol,
        executable: str,
        args: Sequence[str],
        env: Mapping[str, str] | None,
    ) -> IProcessTransport: ...


class VoiceReactor(MediaReactor, ProcessReactor, Protocol):
    """Whatever engine is chosen, this reactor can run it."""
