"""Two pipelines in a call with each other, in simulated time."""

from collections.abc import Sequence

from tests.client.voice.wire import CALL, KEY_A, KEY_B, MINE, THEIRS, config, predictable
from voip.client.voice.commands import ReceiveKey, SendKey
from voip.client.voice.pipeline import VoicePipeline
from voip.media.samples import Samples


class Talk:
    """A near and a far pipeline in one call, and the way between them."""

    def __init__(self, lose_every: int = 0) -> None:
        self.near, self.far = VoicePipeline(predictable), VoicePipeline(predictable)
        self.now = 100.0
        self.lose_every = lose_every
        self.carried = 0
        for pipeline, is_far, stream in ((self.near, False, MINE), (self.far, True, THEIRS)):
            pipeline.use_path(config(is_far), self.now)
            pipeline.start(CALL, stream, self.now)

    def give_keys(self, generation: int = 0, key: bytes = KEY_A) -> None:
        """What the near end sends with, and the far end's as well."""
        self.near.send_key(SendKey(CALL, generation, key))
        self.far.receive_key(ReceiveKey(CALL, MINE, generation, key))
        self.far.send_key(SendKey(CALL, generation, KEY_B))
        self.near.receive_key(ReceiveKey(CALL, THEIRS, generation, KEY_B))

    def run(self, blocks: Sequence[Samples]) -> list[Samples]:
        """Let the near end hear these; what the far end plays."""
        heard = []
        for block in blocks:
            self.now += 0.010
            self.near.capture(block)
            self.carry()
            heard.append(self.far.playback())
            self.near.playback()
        return heard

    def carry(self) -> None:
        """Both ways, to the end; the way there may lose some."""
        self.near.handle_timer(self.now)
        self.far.handle_timer(self.now)
        for _ in range(3):
            for data in self.near.datagrams_to_send():
                self.carried += 1
                if not self.lose_every or self.carried % self.lose_every:
                    self.far.receive_datagram(data, self.now)
            for data in self.far.datagrams_to_send():
                self.near.receive_datagram(data, self.now)
