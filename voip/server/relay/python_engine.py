"""The reference relay engine: in Python, on the reactor, open, look up, seal anew, send.

    doRead -> _take: whose is it, open it -> path, hearing -> its frames -> _send to each receiver

Keeps the rules of the media path: what isn't genuine is counted and changes nothing, nobody is
answered who can't seal, an unproven address gets at most three times its bytes
(`voip.wire.roaming`), a leg sends only the streams that were set for it, and of a conference only
the loudest pass (`rooms`). The frames of a packet of speech are passed on as they are, but for the
mark of the first after silence; only the outer seal is new. It never sees a key of SFrame.

The reactor's epoll is level-triggered, so one `doRead` takes a bounded batch and leaves the rest
for the next turn: a flood can't keep control connections waiting. Time stands still within a batch.
"""

import socket
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from twisted.internet.interfaces import IDelayedCall, IReadDescriptor
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from voip.core.ids import Cid, StreamId
from voip.server.relay.contents import group
from voip.server.relay.interface import (
    DropCause,
    LegClosed,
    LegHeard,
    LegMoved,
    LegSilent,
    RelayDrop,
    RelayEvent,
    RelayStats,
    Way,
)
from voip.server.relay.legs import Hearing, Leg, LegTable
from voip.server.relay.rooms import Forwarding
from voip.server.relay.sockets import dropped_by_kernel
from voip.wire.datagram import (
    MAX_DATAGRAM,
    OVERHEAD,
    Dropped,
    MediaKeys,
    RekeyNeededError,
    peek_cid,
)
from voip.wire.media_frames import (
    Ping,
    encode_frames,
    lone_media_stream,
    marked_first,
    media_level,
)
from voip.wire.roaming import Address, LegPath, Tunnel

DEFAULT_QUIET_AFTER: Final = 15.0
"""Seconds without a genuine packet until a leg counts as silent; a client sends more often."""

BATCH: Final = 64
"""Datagrams taken in one turn of the reactor: about a millisecond of work."""

_SWEEP_INTERVAL: Final = 1.0


class RelayReactor(Protocol):
    """The part of a reactor that the engine uses."""

    def addReader(self, reader: IReadDescriptor, /) -> None:  # noqa: N802
        """Call the reader's doRead whenever its socket has something."""

    def removeReader(self, reader: IReadDescriptor, /) -> None:  # noqa: N802
        """Call it no longer."""

    def callLater(self, delay: float, call: Callable[[], None], /) -> IDelayedCall:  # noqa: N802
        """Make a call after `delay` seconds."""


@implementer(IReadDescriptor)
class PythonRelay:
    """A `RelayEngine` in the reactor's own thread.

    `udp` is a socket from `voip.server.relay.sockets.listen`, owned from now on; `clock` gives
    seconds that only grow; `random` gives bytes for path challenges and must be unpredictable;
    `on_event` is called in the middle of the work and must return soon.
    """

    name: Final = "python"
    log = Logger()

    def __init__(
        self,
        udp: socket.socket,
        reactor: RelayReactor,
        clock: Callable[[], float],
        random: Callable[[int], bytes],
        on_event: Callable[[RelayEvent], None],
        quiet_after: float = DEFAULT_QUIET_AFTER,
    ) -> None:
        self._udp = udp
        self._reactor = reactor
        self._clock = clock
        self._random = random
        self._on_event = on_event
        self._quiet_after = quiet_after
        self._table = LegTable()
        self._legs = self._table.by_cid
        self._sweeping: IDelayedCall | None = None
        self._packets_in = self._bytes_in = self._packets_out = self._bytes_out = 0
        self._drops: Counter[DropCause] = Counter()

    # What the server asks.

    def start(self) -> None:
        """Begin to take datagrams, and to watch for silence."""
        self._reactor.addReader(self)
        self._sweeping = self._reactor.callLater(_SWEEP_INTERVAL, self._sweep)
        self.log.info("relay runs with the {engine} engine", engine=self.name)

    def stop(self) -> None:
        """Take no more datagrams and close the socket; again does nothing."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
            self._reactor.removeReader(self)
        self._udp.close()

    def open_leg(self, cid: Cid, keys_in: MediaKeys, keys_out: MediaKeys) -> None:
        """Serve a leg from now on."""
        self._table.open(cid, keys_in, keys_out, self._clock())

    def close_leg(self, cid: Cid) -> None:
        """Forget a leg."""
        self._table.close(cid)

    def set_receivers(
        self, cid: Cid, stream: StreamId, receivers: Sequence[Cid], room: int = 0
    ) -> None:
        """Say who gets a stream, and with which others it competes; nobody closes it."""
        self._table.set_receivers(cid, stream, receivers, room)

    def set_gate(self, cid: Cid, stream: StreamId, is_open: bool) -> None:
        """Stop or resume a stream."""
        self._table.set_gate(cid, stream, is_open)

    def take_tunnelled(self, datagram: bytes, tunnel: Tunnel) -> None:
        """Take a datagram as if it had come to the socket."""
        self._take(datagram, tunnel, self._clock())

    def tunnel_lost(self, cid: Cid, tunnel: Tunnel) -> None:
        """Reach the leg by it no longer."""
        leg = self._legs.get(cid)
        if leg is not None:
            leg.path.lost(tunnel)

    def way(self, cid: Cid) -> Way | None:
        """By which kind of address speech goes to the leg."""
        leg = self._legs.get(cid)
        address = None if leg is None else leg.path.destination(0)
        if address is None:
            return None
        return Way.UDP if isinstance(address, tuple) else Way.TLS

    def stats(self) -> RelayStats:
        """Count everything up to now."""
        return RelayStats(
            engine=self.name,
            legs=len(self._legs),
            packets_in=self._packets_in,
            bytes_in=self._bytes_in,
            packets_out=self._packets_out,
            bytes_out=self._bytes_out,
            socket_drops=dropped_by_kernel(self._udp),
            drops=dict(self._drops),
        )

    # What the reactor calls.

    def doRead(self) -> None:
        """Take what the socket holds, up to BATCH datagrams."""
        now = self._clock()
        receive = self._udp.recvfrom
        for _ in range(BATCH):
            try:
                data, source = receive(MAX_DATAGRAM + 1)
            except BlockingIOError:
                return
            except OSError:
                self._drop(RelayDrop.SOCKET_ERROR)
                continue
            self._take(data, source, now)

    def fileno(self) -> int:
        """Tell the reactor which socket to watch."""
        return self._udp.fileno()

    def logPrefix(self) -> str:
        """Name the engine in the reactor's own messages."""
        return "relay"

    def connectionLost(self, reason: Failure) -> None:  # noqa: ARG002 - the reactor's shutdown
        """Stop, as the reactor has let go of the socket."""
        self.stop()

    # The way of a datagram.

    def _take(self, data: bytes, source: Address, now: float) -> None:
        self._packets_in += 1
        self._bytes_in += len(data)
        cid = peek_cid(data)
        if isinstance(cid, Dropped):
            self._drop(cid)
            return
        leg = self._legs.get(cid)
        if leg is None:
            self._drop(RelayDrop.UNKNOWN_LEG)
            return
        opened = leg.opener.open(data)
        if isinstance(opened, Dropped):
            self._drop(opened)
            return
        leg.heard_at = now
        if source != leg.path.settled:
            self._note_source(leg, source, opened.is_newest, len(data), now)
        if leg.hearing is not Hearing.HEARD:
            leg.hearing = Hearing.HEARD
            self._tell(LegHeard(leg.cid))
        stream = lone_media_stream(opened.frames)
        if stream is None:
            self._take_frames(leg, source, opened.frames, now)
        else:
            self._forward(leg, stream, opened.frames, now)

    def _take_frames(self, leg: Leg, source: Address, frames: bytes, now: float) -> None:
        """Act on what is more than one packet of speech."""
        contents = group(frames)
        for token in contents.tokens:
            if leg.path.answered(source, token) is not None:
                self._tell(LegMoved(leg.cid))
        if contents.answers:
            self._send_along(leg, source, encode_frames(contents.answers))
        for stream, media in contents.speech.items():
            self._forward(leg, stream, encode_frames(media), now)
        for stream, reports in contents.reports.items():
            self._hand_back(leg, stream, encode_frames(reports))
        if contents.is_malformed:
            self._drop(RelayDrop.MALFORMED)
        if contents.is_closing:
            leg.path = LegPath()
            leg.hearing = Hearing.SILENT
            self._tell(LegClosed(leg.cid))

    def _hand_back(self, listener: Leg, stream: int, reports: bytes) -> None:
        """Pass encoded REPORT frames to the leg whose voice the stream is."""
        speaker = listener.sources.get(stream)
        if speaker is None:
            self._drop(RelayDrop.FOREIGN_STREAM)
        else:
            self._send(speaker, reports)

    def _forward(self, leg: Leg, number: int, frames: bytes, now: float) -> None:
        """Pass encoded MEDIA frames of one stream on to whoever gets it."""
        stream = leg.streams.get(number)
        if stream is None:
            self._drop(RelayDrop.FOREIGN_STREAM)
        elif not stream.is_open:
            self._drop(RelayDrop.GATED)
        else:
            if stream.room is not None:
                match stream.room.hear(number, media_level(frames), now):
                    case Forwarding.HELD_BACK:
                        self._drop(RelayDrop.HELD_BACK)
                        return
                    case Forwarding.MARKED:
                        frames = marked_first(frames)
                    case Forwarding.PASSES:
                        pass
            for receiver in stream.receivers:
                self._send(receiver, frames)

    def _note_source(
        self, leg: Leg, source: Address, is_newest: bool, nbytes: int, now: float
    ) -> None:
        challenge = leg.path.received(source, is_newest, nbytes, now, self._random)
        if challenge is not None:
            self._send_along(leg, challenge.address, encode_frames([Ping(challenge.token)]))

    def _send(self, leg: Leg, frames: bytes) -> None:
        """Send to where the leg is now."""
        address = leg.path.settled or leg.path.destination(OVERHEAD + len(frames))
        if address is None:
            self._drop(RelayDrop.NO_ADDRESS)
        else:
            self._transmit(leg, frames, address)

    def _send_along(self, leg: Leg, address: Address, frames: bytes) -> None:
        """Send to one address of the leg, as path checks and their answers must go."""
        if leg.path.may_send(address, OVERHEAD + len(frames)):
            self._transmit(leg, frames, address)
        else:
            self._drop(RelayDrop.NO_ADDRESS)

    def _transmit(self, leg: Leg, frames: bytes, address: Address) -> None:
        try:
            datagram = leg.sealer.seal(frames)
            if isinstance(address, tuple):
                self._udp.sendto(datagram, address)
            else:
                address.send(datagram)
        except BlockingIOError:
            self._drop(RelayDrop.SOCKET_BUSY)
        except OSError:
            # A filter that forbids it, or a network that has gone; the next packet may pass.
            self._drop(RelayDrop.SOCKET_ERROR)
        except RekeyNeededError:
            self._drop(RelayDrop.KEYS_USED_UP)
        else:
            self._packets_out += 1
            self._bytes_out += len(datagram)

    def _drop(self, cause: DropCause) -> None:
        self._drops[cause] += 1

    # Telling.

    def _sweep(self) -> None:
        """Tell of each leg that has become silent."""
        self._sweeping = self._reactor.callLater(_SWEEP_INTERVAL, self._sweep)
        heard_before = self._clock() - self._quiet_after
        for leg in list(self._legs.values()):
            if leg.heard_at <= heard_before and leg.hearing is not Hearing.SILENT:
                leg.hearing = Hearing.SILENT
                self._tell(LegSilent(leg.cid))

    def _tell(self, event: RelayEvent) -> None:
        try:
            self._on_event(event)
        except Exception:  # noqa: BLE001 - an exception in doRead would end the relay for everyone
            self.log.failure("relay event {event} failed", event=event)
