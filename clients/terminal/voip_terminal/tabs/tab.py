"""What a part of the settings screen is, and rows for each kind of setting.

A change goes to the settings at once; what cannot be used or kept is told in a sentence.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

from voip.client.model import Change
from voip.setting import BrokenSetting, notes_of
from voip_terminal.keys import Verb
from voip_terminal.paint import Line, clean, shorten
from voip_terminal.screens.edit_setting import EditSettingBox
from voip_terminal.settings.file import Plain, plain_of
from voip_terminal.settings.service import NotKept
from voip_terminal.settings.values import TABLES
from voip_terminal.stage import Stage
from voip_terminal.tabs.rows import Part, SettingRow, between
from voip_terminal.theme import Style


class Tab(Protocol):
    """One part of the settings screen."""

    @property
    def name(self) -> str: ...

    def parts(self) -> Sequence[Part]:
        """Its rows and the lines between them, as they are now."""

    def opened(self) -> None:
        """It is shown from now on."""

    def closed(self) -> None:
        """It is shown no more."""

    def refresh(self, change: Change) -> None:
        """The model has changed."""


class SettingsOf:
    """Rows for the settings of one section."""

    def __init__(self, stage: Stage, section: str) -> None:
        self._stage = stage
        self._section = section
        self._docs = {name: note.doc for name, note in notes_of(TABLES[section])}

    def value(self, name: str) -> object:
        return getattr(getattr(self._stage.settings.current, self._section), name)

    def change(self, name: str, value: Plain | Enum | None) -> bool:
        """Use another value, and tell what came of it."""
        return change(self._stage, self._section, name, value)

    def flag(self, name: str, label: str, word: str) -> SettingRow:
        """Something that is on or off."""

        def paint(_cols: int) -> Line:
            return [(None, f"[{'x' if self.value(name) else ' '}] {word}")]

        def turn() -> None:
            self.change(name, not self.value(name))

        return SettingRow(label, paint, lambda _step: turn(), turn, self._docs[name])

    def choice(
        self, name: str, label: str, options: Sequence[Plain | Enum], word: Callable[[object], str]
    ) -> SettingRow:
        """One of several; ``word`` says what each is called."""
        cut = self._stage.glyphs.cut

        def step(by: int) -> None:
            now = self.value(name)
            if set(options) <= {now}:
                self._stage.say("There is nothing else to choose from.")
                return
            at = next((at for at, each in enumerate(options) if each == now), -1)
            self.change(name, options[(at + by) % len(options)])

        return SettingRow(
            label,
            lambda cols: between(word(self.value(name)), cols, cut),
            step,
            lambda: step(1),
            self._docs[name],
        )

    def number(self, name: str, label: str, by: int, unit: str, zero: str = "") -> SettingRow:
        """A whole number; Enter types it, the arrows make it smaller and greater."""
        cut = self._stage.glyphs.cut

        def paint(cols: int) -> Line:
            now = self.value(name)
            return between(zero if zero and not now else f"{now} {unit}", cols, cut)

        def step(sign: int) -> None:
            now = self.value(name)
            assert isinstance(now, int)
            self.change(name, now + sign * by)

        return SettingRow(
            label, paint, step, self._edit(name, label, is_number=True), self._docs[name]
        )

    def text(self, name: str, label: str, empty: str) -> SettingRow:
        """Something typed; ``empty`` says what nothing means."""

        def paint(cols: int) -> Line:
            now = clean(str(self.value(name)))
            if not now:
                return [(Style.DIM, empty)]
            return [(None, shorten(now, cols, self._stage.glyphs.cut))]

        return SettingRow(label, paint, None, self._edit(name, label), self._docs[name])

    def _edit(self, name: str, label: str, *, is_number: bool = False) -> Callable[[], None]:
        def typed(text: str) -> bool:
            if not is_number:
                return self.change(name, text)
            return self.change(name, int(text) if text.isdecimal() else text)

        def edit() -> None:
            now = str(plain_of(self.value(name)))
            self._stage.open(EditSettingBox(self._stage, label, now, self._docs[name], typed))

        return edit


def change(stage: Stage, section: str, name: str, value: Plain | Enum | None) -> bool:
    """Set something, and tell what came of it; False when it cannot be used."""
    try:
        stage.settings.set(section, name, value)
    except BrokenSetting as error:
        stage.complain(f"{error}.".replace("..", "."))
        return False
    except NotKept as error:
        stage.complain(f"{error} It is in use until you quit.")
    else:
        stage.say(f"Saved. {stage.keys.label(Verb.UNDO)} takes it back.")
    return True
