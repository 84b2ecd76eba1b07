"""The voice engine in this process: the pipeline with a socket, devices and a timer around it.

Nothing is decided here: commands are carried out, datagrams and blocks carried to and fro, the beat
kept. The beat is absolute (see `pump`), so neither a slow turn of the reactor nor a long call makes
it drift. Reports are told in a later turn of the reactor, never from within `command`.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Final, assert_never

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
    UseDevices,
    UseNetwork,
    UsePath,
    VoiceCommand,
    VoiceReport,
)
from voip.client.voice.devices import Devices
from voip.client.voice.media_ways import MediaWays
from voip.client.voice.pipeline import VoicePipeline
from voip.client.voice.pump import Beat
from voip.client.voice.reactor import MediaReactor
from voip.client.voice.sounds import Sounds

LEVELS_TICKS: Final = 10
FIGURES_TICKS: Final = 100
STAND_BY_TICKS: Final = 3
TURN_SECONDS: Final = 0.02
"""Long enough to read what waits in the socket."""


class LocalVoiceEngine:
    """A `VoiceEngine` on this reactor. `interface` is the local address to send from."""

    def __init__(
        self,
        reactor: MediaReactor,
        devices: Devices,
        words: UseDevices,
        *,
        interface: str = "",
        random: Callable[[int], bytes] = secrets.token_bytes,
        ticks_at_once: int = 1,
    ) -> None:
        """`words` say which of the devices are used until others are chosen.

        `ticks_at_once` beats of 10 ms share one turn of the reactor: 2 saves work, where 10 ms
        more delay are no matter."""
        self._reactor = reactor
        self._ticks_at_once = ticks_at_once
        self._pipeline = VoicePipeline(random)
        self._ways = MediaWays(reactor, interface, self._datagram_received, self._tell)
        self._sounds = Sounds(devices, words, self._device_wakes, self._tell)
        self._beat = Beat(reactor.seconds())
        self._ticks = 0
        self._pump: IDelayedCall | None = None
        self._was_woken = False
        self._timer: IDelayedCall | None = None
        self._receiver: Callable[[VoiceReport], None] | None = None
        self._is_closed = False

    def listen(self, receiver: Callable[[VoiceReport], None]) -> None:
        """Tell all reports to `receiver` from now on."""
        self._receiver = receiver

    def command(self, command: VoiceCommand) -> None:
        """Carry a command out at once."""
        match command:
            case UsePath():
                self._use_path(command)
            case UseNetwork():
                self._pipeline.use_network(command, self._reactor.seconds())
            case DropPath():
                self._pipeline.drop_path()
                self._ways.close()
            case StartTalking():
                self._start(command)
            case StopTalking(call_id):
                if self._pipeline.stop(call_id):
                    self._sounds.end()
            case SendKey() | ReceiveKey() | DropStream():
                self._take_key(command)
            case SetMicrophone() | SetVolume() | SetDeafened():
                self._set(command)
            case UseDevices() | ListDevices() | StartMeter() | StopMeter() | PlayTone():
                self._take_sounds(command)
            case _:
                assert_never(command)
        self._keep_beat()
        self._after_network()

    def _take_key(self, command: SendKey | ReceiveKey | DropStream) -> None:
        match command:
            case SendKey():
                self._pipeline.send_key(command)
            case ReceiveKey():
                self._pipeline.receive_key(command)
            case DropStream():
                self._pipeline.drop_stream(command)
            case _:
                assert_never(command)

    def _set(self, command: SetMicrophone | SetVolume | SetDeafened) -> None:
        match command:
            case SetMicrophone(is_muted):
                self._pipeline.set_muted(is_muted)
            case SetVolume():
                self._pipeline.set_volume(command)
            case SetDeafened(is_deafened):
                self._pipeline.set_deafened(is_deafened)
            case _:
                assert_never(command)

    def _take_sounds(
        self, command: UseDevices | ListDevices | StartMeter | StopMeter | PlayTone
    ) -> None:
        match command:
            case UseDevices():
                self._sounds.use(command)
            case ListDevices():
                self._tell(self._sounds.chosen.names())
            case StartMeter():
                self._sounds.start_meter()
            case StopMeter():
                self._sounds.stop_meter()
            case PlayTone(tone):
                self._sounds.play(tone)
            case _:
                assert_never(command)

    def close(self) -> None:
        """End everything; no report comes any more."""
        self._is_closed = True
        self._sounds.stop()
        self._keep_beat()
        self._pipeline.drop_path()
        self._ways.close()
        self._cancel(self._timer)
        self._timer = None

    def _use_path(self, command: UsePath) -> None:
        if self._pipeline.use_path(command.media, self._reactor.seconds()):
            self._ways.open(command)

    # The beat.

    def _start(self, command: StartTalking) -> None:
        if self._pipeline.is_talking_in(command.call_id):
            return
        asked_at = self._reactor.seconds()
        self._sounds.begin()
        # Opening took its time: the beat starts now, and what came meanwhile is old.
        now = self._reactor.seconds()
        hears_from = now + TURN_SECONDS if now - asked_at > TURN_SECONDS else now
        self._pipeline.start(command.call_id, command.stream, now, hears_from)
        self._cancel(self._pump)
        self._pump = None

    def _keep_beat(self) -> None:
        """Begin it with the first thing that sounds, end it with the last."""
        if not self._sounds.is_needed:
            self._cancel(self._pump)
            self._pump = None
        elif self._pump is None:
            now = self._reactor.seconds()
            self._beat = Beat(now)
            self._ticks = 0
            self._arm_pump(now, self._ticks_at_once)

    def _arm_pump(self, now: float, ticks: int) -> None:
        delay = self._beat.seconds_to_next(now, ticks)
        self._pump = self._reactor.callLater(delay, self._run_pump)

    def _run_pump(self) -> None:
        """The timer's beat. While a device wakes us more often than it, it only stands by."""
        now = self._reactor.seconds()
        was_woken, self._was_woken = self._was_woken, False
        due = 0 if was_woken else self._beat.take(now)
        # Armed first: whatever the sound does, the next beat comes.
        self._arm_pump(now, STAND_BY_TICKS if was_woken else self._ticks_at_once)
        if not was_woken:
            self._move(now, due)

    def _device_wakes(self) -> None:
        """Called by a sound card's thread."""
        self._reactor.callFromThread(self._woken)

    def _woken(self) -> None:
        self._was_woken = True
        now = self._reactor.seconds()
        self._move(now, self._beat.take(now))

    def _move(self, now: float, due: int) -> None:
        if not self._sounds.is_needed:
            return
        self._sounds.move(self._pipeline, due)
        self._flush()
        before, self._ticks = self._ticks, self._ticks + due
        if before // LEVELS_TICKS != self._ticks // LEVELS_TICKS:
            metered = self._sounds.metered()
            if self._pipeline.is_talking:
                self._tell(self._pipeline.levels())
            elif metered is not None:
                self._tell(metered)
        if before // FIGURES_TICKS != self._ticks // FIGURES_TICKS:
            self._each_second(now)

    def _each_second(self, now: float) -> None:
        self._sounds.look_after(now)
        figures = self._pipeline.figures(self._sounds.delay_ms)
        if figures is not None:
            self._tell(figures)

    # The network.

    def _datagram_received(self, data: bytes) -> None:
        self._pipeline.receive_datagram(data, self._reactor.seconds())
        self._flush()
        self._tell_all(self._pipeline.take_reports())

    def _run_timer(self) -> None:
        self._timer = None
        self._pipeline.handle_timer(self._reactor.seconds())
        self._after_network()

    def _after_network(self) -> None:
        """Send what waits, tell what happened, and come back when the pipeline wants to."""
        self._flush()
        self._tell_all(self._pipeline.take_reports())
        self._cancel(self._timer)
        self._timer = None
        due = self._pipeline.next_timer
        if due is not None:
            delay = max(0.0, due - self._reactor.seconds())
            self._timer = self._reactor.callLater(delay, self._run_timer)

    def _flush(self) -> None:
        self._ways.hold_tunnel(self._pipeline.wants_tunnel)
        for datagram in self._pipeline.datagrams_to_send():
            self._ways.send(datagram)

    # Reports.

    def _tell_all(self, reports: Sequence[VoiceReport]) -> None:
        for report in reports:
            self._tell(report)

    def _tell(self, report: VoiceReport) -> None:
        self._reactor.callLater(0, self._deliver, report)

    def _deliver(self, report: VoiceReport) -> None:
        if self._receiver is not None and not self._is_closed:
            self._receiver(report)

    @staticmethod
    def _cancel(call: IDelayedCall | None) -> None:
        if call is not None and call.active():
            call.cancel()
