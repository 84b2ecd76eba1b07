"""All that one hears and is heard with: the devices of a call, a meter without one, and tones.

    begin / end             the call's two devices
    start_meter / stop_meter  a microphone that is measured, while no call has it
    play(tone)              on a device of its own, or under the voices of the call on that device

Puts each where it belongs whenever one of them, or what is chosen, changes. Knows the pipeline only
to hand it to the call's devices, and no timer: the engine calls `move` each beat while
`is_needed`.
"""

from collections.abc import Callable
from typing import Final

from voip.client.voice.chosen import ChosenDevices
from voip.client.voice.commands import (
    DevicesInUse,
    Levels,
    Tone,
    Trouble,
    UseDevices,
)
from voip.client.voice.devices import Devices, Speaker
from voip.client.voice.meter import Meter
from voip.client.voice.pipeline import VoicePipeline
from voip.client.voice.sound import CallSound
from voip.media.tones import RING, RING_BACK, WAITING, TonePlayer

_MELODIES: Final = {Tone.RING: RING, Tone.RING_BACK: RING_BACK, Tone.WAITING: WAITING}


class Sounds:
    """What is open. `wake` and `tell` are those of `ChosenDevices` and `CallSound`."""

    def __init__(
        self,
        devices: Devices,
        words: UseDevices,
        wake: Callable[[], None],
        tell: Callable[[Trouble | DevicesInUse], None],
    ) -> None:
        self.chosen = ChosenDevices(devices, words, wake, tell)
        self._tell = tell
        self._call: CallSound | None = None
        self._meter: Meter | None = None
        self._is_metering = False
        self._tone: Tone | None = None
        self._player: TonePlayer | None = None
        self._ringer: Speaker | None = None

    @property
    def is_needed(self) -> bool:
        """Whether anything is open, and so wants `move`."""
        return not (self._call is None and self._meter is None and self._ringer is None)

    @property
    def delay_ms(self) -> float:
        """What the devices of the call delay."""
        return 0.0 if self._call is None else self._call.delay_ms

    def begin(self) -> None:
        """A call begins: open its devices, or hand those of the call before over to it."""
        if self._call is not None:
            self._call.start_anew()
            return
        self._close_meter()
        self._close_ringer()
        self._call = CallSound(self.chosen, self._tell)
        self._place_tone()

    def end(self) -> None:
        """The call is over: close its devices."""
        if self._call is not None:
            self._call.stop()
            self._call = None
            self._place_meter()
            self._place_tone()

    def use(self, words: UseDevices) -> None:
        """Other devices from now on."""
        if words == self.chosen.words:
            return
        self.chosen.words = words
        self._close_meter()
        self._close_ringer()
        if self._call is not None:
            self._call.use_chosen()
        self._place_meter()
        self._place_tone()

    def start_meter(self) -> None:
        """Measure the microphone; the one of a call is measured anyway."""
        self._is_metering = True
        self._place_meter()

    def stop_meter(self) -> None:
        """Measure it no longer."""
        self._is_metering = False
        self._close_meter()

    def play(self, tone: Tone | None) -> None:
        """Repeat a tone from its start; the one that is played already goes on."""
        if tone is self._tone:
            return
        self._tone = tone
        self._player = None if tone is None else TonePlayer(_MELODIES[tone])
        self._close_ringer()
        self._place_tone()

    def move(self, pipeline: VoicePipeline, due: int) -> None:
        """Let `due` beats pass."""
        if self._call is not None:
            self._call.move(pipeline, due)
        if self._meter is not None:
            self._meter.move(due)
        if self._ringer is not None and self._player is not None:
            for _ in range(self._ringer.wanted(due)):
                self._ringer.write(self._player.take())

    def look_after(self, now: float) -> None:
        """Notice devices of the call that went away; to be called once a second."""
        if self._call is not None:
            self._call.look_after(now)

    def metered(self) -> Levels | None:
        """What the meter shows; None without one."""
        return None if self._meter is None else self._meter.levels()

    def stop(self) -> None:
        """Close everything."""
        self.stop_meter()
        self.play(None)
        self.end()

    def _place_meter(self) -> None:
        if self._is_metering and self._meter is None and self._call is None:
            self._meter = Meter(self.chosen)

    def _close_meter(self) -> None:
        if self._meter is not None:
            self._meter.stop()
            self._meter = None

    def _place_tone(self) -> None:
        """On the call's speaker when it is the one to be used, else on one opened for it."""
        chosen = self.chosen
        words = chosen.ring_words if self._tone is Tone.RING else chosen.words.audio_out
        is_under_call = self._call is not None and words == chosen.words.audio_out
        if self._call is not None:
            self._call.tone = self._player if is_under_call else None
        if self._player is None or is_under_call:
            self._close_ringer()
        elif self._ringer is None:
            self._ringer = chosen.open_for_tone(words)

    def _close_ringer(self) -> None:
        if self._ringer is not None:
            self._ringer.stop()
            self._ringer = None
