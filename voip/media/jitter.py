"""The adaptive jitter buffer of one incoming stream: packets in as they come, sound out on time.

Theory of operation
-------------------
``put`` takes packets as the network brings them, ``take`` gives 10 ms whenever the playback clock
asks; neither reads a clock. What is controlled is the *delay*: how long after the earliest moment
the path could have brought it a sound is played. It is measured at each ``put`` as now, less the
best offset of the path (``arrivals``), less the timestamp of the next sample to be played, and so
does not depend on how late that packet was. Its *target* (``delay``) is what all but the slowest
packets of the last 20 s needed, and 20 ms more while lost packets are rebuilt from their
successors.

- The delay is led to its target a pitch period at a time (``stretch``).
- A missing packet with a later one at hand is lost: it is rebuilt from the redundancy in its
  successor, or concealed, and the timeline goes on.
- With nothing at hand sound is concealed and the timeline stands still: the packet may only be
  late. If it turns out lost, it was concealed already and is skipped.
- After 200 ms of that the stream is idle: silence, until a packet starts it anew.
- More than half a second waiting (a sink that starts late, a path that stood still) is cut down to
  the target at once.

The timeline counts the sender's samples. ``_position`` is where the next packet is wanted; what was
decoded and not yet played lies before it on the ``Tape``.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from voip.media.arrivals import UNIT_MS, WORTH_WAITING_MS, Arrivals
from voip.media.delay import LEAST_TARGET_MS, DelayControl
from voip.media.levels import PauseDetector
from voip.media.opus import Decoder, MalformedPacketError, carries_fec
from voip.media.samples import (
    BLOCK_MS,
    BLOCK_SAMPLES,
    FRAME_SAMPLES,
    SAMPLES_PER_MS,
    Samples,
    silence,
)
from voip.media.tape import Tape

_UNIT_SAMPLES: Final = int(UNIT_MS * SAMPLES_PER_MS)
_BACKLOG_SAMPLES: Final = 500 * SAMPLES_PER_MS
_IDLE_AFTER_SAMPLES: Final = 200 * SAMPLES_PER_MS
# So far back no packet is late: the sender counts anew.
_RESTART_PACKETS: Final = 1000
# Waiting for successors pays from this much loss on.
_FEC_FROM_LOSS: Final = 0.01
# In pauses there is nothing worth repeating, so its absence says little for two seconds.
_FEC_MISSED_AFTER: Final = 100


@dataclass(slots=True)
class _Counts:
    received: int = 0
    lost: int = 0
    late: int = 0
    fec_recovered: int = 0
    concealed: int = 0
    stretched: int = 0


@dataclass(frozen=True, slots=True)
class JitterStats:
    """How one stream is received: counts since its start, and times in milliseconds."""

    buffer_ms: float
    """How long after its earliest possible arrival a sound is played."""
    target_ms: float
    """What that is led to."""
    jitter_ms: float
    """Interarrival jitter of RFC 3550."""
    received: int
    """Packets that came, late ones included, doubles not."""
    lost: int
    """Packets whose time came before they did, if they ever came."""
    late: int
    """Packets that came after their time, or were cut from a backlog."""
    fec_recovered: int
    """Lost packets that were rebuilt from the redundancy in their successor."""
    concealed: int
    """Blocks of 10 ms that were made up."""
    stretched: int
    """Pitch periods dropped or repeated."""


class _Packet(NamedTuple):
    position: int
    data: bytes


class JitterBuffer:
    """One stream, used from one thread."""

    def __init__(
        self, least_ms: float = LEAST_TARGET_MS, most_ms: float = WORTH_WAITING_MS
    ) -> None:
        """`least_ms` and `most_ms` bound what the delay is led to."""
        self._arrivals = Arrivals()
        self._delay = DelayControl(least_ms, most_ms)
        self._decoder = Decoder()
        self._pauses = PauseDetector()
        self._tape = Tape()
        self._packets: dict[int, _Packet] = {}
        self._position = 0
        self._last_sequence: int | None = None
        self._is_idle = True
        self._hold = 0.0  # while idle: samples of silence to play before starting
        self._fec_age = _FEC_MISSED_AFTER  # packets since one held redundancy
        self._made_up = 0  # samples concealed while the timeline stood still
        self._counts = _Counts()

    def delay_between(self, least_ms: float, most_ms: float) -> None:
        """Lead the delay to between these from now on."""
        self._delay.least_ms, self._delay.most_ms = least_ms, most_ms

    def put(self, sequence: int, timestamp: int, packet: bytes, now: float, marker: bool) -> None:
        """Take a packet that came ``now`` (seconds, monotonic).

        ``sequence`` counts packets and does not wrap; ``timestamp`` counts 2.5 ms in 16 bits;
        ``marker`` is set on the first packet after the sender was silent.
        """
        if sequence in self._packets:
            return
        now_ms = now * 1000
        full = self._arrivals.unwrap(timestamp, now_ms)
        lateness = self._arrivals.note(sequence, full, now_ms)
        self._counts.received += 1
        if self._is_late(sequence):
            self._counts.late += 1
            return
        self._retarget(packet)
        if not self._packets:
            if marker and self._made_up:
                self._go_idle()
            self._hold = (self._delay.target_ms - lateness) * SAMPLES_PER_MS
        self._packets[sequence] = _Packet(full * _UNIT_SAMPLES, packet)
        self._cut_backlog()
        if not self._is_idle:
            playing_ms = (self._position - self._tape.pending) / SAMPLES_PER_MS
            self._delay.measure(now_ms - self._arrivals.best_offset - playing_ms)

    @property
    def is_resting(self) -> bool:
        """Whether `take` would give silence, and would change nothing."""
        return self._is_idle and not self._packets and not self._tape.pending

    def take(self) -> Samples:
        """The next 10 ms to play, always ``BLOCK_SAMPLES`` of them."""
        while self._tape.pending < BLOCK_SAMPLES:
            if self._is_idle:
                self._wait()
            elif self._packets:
                self._play(min(self._packets))
            else:
                self._starve()
        return self._tape.take(BLOCK_SAMPLES)

    def stats(self) -> JitterStats:
        """How the stream is received so far."""
        counts = self._counts
        return JitterStats(
            buffer_ms=self._delay.delay_ms,
            target_ms=self._delay.target_ms,
            jitter_ms=self._arrivals.jitter,
            received=counts.received,
            lost=counts.lost,
            late=counts.late,
            fec_recovered=counts.fec_recovered,
            concealed=counts.concealed,
            stretched=counts.stretched,
        )

    def _is_late(self, sequence: int) -> bool:
        if self._last_sequence is None or sequence > self._last_sequence:
            return False
        if self._last_sequence - sequence < _RESTART_PACKETS:
            return True
        self._packets.clear()
        self._last_sequence = None
        self._go_idle()
        return False

    def _retarget(self, packet: bytes) -> None:
        arrivals = self._arrivals
        self._fec_age = 0 if carries_fec(packet) else self._fec_age + 1
        waits_for_fec = arrivals.loss > _FEC_FROM_LOSS and self._fec_age < _FEC_MISSED_AFTER
        self._delay.retarget(arrivals.spread, arrivals.count, waits_for_fec)

    def _cut_backlog(self) -> None:
        """Keep no more than the target when more waits than anybody should ever have to."""
        oldest = self._packets[min(self._packets)].position
        playing = oldest if self._is_idle else self._position
        newest = max(packet.position for packet in self._packets.values())
        if newest - playing > _BACKLOG_SAMPLES:
            self._skip_to(newest - round(self._delay.target_ms * SAMPLES_PER_MS))

    def _skip_to(self, position: int) -> None:
        early = [key for key, packet in self._packets.items() if packet.position < position]
        for sequence in early:
            del self._packets[sequence]
        self._counts.late += len(early)
        first = min(self._packets)
        self._last_sequence = first - 1
        self._position = self._packets[first].position
        self._delay.restart()

    def _go_idle(self) -> None:
        self._is_idle = True
        self._made_up = 0
        self._delay.restart()

    def _wait(self) -> None:
        """Idle: silence until the first packet has been held for the target."""
        if self._packets and self._hold <= 0:
            self._is_idle = False
            self._position = self._packets[min(self._packets)].position
        elif self._packets:
            self._hold -= BLOCK_SAMPLES
            self._tape.append(silence())
        else:
            self._tape.append(silence(BLOCK_SAMPLES - self._tape.pending))

    def _starve(self) -> None:
        """Nothing at hand: make sound up, and let the timeline stand still."""
        self._conceal(BLOCK_SAMPLES)
        self._delay.moved(BLOCK_MS)
        self._made_up += BLOCK_SAMPLES
        if self._made_up >= _IDLE_AFTER_SAMPLES:
            self._go_idle()

    def _play(self, sequence: int) -> None:
        """Go on with the earliest packet at hand, or with what is missing before it."""
        packet = self._packets[sequence]
        gap = packet.position - self._position
        if gap <= -FRAME_SAMPLES // 2:  # its time was filled while a later one was at hand
            del self._packets[sequence]
            self._counts.late += 1
        elif gap > 0:
            self._bridge(gap, sequence, packet.data)
        else:
            self._decode(sequence)

    def _bridge(self, gap: int, sequence: int, successor: bytes) -> None:
        """Fill, or skip, some or all of the samples missing before a packet."""
        is_lost = self._last_sequence is not None and sequence > self._last_sequence + 1
        if is_lost and gap <= FRAME_SAMPLES > self._made_up:
            self._rebuild(successor)
            self._delay.moved((FRAME_SAMPLES - gap) / SAMPLES_PER_MS)
            self._position += gap
        elif self._made_up:
            skipped = min(gap, self._made_up)
            self._made_up -= skipped
            self._delay.moved(-skipped / SAMPLES_PER_MS)
            self._position += skipped
        else:
            concealed = min(gap, FRAME_SAMPLES)
            self._conceal(concealed)
            self._position += concealed

    def _rebuild(self, successor: bytes) -> None:
        """A whole frame for the one lost before a packet."""
        if not carries_fec(successor):
            self._conceal(FRAME_SAMPLES)
            return
        try:
            frame = self._decoder.decode_fec(successor)
        except MalformedPacketError:
            self._conceal(FRAME_SAMPLES)
        else:
            self._tape.append(frame)
            self._counts.fec_recovered += 1

    def _conceal(self, samples: int) -> None:
        self._tape.append(self._decoder.conceal(samples))
        self._counts.concealed += max(1, samples // BLOCK_SAMPLES)

    def _decode(self, sequence: int) -> None:
        packet = self._packets.pop(sequence)
        if self._last_sequence is not None:
            self._counts.lost += sequence - self._last_sequence - 1
        self._last_sequence = sequence
        self._position = packet.position + FRAME_SAMPLES
        self._made_up = 0
        try:
            frame = self._decoder.decode(packet.data)
        except MalformedPacketError:
            self._counts.lost += 1
            self._conceal(FRAME_SAMPLES)
        else:
            self._append(frame)

    def _append(self, frame: Samples) -> None:
        """Put a frame on the tape, stretched towards the target where that goes unheard."""
        is_pause = self._pauses.is_pause(frame)
        wish = round(self._delay.wish(is_pause) * SAMPLES_PER_MS)
        change = self._tape.append_stretched(frame, wish, is_pause) if wish else 0
        if change:
            self._delay.joined(change / SAMPLES_PER_MS)
            self._counts.stretched += 1
        elif not wish:
            self._tape.append(frame)
