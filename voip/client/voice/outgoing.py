"""What this device says: blocks from the microphone to MEDIA frames.

    blocks of 10 ms -> capture stages -> frames of 20 ms -> Opus -> SFrame -> MEDIA frame

Knows the key it sends under and nothing of who hears it. Time is counted in samples of the
microphone, so the timestamps of two frames differ by what was captured between them, whether it
was sent or not. Nothing leaves here without a key, and nothing while muted: others are told of the
mute by signalling, and no packet rate can give away what was said into a muted microphone.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from voip.core.ids import StreamId
from voip.media.levels import SILENCE_DB, audio_level, decibels
from voip.media.opus import Encoder
from voip.media.samples import BLOCK_MS, FRAME_MS, FRAME_SAMPLES, Samples
from voip.media.sframe import Sender, SenderKey
from voip.wire.media_frames import TIMESTAMP_UNIT, Media

_BLOCKS_PER_FRAME: Final = FRAME_MS // BLOCK_MS
_STEPS_PER_FRAME: Final = round(FRAME_MS / 1000 / TIMESTAMP_UNIT)
_TIMESTAMP_WRAP: Final = 1 << 16


class CaptureStage(Protocol):
    """A step between the microphone and the encoder, such as cancelling the echo.

    Gets every block that is captured, muted or not, so that what it has learnt stays true, and
    gives one of the same length.
    """

    def process(self, block: Samples) -> Samples: ...


class OutgoingVoice:
    """One stream of this device. `stages` run in their order."""

    def __init__(self, stream: StreamId, stages: Sequence[CaptureStage] = ()) -> None:
        self.stream = stream
        self._stages = tuple(stages)
        self._encoder = Encoder()
        self._sender: Sender | None = None
        self._key: SenderKey | None = None
        self._pending: list[Samples] = []
        self._pending_samples = 0
        self._timestamp = 0
        self._is_first = True
        self._is_muted = False
        self._reports = 0
        self._reported_percent = 0.0
        self.level_db = SILENCE_DB
        """How loud the microphone was last, after its stages; silence while muted."""
        self.sent = 0
        """MEDIA frames made so far."""

    def use_key(self, key: SenderKey) -> None:
        """Seal with this key from the next frame on.

        The key in use keeps its counter when it is given again: a counter used twice under one key
        would open both frames.
        """
        if key != self._key:
            self._key, self._sender = key, Sender(key)

    def set_muted(self, is_muted: bool) -> None:
        """Stop or go on with sending what is heard."""
        self._is_muted = is_muted
        if is_muted:
            self.level_db = SILENCE_DB

    def expect_loss(self, percent: float) -> None:
        """A listener misses so many packets of a hundred, as each tells once a second."""
        self._reports += 1
        self._reported_percent += percent

    def close_second(self) -> None:
        """Arm Opus against what the listeners miss, each of whom counts alike."""
        if self._reports:
            self._encoder.set_expected_loss(self._reported_percent / self._reports)
            self._reports, self._reported_percent = 0, 0.0

    def capture(self, block: Samples) -> Media | None:
        """Take the next 10 ms; gives a frame when 20 ms are together and may be sent."""
        for stage in self._stages:
            block = stage.process(block)
        self._pending.append(block)
        self._pending_samples += len(block)
        if self._pending_samples < FRAME_SAMPLES:
            return None
        frame = np.concatenate(self._pending)
        self._pending, self._pending_samples = [], 0
        return self._frame(frame)

    def skip(self, blocks: int) -> None:
        """Time passed without its sound: listeners find it missing, not late."""
        steps = blocks * _STEPS_PER_FRAME // _BLOCKS_PER_FRAME
        self._timestamp = (self._timestamp + steps) % _TIMESTAMP_WRAP
        self._is_first = True

    def _frame(self, frame: Samples) -> Media | None:
        timestamp = self._timestamp
        self._timestamp = (timestamp + _STEPS_PER_FRAME) % _TIMESTAMP_WRAP
        if self._is_muted or self._sender is None:
            self._is_first = True
            return None
        self.level_db = decibels(frame)
        sealed = self._sender.seal(self._encoder.encode(frame))
        is_first, self._is_first = self._is_first, False
        self.sent += 1
        return Media(self.stream, audio_level(frame), timestamp, sealed, is_first)
