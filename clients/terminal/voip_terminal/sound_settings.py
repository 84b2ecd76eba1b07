"""The settings of sound, carried out: devices while they are changed, volumes for who is played.

It watches the settings and tells the client core, which was given its first devices already.
"""

from collections.abc import Mapping

from voip.client.model import Controller, Link
from voip.client.voice.device_words import MICROPHONE, SPEAKER, words_for
from voip.core.ids import Username
from voip_terminal.settings.service import Settings
from voip_terminal.settings.values import ClientSettings


class SoundSettings:
    """Follows the settings from now on."""

    def __init__(self, controller: Controller, settings: Settings) -> None:
        self._controller = controller
        self._settings = settings
        self._audio = settings.current.audio
        self._is_inside = False
        self._volumes: Mapping[Username, int] = {}  # as they were told since the login
        self._unwatch = settings.watch(self._changed)

    def follow(self) -> None:
        """The model has changed: whoever logs in plays people as loud as they set."""
        was_inside = self._is_inside
        self._is_inside = self._controller.model.connection.link is Link.LOGGED_IN
        if not was_inside:
            self._volumes = {}
        if self._is_inside:
            self._tell_volumes(self._settings.current.volumes)

    def _changed(self, settings: ClientSettings) -> None:
        audio, self._audio = self._audio, settings.audio
        if audio != settings.audio:
            self._controller.sound.use_devices(
                words_for(MICROPHONE, settings.audio.microphone),
                words_for(SPEAKER, settings.audio.speaker),
                words_for(SPEAKER, settings.audio.ring_on) if settings.audio.ring_on else "",
            )
        self.follow()

    def _tell_volumes(self, volumes: Mapping[Username, int]) -> None:
        before, self._volumes = self._volumes, dict(volumes)
        for username in before.keys() | volumes.keys():
            if before.get(username, 0) != volumes.get(username, 0):
                self._controller.set_volume(username, volumes.get(username, 0))

    def stop(self) -> None:
        """Look at the settings no more."""
        self._unwatch()
