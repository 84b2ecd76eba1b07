"""Real clients in one process, each at its own 127.x address, with a tap on all it receives.

    TCP -> raw -> TLS -> control -> client         UDP -> datagrams -> opened -> SFrame -> heard

The tap copies bytes at each arrow and changes nothing. ``Party`` is a person: a client, a voice
that sends numbered packets in Opus' place, and what came of them. What is done with several of
them is the programs'.
"""

import struct
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, cast

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHostnameResolver,
    IListeningPort,
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import DatagramProtocol, Factory
from twisted.internet.task import LoopingCall
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol
from zope.interface import implementer

from voip.client.address import Address
from voip.client.client import Client
from voip.client.login import threads_of
from voip.client.model import CallInfo, Change
from voip.client.voice.commands import UsePath, VoiceCommand, VoiceReport
from voip.client.voice.packet_engine import Packet, PacketEngine
from voip.client.voice.reactor import MediaReactor
from voip.core.calls import EndReason, LegState
from voip.core.ids import Cid, StreamId
from voip.wire.datagram import Dropped, MediaKeys, Opener, Suite

PASSWORD: Final = "correct horse battery"
FRAME_SECONDS: Final = 0.02
WAIT_SECONDS: Final = 15.0
_STAMP = struct.Struct("!Q")
_PADDING = b"." * 72


Connections = list[TLSMemoryBIOProtocol]


class Tap:
    """What one client received, by layer, and the datagrams it sent."""

    def __init__(self) -> None:
        self.raw = bytearray()
        self.control = bytearray()
        self.datagrams = bytearray()
        self.opened = bytearray()
        self.heard = bytearray()
        self.sent: list[bytes] = []
        self.port = 0
        """The UDP port that datagrams come to."""
        self.send: Callable[[bytes], object] | None = None
        """Sends a datagram once more, as it is."""
        self.opener: Opener | None = None

    def layers(self, owner: str) -> dict[str, bytes]:
        """The layers by a name to report."""
        return {
            f"{layer} bytes that {owner} received": bytes(getattr(self, layer))
            for layer in ("raw", "control", "datagrams", "opened", "heard")
        }

    def clear(self) -> None:
        """Forget what came so far."""
        for layer in (self.raw, self.control, self.datagrams, self.opened, self.heard):
            layer.clear()

    def datagram(self, data: bytes) -> None:
        """A datagram came from anywhere."""
        self.datagrams += data
        if self.opener is not None:
            opened = self.opener.open(data)
            if not isinstance(opened, Dropped):
                self.opened += opened.frames


@implementer(IStreamClientEndpoint)
class TappedEndpoint:
    """TCP from an address of one's own; ``made`` gathers the connections."""

    def __init__(self, endpoint: TCP4ClientEndpoint, tap: Tap, made: Connections) -> None:
        self._endpoint = endpoint
        self._tap = tap
        self._made = made

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:  # noqa: N803
        assert isinstance(protocolFactory, TLSMemoryBIOFactory)
        tapped = _TappedFactory(protocolFactory, self._tap, self._made)
        connected: Deferred[IProtocol] = self._endpoint.connect(tapped)
        return connected


class _TappedFactory(Factory):
    noisy = False

    def __init__(self, tls: TLSMemoryBIOFactory, tap: Tap, made: Connections) -> None:
        self._tls = tls
        self._tap = tap
        self._made = made

    def buildProtocol(self, addr: IAddress | None) -> TLSMemoryBIOProtocol:
        protocol = self._tls.buildProtocol(addr)
        assert isinstance(protocol, TLSMemoryBIOProtocol)
        _copy_to(self._tap.raw, protocol)
        _copy_to(self._tap.control, protocol.wrappedProtocol)
        self._made.append(protocol)
        return protocol


def _copy_to(layer: bytearray, protocol: IProtocol) -> None:
    received = protocol.dataReceived

    def copied(data: bytes) -> None:
        layer.extend(data)
        received(data)

    setattr(protocol, "dataReceived", copied)  # noqa: B010 - one object, not its class


class TappedReactor:
    """A ``MediaReactor`` whose datagrams are copied to a tap."""

    def __init__(self, reactor: MediaReactor, tap: Tap) -> None:
        self._reactor = reactor
        self._tap = tap

    def seconds(self) -> float:
        return self._reactor.seconds()

    def callLater(  # noqa: N802
        self,
        delay: float,
        callable: Callable[..., object],  # noqa: A002
        *args: object,
        **kw: object,
    ) -> IDelayedCall:
        return self._reactor.callLater(delay, callable, *args, **kw)

    def callFromThread(  # noqa: N802
        self, f: Callable[..., object], *args: object, **kwargs: object
    ) -> None:
        self._reactor.callFromThread(f, *args, **kwargs)

    @property
    def nameResolver(self) -> IHostnameResolver:  # noqa: N802
        return self._reactor.nameResolver

    def listenUDP(  # noqa: N802
        self, port: int, protocol: DatagramProtocol, interface: str = ""
    ) -> IListeningPort:
        received = protocol.datagramReceived

        def copied(datagram: bytes, addr: tuple[str, int]) -> None:
            self._tap.datagram(datagram)
            received(datagram, addr)

        setattr(protocol, "datagramReceived", copied)  # noqa: B010 - one object, not its class
        listening = self._reactor.listenUDP(port, protocol, interface)
        self._tap.port = cast("IPv4Address", listening.getHost()).port
        write = getattr(listening, "write")  # noqa: B009 - an IUDPTransport, untyped here

        def written(datagram: bytes, addr: tuple[str, int] | None = None) -> object:
            self._tap.sent.append(datagram)
            self._tap.send = partial(write, addr=addr)
            return write(datagram, addr)

        setattr(listening, "write", written)  # noqa: B010
        return listening


class Voice:
    """Says a numbered packet every 20 ms once begun, and checks the other's numbers."""

    def __init__(self, say: Callable[[Packet], None], tap: Tap) -> None:
        self._say = say
        self._tap = tap
        self._loop = LoopingCall(self._speak)
        self._heard_at = 0.0
        self._newest = -1
        self.padding = _PADDING
        self.sent = 0
        self.received = 0
        self.wrong = 0
        self.longest_gap = 0.0

    def begin(self) -> None:
        self._heard_at = time.monotonic()
        self._loop.start(FRAME_SECONDS)

    def heard(self, stream: StreamId, packet: Packet) -> None:
        self._tap.heard += packet.opus
        number = _STAMP.unpack_from(packet.opus)[0]
        self.wrong += number <= self._newest
        self._newest = max(self._newest, number)
        now = time.monotonic()
        self.longest_gap = max(self.longest_gap, now - self._heard_at)
        self._heard_at = now
        self.received += 1

    def stop(self) -> None:
        if self._loop.running:
            self._loop.stop()

    def _speak(self) -> None:
        self._say(Packet(_STAMP.pack(self.sent) + self.padding, 20, self.sent * 8 % (1 << 16)))
        self.sent += 1


class Party:
    """One person: a client at an address of its own, who answers every call unless told not to."""

    def __init__(self, reactor: IReactorTime, name: str, address: str, home: Path) -> None:
        self.name = name
        self.address = address
        self.tap = Tap()
        self.voice: Voice | None = None
        self.cid = Cid(0)
        self.answers = True
        self.links: list[str] = []
        """Where the line stood, each time that changed."""
        self.connections: Connections = []
        self._reactor = reactor
        self._waiting: list[tuple[Callable[[], bool], Deferred[None]]] = []
        self._answered: set[bytes] = set()
        media = cast("MediaReactor", TappedReactor(cast("MediaReactor", reactor), self.tap))
        self._engine = PacketEngine(media, self._make_voice, interface=address)
        self.client = Client(
            reactor, home / name, self, self._endpoint_of, threads_of(reactor), device_name="box"
        )
        self.client.watch(self._changed)

    # ---- a VoiceEngine that looks at the path's keys -------------------------------------------

    def listen(self, receiver: Callable[[VoiceReport], None]) -> None:
        self._engine.listen(receiver)

    def command(self, command: VoiceCommand) -> None:
        if isinstance(command, UsePath):
            media = command.media
            keys = MediaKeys(Suite(media.suite.value), media.key_down, media.iv_down)
            self.tap.opener = Opener(media.cid, keys)
            self.cid = media.cid
        self._engine.command(command)

    def close(self) -> None:
        self._engine.close()

    # ---- what a person does and sees -----------------------------------------------------------

    async def sign_up(self, server: str) -> None:
        """Connect, register and log in."""
        await self.client.connect(server)
        await self.client.register(self.name, self.name.capitalize(), PASSWORD)

    def until(self, is_so: Callable[[], bool], what: str) -> Deferred[None]:
        """Fires when something is so; TimeoutError names what did not come about."""
        waiting: Deferred[None] = Deferred()
        if is_so():
            waiting.callback(None)
            return waiting
        self._waiting.append((is_so, waiting))

        def late(_result: object, _seconds: float) -> None:
            raise TimeoutError(f"{self.name} waited in vain until {what}: {self.client.model}")

        return waiting.addTimeout(WAIT_SECONDS, self._reactor, late)

    def active(self) -> CallInfo | None:
        """The call that is talked in, with its keys."""
        for call in self.client.model.calls:
            if call.state is LegState.ACTIVE and call.words:
                return call
        return None

    def talks(self) -> Deferred[None]:
        """Until a call is answered and has its keys."""
        return self.until(lambda: self.active() is not None and self.voice is not None, "it talks")

    def is_free(self) -> Deferred[None]:
        """Until no call is left."""
        return self.until(lambda: not self.client.model.calls, "it is free")

    def last_end(self) -> EndReason | None:
        ended = self.client.model.last_ended
        return ended.end_reason if ended is not None else None

    async def hang_up(self) -> None:
        call = self.active()
        assert call is not None, self.client.model
        await self.client.hang_up(call.call_id)

    def send_again(self, datagram: bytes) -> None:
        """Send what was sent before."""
        if self.tap.send is not None:
            self.tap.send(datagram)

    def cut(self) -> None:
        """Break the connection, as a network does."""
        [alive] = [each for each in self.connections if each.connected]
        alive.abortConnection()

    # ---- inside --------------------------------------------------------------------------------

    def _make_voice(self, say: Callable[[Packet], None]) -> Voice:
        self.voice = Voice(say, self.tap)
        return self.voice

    def _endpoint_of(self, address: Address) -> IStreamClientEndpoint:
        endpoint = TCP4ClientEndpoint(
            self._reactor, address.host, address.port, 10, (self.address, 0)
        )
        return TappedEndpoint(endpoint, self.tap, self.connections)

    def _changed(self, change: Change) -> None:
        link = self.client.model.connection.link.value
        if not self.links or self.links[-1] != link:
            self.links.append(link)
        if change & Change.CALLS:
            self._answer()
        for entry in tuple(self._waiting):
            is_so, waiting = entry
            if waiting.called:
                self._waiting.remove(entry)
            elif is_so():
                self._waiting.remove(entry)
                # not from within: who waited may act on the client at once
                self._reactor.callLater(0, _fire, waiting)

    def _answer(self) -> None:
        for call in self.client.model.calls:
            is_ringing = call.is_incoming and call.state is LegState.RINGING
            if is_ringing and self.answers and call.call_id not in self._answered:
                self._answered.add(call.call_id)
                self.client.accept(call.call_id)


def _fire(waiting: Deferred[None]) -> None:
    if not waiting.called:
        waiting.callback(None)


def after(reactor: IReactorTime, seconds: float) -> Deferred[None]:
    """Fires in so many seconds."""
    passed: Deferred[None] = Deferred()
    reactor.callLater(seconds, passed.callback, None)
    return passed
