"""The client on this terminal: a main loop on Twisted's reactor around the ``Ui``.

It draws at most twenty times a second, however often the model changes; it keeps pasted text away
from everything but fields; an exception in a handler becomes a sentence and a log entry, and the
screen lives on. The terminal itself, its signals and its log are ``terminal``'s.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import urwid
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from urwid.display.common import InputClosedError

from voip.client.model import Controller
from voip.client.voice.commands import UseDevices
from voip.client.voice.reactor import ProcessReactor
from voip_terminal import sentences
from voip_terminal.glyphs import Glyphs
from voip_terminal.hook import Hook
from voip_terminal.pace import Pace
from voip_terminal.remembered import Remembered
from voip_terminal.settings.service import Settings
from voip_terminal.theme import PALETTE
from voip_terminal.ui import Ui
from voip_terminal.wall_clock import WallClock

Input = str | tuple[str, int, int, int]

DRAW_SECONDS = 0.05
"""The least time between two drawings."""


class TerminalScreen(Protocol):
    """What this needs of urwid's screen beyond what urwid's main loop does."""

    def bell(self) -> None: ...

    def set_title(self, title: str | None) -> None: ...

    def notify(self, text: str) -> None: ...

    def clear(self) -> None: ...


class _PacedLoop(urwid.MainLoop):
    """urwid's main loop, whose own wish to draw after each event goes through the pace too."""

    pace: Pace

    def entering_idle(self) -> None:
        self.pace.want()


class FocusWatch:
    """Takes what the terminal tells of its focus out of the keys."""

    def __init__(self, told: Callable[[bool], None]) -> None:
        self._told = told

    def filter(self, inputs: Sequence[Input]) -> list[Input]:
        keys: list[Input] = []
        for item in inputs:
            if item in {"focus in", "focus out"}:
                self._told(item == "focus in")
            else:
                keys.append(item)
        return keys


class PasteGuard:
    """Keeps pasted keys from everything but fields, so that a pasted text triggers no keys."""

    def __init__(self, is_typing: Callable[[], bool]) -> None:
        self._is_typing = is_typing
        self._is_pasting = False

    def filter(self, inputs: Sequence[Input], _raw: Sequence[int]) -> list[Input]:
        passed: list[Input] = []
        for item in inputs:
            if item in {"begin paste", "end paste"}:
                self._is_pasting = item == "begin paste"
            elif not self._is_pasting or (self._is_typing() and _is_text(item)):
                passed.append(item)
        return passed


def _is_text(item: Input) -> bool:
    return isinstance(item, str) and len(item) == 1 and item.isprintable()


class Front:
    """The running screen."""

    log = Logger()

    def __init__(
        self,
        controller: Controller,
        clock: IReactorTime,
        reactor: ProcessReactor,
        event_loop: urwid.EventLoop,
        screen: urwid.BaseScreen,
        terminal: TerminalScreen,
        glyphs: Glyphs,
        remembered: Remembered,
        settings: Settings,
        devices: UseDevices,
        *,
        end: Callable[[], None],
        wall: WallClock,
        address: str = "",
        account: str = "",
        version: str = "",
        is_remote: bool = False,
    ) -> None:
        self._terminal = terminal
        self.end = end
        self.wall = wall
        self._pace = Pace(clock, DRAW_SECONDS, self._draw)
        self._hook = Hook(
            reactor, lambda why: self.ui.complain(sentences.HOOK_FAILED.format(why=why))
        )
        self.ui = Ui(
            controller,
            clock,
            glyphs,
            remembered,
            settings,
            devices,
            self,
            address=address,
            account=account,
            version=version,
            is_remote=is_remote,
        )
        focus = FocusWatch(self.ui.focused)
        guard = PasteGuard(lambda: self.ui.is_typing)
        self.loop = _PacedLoop(
            self.ui,
            PALETTE,
            screen=screen,
            handle_mouse=False,
            input_filter=lambda inputs, raw: guard.filter(focus.filter(inputs), raw),
            event_loop=urwid.GuardedEventLoop(event_loop, self._failed),
        )
        self.loop.pace = self._pace

    def start(self) -> None:
        """Take the terminal; the reactor does the rest."""
        self.loop.start()

    def stop(self) -> None:
        """Give the terminal back."""
        self._pace.stop()
        self.ui.stop()
        self.loop.stop()

    # ---- what the Ui wants of its surroundings -----------------------------------------------

    def bell(self) -> None:
        self._while_there(self._terminal.bell)

    def set_title(self, title: str) -> None:
        self._while_there(lambda: self._terminal.set_title(title))

    def notify(self, text: str) -> None:
        self._while_there(lambda: self._terminal.notify(text))

    def run_hook(self, command: str, event: Mapping[str, object]) -> None:
        self._hook.run(command, event)

    def _while_there(self, act: Callable[[], None]) -> None:
        """Write to the terminal; when it is gone, that ends the client as closed input does."""
        try:
            act()
        except OSError as error:
            self._failed(error)

    def redraw(self) -> None:
        self._pace.want()

    def repaint(self) -> None:
        self._terminal.clear()
        self._pace.want()

    # ---- drawing and failing -----------------------------------------------------------------

    def _draw(self) -> None:
        if self.loop.screen.started:
            self._while_there(self.loop.draw_screen)

    def _failed(self, error: Exception) -> None:
        """A callback raised. A terminal that is gone ends the client; anything else is a bug."""
        gone = isinstance(error, OSError) and error.errno in {errno.EIO, errno.EBADF, errno.EPIPE}
        if gone or isinstance(error, InputClosedError | urwid.ExitMainLoop):
            self.end()
            return
        self.ui.bug(Failure(error))
