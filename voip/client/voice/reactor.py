"""What the voice engine needs of a Twisted reactor, as structural types.

Interfaces of zope can't be intersected in an annotation; these Protocols are met by the real
reactor, and by a `Clock` that a test gives a few more methods. They hold signatures only, with
Twisted's own names.
"""
# ruff: noqa: A002, N802, N803

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from twisted.internet.interfaces import (
    IDelayedCall,
    IHostnameResolver,
    IListeningPort,
    IProcessTransport,
)
from twisted.internet.protocol import DatagramProtocol, ProcessProtocol


class TimeReactor(Protocol):
    """Tells the time and calls later."""

    def seconds(self) -> float: ...

    def callLater(
        self, delay: float, callable: Callable[..., object], *args: object, **kw: object
    ) -> IDelayedCall: ...


class MediaReactor(TimeReactor, Protocol):
    """Opens a UDP socket, finds addresses and can be woken by the sound card's thread: all that an
    engine in this process needs."""

    def callFromThread(self, f: Callable[..., object], *args: object, **kwargs: object) -> None: ...

    @property
    def nameResolver(self) -> IHostnameResolver: ...

    def listenUDP(
        self, port: int, protocol: DatagramProtocol, interface: str = ""
    ) -> IListeningPort: ...


class ProcessReactor(TimeReactor, Protocol):
    """Starts processes: all that an engine in a process of its own needs."""

    def spawnProcess(
        self,
        processProtocol: ProcessProtocol,
        executable: str,
        args: Sequence[str],
        env: Mapping[str, str] | None,
    ) -> IProcessTransport: ...


class VoiceReactor(MediaReactor, ProcessReactor, Protocol):
    """Whatever engine is chosen, this reactor can run it."""
