"""The engine in this process, on a clock and ports that belong to the test."""

from collections.abc import Callable, Sequence

from tests.client.voice.engine_case import NAMES, EngineCase
from tests.client.voice.wire import (
    CALL,
    HOST,
    KEY_A,
    KEY_B,
    MINE,
    OTHER_CALL,
    THEIRS,
    config,
    loudness,
)
from voip.client.voice.commands import (
    CallFigures,
    DevicesInUse,
    DropPath,
    DropStream,
    Levels,
    PathUp,
    ReceiveKey,
    SendKey,
    SetMicrophone,
    StartTalking,
    StopTalking,
    Trouble,
    UdpUse,
    UseDevices,
    UseNetwork,
    UsePath,
    VoiceTrouble,
)
from voip.client.voice.devices import (
    DeviceError,
    Devices,
    Microphone,
    Speaker,
)
from voip.client.voice.engine import LocalVoiceEngine
from voip.media.samples import Samples


class EngineTests(EngineCase):
    """Commands in, sound and reports out."""

    def test_two_engines_talk(self) -> None:
        """What the far end says is played, and the figures of the call are told each second."""
        self.begin()
        far = self.far_engine()
        self.talk(3.1)
        self.assertEqual(len(self.heard.of(PathUp)), 1)
        figures = self.heard.of(CallFigures)
        self.assertEqual(len(figures), 3)
        self.assertEqual((figures[2].loss, figures[2].sent), (0.0, 150))
        self.assertEqual(len(self.heard.of(Levels)), 31)
        self.assertGreater(loudness(self.ears[0].played[100:]), 4000)
        self.assertEqual(len(self.ears[0].played), 310)
        far.close()

    def test_the_devices_open_with_the_call_only(self) -> None:
        """A path and keys open nothing; StartTalking does, and StopTalking closes."""
        self.engine.command(UsePath(config(), HOST))
        self.engine.command(ReceiveKey(CALL, THEIRS, 0, KEY_B))
        self.reactor.run(1.0)
        self.assertEqual((self.microphones, self.ears), ([], []))
        self.begin()
        self.reactor.run(0.1)
        self.assertEqual(self.heard.of(DevicesInUse), [DevicesInUse("tone", "ear")])
        self.engine.command(StopTalking(OTHER_CALL))
        self.assertFalse(self.microphones[0].is_stopped)
        self.engine.command(StopTalking(CALL))
        self.assertTrue(self.microphones[0].is_stopped)
        self.assertTrue(self.ears[0].is_stopped)
        self.reactor.port.take()
        self.reactor.run(0.9)
        self.assertLess(len(self.reactor.port.take()), 3)  # PINGs

    def test_the_same_call_begins_once(self) -> None:
        """StartTalking told twice opens nothing twice; another call takes the devices over."""
        self.begin()
        self.engine.command(StartTalking(CALL, MINE))
        self.engine.command(StartTalking(OTHER_CALL, MINE))
        self.assertEqual(self.opened, ["mic", "speaker"])
        self.assertFalse(self.microphones[0].is_stopped)

    def test_another_call_gets_nothing_of_the_one_before(self) -> None:
        """Neither what was said into it, nor its keys, nor what was still to be heard of it."""
        self.begin()
        far = self.far_engine()
        self.talk(1.0)
        self.microphones[0].held = self.microphones[0].blocks[:5]
        self.engine.command(StartTalking(OTHER_CALL, MINE))
        self.engine.command(SendKey(OTHER_CALL, 0, KEY_A))
        self.assertEqual(self.microphones[0].held, [])
        played = len(self.ears[0].played)
        self.talk(0.5)
        self.assertEqual(loudness(self.ears[0].played[played:]), 0.0)
        self.assertEqual(self.heard.of(CallFigures)[-1].call_id, CALL)
        self.talk(0.5)
        self.assertEqual(self.heard.of(CallFigures)[-1].sent, 50)
        far.close()

    def test_a_muted_microphone_sends_nothing(self) -> None:
        """No MEDIA leaves while it is muted."""
        self.begin()
        self.reactor.run(0.5)
        self.engine.command(SetMicrophone(True))
        self.reactor.port.take()
        self.reactor.run(0.4)
        self.assertLess(len(self.reactor.port.take()), 3)
        self.engine.command(SetMicrophone(False))
        self.reactor.run(0.4)
        self.assertGreater(len(self.reactor.port.take()), 15)

    def test_the_beat_does_not_drift(self) -> None:
        """With turns of the reactor that are always late, as much is sent as was said."""
        self.begin()
        self.reactor.run(3.0, step=0.013)
        figures = self.heard.of(CallFigures)
        self.assertEqual(len(figures), 3)
        self.assertApproximates(len(self.ears[0].played), 300, 2)

    def test_one_turn_moves_one_beat(self) -> None:
        """The timer wakes once for each beat: waking is most of what a quiet call costs."""
        self.begin()
        turns: list[int] = []
        read = self.microphones[0].read

        def counted(due: int) -> Sequence[Samples]:
            turns.append(due)
            return read(due)

        self.microphones[0].read = counted  # type: ignore[method-assign]
        for _ in range(100):
            self.reactor.advance(0.010_000_1)
            self.reactor.advance(0)
        self.assertEqual(turns, [1] * 100)

    def test_a_stall_is_made_up_for(self) -> None:
        """After 200 ms without a turn, nothing of what was said is missing."""
        self.begin()
        self.reactor.advance(0.2)
        self.assertEqual(len(self.ears[0].played), 20)

    def test_a_speaker_with_a_clock_sets_the_pace(self) -> None:
        """It gets what it asks for, in the turn after it woke the engine; the timer stands by."""
        self.begin()
        ear = self.ears[0]
        ear.asks = 0
        self.reactor.run(0.1)
        self.assertEqual(ear.played, [])
        ear.asks = 2
        self.wakes[0]()
        self.assertEqual(ear.played, [])
        self.reactor.advance(0)
        self.assertEqual(len(ear.played), 2)
        self.engine.command(StopTalking(CALL))
        self.wakes[0]()
        self.reactor.advance(0)
        self.assertEqual(len(ear.played), 2)

    def test_a_device_that_goes_away_is_told(self) -> None:
        """The call goes on with silence in its place."""
        self.begin()
        self.reactor.run(0.5)
        self.microphones[0].is_unplugged = self.ears[0].is_unplugged = True
        self.reactor.run(1.0)
        troubles = [(trouble.what, trouble.detail) for trouble in self.heard.of(Trouble)]
        gone = VoiceTrouble.DEVICE_GONE
        self.assertEqual(troubles, [(gone, "tone"), (gone, "ear")])
        self.assertEqual(self.heard.of(DevicesInUse)[-1], DevicesInUse("none", "none"))
        self.assertTrue(self.microphones[0].is_stopped)
        self.reactor.run(1.0)
        self.assertEqual(len(self.heard.of(CallFigures)), 2)

    def test_without_devices_one_still_can_call(self) -> None:
        """Each is told, silence takes its place, and packets go out all the same."""

        def no_microphone(words: str, wake: Callable[[], None]) -> Microphone:
            raise DeviceError(VoiceTrouble.NO_MICROPHONE, "none here")

        def busy(words: str, wake: Callable[[], None]) -> Speaker:
            raise DeviceError(VoiceTrouble.DEVICE_BUSY)

        devices = Devices(no_microphone, busy, lambda: NAMES)
        self.engine = LocalVoiceEngine(self.reactor, devices, UseDevices("mic", "speaker"))
        self.engine.listen(self.heard)
        self.begin()
        self.reactor.run(1.1)
        told = [Trouble(VoiceTrouble.NO_MICROPHONE, "none here"), Trouble(VoiceTrouble.DEVICE_BUSY)]
        self.assertEqual(self.heard.of(Trouble)[:2], told)
        self.assertEqual(self.heard.of(DevicesInUse), [DevicesInUse("none", "none")])
        self.assertEqual(self.heard.of(CallFigures)[0].sent, 50)

    def test_a_path_is_kept_alive_without_a_call(self) -> None:
        """Pings go out in their rhythm, and a server that never answers is told as blocked."""
        self.engine.command(UseNetwork(UdpUse.ON))
        self.engine.command(UsePath(config(), HOST))
        self.reactor.run(6.0, step=0.1)
        self.assertApproximates(len(self.reactor.port.take()), 12, 1)
        self.assertEqual(self.heard.of(Trouble), [Trouble(VoiceTrouble.UDP_BLOCKED)])

    def test_a_dropped_path_is_silent(self) -> None:
        """The socket is closed and nothing is sent any more; a stream may be dropped as well."""
        self.begin()
        self.reactor.run(0.2)
        self.engine.command(DropStream(CALL, THEIRS))
        self.engine.command(DropPath())
        port = self.reactor.port
        self.assertFalse(port.is_open)
        port.take()
        self.reactor.run(1.0)
        self.assertEqual(port.take(), [])

    def test_the_same_path_keeps_its_socket(self) -> None:
        """Only another configuration opens another socket."""
        self.engine.command(UsePath(config(), HOST))
        self.engine.command(UsePath(config(), HOST))
        self.assertEqual(len(self.reactor.ports), 1)
        self.engine.command(UsePath(config(keepalive=20), HOST))
        self.assertEqual([port.is_open for port in self.reactor.ports], [False, True])

    def test_nothing_is_left_behind(self) -> None:
        """A closed engine has no timer, no socket and no device, and tells nothing more."""
        self.begin()
        self.reactor.run(0.2)
        self.engine.close()
        told = len(self.heard.reports)
        self.reactor.run(2.0)
        self.assertEqual(len(self.heard.reports), told)
        self.assertEqual(self.reactor.getDelayedCalls(), [])
        self.assertTrue(self.microphones[0].is_stopped)
        self.assertFalse(self.reactor.port.is_open)
