"""A conference without signalling, sockets or time: real voices and relay, a pretended network.

Everybody is a `VoicePipeline` on a leg of a `PythonRelay`, in one room. Time is simulated, so the
load of the machine changes nothing.
"""

from collections.abc import Sequence

import numpy as np
from twisted.internet.testing import MemoryReactorClock

from tests.server.relay.clients import CountingRandom, PretendSocket
from voip.client.voice.commands import CallFigures, ReceiveKey, SendKey
from voip.client.voice.pipeline import VoicePipeline
from voip.core.ids import CallId, Cid, StreamId
from voip.core.media_config import MediaConfig, MediaSuite
from voip.media.samples import BLOCK_SAMPLES, Samples
from voip.server.relay.python_engine import PythonRelay
from voip.wire.datagram import MediaKeys, Suite
from voip.wire.roaming import Address

CALL = CallId(b"c" * 16)
ROOM = 7
_BLOCK_SECONDS = 0.010
_WARM_UP_BLOCKS = 100  # until every address is proven


class PretendedRoom:
    """So many people, numbered from 0, who all hear each other."""

    def __init__(self, people: int) -> None:
        self._random = CountingRandom()
        self._network = PretendSocket()
        self._clock = MemoryReactorClock()
        self.relay = PythonRelay(
            self._network, self._clock, self._clock.seconds, self._random, lambda _: None
        )
        self.relay.start()
        self.voices = [self._join(number) for number in range(people)]
        self._at: dict[Address, VoicePipeline] = {
            _address(number): voice for number, voice in enumerate(self.voices)
        }
        cids = [Cid(number + 1) for number in range(people)]
        for cid in cids:
            others = [other for other in cids if other != cid]
            self.relay.set_receivers(cid, StreamId(cid), others, ROOM)
        self._give_keys()
        self.run([[np.zeros(BLOCK_SAMPLES, np.int16)] * _WARM_UP_BLOCKS] * people)

    def run(self, said: Sequence[Sequence[Samples]]) -> list[Samples]:
        """Let everybody say these blocks at once; what each one hears."""
        heard: list[list[Samples]] = [[] for _ in self.voices]
        for blocks in zip(*said, strict=True):
            self._clock.advance(_BLOCK_SECONDS)
            for voice, block in zip(self.voices, blocks, strict=True):
                voice.capture(block)
                voice.handle_timer(self._clock.seconds())
            self._carry()
            for voice, ears in zip(self.voices, heard, strict=True):
                ears.append(voice.playback())
        return [np.concatenate(ears) for ears in heard]

    def figures(self, number: int) -> CallFigures:
        """How somebody's call fares."""
        figures = self.voices[number].figures(0.0)
        assert figures is not None
        return figures

    def close(self) -> None:
        """End the relay."""
        self.relay.stop()

    def _join(self, number: int) -> VoicePipeline:
        cid = Cid(number + 1)
        up, down = (MediaKeys.generate(Suite.AES_128_GCM, self._random) for _ in range(2))
        self.relay.open_leg(cid, up, down)
        keys = (up.key, up.iv, down.key, down.iv)
        voice = VoicePipeline(self._random)
        now = self._clock.seconds()
        voice.use_path(MediaConfig("", 1, cid, MediaSuite.AES_128_GCM, *keys, 5, 1200), now)
        voice.start(CALL, StreamId(cid), now)
        return voice

    def _give_keys(self) -> None:
        for number, voice in enumerate(self.voices):
            key = bytes([number]) * 32
            stream = StreamId(number + 1)
            voice.send_key(SendKey(CALL, 0, key))
            for other in self.voices:
                if other is not voice:
                    other.receive_key(ReceiveKey(CALL, stream, 0, key))

    def _carry(self) -> None:
        """All datagrams, there and back, until none is under way."""
        while self._send() or self._network.incoming or self._network.outgoing:
            self.relay.doRead()
            sent, self._network.outgoing = self._network.outgoing, []
            for data, address in sent:
                self._at[address].receive_datagram(data, self._clock.seconds())

    def _send(self) -> bool:
        for number, voice in enumerate(self.voices):
            for data in voice.datagrams_to_send():
                self._network.incoming.append((data, _address(number)))
        return bool(self._network.incoming)


def _address(number: int) -> Address:
    return (f"192.0.2.{number}", 40_000)
