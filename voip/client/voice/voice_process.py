"""The voice engine as a process of its own: `python -m voip.client.voice.voice_process`.

    DEVICES AUDIO_IN AUDIO_OUT INTERFACE LOG

DEVICES is `module:function`, which tells how to open AUDIO_IN and AUDIO_OUT and other devices; so
this package needs to know no sound library. Commands come in on stdin, reports go out on stdout,
and the end of stdin is the end of the process. What sound libraries print goes to the file LOG, or
nowhere when that is empty. Keys only ever come through the pipe: not by the command line, not by a
file.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

from twisted.internet.posixbase import PosixReactorBase
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.stdio import StandardIO
from twisted.logger import globalLogBeginner, textFileLogObserver
from twisted.python.failure import Failure

from voip.client.voice import codec
from voip.client.voice.commands import UseDevices, VoiceEngine, VoiceReport
from voip.client.voice.devices import Devices
from voip.client.voice.pipe import PipeReader, framed

LAST_SECONDS: Final = 3
"""A sound library that hangs while it is closed is not waited for any longer."""


class EngineEnd(Protocol):
    """The engine's end of the pipe. `ended` is called when the client is gone."""

    def __init__(self, engine: VoiceEngine, ended: Callable[[], None]) -> None:
        self._engine = engine
        self._ended = ended
        self._reader = PipeReader()

    def connectionMade(self) -> None:
        """The pipe is open: reports may go."""
        self._engine.listen(self._tell)

    def dataReceived(self, data: bytes) -> None:
        """Carry out what came."""
        for text in self._reader.receive(data):
            self._engine.command(codec.decode_command(text))

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002 - Twisted's
        """The client is gone, or wants no more."""
        self._ended()

    def _tell(self, report: VoiceReport) -> None:
        if self.transport is not None:
            self.transport.write(framed(codec.encode(report)))


def load_devices(named: str) -> Devices:
    """Call the `module:function` that is named."""
    module, _, function = named.partition(":")
    make = cast("Callable[[], Devices]", getattr(import_module(module), function))
    return make()


def print_to(log: str) -> None:
    """Send whatever is printed to the file `log`: stdout belongs to the reports alone."""
    printed = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(printed, 2)
    os.close(printed)
    sys.stdout = sys.stderr


def main() -> None:
    """Run until stdin ends."""
    devices, audio_in, audio_out, interface, log = sys.argv[1:]
    # Ctrl-C in a terminal reaches every process in it; the client alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print_to(log)
    globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stderr)], redirectStandardIO=False)

    from twisted.internet import reactor as installed  # noqa: TID251 - this is a program

    from voip.client.voice.engine import LocalVoiceEngine
    from voip.client.voice.priority import be_quick

    reactor = cast("PosixReactorBase", installed)
    words = UseDevices(audio_in, audio_out)
    engine = LocalVoiceEngine(reactor, load_devices(devices), words, interface=interface)

    def ended() -> None:
        signal.alarm(LAST_SECONDS)
        engine.close()
        reactor.stop()

    StandardIO(EngineEnd(engine, ended))
    be_quick()
    reactor.run(installSignalHandlers=False)


if __name__ == "__main__":
    main()
