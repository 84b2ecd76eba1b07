"""The part of the fake client core that is about sound: it records what is asked, tones apart."""

from collections.abc import Callable

from voip.client.model import SoundControls
from voip.client.voice.commands import DeviceList, Tone

HEADSET, DESK = "USB headset", "Desk speaker"
CHOICES = DeviceList(("Built-in microphone", HEADSET), (HEADSET, DESK))


class FakeSound:
    """``found`` is told what devices there are when that is asked."""

    def __init__(
        self, asked: list[tuple[object, ...]], found: Callable[[DeviceList], None]
    ) -> None:
        self._asked = asked
        self._found = found
        self.choices: DeviceList | None = CHOICES
        self.tones: list[Tone | None] = []

    def list_devices(self) -> None:
        self._asked.append(("list_devices",))
        if self.choices is not None:
            self._found(self.choices)

    def use_devices(self, audio_in: str, audio_out: str, ring_on: str = "") -> None:
        self._asked.append(("use_devices", audio_in, audio_out, ring_on))

    def set_meter(self, is_on: bool) -> None:
        self._asked.append(("set_meter", is_on))

    def play_tone(self, tone: Tone | None) -> None:
        self.tones.append(tone)


def as_sound(fake: FakeSound) -> SoundControls:
    """The type checker's word that nothing is missing."""
    return fake
