"""What the engine hears with and plays on: the interface of every device, and those without sound
hardware.

A device with a clock of its own is asked how much it has or wants: its clock paces the call. Files
and silence have none and go by the beat of the engine, which tells how many blocks are due. Knows
blocks of 10 ms and WAV files; real devices are made elsewhere and met only through the interface.
Nobody but the engine opens one, and only when a call is answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from voip.client.voice.commands import DeviceList, VoiceTrouble
from voip.client.voice.device_words import MICROPHONE, NULL, SILENCE, SPEAKER, is_card
from voip.core.errors import VoipError
from voip.media.samples import BLOCK_SAMPLES, Samples, silence
from voip.media.wav import WavError, WavWriter, read_wav

NO_DEVICE: Final = "none"


class DeviceError(VoipError):
    """A device can't be opened; `what` has a sentence on the screen, `detail` is for the log."""

    def __init__(self, what: VoiceTrouble, detail: str = "") -> None:
        super().__init__(f"{what.value}: {detail}")
        self.what = what
        self.detail = detail


class Microphone(Protocol):
    """Something that hears, opened and running until `stop`."""

    @property
    def name(self) -> str: ...

    @property
    def delay_ms(self) -> float:
        """How old a block is when it is read."""
        ...

    def read(self, due: int) -> Sequence[Samples]:
        """The blocks heard since the last time; `due` of them if there is no clock of its own."""
        ...

    def take_lost(self) -> int:
        """How many blocks were heard and dropped before those of the last `read`."""
        ...

    def is_gone(self, now: float) -> bool:
        """Whether it stopped by itself, unplugged for instance; asked about once a second."""
        ...

    def stop(self) -> None: ...


class Speaker(Protocol):
    """Something that plays, opened and running until `stop`."""

    @property
    def name(self) -> str: ...

    @property
    def delay_ms(self) -> float:
        """How long a block waits after it was written until it is heard."""
        ...

    def wanted(self, due: int) -> int:
        """How many blocks it wants now; `due` of them if there is no clock of its own."""
        ...

    def write(self, block: Samples) -> None: ...

    def is_gone(self, now: float) -> bool:
        """Whether it stopped by itself, unplugged for instance; asked about once a second."""
        ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Devices:
    """How to open what is chosen by its words. Each call opens anew; both raise DeviceError.

    A device with a clock of its own calls what it is opened with, from any thread, when it has
    heard a block, or has taken one and wants the next.
    """

    open_microphone: Callable[[str, Callable[[], None]], Microphone]
    open_speaker: Callable[[str, Callable[[], None]], Speaker]
    names: Callable[[], DeviceList]


class SilentMicrophone:
    """Hears nothing, on the beat: the others get silence and a running call."""

    delay_ms = 0.0

    def __init__(self, name: str = SILENCE) -> None:
        self.name = name

    def read(self, due: int) -> Sequence[Samples]:
        """As much silence as is due."""
        return [silence()] * due

    def take_lost(self) -> int:
        """Nothing is lost."""
        return 0

    def is_gone(self, now: float) -> bool:  # noqa: ARG002 - as the interface wants it
        """Never."""
        return False

    def stop(self) -> None:
        """Nothing to end."""


class NullSpeaker:
    """Takes everything on the beat and plays nothing."""

    delay_ms = 0.0

    def __init__(self, name: str = NULL) -> None:
        self.name = name

    def wanted(self, due: int) -> int:
        """All that is due."""
        return due

    def write(self, block: Samples) -> None:
        """Forget it."""

    def is_gone(self, now: float) -> bool:  # noqa: ARG002 - as the interface wants it
        """Never."""
        return False

    def stop(self) -> None:
        """Nothing to end."""


class FileMicrophone(SilentMicrophone):
    """Speaks a WAV file once from the moment it is opened, then hears nothing."""

    def __init__(self, path: Path) -> None:
        """Read the whole file; DeviceError when it is none that can be spoken."""
        super().__init__(str(path))
        try:
            self._sound = read_wav(path)
        except WavError as error:
            raise DeviceError(VoiceTrouble.AUDIO_FILE, str(error)) from error
        self._position = 0

    def read(self, due: int) -> Sequence[Samples]:
        """The next blocks of the file, and silence after its end."""
        return [self._next() for _ in range(due)]

    def _next(self) -> Samples:
        start, self._position = self._position, self._position + BLOCK_SAMPLES
        block = self._sound[start : self._position]
        if len(block) == BLOCK_SAMPLES:
            return block
        padded = silence()
        padded[: len(block)] = block
        return padded


class FileSpeaker(NullSpeaker):
    """Writes all that would be heard to a WAV file, from the moment it is opened."""

    def __init__(self, path: Path) -> None:
        """Begin the file, in place of one that was there; DeviceError when that can't be."""
        super().__init__(str(path))
        try:
            self._writer = WavWriter(path)
        except WavError as error:
            raise DeviceError(VoiceTrouble.AUDIO_FILE, str(error)) from error
        self._is_broken = False

    def write(self, block: Samples) -> None:
        """Append it; a full disk is told as a device that is gone."""
        if self._is_broken:
            return
        try:
            self._writer.write(block)
        except WavError:
            self._is_broken = True

    def is_gone(self, now: float) -> bool:  # noqa: ARG002 - as the interface wants it
        """Whether nothing can be written any more."""
        return self._is_broken

    def stop(self) -> None:
        """End the file; it can be read from now on."""
        self._writer.close()


def plain_devices() -> Devices:
    """Devices without hardware: `silence` or a file to speak, `null` or a file to write."""
    return Devices(_plain_microphone, _plain_speaker, lambda: DeviceList((), ()))


def _plain_microphone(words: str, _wake: Callable[[], None]) -> Microphone:
    if is_card(words, MICROPHONE):
        raise DeviceError(VoiceTrouble.NO_MICROPHONE, words)
    return SilentMicrophone() if words == SILENCE else FileMicrophone(Path(words))


def _plain_speaker(words: str, _wake: Callable[[], None]) -> Speaker:
    if is_card(words, SPEAKER):
        raise DeviceError(VoiceTrouble.NO_SPEAKER, words)
    return NullSpeaker() if words == NULL else FileSpeaker(Path(words))
