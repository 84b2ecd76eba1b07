"""The shell of an operator: a line that is edited, run, and answered.

    keys -> Draft -> (question) -> Lines.run -> printed, above the next line if it took long

It knows neither SSH nor what a line means. While a line is run, keys wait; after a second the
prompt comes back, and the result is shown above the line when it is there.
"""

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto, unique
from functools import partial
from itertools import takewhile
from typing import Final, Protocol

from twisted.conch.insults.insults import TerminalProtocol
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.server.admin.shell.draft import Draft, Pressed
from voip.server.admin.shell.history import History
from voip.server.admin.shell.keys import SEQUENCES, Key, Typed
from voip.server.admin.shell.lines import Lines, Ran
from voip.server.admin.shell.painter import Painter
from voip.server.admin.shell.places import in_columns

PATIENCE_SECONDS: Final = 1.0
"""A line that is not answered by then gives the prompt back, and is answered above it."""
MAX_WAITING_KEYS: Final = 16 * 1024
"""Typed or pasted while a line runs."""
MAX_UNDER_WAY: Final = 20
"""Lines that are not answered yet."""
MAX_COLUMNS: Final = 1000
"""Of a window; a client may claim any number."""

BELL: Final = "\a"
YES: Final = frozenset({"y", "yes"})
PASTE_ON: Final = "\x1b[?2004h"
PASTE_OFF: Final = "\x1b[?2004l"


class Screen(Protocol):
    """What the shell writes to."""

    def write(self, data: str) -> None: ...

    def loseConnection(self) -> None: ...


@unique
class Doing(Enum):
    """What keys mean now."""

    TYPING = auto()
    ASKING = auto()
    WAITING = auto()


class Shell(TerminalProtocol):
    """One shell on one terminal. ``on_end`` is told once, when it is gone."""

    log = Logger()
    terminal: Screen

    def __init__(
        self,
        make_lines: Callable[[Callable[[str], None]], Lines],
        history: History,
        reactor: IReactorTime,
        on_end: Callable[["Shell"], None],
    ) -> None:
        self._lines = make_lines(self.say)
        self._history = history
        self._reactor = reactor
        self._on_end = on_end
        self._painter = Painter()
        self._typed = Typed()
        self._draft = Draft(history, has_rows=self._lines.has_rows)
        self._columns = 80
        self._doing = Doing.TYPING
        self._waiting: deque[Key | str] = deque()
        self._paste: list[str] | None = None
        self._asked = ""  # the line that a question is about
        self._question = ""
        self._foreground = 0  # the number of the line that is waited for
        self._under_way: set[int] = set()
        self._begun = 0
        self._patience: IDelayedCall | None = None
        self._is_stale = False
        self._is_open = False
        self._is_catching_up = False

    # the terminal

    def connectionMade(self) -> None:
        self._is_open = True
        self.terminal.write(PASTE_ON)
        self.say(self._lines.greeting)
        self._paint()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        if self._is_open:
            self._is_open = False
            self._end_patience()
            self._on_end(self)

    def terminalSize(self, width: int, height: int) -> None:  # noqa: ARG002
        """The window is another, or is known for the first time."""
        columns = min(max(1, width), MAX_COLUMNS)
        if columns != self._columns:
            self._columns = columns
            self._painter.resize(columns)
            self._is_stale = True
            self.keys_done()

    def keystrokeReceived(self, keyID: bytes, modifier: bytes | None) -> None:
        self._key(self._typed.key(keyID, is_alt=modifier == b"[ALT]"))

    def unhandledControlSequence(self, seq: bytes) -> None:
        self._key(SEQUENCES.get(seq, ""))

    def keys_done(self) -> None:
        """What came at once has been taken in: show what has become of it."""
        if self._is_stale and self._is_open and not self._is_waiting:
            self._paint()

    # what others have to say

    def say(self, text: str) -> None:
        """Show something above the line being typed."""
        if self._is_open and text:
            self.terminal.write(self._painter.above(text))

    def end(self, text: str = "") -> None:
        """Close, with a last word."""
        if self._is_open:
            self.terminal.write(self._painter.leave() + self._painter.above(text) + PASTE_OFF)
            self.terminal.loseConnection()

    # keys

    def _key(self, key: Key | str) -> None:
        if self._paste is not None:
            self._pasted(key, self._paste)
        elif key is Key.PASTE_BEGINS:
            self._paste = []
        elif self._doing is Doing.WAITING:
            self._wait_with(key)
        elif key:
            self._do(key)

    def _pasted(self, key: Key | str, paste: list[str]) -> None:
        match key:
            case Key.PASTE_ENDS:
                self._paste = None
                self._key("".join(paste).strip("\n"))
            case Key.ENTER:
                paste.append("\n")
            case Key.COMPLETE:
                paste.append("    ")
            case str() if len(paste) < MAX_WAITING_KEYS:
                paste.append(key)
            case _:
                pass

    def _wait_with(self, key: Key | str) -> None:
        if key is Key.GIVE_UP:
            self._waiting.clear()
            if not self._lines.give_up():
                self._go_on()
        elif len(self._waiting) < MAX_WAITING_KEYS:
            self._waiting.append(key)
        else:
            self.terminal.write(BELL)

    def _do(self, key: Key | str) -> None:
        pressed = self._draft.press(key)
        match pressed:
            case Pressed.EDITED:
                pass
            case Pressed.NO_ROOM:
                self.terminal.write(BELL)
            case Pressed.CLEAR:
                self.terminal.write(self._painter.clear())
            case _ if self._doing is Doing.ASKING:
                text = self._draft.line.text.strip().lower()
                self._answer(is_yes=pressed is Pressed.ENTER and text in YES)
            case Pressed.ENTER:
                self._enter()
            case Pressed.COMPLETE:
                self._complete()
            case Pressed.GIVE_UP:
                if self._under_way and not self._draft.line.text:
                    self._lines.give_up()
                self._paint()
                self.terminal.write(self._painter.leave())
                self._draft.begin()
            case Pressed.END_OF_INPUT:
                self._paint()
                self.end()
        self._is_stale = True

    def _complete(self) -> None:
        line = self._draft.line
        found = self._lines.complete(line.text, line.cursor)
        if not found.candidates:
            self.terminal.write(BELL)
            return
        typed = line.text[found.start : line.cursor]
        common = _common_start(found.candidates)
        is_only = len(found.candidates) == 1
        if is_only and not common.endswith(("(", "=")):
            common += found.ending
        if len(common) > len(typed) or is_only:
            line.replace(found.start, common)
        else:
            self.terminal.write(self._painter.above(in_columns(found.candidates, self._columns)))

    # lines

    def _enter(self) -> None:
        text = self._draft.line.text
        if not self._lines.is_whole(text):
            self._draft.line.insert("\n" + _indent(text[: self._draft.line.cursor]))
            return
        self._paint()
        self.terminal.write(self._painter.leave())
        self._history.add(text.rstrip())
        self._draft.begin()
        if not text.strip():
            return
        self._question = self._lines.question(text)
        if self._question:
            self._asked, self._doing = text, Doing.ASKING
        else:
            self._run(text, is_confirmed=False)

    def _answer(self, *, is_yes: bool) -> None:
        self._paint()
        self.terminal.write(self._painter.leave())
        self._draft.begin()
        self._doing = Doing.TYPING
        if is_yes:
            self._run(self._asked, is_confirmed=True)
        else:
            self.say("Nothing was done.")

    def _run(self, text: str, *, is_confirmed: bool) -> None:
        if len(self._under_way) >= MAX_UNDER_WAY:
            self.say("Too many lines are not answered yet; wait for one of them.")
            return
        self._begun += 1
        number = self._foreground = self._begun
        self._under_way.add(number)
        self._doing = Doing.WAITING
        self._patience = self._reactor.callLater(PATIENCE_SECONDS, self._go_on)
        running = Deferred.fromCoroutine(
            self._lines.run(text, is_confirmed=is_confirmed, width=self._columns)
        )
        running.addCallbacks(partial(self._ran, number, text), partial(self._failed, number, text))

    def _ran(self, number: int, text: str, ran: Ran) -> None:
        self._under_way.discard(number)
        is_late = number != self._foreground
        answer = f"[{_short(text)}]\n{ran.text or 'done'}" if is_late else ran.text
        self.say(answer)
        self.say(ran.warning)
        if ran.is_last:
            self.end()
        elif not is_late:
            self._ready()

    def _failed(self, number: int, text: str, failure: Failure) -> None:
        self.log.failure("a line of the admin shell failed", failure)
        self._ran(number, text, Ran(1, "This failed on our side; the server's log says why."))

    def _go_on(self) -> None:
        """Give the prompt back, though the line is not answered."""
        self.say("(still under way; the answer will be shown here)")
        self._foreground = 0
        self._ready()

    def _ready(self) -> None:
        """Take in what was typed meanwhile, up to the next line that runs."""
        self._end_patience()
        self._doing = Doing.TYPING
        if self._is_catching_up:  # a line among what was typed was answered at once
            return
        self._is_catching_up = True
        try:
            while self._waiting and not self._is_waiting and self._is_open:
                self._key(self._waiting.popleft())
        finally:
            self._is_catching_up = False
        if self._is_open and not self._is_waiting:
            self._paint()

    @property
    def _is_waiting(self) -> bool:
        return self._doing is Doing.WAITING

    def _end_patience(self) -> None:
        if self._patience is not None and self._patience.active():
            self._patience.cancel()

    def _paint(self) -> None:
        self._is_stale = False
        prompt = f"{self._question} [y/N] " if self._doing is Doing.ASKING else self._lines.prompt
        self.terminal.write(self._painter.paint(*self._draft.shown(prompt)))


def _common_start(words: Sequence[str]) -> str:
    first, last = min(words), max(words)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(one for one, _ in same)


def _indent(text: str) -> str:
    last = text.rpartition("\n")[2]
    blanks = last[: len(last) - len(last.lstrip(" "))]
    return blanks + ("    " if last.rstrip().endswith(":") else "")


def _short(text: str) -> str:
    first, _, more = text.strip().partition("\n")
    return f"{first[:60]}..." if more or len(first) > 60 else first
