"""A reactor on which programs start, take what is written, and end when a test says so."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from twisted.internet.error import ProcessDone, ProcessExitedAlready, ProcessTerminated
from twisted.internet.interfaces import IDelayedCall, IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import Clock
from twisted.python.failure import Failure


class StartedProgram:
    """One program: what it was run with, and what it was given."""

    pid = 4711

    def __init__(self, protocol: ProcessProtocol, path: str, words: Sequence[str]) -> None:
        self.path = path
        self.words = list(words)
        self.given = b""
        self.is_stdin_closed = False
        self.signals: list[str] = []
        self.has_exited = False  # something else that it started holds its pipes open
        self._protocol = protocol

    def writeToChild(self, childFD: int, data: bytes) -> None:  # noqa: N802, N803 - Twisted's names
        assert childFD == 0
        self.given += data

    def closeStdin(self) -> None:  # noqa: N802 - Twisted's name
        self.is_stdin_closed = True

    def signalProcess(self, signalID: str) -> None:  # noqa: N802, N803 - Twisted's names
        if self.has_exited:
            raise ProcessExitedAlready
        self.signals.append(signalID)
        self.end(-9)

    def loseConnection(self) -> None:
        """Its pipes are closed: a process that is no more has ended with that."""
        if self.has_exited:
            self.end()

    def complains(self, text: bytes) -> None:
        """It writes on its standard error."""
        self._protocol.errReceived(text)

    def end(self, code: int = 0) -> None:
        """It ends, with this exit code."""
        reason = ProcessTerminated(code) if code else ProcessDone(0)
        self._protocol.processEnded(Failure(reason))


class ProgramStarter:
    """A ``ProcessReactor`` with a clock for its time; ``refuses`` makes every start fail."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.started: list[StartedProgram] = []
        self.refuses: OSError | None = None

    def seconds(self) -> float:
        return float(self._clock.seconds())

    def callLater(  # noqa: N802 - Twisted's name
        self,
        delay: float,
        callable: Callable[..., object],  # noqa: A002 - Twisted's name
        *args: object,
        **kw: object,
    ) -> IDelayedCall:
        return self._clock.callLater(delay, callable, *args, **kw)

    def spawnProcess(  # noqa: N802 - Twisted's name
        self,
        processProtocol: ProcessProtocol,  # noqa: N803 - Twisted's name
        executable: str,
        args: Sequence[str],
        env: Mapping[str, str] | None,
    ) -> IProcessTransport:
        if self.refuses is not None:
            raise self.refuses
        assert env is None, "a hook gets the client's environment"
        program = StartedProgram(processProtocol, executable, args)
        self.started.append(program)
        transport = cast("IProcessTransport", program)
        processProtocol.makeConnection(transport)
        return transport
