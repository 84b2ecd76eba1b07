"""How the screen looks, and how calls draw attention."""

from collections.abc import Sequence
from enum import Enum

from voip.client.model import Change
from voip_terminal.paint import Line
from voip_terminal.settings.values import Theme
from voip_terminal.stage import Stage
from voip_terminal.tabs.rows import Heading, Part
from voip_terminal.tabs.tab import SettingsOf


class LookTab:
    """Colours, signs, and notices."""

    name = "Look"

    def __init__(self, stage: Stage) -> None:
        self._look = SettingsOf(stage, "look")
        self._notify = SettingsOf(stage, "notify")

    def opened(self) -> None:
        """Nothing has to begin."""

    def closed(self) -> None:
        """Nothing has to end."""

    def refresh(self, change: Change) -> None:
        """Nothing here comes from the model."""

    def parts(self) -> Sequence[Part]:
        return [
            Heading("The screen, from the next start on"),
            self._look.choice("theme", "Colours", tuple(Theme), _word),
            self._look.flag("ascii", "Signs", "ASCII only"),
            _blank,
            Heading("When somebody calls, or has called in vain"),
            self._notify.flag("bell", "Bell", "ring the terminal's bell"),
            self._notify.flag("title", "Title", "say it in the window's title"),
            self._notify.flag("osc", "Desktop", "notify while the window is not in front"),
            self._notify.text("hook", "Run a program", "none"),
        ]


def _word(value: object) -> str:
    return str(value.value) if isinstance(value, Enum) else ""


def _blank(_cols: int) -> Line:
    return []
