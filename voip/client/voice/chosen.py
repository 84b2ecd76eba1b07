"""The devices that were chosen, opened when they are needed.

Knows the words for what to hear with, to play on and to ring on. What can't be opened is told and
never raised: a device that was chosen by name and isn't there is replaced by the default one, and
where there is none, by silence. Knows no call and no timer.
"""

from collections.abc import Callable

from voip.client.voice.commands import DeviceList, Trouble, UseDevices, VoiceTrouble
from voip.client.voice.device_words import MICROPHONE, SPEAKER, is_card, is_named
from voip.client.voice.devices import (
    NO_DEVICE,
    DeviceError,
    Devices,
    Microphone,
    NullSpeaker,
    SilentMicrophone,
    Speaker,
)


class ChosenDevices:
    """What is chosen, and how to open it. `tell` gets what a person should know.

    `wake` is called from any thread when an opened device has heard something or wants more.
    """

    def __init__(
        self,
        devices: Devices,
        words: UseDevices,
        wake: Callable[[], None],
        tell: Callable[[Trouble], None],
    ) -> None:
        self._devices = devices
        self._wake = wake
        self._tell = tell
        self.words = words

    @property
    def ring_words(self) -> str:
        """What to ring on."""
        return self.words.ring_on or self.words.audio_out

    def names(self) -> DeviceList:
        """Which devices there are."""
        return self._devices.names()

    def open_microphone(self) -> Microphone:
        """The chosen one, the default one, or silence."""
        words = self.words.audio_in
        try:
            return self._devices.open_microphone(words, self._wake)
        except DeviceError as error:
            self._tell(_trouble(error, is_named(words, MICROPHONE)))
        return self.spare_microphone()

    def spare_microphone(self) -> Microphone:
        """What to hear with once the chosen one failed or went."""
        if is_named(self.words.audio_in, MICROPHONE):
            try:
                return self._devices.open_microphone(MICROPHONE, self._wake)
            except DeviceError as error:
                self._tell(_trouble(error))
        return SilentMicrophone(NO_DEVICE)

    def open_speaker(self) -> Speaker:
        """The chosen one, the default one, or one that takes everything and plays nothing."""
        words = self.words.audio_out
        try:
            return self._devices.open_speaker(words, self._wake)
        except DeviceError as error:
            self._tell(_trouble(error, is_named(words, SPEAKER)))
        return self.spare_speaker()

    def spare_speaker(self) -> Speaker:
        """What to play on once the chosen one failed or went."""
        if is_named(self.words.audio_out, SPEAKER):
            try:
                return self._devices.open_speaker(SPEAKER, self._wake)
            except DeviceError as error:
                self._tell(_trouble(error))
        return NullSpeaker(NO_DEVICE)

    def open_for_tone(self, words: str) -> Speaker | None:
        """A sound card to make a tone heard on; None when there is none.

        A file is none: what a call wrote into it would be overwritten. Nothing is told, since who
        isn't rung sees the call all the same.
        """
        if not is_card(words, SPEAKER):
            return None
        for each in dict.fromkeys((words, SPEAKER)):
            try:
                return self._devices.open_speaker(each, self._wake)
            except DeviceError:
                continue
        return None


def _trouble(error: DeviceError, has_spare: bool = False) -> Trouble:
    """How it is told: one that is missing and has a spare isn't the end of hearing."""
    is_missing = error.what in {VoiceTrouble.NO_MICROPHONE, VoiceTrouble.NO_SPEAKER}
    return Trouble(
        VoiceTrouble.DEVICE_MISSING if has_spare and is_missing else error.what, error.detail
    )
