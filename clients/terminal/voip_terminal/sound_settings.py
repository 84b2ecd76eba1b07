"""The settings of sound, carried out: devices while they are changed, volumes for who is played.

It watches the settings and tells the client core, which was given its first devices already. What
the command line named is used until that very device is set to another one: whoever started with
silence for a microphone is not heard for having chosen a speaker.
"""

from collections.abc import Mapping, Sequence

from voip.client.model import Controller, Link
from voip.client.voice.commands import UseDevices
from voip.client.voice.device_words import MICROPHONE, SPEAKER, words_for
from voip.core.ids import Username
from voip_terminal.settings.service import Settings
from voip_terminal.settings.values import Audio, ClientSettings


def devices_of(audio: Audio) -> UseDevices:
    """The devices that are set, in the words of ``--audio-in`` and ``--audio-out``."""
    return UseDevices(
        words_for(MICROPHONE, audio.microphone),
        words_for(SPEAKER, audio.speaker),
        words_for(SPEAKER, audio.ring_on) if audio.ring_on else "",
    )


def choosable(there: Sequence[str], now: str) -> Sequence[str]:
    """The names to choose from: what the system uses, which has none, the devices that are there,
    and the one that is set, be it there or not."""
    return tuple(dict.fromkeys(("", *there, now)))


class SoundSettings:
    """Follows the settings from now on; ``given`` is what the client core uses already."""

    def __init__(self, controller: Controller, settings: Settings, given: UseDevices) -> None:
        self._controller = controller
        self._settings = settings
        self._audio = settings.current.audio
        self._given = self._used = given
        self._is_inside = False
        self._volumes: Mapping[Username, int] = {}  # as they were told since the login
        self._unwatch = settings.watch(self._changed)

    @property
    def used(self) -> UseDevices:
        """What is used now, by the command line or by the settings."""
        return self._used

    def follow(self) -> None:
        """The model has changed: whoever logs in plays people as loud as they set."""
        was_inside = self._is_inside
        self._is_inside = self._controller.model.connection.link is Link.LOGGED_IN
        if not was_inside:
            self._volumes = {}
        if self._is_inside:
            self._tell_volumes(self._settings.current.volumes)

    def _changed(self, settings: ClientSettings) -> None:
        used, self._used = self._used, self._devices(settings.audio)
        if used != self._used:
            self._controller.sound.use_devices(
                self._used.audio_in, self._used.audio_out, self._used.ring_on
            )
        self.follow()

    def _devices(self, audio: Audio) -> UseDevices:
        wanted, first, given = devices_of(audio), self._audio, self._given
        return UseDevices(
            given.audio_in if audio.microphone == first.microphone else wanted.audio_in,
            given.audio_out if audio.speaker == first.speaker else wanted.audio_out,
            wanted.ring_on,
        )

    def _tell_volumes(self, volumes: Mapping[Username, int]) -> None:
        before, self._volumes = self._volumes, dict(volumes)
        for username in before.keys() | volumes.keys():
            if before.get(username, 0) != volumes.get(username, 0):
                self._controller.set_volume(username, volumes.get(username, 0))

    def stop(self) -> None:
        """Look at the settings no more."""
        self._unwatch()
