"""An engine on a clock and ports that belong to the test, with devices that only note."""

from collections.abc import Callable, Sequence

from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import (
    CALL,
    HOST,
    KEY_A,
    KEY_B,
    MINE,
    PORT,
    THEIRS,
    FakeReactor,
    Heard,
    config,
    predictable,
    tone,
)
from voip.client.voice.commands import (
    DeviceList,
    ReceiveKey,
    SendKey,
    StartTalking,
    UseDevices,
    UsePath,
)
from voip.client.voice.devices import (
    Devices,
    Microphone,
    NullSpeaker,
    SilentMicrophone,
    Speaker,
)
from voip.client.voice.engine import LocalVoiceEngine
from voip.media.samples import Samples

NAMES = DeviceList(("mic one",), ("ear one", "ear two"))


class ToneMicrophone(SilentMicrophone):
    """Hears a tone for ten seconds, and counts how often it was opened and closed."""

    def __init__(self) -> None:
        super().__init__("tone")
        self.blocks = tone(1000)
        self.held: list[Samples] = []
        self.is_stopped = False
        self.is_unplugged = False

    def read(self, due: int) -> Sequence[Samples]:
        """What is due of it."""
        blocks, self.blocks = self.blocks[:due], self.blocks[due:]
        held, self.held = self.held, []
        return held + blocks

    def is_gone(self, now: float) -> bool:
        """When the test says so."""
        return self.is_unplugged

    def stop(self) -> None:
        """Closed."""
        self.is_stopped = True


class Ear(NullSpeaker):
    """Keeps what it plays; with `asks`, it plays only what the card asked for."""

    def __init__(self) -> None:
        super().__init__("ear")
        self.played: list[Samples] = []
        self.asks: int | None = None
        self.is_unplugged = False
        self.is_stopped = False

    def wanted(self, due: int) -> int:
        """By the beat, or by its own clock."""
        return due if self.asks is None else self.asks

    def write(self, block: Samples) -> None:
        """Keep it."""
        self.played.append(block)
        if self.asks is not None:
            self.asks -= 1

    def is_gone(self, now: float) -> bool:
        """When the test says so."""
        return self.is_unplugged

    def stop(self) -> None:
        """Closed."""
        self.is_stopped = True


class EngineCase(SynchronousTestCase):
    """One engine, and another for the far end when a test wants it."""

    def setUp(self) -> None:
        """One engine with a tone for a microphone, and one at the far end."""
        self.reactor = FakeReactor()
        self.microphones: list[ToneMicrophone] = []
        self.ears: list[Ear] = []
        self.wakes: list[Callable[[], None]] = []
        self.opened: list[str] = []
        self.engine = LocalVoiceEngine(
            self.reactor,
            Devices(self.open_microphone, self.open_ear, lambda: NAMES),
            UseDevices("mic", "speaker"),
            random=predictable,
        )
        self.heard = Heard()
        self.engine.listen(self.heard)

    def open_microphone(self, words: str, wake: Callable[[], None]) -> Microphone:
        """A new one each time."""
        self.opened.append(words)
        self.microphones.append(ToneMicrophone())
        return self.microphones[-1]

    def open_ear(self, words: str, wake: Callable[[], None]) -> Speaker:
        """A new one each time."""
        self.opened.append(words)
        self.wakes.append(wake)
        self.ears.append(Ear())
        return self.ears[-1]

    def begin(self) -> None:
        """A path, a call and its keys."""
        self.engine.command(UsePath(config(), HOST))
        self.engine.command(StartTalking(CALL, MINE))
        self.engine.command(SendKey(CALL, 0, KEY_A))
        self.engine.command(ReceiveKey(CALL, THEIRS, 0, KEY_B))

    def far_engine(self) -> LocalVoiceEngine:
        """The other person, who talks to us."""
        devices = Devices(lambda *_: ToneMicrophone(), lambda *_: NullSpeaker(), lambda: NAMES)
        far = LocalVoiceEngine(self.reactor, devices, UseDevices("", ""), random=predictable)
        far.command(UsePath(config(is_far=True), HOST))
        far.command(StartTalking(CALL, THEIRS))
        far.command(SendKey(CALL, 0, KEY_B))
        far.command(ReceiveKey(CALL, MINE, 0, KEY_A))
        return far

    def talk(self, seconds: float) -> None:
        """Let time pass, and carry datagrams between the two first ports."""
        near, far = self.reactor.ports[:2]
        for _ in range(round(seconds * 100)):
            self.reactor.advance(0.010)
            for data in near.take():
                far.protocol.datagramReceived(data, (HOST, PORT))
            for data in far.take():
                near.protocol.datagramReceived(data, (HOST, PORT))
