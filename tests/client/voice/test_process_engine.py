"""The engine in a process of its own: both ends of the pipe, without a process."""

import subprocess
import sys

from twisted.internet.error import ProcessDone, ProcessExitedAlready, ProcessTerminated
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import CALL, HOST, KEY_A, FakeProcess, FakeReactor, Heard, config
from voip.client.voice import codec
from voip.client.voice.commands import (
    PathUp,
    SendKey,
    SetMicrophone,
    Trouble,
    UdpUse,
    UseNetwork,
    UsePath,
    VoiceCommand,
    VoiceTrouble,
)
from voip.client.voice.devices import plain_devices
from voip.client.voice.pipe import framed
from voip.client.voice.process_engine import (
    DEATHS_WITHIN_SECONDS,
    MOST_DEATHS,
    ProcessVoiceEngine,
)
from voip.client.voice.voice_process import EngineEnd, load_devices

ARGV = ("python", "-m", "engine")


class ProcessVoiceEngineTests(SynchronousTestCase):
    """The client's end."""

    def setUp(self) -> None:
        """An engine that was just started."""
        self.reactor = FakeReactor()
        self.engine = ProcessVoiceEngine(self.reactor, ARGV)
        self.heard = Heard()
        self.engine.listen(self.heard)

    @property
    def process(self) -> FakeProcess:
        """The newest process."""
        return self.reactor.processes[-1]

    def die(self) -> None:
        """The newest process is killed."""
        self.process.protocol.processEnded(Failure(ProcessTerminated(signal=9)))

    def test_commands_go_down_the_pipe(self) -> None:
        """As framed texts, in their order, and nothing of them is on the command line."""
        commands = UsePath(config(), HOST), SendKey(CALL, 0, KEY_A)
        for command in commands:
            self.engine.command(command)
        self.assertEqual(
            self.process.written, b"".join(framed(codec.encode(each)) for each in commands)
        )
        self.assertEqual(self.process.args, ARGV)

    def test_reports_come_up_the_pipe(self) -> None:
        """However they are cut into chunks."""
        data = framed(codec.encode(PathUp(3.0))) * 2
        self.process.protocol.outReceived(data[:7])
        self.process.protocol.outReceived(data[7:])
        self.assertEqual(self.heard.reports, [PathUp(3.0)] * 2)

    def test_a_death_is_told_and_the_engine_started_anew(self) -> None:
        """The new process is told none of the old keys."""
        self.engine.command(UsePath(config(), HOST))
        self.die()
        self.assertEqual(self.heard.of(Trouble)[0].what, VoiceTrouble.ENGINE_AGAIN)
        self.assertEqual(len(self.reactor.processes), 2)
        self.assertEqual(self.process.written, b"")
        self.engine.command(SetMicrophone(True))
        self.assertEqual(self.process.written, framed(codec.encode(SetMicrophone(True))))

    def test_wishes_outlive_the_process(self) -> None:
        """A new one is told the latest of each that holds, such as that the microphone is off."""
        wishes = SetMicrophone(True), UseNetwork(UdpUse.OFF)
        for command in (SetMicrophone(False), UseNetwork(), SendKey(CALL, 0, KEY_A), *wishes):
            self.engine.command(command)
        self.die()
        self.assertEqual(
            self.process.written, b"".join(framed(codec.encode(each)) for each in wishes)
        )

    def test_a_process_that_can_not_run_is_not_tried_for_ever(self) -> None:
        """One that dies again and again is left; commands to it are lost without harm."""
        for _ in range(MOST_DEATHS + 1):
            self.process.protocol.errReceived(b"no such module")
            self.die()
        told = [trouble.what for trouble in self.heard.of(Trouble)]
        again = [VoiceTrouble.ENGINE_AGAIN] * MOST_DEATHS
        self.assertEqual(told, [*again, VoiceTrouble.ENGINE_DIED])
        self.assertEqual(len(self.reactor.processes), MOST_DEATHS + 1)
        self.engine.command(SetMicrophone(True))
        self.engine.close()

    def test_a_process_that_dies_now_and_then_is_started_each_time(self) -> None:
        """A long talk is not to end with what never happened twice in a minute."""
        for _ in range(3 * MOST_DEATHS):
            self.die()
            self.reactor.advance(DEATHS_WITHIN_SECONDS / 2)
        told = {trouble.what for trouble in self.heard.of(Trouble)}
        self.assertEqual(told, {VoiceTrouble.ENGINE_AGAIN})

    def test_closing_ends_the_process(self) -> None:
        """Its stdin is closed; its end is expected then, and told to nobody."""
        self.engine.close()
        self.assertFalse(self.process.has_stdin)
        self.process.protocol.outReceived(framed(codec.encode(PathUp(1.0))))
        self.process.protocol.processEnded(Failure(ProcessDone(0)))
        self.assertEqual(self.heard.reports, [])
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_a_process_that_hangs_is_killed(self) -> None:
        """Five seconds after its pipe was closed, or it would outlive its client."""
        self.engine.close()
        self.reactor.advance(4.9)
        self.assertEqual(self.process.signals, [])
        self.reactor.advance(0.2)
        self.assertEqual(self.process.signals, ["KILL"])

    def test_a_process_that_just_ended_can_not_be_killed(self) -> None:
        """That it is gone by itself does no harm."""

        def gone(signal: str) -> None:
            raise ProcessExitedAlready

        self.process.signalProcess = gone  # type: ignore[method-assign]
        self.engine.close()
        self.reactor.advance(6.0)


class Recorder:
    """A VoiceEngine that keeps its commands."""

    def __init__(self) -> None:
        self.commands: list[VoiceCommand] = []
        self.tell = Heard().__call__
        self.is_closed = False

    def listen(self, receiver: object) -> None:
        """Keep who listens."""
        self.tell = receiver  # type: ignore[assignment]

    def command(self, command: VoiceCommand) -> None:
        """Keep it."""
        self.commands.append(command)

    def close(self) -> None:
        """Closed."""
        self.is_closed = True


class EngineEndTests(SynchronousTestCase):
    """The engine's end of the pipe."""

    def test_both_ways(self) -> None:
        """Commands reach the engine, reports reach the pipe, and its end is the end."""
        engine, ends, transport = Recorder(), [], StringTransport()
        end = EngineEnd(engine, lambda: ends.append(True))
        end.makeConnection(transport)
        end.dataReceived(framed(codec.encode(SetMicrophone(True))))
        self.assertEqual(engine.commands, [SetMicrophone(True)])
        engine.tell(PathUp(2.0))
        self.assertEqual(transport.value(), framed(codec.encode(PathUp(2.0))))
        self.assertEqual(ends, [])
        end.connectionLost()
        self.assertEqual(ends, [True])

    def test_devices_are_found_by_name(self) -> None:
        """`module:function`, so that this package need not know the sound library."""
        named = "voip.client.voice.devices:plain_devices"
        made = load_devices(named)
        self.assertIsInstance(made, type(plain_devices()))


class ImportTests(SynchronousTestCase):
    """What a client pays before anybody talks."""

    def test_the_words_of_the_engine_cost_nothing(self) -> None:
        """Knowing the commands loads neither numpy nor Opus, nor a sound library."""
        program = (
            "import sys, voip.client.voice.commands, voip.client.voice.process_engine;"
            "print([m for m in ('numpy', 'opuslib_next', 'pyaudio', 'soxr') if m in sys.modules])"
        )
        answer = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, text=True
        )
        self.assertEqual(answer.stdout.strip(), "[]")
