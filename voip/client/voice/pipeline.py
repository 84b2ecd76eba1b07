"""The voice of one device, from microphone to datagrams and from datagrams to speaker. Sans-IO.

    capture(block)         -> OutgoingVoice -> MediaPath -> datagrams_to_send()
    receive_datagram(data) -> MediaPath -> IncomingVoice, one for each other -> mixed by playback()

It is handed blocks of 10 ms and datagrams together with the time, and gives blocks and datagrams;
sockets, devices and the beat belong to `engine`. Loss is reported once a second to whoever speaks,
and what listeners report arms Opus here. All that belongs to a call is in `_Call`, whose end
forgets its keys and its sound, as the start of another call does. Commands of another call than the
one that is on are late, and change nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from voip.client.voice.commands import (
    CallFigures,
    DropStream,
    Levels,
    PathUp,
    ReceiveKey,
    SendKey,
    SetVolume,
    Trouble,
    UseNetwork,
)
from voip.client.voice.figures import call_figures
from voip.client.voice.incoming import IncomingVoice
from voip.client.voice.outgoing import CaptureStage, OutgoingVoice
from voip.client.voice.path import MediaPath
from voip.client.voice.way import Way
from voip.core.ids import CallId, StreamId
from voip.core.media_config import MediaConfig
from voip.media.levels import SILENCE_DB
from voip.media.mixer import Mixer, gain_of
from voip.media.samples import Samples, silence
from voip.media.sframe import SenderKey
from voip.wire.media_frames import Frame, Media, Report

MOST_STREAMS: Final = 64
"""Streams that may be heard in one call; a key for one more is ignored."""

MOST_WAITING: Final = 200
"""Datagrams that may wait to be sent; speech older than that is of no use to anybody."""

REPORT_SECONDS: Final = 1.0


@dataclass(slots=True)
class _Call:
    """What belongs to one call."""

    call_id: CallId
    outgoing: OutgoingVoice
    report_at: float
    hears_from: float
    incoming: dict[StreamId, IncomingVoice] = field(default_factory=dict)
    factors: dict[StreamId, float] = field(default_factory=dict)
    mixer: Mixer = field(default_factory=Mixer)
    undecryptable: int = 0  # of streams that no key was given for


class VoicePipeline:
    """One device's sound. `random(count)` is a source of secret bytes; times are in seconds."""

    def __init__(
        self, random: Callable[[int], bytes], stages: Callable[[], Sequence[CaptureStage]] = tuple
    ) -> None:
        """`stages` makes the steps between microphone and encoder, fresh for each call."""
        self._random = random
        self._stages = stages
        self._path: MediaPath | None = None
        self._media: MediaConfig | None = None
        self._network = UseNetwork()
        self._call: _Call | None = None
        self._is_muted = False
        self._is_deafened = False
        self._waiting: list[bytes] = []

    # The path.

    def use_path(self, media: MediaConfig, now: float) -> bool:
        """Seal and open by this configuration from now on; tell whether that changed anything.

        The one in use keeps its packet numbers when it is given again.
        """
        if media == self._media:
            return False
        self._media = media
        before = Way.UDP if self._path is None else self._path.way
        self._path = MediaPath(media, now, self._random, self._network, before)
        self._waiting = []
        return True

    def use_network(self, network: UseNetwork, now: float) -> None:
        """Go by these wishes of the person from now on, in a call that is on too."""
        self._network = network
        if self._path is not None:
            self._path.use_network(network, now)
        if self._call is not None:
            for voice in self._call.incoming.values():
                voice.wait_between(network.jitter_min_ms, network.jitter_max_ms)

    @property
    def wants_tunnel(self) -> bool:
        """Whether a tunnel to the server is to be held open."""
        return self._path is not None and self._path.wants_tunnel

    def drop_path(self) -> None:
        """Forget the path and its keys."""
        self._path = self._media = None
        self._waiting = []

    # The call.

    @property
    def is_talking(self) -> bool:
        """Whether a call is on."""
        return self._call is not None

    def is_talking_in(self, call_id: CallId) -> bool:
        """Whether this call is on."""
        return self._of(call_id) is not None

    def start(
        self, call_id: CallId, stream: StreamId, now: float, hears_from: float | None = None
    ) -> None:
        """A call begins: what the microphone hears goes out on `stream`, once there is a key.

        What comes before `hears_from` is not heard: it waited while the devices were opened, and
        its late arrival would be taken for a bad path.
        """
        outgoing = OutgoingVoice(stream, self._stages())
        outgoing.set_muted(self._is_muted)
        self._call = _Call(call_id, outgoing, now + REPORT_SECONDS, hears_from or now)
        if self._path is not None:
            self._path.hurry(now)

    def stop(self, call_id: CallId) -> bool:
        """The call is over: forget its keys and sounds. False when another one is on."""
        if self._of(call_id) is None:
            return False
        self._call = None
        return True

    def send_key(self, command: SendKey) -> None:
        """Seal what is said with this key from now on."""
        if (call := self._of(command.call_id)) is not None:
            call.outgoing.use_key(SenderKey(command.base_key, command.generation, command.step))

    def receive_key(self, command: ReceiveKey) -> None:
        """Hear a stream with this key, too."""
        call = self._of(command.call_id)
        try:
            key = SenderKey(command.base_key, command.generation, command.step)
        except ValueError:
            # The other side chose it. Whatever is sealed with it can't be opened, and is counted.
            return
        if call is None:
            return
        voice = call.incoming.get(command.stream)
        if voice is None:
            if len(call.incoming) >= MOST_STREAMS:
                return
            voice = call.incoming[command.stream] = IncomingVoice(
                command.stream, self._network.jitter_min_ms, self._network.jitter_max_ms
            )
        voice.accept(key)

    def drop_stream(self, command: DropStream) -> None:
        """Somebody left: forget their keys and what was still to be heard of them."""
        if (call := self._of(command.call_id)) is not None:
            call.incoming.pop(command.stream, None)

    def set_muted(self, is_muted: bool) -> None:
        """Send nothing of what is heard, or go on; it holds for later calls too."""
        self._is_muted = is_muted
        if self._call is not None:
            self._call.outgoing.set_muted(is_muted)

    def set_volume(self, command: SetVolume) -> None:
        """Play one stream of this call louder or softer, whether it was heard yet or not."""
        call = self._call
        if call is not None and (
            command.stream in call.factors or len(call.factors) < MOST_STREAMS
        ):
            call.factors[command.stream] = gain_of(command.gain_db)

    def set_deafened(self, is_deafened: bool) -> None:
        """Play nothing of what comes, or go on; it holds for later calls too."""
        self._is_deafened = is_deafened

    # Sound.

    def capture(self, block: Samples) -> None:
        """Take the next 10 ms that the microphone heard."""
        if self._call is None:
            return
        media = self._call.outgoing.capture(block)
        if media is not None:
            self._send((media,))

    def skip(self, blocks: int) -> None:
        """Blocks that the microphone heard were lost on the way here."""
        if self._call is not None and blocks:
            self._call.outgoing.skip(blocks)

    def playback(self) -> Samples:
        """The next 10 ms to be heard: everybody mixed, or silence."""
        call = self._call
        if call is None:
            return silence()
        # Who isn't heard is played all the same: a voice goes on while nobody listens.
        played = [
            (block, call.factors.get(stream, 1.0))
            for stream, voice in call.incoming.items()
            if (block := voice.play()) is not None
        ]
        return call.mixer.mix([] if self._is_deafened else played)

    # The network.

    def receive_datagram(self, data: bytes, now: float) -> None:
        """Take a datagram as it came; never raises, whatever the bytes."""
        if self._path is None:
            return
        frames, answers = self._path.receive(data, now)
        self._queue(answers)
        for frame in frames:
            self._received(frame, now)

    def handle_timer(self, now: float) -> None:
        """Do what is due: PINGs, and reports of loss while a call is on."""
        if self._path is None:
            return
        self._queue(self._path.handle_timer(now, self._call is not None))
        call = self._call
        if call is not None and now >= call.report_at:
            call.report_at = now + REPORT_SECONDS
            call.outgoing.close_second()
            reports = [voice.close_second(now) for voice in call.incoming.values()]
            for report in reports:
                if report is not None:
                    self._send((report,))

    @property
    def next_timer(self) -> float | None:
        """When `handle_timer` is to be called at the latest; None without a path."""
        if self._path is None:
            return None
        if self._call is None:
            return self._path.next_ping_at
        return min(self._path.next_ping_at, self._call.report_at)

    def datagrams_to_send(self) -> list[bytes]:
        """What is to be sent since the last time."""
        waiting, self._waiting = self._waiting, []
        return waiting

    # What is told.

    def take_reports(self) -> list[PathUp | Trouble]:
        """What happened on the path since the last time."""
        return [] if self._path is None else self._path.take_reports()

    def levels(self) -> Levels:
        """How loud everybody is just now."""
        if self._call is None:
            return Levels(SILENCE_DB, ())
        streams = self._call.incoming.items()
        return Levels(
            self._call.outgoing.level_db,
            tuple((stream, voice.level_db) for stream, voice in streams),
        )

    def figures(self, device_ms: float) -> CallFigures | None:
        """How the call fares; None when there is none. `device_ms` is what the devices delay."""
        call = self._call
        if call is None:
            return None
        return call_figures(
            call.call_id,
            call.outgoing,
            tuple(call.incoming.values()),
            rtt=None if self._path is None else self._path.rtt,
            path=Way.UDP.value if self._path is None else self._path.way.value,
            device_ms=device_ms,
            undecryptable=call.undecryptable,
        )

    def _of(self, call_id: CallId) -> _Call | None:
        """The call that is on, when it is this one."""
        call = self._call
        return call if call is not None and call.call_id == call_id else None

    def _received(self, frame: Media | Report, now: float) -> None:
        call = self._call
        if call is None:
            return
        if isinstance(frame, Report):
            if frame.stream == call.outgoing.stream:
                call.outgoing.expect_loss(frame.lost / 256 * 100)
            return
        if now < call.hears_from:
            return
        voice = call.incoming.get(StreamId(frame.stream))
        if voice is None:
            call.undecryptable += 1
        else:
            voice.receive(frame, now)

    def _send(self, frames: Sequence[Frame]) -> None:
        if self._path is not None:
            self._queue((self._path.seal(frames),))

    def _queue(self, datagrams: Sequence[bytes]) -> None:
        self._waiting.extend(datagrams)
        del self._waiting[:-MOST_WAITING]
