"""The devices of a call: opened with it, replaced when others are chosen or they fail, and moved by
the beat.

Sits between two devices and the pipeline and moves blocks: all that the microphone has, all that
the speaker wants. A device that goes away is told once, and the call goes on with the default one,
or silence, in its place. Knows no network and no timer; `sounds` calls it each beat.
"""

from collections.abc import Callable

from voip.client.voice.chosen import ChosenDevices
from voip.client.voice.commands import DevicesInUse, Trouble, VoiceTrouble
from voip.client.voice.devices import Microphone, Speaker
from voip.client.voice.pipeline import VoicePipeline
from voip.media.mixer import Mixer
from voip.media.tones import TonePlayer


class CallSound:
    """Both devices while a call lasts. `tell` gets what a person should know."""

    def __init__(
        self, chosen: ChosenDevices, tell: Callable[[Trouble | DevicesInUse], None]
    ) -> None:
        """Open both devices; that may take some hundred milliseconds, and never fails."""
        self._chosen = chosen
        self._tell = tell
        self._mixer = Mixer()
        self._words = chosen.words
        self._microphone = chosen.open_microphone()
        self._speaker = chosen.open_speaker()
        self.tone: TonePlayer | None = None
        """A tone to be heard under the voices."""
        # What was heard while the speaker was being opened would be late all through the call.
        self.start_anew()
        self._tell_names()

    @property
    def delay_ms(self) -> float:
        """What both devices delay."""
        return self._microphone.delay_ms + self._speaker.delay_ms

    def start_anew(self) -> None:
        """Forget what the microphone heard up to now."""
        self._microphone.read(0)
        self._microphone.take_lost()

    def use_chosen(self) -> None:
        """Replace what is in use by what is chosen now, as far as that is something else."""
        before, self._words = self._words, self._chosen.words
        if before.audio_in != self._words.audio_in:
            self._microphone.stop()
            self._microphone = self._chosen.open_microphone()
        if before.audio_out != self._words.audio_out:
            self._speaker.stop()
            self._speaker = self._chosen.open_speaker()
        self.start_anew()
        self._tell_names()

    def move(self, pipeline: VoicePipeline, due: int) -> None:
        """Let `due` beats pass: blocks from the microphone in, blocks for the speaker out."""
        blocks = self._microphone.read(due)
        pipeline.skip(self._microphone.take_lost())
        for block in blocks:
            pipeline.capture(block)
        for _ in range(self._speaker.wanted(due)):
            block = pipeline.playback()
            if self.tone is not None:
                block = self._mixer.mix(((block, 1.0), (self.tone.take(), 1.0)))
            self._speaker.write(block)

    def look_after(self, now: float) -> None:
        """Notice a device that went away, and go on without it."""
        if self._microphone.is_gone(now):
            self._gone(self._microphone)
            self._microphone = self._chosen.spare_microphone()
            self._tell_names()
        if self._speaker.is_gone(now):
            self._gone(self._speaker)
            self._speaker = self._chosen.spare_speaker()
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
