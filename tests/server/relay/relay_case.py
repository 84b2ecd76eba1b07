"""Three people on a pretended network, around a relay engine."""

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.server.relay.clients import Client, CountingRandom, PretendSocket
from voip.core.ids import StreamId
from voip.server.relay.interface import (
    RelayEngine,
    RelayEvent,
)
from voip.server.relay.python_engine import PythonRelay
from voip.wire.media_frames import Media, Pad, Ping
from voip.wire.roaming import Address

ANNS_VOICE, BOBS_VOICE = StreamId(11), StreamId(12)
WORD = Media(ANNS_VOICE, 0x83, 777, b"sealed for bob alone", is_first_after_silence=True)
HELLO = (Ping(b"hello..."), Pad(200))
CAFE: Address = ("198.51.100.9", 1234)


class RelayCase(SynchronousTestCase):
    """Ann and Bob in a call, Cat with a leg and no call, on a pretended network."""

    quiet_after = 15.0

    def setUp(self) -> None:
        self.network = PretendSocket()
        self.reactor = MemoryReactorClock()
        self.events: list[RelayEvent] = []
        self.relay = PythonRelay(
            self.network,
            self.reactor,
            self.reactor.seconds,
            CountingRandom(),
            self.events.append,
            self.quiet_after,
        )
        self.engine: RelayEngine = self.relay
        self.engine.start()
        self.addCleanup(self.engine.stop)
        self.ann, self.bob, self.cat = (Client(cid, self.network) for cid in (1, 2, 3))
        for client in (self.ann, self.bob, self.cat):
            client.join(self.engine)
        self.engine.set_receivers(self.ann.cid, ANNS_VOICE, [self.bob.cid])
        self.engine.set_receivers(self.bob.cid, BOBS_VOICE, [self.ann.cid])

    def settle(self, *clients: Client) -> None:
        """Make the addresses of these clients known and proven, and forget how."""
        for client in clients:
            client.send(*HELLO)
            self.relay.doRead()
            client.answer_challenges()
            self.relay.doRead()
            client.datagrams()
        self.events.clear()

    def drops(self) -> dict[str, int]:
        """Counted drops by name."""
        return {cause.value: count for cause, count in self.engine.stats().drops.items()}
