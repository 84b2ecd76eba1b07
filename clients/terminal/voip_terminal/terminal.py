"""This terminal: its colours, its signs, its bell, and that nothing else writes on it.

Sound libraries print to stderr; while the screen is up that goes to a log file. It knows no model
and no widgets.
"""

import codecs
import locale
import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Literal, TextIO

import urwid
from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    textFileLogObserver,
)

from voip_terminal import osc
from voip_terminal.glyphs import ASCII, UNICODE, Glyphs

LOG_MAXIMUM = 1_000_000
"""Bytes of log from which on it is put aside when the client starts."""

Colours = Literal[1, 16, 88, 256, 16777216]


class RawScreen(urwid.display.raw.Screen):
    """urwid's terminal screen, with a bell and notifications, and Ctrl-Q and Ctrl-S as keys."""

    environ: Mapping[str, str] = os.environ
    """What tells which terminal this is."""

    def _start(self, alternate_buffer: bool = True, *args: object, **kwargs: object) -> None:
        super()._start(alternate_buffer, *args, **kwargs)
        # The terminal's flow control would take both keys for itself. Stopping the screen gives
        # the terminal back the settings it had before.
        descriptor = self._input_fileno()
        if descriptor is not None and os.isatty(descriptor):
            mode = termios.tcgetattr(descriptor)
            mode[0] &= ~termios.IXON
            termios.tcsetattr(descriptor, termios.TCSANOW, mode)

    def bell(self) -> None:
        self.write("\a")
        self.flush()

    def notify(self, text: str) -> None:
        """Ask for a desktop notification."""
        asked = osc.notification(text, self.environ)
        # what an encoding lacks cannot be written, and some write what a terminal takes for C1
        self.write(asked if is_utf8() else asked.encode("ascii", "replace").decode())
        self.flush()


def is_terminal() -> bool:
    """Are stdin and stdout a terminal that can be drawn on?"""
    return sys.stdin.isatty() and sys.stdout.isatty()


def is_utf8() -> bool:
    """Does the locale say that the terminal takes UTF-8?"""
    try:
        return codecs.lookup(locale.getpreferredencoding(False)).name == "utf-8"
    except LookupError:
        return False


def glyphs_for(environ: Mapping[str, str], *, is_utf8: bool, wants_ascii: bool) -> Glyphs:
    """The signs this terminal can show."""
    poor = environ.get("TERM", "dumb") in {"dumb", "linux", "vt100", "vt52"}
    return ASCII if wants_ascii or poor or not is_utf8 else UNICODE


def is_monochrome(environ: Mapping[str, str], *, wants_monochrome: bool) -> bool:
    """No colours: because asked, by NO_COLOR (no-color.org), or by a terminal without any."""
    plain = environ.get("TERM", "dumb") in {"dumb", "vt100", "vt52"}
    return wants_monochrome or bool(environ.get("NO_COLOR")) or plain


def is_remote(environ: Mapping[str, str]) -> bool:
    """Does one sit at another computer, which has logged in here with ssh?"""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def raw_screen(*, monochrome: bool) -> RawScreen:
    """The screen of this terminal."""
    # asked for, not probed: tmux tells its focus and answers no probe
    screen = RawScreen(focus_reporting=True)
    if monochrome:
        screen.set_terminal_properties(colors=1)
    return screen


@contextmanager
def stderr_to(path: Path) -> Iterator[TextIO]:
    """File descriptor 2, and Twisted's log, go to a file of the person's own for a while."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_MAXIMUM:
        path.replace(path.with_suffix(".old.log"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sys.stderr.flush()
    kept = os.dup(2)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    with os.fdopen(os.dup(2), "a", buffering=1, encoding="utf-8") as log:
        try:
            yield log
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)


def begin_logging(log: TextIO) -> None:
    """Write Twisted's log to the file, from warnings up and what is told at info."""
    wanted = LogLevelFilterPredicate(defaultLogLevel=LogLevel.info)
    observer = FilteringLogObserver(textFileLogObserver(log), [wanted])
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False, discardBuffer=True)


def on_hang_up(act: Callable[[], None]) -> None:
    """Do this when the terminal goes away (SIGHUP), instead of dying with it."""

    def gone(_signum: int, _frame: FrameType | None) -> None:
        act()

    signal.signal(signal.SIGHUP, gone)
