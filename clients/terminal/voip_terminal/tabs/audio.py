"""Microphone and speakers: which, how loud one is, and whether they work."""

from collections.abc import Sequence

from voip.client.model import Change
from voip.client.voice.commands import Tone
from voip_terminal.call_verbs import call
from voip_terminal.calls import ECHO, can_begin, microphone_db
from voip_terminal.meters import QUIETEST_DB, LevelMeter
from voip_terminal.paint import Line, clean, shorten
from voip_terminal.sound_settings import choosable, devices_of
from voip_terminal.stage import Stage
from voip_terminal.tabs.rows import Part, SettingRow
from voip_terminal.tabs.tab import SettingsOf
from voip_terminal.theme import Style

SYSTEMS = "what the system uses"
TONE_SECONDS = 4.0
"""A tone that is tried ends by itself."""

TOO_LOUD_DB = -6.0
TOO_QUIET_DB = -40.0


class AudioTab:
    """The microphone's meter moves while this is shown."""

    name = "Audio"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._settings = SettingsOf(stage, "audio")
        self._meter = LevelMeter()
        self._tone = _TriedTone(stage)

    def opened(self) -> None:
        self._stage.controller.sound.list_devices()
        self._stage.controller.sound.set_meter(True)

    def closed(self) -> None:
        self._tone.stop()
        self._stage.controller.sound.set_meter(False)

    def refresh(self, change: Change) -> None:
        """It paints from the model."""

    def parts(self) -> Sequence[Part]:
        choices = self._stage.model.audio.choices
        microphones = choices.microphones if choices else ()
        speakers = choices.speakers if choices else ()
        return [
            _blank,
            self._device("microphone", "Microphone", microphones, SYSTEMS),
            self._level,
            _blank,
            self._device("speaker", "Speaker", speakers, SYSTEMS),
            self._device("ring_on", "Ring on", speakers, "the speaker"),
            _blank,
            self._tone.row("Try the speaker", Tone.RING_BACK),
            self._tone.row("Try the ringing", Tone.RING),
            *self._echo(),
            _blank,
            *self._given(),
            self._where,
        ]

    def _device(self, name: str, label: str, there: Sequence[str], empty: str) -> SettingRow:
        now = str(self._settings.value(name))
        is_gone = bool(now) and self._stage.model.audio.choices is not None and now not in there

        def word(value: object) -> str:
            if not value:
                return empty
            return clean(str(value)) + (" (not there)" if is_gone and value == now else "")

        return self._settings.choice(name, label, choosable(there, now), word)

    def _level(self, cols: int) -> Line:
        """How loud the microphone is."""
        level_db = microphone_db(self._stage.model)
        bar = self._meter.paint(
            level_db, min(44, cols - 26), self._stage.clock.seconds(), self._stage.glyphs
        )
        return [*bar, (Style.DIM, f"  {_judged(level_db)}")]

    def _echo(self) -> Sequence[Part]:
        if not can_begin(self._stage.model) or self._stage.model.me is None:
            return []
        return [
            SettingRow(
                "Hear yourself",
                lambda _cols: [(None, "< Call echo >")],
                press=lambda: call(self._stage, ECHO, "echo"),
                about="Echo answers at once and plays back what it hears: the whole way to the "
                "server and back, as in any call.",
            )
        ]

    def _given(self) -> Sequence[Part]:
        """What the command line named stands above what is set, until that is changed."""
        set_to, used = devices_of(self._stage.settings.current.audio), self._stage.devices
        pairs = (
            ("--audio-in", set_to.audio_in, used.audio_in),
            ("--audio-out", set_to.audio_out, used.audio_out),
        )
        cut = self._stage.glyphs.cut
        return [_told_of(option, now, cut) for option, wanted, now in pairs if now != wanted]

    def _where(self, _cols: int) -> Line:
        where = "the computer you are logged in to" if self._stage.is_remote else "this computer"
        return [(Style.DIM, f"Sound comes from {where}.")]


class _TriedTone:
    """One tone at a time, which ends by itself or when it is pressed again."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._tone: Tone | None = None
        self._until = 0.0

    def row(self, label: str, tone: Tone) -> SettingRow:
        return SettingRow(
            label,
            lambda _cols: [(None, "< Stop >" if self._is_on(tone) else "< Play a tone >")],
            press=lambda: self._press(tone),
            about="Nobody else hears it.",
        )

    def _is_on(self, tone: Tone) -> bool:
        return self._tone is tone and self._stage.clock.seconds() < self._until

    def _press(self, tone: Tone) -> None:
        if self._is_on(tone):
            self.stop()
            return
        self._tone = tone
        self._until = self._stage.clock.seconds() + TONE_SECONDS
        self._stage.controller.sound.play_tone(tone)
        self._stage.clock.callLater(TONE_SECONDS, self._ended, tone, self._until)

    def _ended(self, tone: Tone, until: float) -> None:
        if (self._tone, self._until) == (tone, until):
            self.stop()

    def stop(self) -> None:
        if self._tone is not None:
            self._tone = None
            self._stage.controller.sound.play_tone(None)


def _told_of(option: str, value: str, cut: str) -> Part:
    told = f"In use: {option} {clean(value)}, until changed above."

    def paint(cols: int) -> Line:
        return [(Style.FAIR, shorten(told, cols, cut))]

    return paint


def _judged(level_db: float) -> str:
    if level_db < QUIETEST_DB:
        return "say something"
    if level_db > TOO_LOUD_DB:
        return "too loud"
    return "good" if level_db > TOO_QUIET_DB else "a little quiet"


def _blank(_cols: int) -> Line:
    return []
