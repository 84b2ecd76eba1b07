"""The admin shell in this terminal, over the admin socket.

    keyboard -> {"keys"} -> server -> {"screen"} -> terminal

The server edits, completes and remembers the lines. Here the terminal is handed over raw, and given
back as it was whatever happens: at the end, at a signal, when the server is gone. It knows nothing
of what is typed.
"""

import codecs
import os
import select
import signal
import termios
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from types import FrameType
from typing import Final, Self

from voip.core.errors import VoipError
from voip.ctl_link import Link, Unreachable

CHUNK: Final = 65_536
KEYBOARD: Final = 0
SCREEN: Final = 1
LEFT_ON: Final = b"\x1b[?2004l\x1b[?25h"
"""What a shell that could not end itself has left on: brackets around pasted text, no cursor."""
CLEAR: Final = "\x0c"
"""Ctrl-L: the screen is painted anew."""
ENDING: Final = frozenset({signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT})
HEARD: Final = (*ENDING, signal.SIGWINCH, signal.SIGCONT, signal.SIGTSTP)


def run(link: Link, *, is_python: bool) -> Mapping[str, object]:
    """A shell until it ends; gives the last answer: ``end``, or ``exit`` and ``text`` where none
    was opened. Raises ``Unreachable``."""
    width, height = _size()
    first = link.ask({"shell": {"width": width, "height": height, "python": is_python}})
    if "screen" not in first:
        return first
    with _signals() as signals, _Raw() as raw:
        return _carry(link, raw, signals, first)


class Stopped(VoipError):
    """A signal has ended the shell; ``code`` is the exit code for that."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(f"ended by {number.name}")
        self.code = 128 + number


class _Raw:
    """The terminal without its own line editing, until the end."""

    def __init__(self) -> None:
        self._kept = termios.tcgetattr(KEYBOARD)

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.give_back(b"" if kind is None else b"\r\n")

    def take(self) -> None:
        tty.setraw(KEYBOARD)

    def give_back(self, last: bytes = b"\r\n") -> None:
        try:
            _show(LEFT_ON + last)
            termios.tcsetattr(KEYBOARD, termios.TCSADRAIN, self._kept)
        except (OSError, termios.error):
            return  # the terminal is gone, and nobody is left to mind


@contextmanager
def _signals() -> Iterator[int]:
    """A descriptor on which the numbers of signals arrive that mean something here."""
    heard, wakes = os.pipe()
    os.set_blocking(wakes, False)
    before = {number: signal.signal(number, _noted) for number in HEARD}
    fd_before = signal.set_wakeup_fd(wakes)
    try:
        yield heard
    finally:
        signal.set_wakeup_fd(fd_before)
        for number, old in before.items():
            signal.signal(number, old)
        os.close(heard)
        os.close(wakes)


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The number is on its way already."""


def _carry(
    link: Link, raw: _Raw, signals: int, first: Mapping[str, object]
) -> Mapping[str, object]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    answers = chain([first], link.waiting())
    while True:
        for answer in answers:
            text = answer.get("screen")
            if not isinstance(text, str):
                return answer
            _show(text.encode("utf-8", "replace"))
        answers = chain()
        ready, _, _ = select.select([KEYBOARD, link.fileno(), signals], [], [])
        if signals in ready:
            for number in os.read(signals, CHUNK):
                _heed(signal.Signals(number), link, raw)
        if KEYBOARD in ready:
            _type(link, decoder)
        if link.fileno() in ready:
            answers = chain(link.arrived())


def _type(link: Link, decoder: codecs.IncrementalDecoder) -> None:
    try:
        typed = os.read(KEYBOARD, CHUNK)
    except OSError:
        typed = b""
    if not typed:
        raise Unreachable("the terminal is gone")
    if text := decoder.decode(typed):
        link.send({"keys": text})


def _heed(number: signal.Signals, link: Link, raw: _Raw) -> None:
    match number:
        case signal.SIGWINCH:
            link.send({"size": list(_size())})
        case signal.SIGTSTP:
            raw.give_back()
            os.kill(os.getpid(), signal.SIGSTOP)
        case signal.SIGCONT:
            raw.take()
            link.send({"size": list(_size())})
            link.send({"keys": CLEAR})
        case _:
            raise Stopped(number)


def _show(shown: bytes) -> None:
    left = memoryview(shown)
    while left:
        left = left[os.write(SCREEN, left) :]


def _size() -> tuple[int, int]:
    size = os.get_terminal_size(SCREEN)
    return size.columns or 80, size.lines or 24
