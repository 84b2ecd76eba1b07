"""The devices of one call: opened, replaced by silence where they fail, and moved by the beat.

Sits between two devices and the pipeline and moves blocks: all that the microphone has, all that
the speaker wants. A device that can't be opened or goes away is told once, and the call goes on
with silence in its place. Knows no network and no timer; the engine calls it each beat.
"""

from collections.abc import Callable

from voip.client.voice.commands import DevicesInUse, Trouble, VoiceTrouble
from voip.client.voice.devices import (
    NO_DEVICE,
    DeviceError,
    Devices,
    Microphone,
    NullSpeaker,
    SilentMicrophone,
    Speaker,
)
from voip.client.voice.pipeline import VoicePipeline


class CallSound:
    """Both devices while a call lasts. `tell` gets what a person should know."""

    def __init__(
        self,
        devices: Devices,
        wake: Callable[[], None],
        tell: Callable[[Trouble | DevicesInUse], None],
    ) -> None:
        """Open both devices; that may take some hundred milliseconds, and never fails.

        `wake` is called from any thread when a device has heard something or wants more.
        """
        self._wake = wake
        self._tell = tell
        self._microphone = self._open_microphone(devices)
        self._speaker = self._open_speaker(devices)
        # What was heard while the speaker was being opened would be late all through the call.
        self._microphone.read(0)
        self._microphone.take_lost()
        self._tell_names()

    @property
    def delay_ms(self) -> float:
        """What both devices delay."""
        return self._microphone.delay_ms + self._speaker.delay_ms

    def move(self, pipeline: VoicePipeline, due: int) -> None:
        """Let `due` beats pass: blocks from the microphone in, blocks for the speaker out."""
        blocks = self._microphone.read(due)
        pipeline.skip(self._microphone.take_lost())
        for block in blocks:
            pipeline.capture(block)
        for _ in range(self._speaker.wanted(due)):
            self._speaker.write(pipeline.playback())

    def look_after(self, now: float) -> None:
        """Notice a device that went away, and go on without it."""
        if self._microphone.is_gone(now):
            self._gone(self._microphone)
            self._microphone = SilentMicrophone(NO_DEVICE)
            self._tell_names()
        if self._speaker.is_gone(now):
            self._gone(self._speaker)
            self._speaker = NullSpeaker(NO_DEVICE)
            self._tell_names()

    def stop(self) -> None:
        """Close both."""
        self._microphone.stop()
        self._speaker.stop()

    def _gone(self, device: Microphone | Speaker) -> None:
        device.stop()
        self._tell(Trouble(VoiceTrouble.DEVICE_GONE, device.name))

    def _tell_names(self) -> None:
        self._tell(DevicesInUse(self._microphone.name, self._speaker.name))

    def _open_microphone(self, devices: Devices) -> Microphone:
        try:
            return devices.open_microphone(self._wake)
        except DeviceError as error:
            self._tell(Trouble(error.what, error.detail))
            return SilentMicrophone(NO_DEVICE)

    def _open_speaker(self, devices: Devices) -> Speaker:
        try:
            return devices.open_speaker(self._wake)
        except DeviceError as error:
            self._tell(Trouble(error.what, error.detail))
            return NullSpeaker(NO_DEVICE)
