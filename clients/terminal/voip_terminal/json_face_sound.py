"""The words of the JSON face about sound devices. It knows a ``Controller`` and ``Settings``.

Devices are chosen by setting them, as on the settings screen; what is set, ``SoundSettings`` has
the client core use. While the meter is on, its events flow out through ``write``.
"""

from collections.abc import Callable
from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TookTooLong
from twisted.internet.interfaces import IReactorTime

from voip.client.model import Change, ClientError, Controller
from voip.client.voice.commands import DeviceList
from voip.core.errors import ErrorCode
from voip_terminal.calls import microphone_db
from voip_terminal.json_face_settings import change
from voip_terminal.json_face_shapes import WhyNot, in_use_shape
from voip_terminal.json_face_words import Json, text_of
from voip_terminal.pace import Pace
from voip_terminal.settings.service import Settings
from voip_terminal.sound_settings import SoundSettings, choosable

LISTING_SECONDS = 10.0
"""How long a sound library may look for devices; those of a sleeping dock take seconds."""

METER_SECONDS = 0.1
"""The least time between two ``meter`` events."""


class SoundWords:
    """Which devices there are, which to use, and how loud the microphone is."""

    words: Final = ("sound-devices", "use-devices", "meter")

    def __init__(
        self,
        controller: Controller,
        settings: Settings,
        sound: SoundSettings,
        clock: IReactorTime,
        write: Callable[[Json], None],
    ) -> None:
        self._controller = controller
        self._settings = settings
        self._sound = sound
        self._clock = clock
        self._write = write
        self._pace = Pace(clock, METER_SECONDS, self._tell_level)
        self._unwatch: Callable[[], None] | None = None

    async def do(self, word: str, command: Json) -> Json:
        """Carry out one of ``words``; ``ClientError`` says why not."""
        match word:
            case "sound-devices":
                return self._shape(await self._there())
            case "use-devices":
                self._use(await self._there(), command)
            case _:
                self._set_meter(command["is_on"] is True)
        return {}

    async def _there(self) -> DeviceList:
        """The devices there are now, which the voice engine tells when it is asked."""
        told: Deferred[DeviceList] = Deferred()
        before = self._controller.model.audio.choices

        def changed(change: Change) -> None:
            choices = self._controller.model.audio.choices
            is_new = choices is not before and not told.called
            if Change.AUDIO in change and choices is not None and is_new:
                told.callback(choices)

        unwatch = self._controller.watch(changed)
        self._controller.sound.list_devices()
        try:
            return await told.addTimeout(LISTING_SECONDS, self._clock)
        except TookTooLong:
            raise ClientError(ErrorCode.INTERNAL) from None
        finally:
            unwatch()

    def _shape(self, there: DeviceList) -> Json:
        audio, used = self._settings.current.audio, self._sound.used
        return {
            "microphones": list(there.microphones),
            "speakers": list(there.speakers),
            "microphone": audio.microphone,
            "speaker": audio.speaker,
            "ring_on": audio.ring_on,
            "audio_in": used.audio_in,
            "audio_out": used.audio_out,
            "in_use": in_use_shape(self._controller.model.audio.devices),
        }

    def _use(self, there: DeviceList, command: Json) -> None:
        audio = self._settings.current.audio
        kinds = (
            ("microphone", there.microphones, audio.microphone),
            ("speaker", there.speakers, audio.speaker),
        )
        named = [each for each in kinds if each[0] in command]
        for field, names, now in named:
            if text_of(command, field) not in choosable(names, now):
                why = f"there is no such {field}; sound-devices tells those there are."
                raise WhyNot(ErrorCode.BAD_REQUEST, field, why)
        for field, _, _ in named:
            change(self._settings, "audio", field, text_of(command, field), field)

    # ---- the meter -----------------------------------------------------------------------------

    def _set_meter(self, is_on: bool) -> None:
        if self._unwatch is not None:
            self._unwatch()
            self._pace.stop()
        self._unwatch = self._controller.watch(self._level_changed) if is_on else None
        self._controller.sound.set_meter(is_on)

    def _level_changed(self, change: Change) -> None:
        if Change.FIGURES in change:
            self._pace.want()

    def _tell_level(self) -> None:
        level_db = round(microphone_db(self._controller.model), 1)
        self._write({"event": "meter", "microphone_db": level_db})
