"""The voice engine in a process of its own, as its client sees it: a `VoiceEngine` over two pipes.

Starts the process at once, so that it is ready when a call is answered. A process that dies is told
and started again, a few times. It is told the wishes that still hold, but no path and no key: its
packet and frame counters died with it, and using a key again from the start would break the
encryption. It needs a new path and new keys, which the client gets by resuming its session. Knows
no devices and no sound.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from twisted.internet.error import ProcessExitedAlready
from twisted.internet.interfaces import IDelayedCall, IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.client.voice import codec
from voip.client.voice.commands import (
    SetDeafened,
    SetMicrophone,
    Trouble,
    UseDevices,
    UseNetwork,
    VoiceCommand,
    VoiceReport,
    VoiceTrouble,
)
from voip.client.voice.pipe import PipeReader, framed
from voip.client.voice.reactor import ProcessReactor

KILL_AFTER_SECONDS: Final = 5.0
"""How long a process may take to end after its pipe was closed."""

MOST_DEATHS: Final = 3
DEATHS_WITHIN_SECONDS: Final = 60.0
"""A process that dies more often than so is not started again: it would die again."""

_WISHES: Final = (UseNetwork, UseDevices, SetMicrophone, SetDeafened)
"""What holds until the next of its kind, whichever process hears it."""


class ProcessVoiceEngine:
    """A `VoiceEngine` whose work the program `argv` does."""

    def __init__(self, reactor: ProcessReactor, argv: Sequence[str]) -> None:
        self._reactor = reactor
        self._argv = tuple(argv)
        self._receiver: Callable[[VoiceReport], None] | None = None
        self._is_closed = False
        self._process: _EngineProcess | None = None
        self._died_at: deque[float] = deque(maxlen=MOST_DEATHS)
        self._wishes: dict[type, VoiceCommand] = {}
        self._start()

    def listen(self, receiver: Callable[[VoiceReport], None]) -> None:
        """Tell all reports to `receiver` from now on."""
        self._receiver = receiver

    def command(self, command: VoiceCommand) -> None:
        """Send it down the pipe. Without a process it is lost, as was told by then."""
        if isinstance(command, _WISHES):
            self._wishes[type(command)] = command
        if self._process is not None:
            self._process.write(framed(codec.encode(command)))

    def close(self) -> None:
        """Let the process end; it is killed when it doesn't."""
        self._is_closed = True
        if self._process is not None:
            self._process.end(self._reactor)

    def _start(self) -> None:
        self._process = _EngineProcess(self._tell, self._died)
        self._reactor.spawnProcess(self._process, self._argv[0], self._argv, None)
        for wish in self._wishes.values():
            self._process.write(framed(codec.encode(wish)))

    def _tell(self, report: VoiceReport) -> None:
        if self._receiver is not None and not self._is_closed:
            self._receiver(report)

    def _died(self, how: str) -> None:
        self._process = None
        if self._is_closed:
            return
        now = self._reactor.seconds()
        is_rare = len(self._died_at) < MOST_DEATHS or self._died_at[0] < now - DEATHS_WITHIN_SECONDS
        self._died_at.append(now)
        if is_rare:
            self._start()
        self._tell(Trouble(VoiceTrouble.ENGINE_AGAIN if is_rare else VoiceTrouble.ENGINE_DIED, how))


class _EngineProcess(ProcessProtocol):
    """One run of the process."""

    _log = Logger()

    def __init__(self, tell: Callable[[VoiceReport], None], died: Callable[[str], None]) -> None:
        self._tell = tell
        self._died = died
        self._reader = PipeReader()
        self._kill: IDelayedCall | None = None

    def write(self, data: bytes) -> None:
        """Give it a command; one that is gone already takes none."""
        if self._running is not None:
            self._running.write(data)

    def end(self, reactor: ProcessReactor) -> None:
        """Close its stdin, which ends it, and see to it that it does."""
        if self._running is not None:
            self._running.closeStdin()
            self._kill = reactor.callLater(KILL_AFTER_SECONDS, self._kill_it)

    def outReceived(self, data: bytes) -> None:
        """It tells something."""
        for text in self._reader.receive(data):
            self._tell(codec.decode_report(text))

    def errReceived(self, data: bytes) -> None:
        """Before it sends its stderr to its log it can only say why it does not start."""
        self._log.warn("voice process: {text}", text=data.decode("utf-8", "replace").rstrip())

    def processEnded(self, reason: Failure) -> None:
        """It is gone."""
        if self._kill is not None and self._kill.active():
            self._kill.cancel()
        self._died(reason.getErrorMessage())

    @property
    def _running(self) -> IProcessTransport | None:
        transport: IProcessTransport | None = self.transport
        return transport

    def _kill_it(self) -> None:
        if self._running is not None:
            with suppress(ProcessExitedAlready):
                self._running.signalProcess("KILL")
