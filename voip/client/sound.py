"""What a person does with the sound devices themselves, call or no call.

It turns a face's wishes into commands for the voice engine, and its levels without a call into the
model. It opens no device and keeps no setting: which devices are to be used, a face knows.
"""

from collections.abc import Callable
from dataclasses import replace

from voip.client.model import Change
from voip.client.shown import Shown
from voip.client.voice.commands import (
    SILENT_DB,
    Levels,
    ListDevices,
    PlayTone,
    StartMeter,
    StopMeter,
    Tone,
    UseDevices,
    VoiceCommand,
)


class Sound:
    """``SoundControls`` over a voice engine; ``command`` carries a command to it."""

    def __init__(self, command: Callable[[VoiceCommand], None], shown: Shown) -> None:
        self._command = command
        self._shown = shown
        self._is_metering = False
        self._tone: Tone | None = None

    def list_devices(self) -> None:
        self._command(ListDevices())

    def use_devices(self, audio_in: str, audio_out: str, ring_on: str = "") -> None:
        self._shown.devices_chosen()
        self._command(UseDevices(audio_in, audio_out, ring_on))

    def set_meter(self, is_on: bool) -> None:
        if is_on is self._is_metering:
            return
        self._is_metering = is_on
        self._command(StartMeter() if is_on else StopMeter())
        if not is_on:
            self._level_is(SILENT_DB)

    def play_tone(self, tone: Tone | None) -> None:
        self._tone = tone
        self._command(PlayTone(tone))

    def began_anew(self) -> None:
        """The voice engine is another one, which was told of none of this."""
        if self._is_metering:
            self._command(StartMeter())
        if self._tone is not None:
            self._command(PlayTone(self._tone))

    def levels(self, levels: Levels) -> None:
        """The voice engine tells how loud it is; of interest here while the meter is on."""
        if self._is_metering:
            self._level_is(levels.microphone_db)

    def _level_is(self, microphone_db: float) -> None:
        model = self._shown.model
        audio = replace(model.audio, microphone_db=microphone_db)
        self._shown.put(replace(model, audio=audio), Change.FIGURES)
