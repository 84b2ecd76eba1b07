"""How much a jitter buffer delays, how much it should, and when to change it.

Pure control: numbers in, a wish out. Knows nothing of packets or sound; the jitter buffer measures,
asks what to do at each frame of speech, and reports what it did. The delay is filtered, because a
single measurement has the grain of the playback clock in it (and shows how coarse that is); changes
the buffer made itself are known exactly and are added at once.
"""

from typing import Final

from voip.media.arrivals import WORTH_WAITING_MS
from voip.media.samples import BLOCK_MS, FRAME_MS

LEAST_TARGET_MS: Final = 20.0
# Before the path is known: enough for most, little enough to be given back in the first pause.
FIRST_TARGET_MS: Final = 40.0
_KNOWN_AFTER_PACKETS: Final = 100
# What rebuilds a lost packet is in the next one, which comes a frame later.
_FEC_MS: Final = float(FRAME_MS)

_GAIN: Final = 1 / 16
# A sound server may take 40 ms in one go; what that is beyond a block has to be waited for.
_MOST_GRAIN_MS: Final = 40.0
_GRAIN_DECAY: Final = 0.999
# How far from its target the delay may stay. Every joint costs a little quality and every change
# of delay more, so in speech it is left alone until far over. A path that made it grow is likely to
# do so again: only after a calm 10 s is all of it given back, in pauses. Too short a delay costs
# most, and is mended first.
_OVER_MS: Final = 50.0
_SETTLED_MS: Final = 30.0
_CALM_OVER_MS: Final = 5.0
_CALM_FRAMES: Final = 10_000 // FRAME_MS
_UNDER_MS: Final = 10.0
_PAUSE_UNDER_MS: Final = 5.0
_FRAMES_BETWEEN_JOINTS: Final = 3


class DelayControl:
    """The delay of one stream and the target it is led to, in milliseconds."""

    def __init__(
        self, least_ms: float = LEAST_TARGET_MS, most_ms: float = WORTH_WAITING_MS
    ) -> None:
        self.least_ms = least_ms
        self.most_ms = most_ms
        self.target_ms = self.delay_ms = max(FIRST_TARGET_MS, least_ms)
        self._grain_ms = 0.0
        self._is_measured = False
        self._is_shrinking = False
        self._frames_since_joint = 0
        self._calm_frames = 0

    def retarget(self, spread_ms: float, packets: int, waits_for_fec: bool) -> None:
        """Set the target for a path with this spread, known from so many packets."""
        target = spread_ms + max(0.0, self._grain_ms - BLOCK_MS)
        if waits_for_fec:
            target += _FEC_MS
        least = self.least_ms
        if packets <= _KNOWN_AFTER_PACKETS:
            least = max(least, FIRST_TARGET_MS)
        self.target_ms = min(max(target, least), self.most_ms)

    def restart(self) -> None:
        """Playing starts anew: the next measurement stands for itself."""
        self.delay_ms = self.target_ms
        self._is_measured = False
        self._is_shrinking = False

    def measure(self, delay_ms: float) -> None:
        """Take in the delay as measured at the arrival of a packet."""
        if self._is_measured:
            short_ms = min(self.delay_ms - delay_ms, _MOST_GRAIN_MS)
            self._grain_ms = max(short_ms, self._grain_ms * _GRAIN_DECAY)
            self.delay_ms += (delay_ms - self.delay_ms) * _GAIN
        else:
            self.delay_ms = delay_ms
            self._is_measured = True

    def moved(self, change_ms: float) -> None:
        """The buffer has made the delay longer, or shorter, by this."""
        self.delay_ms += change_ms
        if change_ms > 0:
            self._calm_frames = 0

    def wish(self, is_pause: bool) -> float:
        """How much longer (or, negative, shorter) the delay should become at this frame."""
        self._frames_since_joint += 1
        if not self._is_measured:
            return 0.0
        excess = self.delay_ms - self.target_ms
        self._calm_frames += 1
        if is_pause:
            over = _CALM_OVER_MS if self._calm_frames > _CALM_FRAMES else _SETTLED_MS
            return 0.0 if -_PAUSE_UNDER_MS <= excess <= over else -excess
        self._is_shrinking = excess > (_SETTLED_MS if self._is_shrinking else _OVER_MS)
        if self._frames_since_joint <= _FRAMES_BETWEEN_JOINTS:
            return 0.0
        return -excess if self._is_shrinking or excess < -_UNDER_MS else 0.0

    def joined(self, change_ms: float) -> None:
        """A pitch period was repeated (or, negative, dropped)."""
        self._frames_since_joint = 0
        self.delay_ms += change_ms
