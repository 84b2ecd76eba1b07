"""Somebody at a terminal: types keys, sees text, waits; through urwid's real main loop.

The loop runs on a ``Clock``, so no test waits; the screen is urwid's own for tests. Whatever is
drawn is checked to be exactly as wide and high as the terminal.
"""

import errno
from collections.abc import Callable, Iterable
from typing import cast

import urwid
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IReadDescriptor
from twisted.internet.task import Clock
from urwid.testing import ScriptedScreen

from tests.terminal.fake_controller import FakeController
from tests.terminal.programs import ProgramStarter
from tests.terminal.wall import WallHere
from voip.client.model import Controller
from voip.client.voice.commands import UseDevices
from voip_terminal.front import Front, Input
from voip_terminal.glyphs import UNICODE, Glyphs
from voip_terminal.remembered import LastUse
from voip_terminal.settings.service import Settings
from voip_terminal.sound_settings import devices_of

TYPICAL = (80, 24)
LARGE = (120, 40)


class DeskClock(Clock):
    """A clock that, like a reactor, can be told of things to read."""

    def addReader(self, reader: IReadDescriptor) -> None:  # noqa: N802 - Twisted's name
        """Nothing is ever there to read."""

    def removeReader(self, reader: IReadDescriptor) -> None:  # noqa: N802 - Twisted's name
        """Nothing was."""


class DeskScreen(ScriptedScreen):
    """A screen fed by hand, which counts bells."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__(size=size)
        self.bells = 0
        self.title = ""
        self.notes: list[str] = []
        self.clears = 0
        self.is_gone = False
        self._took: Callable[[list[Input]], object] | None = None

    def hook_event_loop(
        self,
        event_loop: urwid.EventLoop,
        callback: Callable[[list[Input], list[int]], object],
    ) -> None:
        # As with a real terminal, input comes through the event loop, which then goes idle.
        self._took = lambda keys: event_loop.alarm(0, lambda: callback(keys, []))

    def unhook_event_loop(self, event_loop: urwid.EventLoop) -> None:
        self._took = None

    def feed(self, keys: Iterable[Input]) -> None:
        assert self._took is not None
        self._took(list(keys))

    def bell(self) -> None:
        self.bells += 1

    def set_title(self, title: str | None) -> None:
        if self.is_gone:
            raise OSError(errno.EIO, "the terminal was closed")
        self.title = title or ""

    def notify(self, text: str) -> None:
        self.notes.append(text)

    def clear(self) -> None:
        self.clears += 1


class RememberedHere:
    """What is remembered, without a file."""

    def __init__(self, last: LastUse) -> None:
        self.last = last

    def load(self) -> LastUse:
        return self.last

    def save(self, last: LastUse) -> None:
        self.last = last


class TextHere:
    """The text of the settings, without a file."""

    name = "settings.toml"

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.is_full = False

    def read(self) -> str:
        return self.text

    def write(self, text: str) -> None:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.text = text


class Seat:
    """A terminal with the client on it: with a real ``client`` there is nobody to tell it what to
    say, and its ``clock`` is the network's."""

    def __init__(
        self,
        size: tuple[int, int] = TYPICAL,
        glyphs: Glyphs = UNICODE,
        controller: FakeController | None = None,
        *,
        client: Controller | None = None,
        clock: DeskClock | None = None,
        last: LastUse | None = None,
        settings: Settings | None = None,
        devices: UseDevices | None = None,
        address: str = "",
        account: str = "",
        is_remote: bool = False,
    ) -> None:
        self.controller = controller or FakeController()
        self.clock = clock or DeskClock()
        self.programs = ProgramStarter(self.clock)
        if clock is None:
            self.clock.advance(1000)
        self.screen = DeskScreen(size)
        self.remembered = RememberedHere(last or LastUse())
        self.settings = settings or Settings(TextHere(), {})
        self.has_ended = False
        as_reactor = cast("ReactorBase", self.clock)
        self.loop = urwid.TwistedEventLoop(as_reactor, manage_reactor=False)
        self.front = Front(
            client or self.controller,
            self.clock,
            self.programs,
            self.loop,
            self.screen,
            self.screen,
            glyphs,
            self.remembered,
            self.settings,
            devices or devices_of(self.settings.current.audio),
            end=self._end,
            wall=WallHere(),
            address=address,
            account=account,
            version="0.1.0",
            is_remote=is_remote,
        )
        self.front.start()
        self.wait(0.2)

    def _end(self) -> None:
        self.has_ended = True

    @property
    def now(self) -> float:
        return float(self.clock.seconds())

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, and look."""
        for key in keys:
            self.screen.feed([key])
            self.pass_time(0)
        self.wait(0.2)

    def type(self, text: str) -> None:
        self.press(*text)

    def wait(self, seconds: float) -> None:
        """Let time pass in small steps, as it does."""
        for _ in range(max(1, round(seconds / 0.05))):
            self.pass_time(0.05)
        self._check_shape()

    def pass_time(self, seconds: float) -> None:
        """Let time pass in one step."""
        self.clock.advance(seconds)

    def resize(self, cols: int, rows: int) -> None:
        self.screen.size = (cols, rows)
        self.press("window resize")

    def stop(self) -> None:
        self.front.stop()

    def _check_shape(self) -> None:
        cols, rows = self.screen.size
        canvas = self.screen.canvases[-1]
        assert (canvas.cols(), canvas.rows()) == (cols, rows)
        for line in self.lines:
            assert urwid.calc_width(line, 0, len(line)) == cols, line

    # ---- what is seen ------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        return self.screen.last_text

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)

    @property
    def top(self) -> str:
        return self.lines[0]

    @property
    def hints(self) -> str:
        return self.lines[-1]

    @property
    def status(self) -> str:
        return self.lines[-2]

    @property
    def cursor(self) -> tuple[int, int] | None:
        place: tuple[int, int] | None = self.screen.canvases[-1].cursor
        return place

    def line_with(self, text: str) -> str:
        """The first line that shows this."""
        return next((line for line in self.lines if text in line), "")
