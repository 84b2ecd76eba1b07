"""A voice engine without ears: it deals in whole Opus packets and never decodes one.

    datagram -> MediaPath -> SFrame -> heard(packet)          say(packet) -> SFrame -> MediaPath

It keeps the path, the keys and the counters of one call, as the engine with devices does, and
leaves to ``PacketSpeaker`` what to do with packets: ``EchoSpeaker`` says again what it hears. So a
program can take part in calls at the cost of its packets alone. It reports nothing but trouble of
the path.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, assert_never

from twisted.internet.interfaces import IDelayedCall

from voip.client.voice.commands import (
    DropPath,
    DropStream,
    ListDevices,
    PlayTone,
    ReceiveKey,
    SendKey,
    SetDeafened,
    SetMicrophone,
    SetVolume,
    StartMeter,
    StartTalking,
    StopMeter,
    StopTalking,
    UdpUse,
    UseDevices,
    UseNetwork,
    UsePath,
    VoiceCommand,
    VoiceReport,
)
from voip.client.voice.media_socket import MediaSocket
from voip.client.voice.path import MediaPath
from voip.client.voice.reactor import MediaReactor, TimeReactor
from voip.core.ids import CallId, StreamId
from voip.core.media_config import MediaConfig
from voip.media.sframe import Receiver, Sender, SenderKey, Unsealed
from voip.wire.media_frames import Media, Report

ECHO_SECONDS: Final = 1.0
UDP_ALONE: Final = UseNetwork(UdpUse.ON)
"""It lives beside its server."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One Opus packet with what travels beside it; see ``Media`` for the units."""

    opus: bytes
    level: int
    timestamp: int
    is_first_after_silence: bool = False


class PacketSpeaker(Protocol):
    """What takes part in a call in a person's place; one is made for each call."""

    def heard(self, stream: StreamId, packet: Packet) -> None: ...

    def stop(self) -> None: ...


@dataclass(slots=True)
class _Call:
    call_id: CallId
    stream: StreamId
    key: SenderKey | None = None
    sender: Sender | None = None
    receivers: dict[StreamId, Receiver] = field(default_factory=dict)

    def take(self, command: SendKey | ReceiveKey | DropStream) -> None:
        """Use, or forget, a key; the one in use keeps its counter when it is given again."""
        match command:
            case SendKey(_, generation, base_key, step):
                key = SenderKey(base_key, generation, step)
                if key != self.key:
                    self.key, self.sender = key, Sender(key)
            case ReceiveKey(_, stream, generation, base_key, step):
                self.receivers.setdefault(stream, Receiver()).accept(
                    SenderKey(base_key, generation, step)
                )
            case DropStream(_, stream):
                self.receivers.pop(stream, None)


class PacketEngine:
    """A ``VoiceEngine`` on this reactor; ``speaker(say)`` makes the speaker of a call."""

    def __init__(
        self,
        reactor: MediaReactor,
        speaker: Callable[[Callable[[Packet], None]], PacketSpeaker],
        *,
        interface: str = "",
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._reactor = reactor
        self._make_speaker = speaker
        self._random = random
        self._socket = MediaSocket(reactor, interface, self._datagram_received, self._tell)
        self._media: MediaConfig | None = None
        self._path: MediaPath | None = None
        self._call: _Call | None = None
        self._speaker: PacketSpeaker | None = None
        self._timer: IDelayedCall | None = None
        self._receiver: Callable[[VoiceReport], None] | None = None

    def listen(self, receiver: Callable[[VoiceReport], None]) -> None:
        """Tell all reports to ``receiver`` from now on."""
        self._receiver = receiver

    def command(self, command: VoiceCommand) -> None:
        """Carry a command out at once; one that is for another call changes nothing."""
        match command:
            case UsePath(media, host):
                self._use_path(media, host)
            case DropPath():
                self._drop_path()
            case StartTalking(call_id, stream):
                self._start(_Call(call_id, stream))
            case StopTalking(call_id):
                if self._of(call_id) is not None:
                    self._stop()
            case SendKey() | ReceiveKey() | DropStream():
                if (call := self._of(command.call_id)) is not None:
                    call.take(command)
            case UseNetwork() | SetMicrophone() | StartMeter() | StopMeter():
                pass  # see UDP_ALONE; there is no microphone
            case SetVolume() | SetDeafened() | PlayTone() | UseDevices() | ListDevices():
                pass  # nor anything to hear with
            case _:
                assert_never(command)

    def close(self) -> None:
        """End everything."""
        self._receiver = None
        self._stop()
        self._drop_path()

    def say(self, packet: Packet) -> None:
        """Send a packet in the call that is on; before there is a key, nothing is sent."""
        call, path = self._call, self._path
        if call is None or call.sender is None or path is None:
            return
        sealed = call.sender.seal(packet.opus)
        media = Media(
            call.stream, packet.level, packet.timestamp, sealed, packet.is_first_after_silence
        )
        self._socket.send(path.seal((media,)))

    def _start(self, call: _Call) -> None:
        if self._of(call.call_id) is not None:
            return
        self._stop()
        self._call = call
        self._speaker = self._make_speaker(self.say)

    def _stop(self) -> None:
        if self._speaker is not None:
            self._speaker.stop()
        self._speaker = self._call = None

    def _use_path(self, media: MediaConfig, host: str) -> None:
        if media == self._media:
            return  # its packet numbers go on
        self._media = media
        self._path = MediaPath(media, self._reactor.seconds(), self._random, UDP_ALONE)
        self._socket.open(media.host or host, media.port)
        self._run_timer()

    def _drop_path(self) -> None:
        self._path = self._media = None
        self._socket.close()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _of(self, call_id: CallId) -> _Call | None:
        call = self._call
        return call if call is not None and call.call_id == call_id else None

    def _datagram_received(self, data: bytes) -> None:
        if self._path is None:
            return
        frames, answers = self._path.receive(data, self._reactor.seconds())
        for answer in answers:
            self._socket.send(answer)
        for frame in frames:
            self._received(frame)
        self._tell_path()

    def _received(self, frame: Media | Report) -> None:
        call = self._call
        if call is None or self._speaker is None or isinstance(frame, Report):
            return
        stream = StreamId(frame.stream)
        receiver = call.receivers.get(stream)
        opened = None if receiver is None else receiver.open(frame.sframe)
        if isinstance(opened, Unsealed):
            packet = Packet(
                opened.plaintext, frame.level, frame.timestamp, frame.is_first_after_silence
            )
            self._speaker.heard(stream, packet)

    def _run_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._path is None:
            return
        now = self._reactor.seconds()
        for datagram in self._path.handle_timer(now, is_talking=self._call is not None):
            self._socket.send(datagram)
        self._tell_path()
        self._timer = self._reactor.callLater(
            max(0.0, self._path.next_ping_at - now), self._run_timer
        )

    def _tell_path(self) -> None:
        if self._path is not None:
            for report in self._path.take_reports():
                self._tell(report)

    def _tell(self, report: VoiceReport) -> None:
        if self._receiver is not None:
            self._receiver(report)


class EchoSpeaker:
    """Says what it hears, a second later."""

    def __init__(
        self, reactor: TimeReactor, say: Callable[[Packet], None], seconds: float = ECHO_SECONDS
    ) -> None:
        self._reactor = reactor
        self._say = say
        self._seconds = seconds
        self._is_over = False

    def heard(self, stream: StreamId, packet: Packet) -> None:  # noqa: ARG002 - all are echoed alike
        """Keep a packet for its time."""
        self._reactor.callLater(self._seconds, self._repeat, packet)

    def stop(self) -> None:
        """Say no more."""
        self._is_over = True

    def _repeat(self, packet: Packet) -> None:
        if not self._is_over:
            self._say(packet)
