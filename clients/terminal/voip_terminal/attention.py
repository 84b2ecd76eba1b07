"""Drawing attention to a call: the bell, the window's title, the desktop, the person's own hook.

The settings say which of them. The desktop is asked only while the terminal is not in front; where
a terminal does not tell, a while without a key stands for that. It is told what happened and looks
at no model.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from twisted.internet.interfaces import IReactorTime

from voip.client.model import CallInfo
from voip_terminal import sentences
from voip_terminal.json_face_shapes import ringing_shape
from voip_terminal.settings.values import Notify

AWAY_SECONDS = 60.0
"""Without a key for so long, nobody is taken to look at a terminal that does not tell its focus."""

TITLE = "voip"


class Noticeable(Protocol):
    """The part of the surroundings that draws attention."""

    def bell(self) -> None: ...

    def set_title(self, title: str) -> None: ...

    def notify(self, text: str) -> None:
        """Ask the terminal for a desktop notification."""

    def run_hook(self, command: str, event: Mapping[str, object]) -> None:
        """Run a program of the person's own."""


class Attention:
    """What is done about what the announcer finds."""

    def __init__(
        self, notice: Noticeable, clock: IReactorTime, wanted: Callable[[], Notify]
    ) -> None:
        self._notice = notice
        self._clock = clock
        self._wanted = wanted
        self._has_focus: bool | None = None  # None: the terminal has not told yet
        self._touched_at = clock.seconds()
        notice.set_title(TITLE)

    # ---- where the person is ---------------------------------------------------------------

    def focused(self, has_focus: bool) -> None:
        """The terminal tells whether it is in front."""
        self._has_focus = has_focus

    def touched(self) -> None:
        """A key was pressed."""
        self._touched_at = self._clock.seconds()

    @property
    def _is_in_front(self) -> bool:
        if self._has_focus is not None:
            return self._has_focus
        return self._clock.seconds() - self._touched_at < AWAY_SECONDS

    # ---- what happened -----------------------------------------------------------------------

    def rings(self, call: CallInfo) -> None:
        """Somebody calls."""
        self.rings_on()
        self._tell(sentences.calling(call), ringing_shape(call))

    def rings_on(self) -> None:
        """The call still waits for an answer."""
        if self._wanted().bell:
            self._notice.bell()

    def missed(self, text: str, event: Mapping[str, object]) -> None:
        """Somebody has called in vain."""
        self._tell(text, event)

    def title(self, title: str) -> None:
        """What the window is about now; nothing to say leaves the program's name."""
        shown = title if title and self._wanted().title else ""
        self._notice.set_title(f"{shown} - {TITLE}" if shown else TITLE)

    def _tell(self, text: str, event: Mapping[str, object]) -> None:
        wanted = self._wanted()
        if wanted.osc and not self._is_in_front:
            self._notice.notify(text)
        if wanted.hook:
            self._notice.run_hook(wanted.hook, event)
