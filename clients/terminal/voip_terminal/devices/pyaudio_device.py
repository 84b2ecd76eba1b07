"""The sound card, through PyAudio (PortAudio) in callback mode: 48 kHz, mono, 16 bits, 10 ms.

The callbacks run in PortAudio's thread and move bytes to or from a ring: they never wait, never
raise and never give fewer bytes than asked for, which would end the stream. They wake the engine
besides, which only appends to a list and writes to a pipe. Two streams rather than one duplex
stream, since microphone and speaker may be different cards with different clocks, and either may
be missing. PortAudio writes on stderr whatever it meets: only a process whose stderr is a log may
import this.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np
import pyaudio

from voip.client.voice.commands import DeviceList, VoiceTrouble
from voip.client.voice.device_words import MICROPHONE, SPEAKER, is_card
from voip.client.voice.devices import DeviceError, Devices, Microphone, Speaker, plain_devices
from voip.media.samples import BLOCK_MS, BLOCK_SAMPLES, SAMPLE_RATE, Samples
from voip_terminal.devices.rings import HeardRing, PlayedRing

GONE_AFTER_SECONDS: Final = 5.0
"""A card that asked for nothing for so long is gone: some vanish without an error."""

STARTS_WITHIN_SECONDS: Final = 15.0
"""A sound server may take seconds until it asks for anything beyond what fills its buffers."""

STARTED_AFTER_CALLS: Final = 200
"""Two seconds of sound: more than any buffer that is filled at once when a stream opens."""

_BYTES_PER_SAMPLE: Final = 2
_DEVICE_UNAVAILABLE: Final = -9985  # paDeviceUnavailable
_TIMED_OUT: Final = -9987  # paTimedOut

T = TypeVar("T")
_Told = tuple[bytes | None, int]
_Callback = Callable[[bytes | None, int, Mapping[str, float], int], _Told]


def again_if_slow(open_it: Callable[[], T]) -> T:
    """Open a stream; once more when the sound server was too busy to start it in time."""
    try:
        return open_it()
    except OSError as error:
        if error.errno != _TIMED_OUT:
            raise
        return open_it()


class Pulse:
    """Whether a card still calls: one that has not begun yet is given longer than one that did."""

    def __init__(self) -> None:
        self._calls = -1
        self._changed_at = 0.0

    def has_stopped(self, calls: int, now: float) -> bool:
        """`calls` is how often the callback came so far."""
        if calls != self._calls:
            self._calls, self._changed_at = calls, now
        has_started = calls >= STARTED_AFTER_CALLS
        patience = GONE_AFTER_SECONDS if has_started else STARTS_WITHIN_SECONDS
        return now - self._changed_at > patience


class _Stream:
    """One running PortAudio stream, and whether it still runs."""

    def __init__(self, name: str, is_input: bool, callback: _Callback) -> None:
        """Open and start it on the device called `name`, or on the default one when empty."""
        self._audio = pyaudio.PyAudio()
        try:
            self.name, index = _find(self._audio, name, is_input)
            self._stream = again_if_slow(
                lambda: self._audio.open(
                    rate=SAMPLE_RATE,
                    channels=1,
                    format=pyaudio.paInt16,
                    input=is_input,
                    output=not is_input,
                    input_device_index=index if is_input else None,
                    output_device_index=None if is_input else index,
                    frames_per_buffer=BLOCK_SAMPLES,
                    stream_callback=callback,
                )
            )
        except (OSError, ValueError) as error:
            self._audio.terminate()
            raise _device_error(error, is_input) from error
        except DeviceError:
            self._audio.terminate()
            raise
        self._pulse = Pulse()

    def delay_ms(self, is_input: bool) -> float:
        """What PortAudio says the card and its driver delay."""
        stream = self._stream
        seconds = stream.get_input_latency() if is_input else stream.get_output_latency()
        return float(seconds) * 1000

    def is_gone(self, calls: int, now: float) -> bool:
        """`calls` is how often the callback came so far."""
        has_stopped = self._pulse.has_stopped(calls, now)
        try:
            is_active = self._stream.is_active()
        except OSError:
            return True
        return not is_active or has_stopped

    def stop(self) -> None:
        """End it. The thread is stopped first: closing under a running one crashes."""
        try:
            self._stream.stop_stream()
        except OSError:
            # The card is gone already; what is left is to give its memory back.
            pass
        finally:
            self._stream.close()
            self._audio.terminate()


class PyAudioMicrophone:
    """A real microphone; its clock says how much was heard."""

    def __init__(self, name: str, wake: Callable[[], None]) -> None:
        """Open the device of this name, or the default one; DeviceError when it can't be.

        `wake` is called by the card's thread at each block it heard, so that none waits.
        """
        self._wake = wake
        self._ring = HeardRing()
        self._stream = _Stream(name, True, self._heard)
        self.name = self._stream.name
        self.delay_ms = self._stream.delay_ms(is_input=True) + BLOCK_MS / 2

    def read(self, due: int) -> Sequence[Samples]:
        """All that was heard since the last time, unless the card held back too much."""
        return [np.frombuffer(block, dtype=np.int16) for block in self._ring.fetch(due)]

    def take_lost(self) -> int:
        """What the card held back too long."""
        return self._ring.take_lost()

    def is_gone(self, now: float) -> bool:
        """Whether the card stopped calling."""
        return self._stream.is_gone(self._ring.pushed, now)

    def stop(self) -> None:
        """Close the microphone."""
        self._stream.stop()

    def _heard(self, data: bytes | None, frames: int, times: object, flags: int) -> _Told:  # noqa: ARG002 - PortAudio's
        if data:
            self._ring.push(data)
            self._wake()
        return None, pyaudio.paContinue


class PyAudioSpeaker:
    """A real speaker; its clock is the clock of playback."""

    def __init__(self, name: str, wake: Callable[[], None]) -> None:
        """Open the device of this name, or the default one; DeviceError when it can't be.

        `wake` is called by the card's thread at each block it took, so that the next is there long
        before the next is asked for, and the ring can be short.
        """
        self._wake = wake
        self._ring = PlayedRing()
        self._stream = _Stream(name, False, self._play)
        self.name = self._stream.name
        self._card_ms = self._stream.delay_ms(is_input=False)

    @property
    def delay_ms(self) -> float:
        """What waits in the ring and in the card."""
        return self._ring.target * BLOCK_MS + self._card_ms

    def wanted(self, due: int) -> int:
        """As much as the card has taken since the last time."""
        return self._ring.wanted(due)

    def write(self, block: Samples) -> None:
        """Put the next block in line."""
        self._ring.write(block.tobytes())

    def is_gone(self, now: float) -> bool:
        """Whether the card stopped calling."""
        return self._stream.is_gone(self._ring.pulled, now)

    def stop(self) -> None:
        """Close the speaker."""
        self._stream.stop()

    def _play(self, data: bytes | None, frames: int, times: object, flags: int) -> _Told:  # noqa: ARG002 - PortAudio's
        taken = self._ring.pull(frames * _BYTES_PER_SAMPLE)
        self._wake()
        return taken, pyaudio.paContinue


def open_devices() -> Devices:
    """The devices for `mic`, `mic:NAME`, `speaker` and `speaker:NAME`; plain ones for the rest."""
    plain = plain_devices()

    def open_microphone(words: str, wake: Callable[[], None]) -> Microphone:
        if is_card(words, MICROPHONE):
            return PyAudioMicrophone(_name_of(words), wake)
        return plain.open_microphone(words, wake)

    def open_speaker(words: str, wake: Callable[[], None]) -> Speaker:
        if is_card(words, SPEAKER):
            return PyAudioSpeaker(_name_of(words), wake)
        return plain.open_speaker(words, wake)

    return Devices(open_microphone, open_speaker, list_names)


def list_names() -> DeviceList:
    """The names of what there is to hear with and to play on, each once.

    While a stream is open, PortAudio goes on with what was plugged in when it opened.
    """
    try:
        audio = pyaudio.PyAudio()
    except OSError:
        return DeviceList((), ())
    try:
        heard, played = (
            tuple(dict.fromkeys(name for name, _ in _usable(audio, is_input)))
            for is_input in (True, False)
        )
        return DeviceList(heard, played)
    finally:
        audio.terminate()


def _name_of(words: str) -> str:
    """What follows `mic:`; empty for the default device."""
    return words.partition(":")[2]


def _find(audio: pyaudio.PyAudio, name: str, is_input: bool) -> tuple[str, int]:
    """The full name and index of the device called `name`, or of the default one."""
    if not name:
        ask = audio.get_default_input_device_info, audio.get_default_output_device_info
        info = ask[0 if is_input else 1]()
        return str(info["name"]), int(info["index"])
    usable = _usable(audio, is_input)
    matching = [pair for pair in usable if pair[0] == name]
    matching = matching or [pair for pair in usable if name.casefold() in pair[0].casefold()]
    if not matching:
        raise DeviceError(_missing(is_input), name)
    return matching[0]


def _usable(audio: pyaudio.PyAudio, is_input: bool) -> list[tuple[str, int]]:
    """Name and index of the devices that hear, or of those that play."""
    channels = "maxInputChannels" if is_input else "maxOutputChannels"
    infos = [audio.get_device_info_by_index(at) for at in range(audio.get_device_count())]
    return [(str(info["name"]), int(info["index"])) for info in infos if int(info[channels]) > 0]


def _missing(is_input: bool) -> VoiceTrouble:
    return VoiceTrouble.NO_MICROPHONE if is_input else VoiceTrouble.NO_SPEAKER


def _device_error(error: Exception, is_input: bool) -> DeviceError:
    is_busy = isinstance(error, OSError) and error.errno == _DEVICE_UNAVAILABLE
    what = VoiceTrouble.DEVICE_BUSY if is_busy else _missing(is_input)
    return DeviceError(what, str(error))
