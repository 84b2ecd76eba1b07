"""The model that faces see, and who is told when it changes.

It keeps one ``Model`` and the watchers. It asks nobody and decides nothing: whoever knows something
new puts it in.
"""

from collections.abc import Callable
from dataclasses import replace

from voip.client.model import Announcement, Change, Model
from voip.client.voice.commands import DeviceList, DevicesInUse, PathUp, Trouble, VoiceTrouble
from voip.core.names import MAX_ANNOUNCEMENT, clean_text

_NEITHER = {VoiceTrouble.NO_MICROPHONE, VoiceTrouble.NO_SPEAKER}
_OF_DEVICES = _NEITHER | {
    VoiceTrouble.NO_SOUND,
    VoiceTrouble.DEVICE_BUSY,
    VoiceTrouble.DEVICE_GONE,
    VoiceTrouble.DEVICE_MISSING,
    VoiceTrouble.AUDIO_FILE,
}

_OVER_WITH_A_PATH = {
    VoiceTrouble.UDP_BLOCKED,
    VoiceTrouble.TUNNEL_BLOCKED,
    VoiceTrouble.ENGINE_AGAIN,
}

ANNOUNCEMENTS_KEPT = 10
"""Of the operator's: nobody reads back further."""


class Shown:
    """``model`` is replaced before anybody is told."""

    def __init__(self) -> None:
        self.model = Model()
        self._watchers: list[Callable[[Change], None]] = []
        self._last_number = 0  # of an announcement

    def watch(self, changed: Callable[[Change], None]) -> Callable[[], None]:
        """Tell of each change, until what this gives is called."""
        self._watchers.append(changed)

        def stop() -> None:
            if changed in self._watchers:
                self._watchers.remove(changed)

        return stop

    def put(self, model: Model, change: Change) -> None:
        """Show this from now on."""
        self.model = model
        for watcher in tuple(self._watchers):
            watcher(change)

    def announced(self, text: str) -> None:
        """The operator said something to everybody."""
        cleaned = clean_text(text, MAX_ANNOUNCEMENT)
        if cleaned:
            self._last_number += 1
            new = Announcement(self._last_number, cleaned)
            kept = (*self.model.announcements, new)[-ANNOUNCEMENTS_KEPT:]
            self.put(replace(self.model, announcements=kept), Change.OPERATOR)

    def maintained(self, *, is_on: bool) -> None:
        """No call can begin from now on, or calls can begin again."""
        self.put(replace(self.model, is_maintenance=is_on), Change.OPERATOR)

    def devices_chosen(self) -> None:
        """Other devices are to be used: what was wrong with those before is no matter."""
        if self.model.audio.trouble in _OF_DEVICES:
            audio = replace(self.model.audio, trouble=None, trouble_detail="")
            self.put(replace(self.model, audio=audio), Change.AUDIO)

    def audio_reported(self, report: DevicesInUse | DeviceList | PathUp | Trouble) -> None:
        """Devices are in use now, or there are these, the server answers on the media path, or
        something is wrong with any of it."""
        audio = self.model.audio
        match report:
            case DevicesInUse():
                audio = replace(audio, devices=report)
            case DeviceList():
                audio = replace(audio, choices=report)
            case PathUp(path=path):
                audio = replace(audio, path=path)
                if audio.trouble in _OVER_WITH_A_PATH:
                    audio = replace(audio, trouble=None, trouble_detail="")
            case Trouble(what=what, detail=detail):
                if {what, audio.trouble} == _NEITHER:
                    what = VoiceTrouble.NO_SOUND
                audio = replace(audio, trouble=what, trouble_detail=detail)
        self.put(replace(self.model, audio=audio), Change.AUDIO)
