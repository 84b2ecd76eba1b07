"""A program of the person's own, run for each event, which it gets as JSON on its standard input.

No shell is between: the command line is split into words and the first one is run. It is waited
for without holding anything up, never for long, and its output goes nowhere. It knows no events.
"""

import json
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence

from twisted.internet.error import ProcessDone, ProcessExitedAlready
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from voip.client.voice.reactor import ProcessReactor, TimeReactor
from voip_terminal.paint import clean

AT_ONCE = 4
"""Hooks that run beside each other; whoever is called more often has one that hangs."""

PATIENCE_SECONDS = 30.0
"""So long a hook may take: enough to play a sound, too short to pile up."""

COMPLAINT_MAXIMUM = 80
"""Characters of what a failed hook wrote on its standard error that are told."""


class Hook:
    """Runs the command; ``failed`` gets the reason, once until a run succeeds again."""

    def __init__(self, reactor: ProcessReactor, failed: Callable[[str], None]) -> None:
        self._reactor = reactor
        self._failed = failed
        self._running: set[_Run] = set()
        self._has_failed = False

    def run(self, command: str, event: Mapping[str, object]) -> None:
        """Give the event to the command."""
        try:
            words = shlex.split(command)
        except ValueError:
            self._complain("its quotes do not match")
            return
        program = shutil.which(words[0]) if words else None
        if program is None:
            self._complain(f"{words[0] if words else 'it'} is no program")
        elif len(self._running) >= AT_ONCE:
            self._complain(f"{AT_ONCE} of them are running still")
        else:
            self._start(program, words, json.dumps(event) + "\n")

    def _start(self, program: str, words: Sequence[str], line: str) -> None:
        run = _Run(self._reactor, line.encode(), self._ended)
        self._running.add(run)
        try:
            self._reactor.spawnProcess(run, program, words, None)
        except OSError as error:
            self._running.discard(run)
            self._complain(error.strerror or "it cannot be run")

    def _ended(self, run: "_Run", trouble: str) -> None:
        self._running.discard(run)
        if trouble:
            self._complain(trouble)
        else:
            self._has_failed = False

    def _complain(self, trouble: str) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._failed(clean(trouble))


class _Run(ProcessProtocol):
    """One run of it."""

    def __init__(
        self, clock: TimeReactor, line: bytes, ended: Callable[["_Run", str], None]
    ) -> None:
        self._clock = clock
        self._line = line
        self._ended = ended
        self._wrote = b""
        self._patience: IDelayedCall | None = None
        self._is_too_slow = False

    def connectionMade(self) -> None:
        self._patience = self._clock.callLater(PATIENCE_SECONDS, self._too_slow)
        assert self.transport is not None
        self.transport.writeToChild(0, self._line)
        self.transport.closeStdin()

    def errReceived(self, data: bytes) -> None:
        self._wrote += data[: COMPLAINT_MAXIMUM - len(self._wrote)]

    def _too_slow(self) -> None:
        self._patience = None
        self._is_too_slow = True
        assert self.transport is not None
        try:
            self.transport.signalProcess("KILL")
        except ProcessExitedAlready:
            self._is_too_slow = False
        # Whatever it started may hold its pipes open; with them closed it has ended.
        self.transport.loseConnection()

    def processEnded(self, reason: Failure) -> None:
        if self._patience is not None:
            self._patience.cancel()
        if self._is_too_slow:
            self._ended(self, f"it did not end in {PATIENCE_SECONDS:.0f} s")
        elif reason.check(ProcessDone):
            self._ended(self, "")
        else:
            said = self._wrote.decode("utf-8", "replace").strip()
            self._ended(self, said.split("\n")[0] or "it ended with an error")
