"""Opus (RFC 6716): 20 ms frames of speech to packets and back.

Knows libopus, reached through the low-level functions of ``opuslib_next``: its classes copy every
sample through Python lists (57 us to decode a frame, against 25 us here) and refuse the call that
asks for concealment. Knows nothing of streams, time or sequence numbers: the jitter buffer decides
which of ``decode``, ``decode_fec`` and ``conceal`` a moment needs, and the decoder carries its own
history from one call to the next.

Packets are constant bitrate, because the sizes of variable bitrate packets give away what is said
even when they are encrypted.
"""

import ctypes
from typing import Final

import numpy as np
from opuslib_next import APPLICATION_VOIP
from opuslib_next.api import ctl, decoder, encoder

from voip.core.errors import LocalProtocolError, VoipError
from voip.media.samples import FRAME_SAMPLES, SAMPLE_RATE, Samples

BITRATE: Final = 32_000
# Speech scored 4.30 at 8 and above, 4.05 at 5 (PESQ wideband); 9 costs no more than 8.
COMPLEXITY: Final = 9
# RFC 6716 section 3.2.1: no frame of a packet is longer.
_LARGEST_PACKET = 1275
# libopus spends too little on redundancy below this to be of use, and still takes it from the
# speech: 5 sounded worse than 10 at five percent of loss.
_LEAST_FEC_PERCENT = 10
_MOST_FEC_PERCENT = 30
# A listener's worse report counts at once, a better one only bit by bit: loss comes in spells.
_LOSS_DECAY = 0.75
# RFC 6716 section 3.1: configurations from 16 on are CELT only and can hold no redundancy.
_FIRST_CELT_ONLY_CONFIG = 16


class MalformedPacketError(VoipError):
    """A packet is not one 20 ms Opus frame: play concealment in its place."""


class Encoder:
    """One speaker's encoder: ``FRAME_SAMPLES`` in, one packet of constant size out."""

    def __init__(self, bitrate: int = BITRATE, complexity: int = COMPLEXITY) -> None:
        self._state = encoder.create_state(SAMPLE_RATE, 1, APPLICATION_VOIP)
        self._pcm = (ctypes.c_int16 * FRAME_SAMPLES)()
        self._samples: Samples = np.frombuffer(memoryview(self._pcm), dtype=np.int16)
        self._packet = ctypes.create_string_buffer(_LARGEST_PACKET)
        self._loss_percent = 0.0
        self._set(ctl.set_bitrate, bitrate)
        self._set(ctl.set_complexity, complexity)
        self._set(ctl.set_vbr, 0)
        self._set(ctl.set_dtx, 0)

    def __del__(self) -> None:
        if hasattr(self, "_state"):
            encoder.destroy(self._state)

    def set_expected_loss(self, percent: float) -> None:
        """Take a listener's report of loss, at about one a second, and set redundancy for it.

        A clean path carries no redundancy. The report is smoothed: redundancy appears with the
        first bad report and leaves some seconds after the last.
        """
        self._loss_percent = max(percent, self._loss_percent * _LOSS_DECAY)
        expected = fec_percent(self._loss_percent)
        self._set(ctl.set_inband_fec, 1 if expected else 0)
        self._set(ctl.set_packet_loss_perc, expected)

    @property
    def expected_loss(self) -> int:
        """The percentage libopus was told: zero, or from 10 on."""
        return int(encoder.encoder_ctl(self._state, ctl.get_packet_loss_perc))

    def encode(self, frame: Samples) -> bytes:
        """Encode one frame; raises LocalProtocolError when it is not ``FRAME_SAMPLES`` long."""
        if len(frame) != FRAME_SAMPLES:
            raise LocalProtocolError(f"a frame is {FRAME_SAMPLES} samples, not {len(frame)}")
        self._samples[:] = frame
        size = encoder.libopus_encode(
            self._state, self._pcm, FRAME_SAMPLES, self._packet, _LARGEST_PACKET
        )
        if size < 0:
            raise LocalProtocolError(f"libopus could not encode: error {size}")
        return ctypes.string_at(self._packet, size)

    def _set(self, request: object, value: int) -> None:
        encoder.encoder_ctl(self._state, request, value)


class Decoder:
    """One stream's decoder. Each call yields new samples and moves its history on."""

    def __init__(self) -> None:
        self._state = decoder.create_state(SAMPLE_RATE, 1)
        self._pcm = (ctypes.c_int16 * FRAME_SAMPLES)()
        self._samples: Samples = np.frombuffer(memoryview(self._pcm), dtype=np.int16)

    def __del__(self) -> None:
        if hasattr(self, "_state"):
            decoder.destroy(self._state)

    def decode(self, packet: bytes) -> Samples:
        """The frame a packet holds; raises MalformedPacketError, which leaves history as it was."""
        self._require_one_frame(packet)
        return self._run(packet, FRAME_SAMPLES, 0)

    def decode_fec(self, next_packet: bytes) -> Samples:
        """The frame before ``next_packet``, from the redundancy in it, else concealed.

        ``next_packet`` is to be decoded in full afterwards. Raises MalformedPacketError.
        """
        self._require_one_frame(next_packet)
        return self._run(next_packet, FRAME_SAMPLES, 1)

    def conceal(self, samples: int) -> Samples:
        """Go on from what was last heard, fading: ``samples`` is a multiple of 2.5 ms, to 20 ms."""
        if not 0 < samples <= FRAME_SAMPLES:
            raise LocalProtocolError(f"cannot conceal {samples} samples at once")
        return self._run(None, samples, 0)

    def _require_one_frame(self, packet: bytes) -> None:
        if not packet or len(packet) > _LARGEST_PACKET:
            raise MalformedPacketError(f"{len(packet)} bytes are no Opus packet")
        if decoder.libopus_get_nb_samples(self._state, packet, len(packet)) != FRAME_SAMPLES:
            raise MalformedPacketError("not 20 ms of Opus")

    def _run(self, packet: bytes | None, samples: int, fec: int) -> Samples:
        size = len(packet) if packet else 0
        count = decoder.libopus_decode(self._state, packet, size, self._pcm, samples, fec)
        if count != samples:
            raise MalformedPacketError(f"libopus could not decode: {count}")
        return self._samples[:samples].copy()


def fec_percent(loss_percent: float) -> int:
    """What to tell libopus of a loss: nothing under one percent, and never from 1 to 9."""
    if loss_percent < 1:
        return 0
    return round(min(max(loss_percent, _LEAST_FEC_PERCENT), _MOST_FEC_PERCENT))


def carries_fec(packet: bytes) -> bool:
    """Whether a packet of one frame also holds a low-rate copy of the frame before it.

    RFC 6716 section 4.2.3: a mono SILK frame starts with its activity flag and its redundancy flag,
    each of probability one half, so that they stand plain in its first byte.
    """
    if not packet or packet[0] >> 3 >= _FIRST_CELT_ONLY_CONFIG:
        return False
    start = _frame_start(packet)
    return start < len(packet) and bool(packet[start] & 0x40)


def _frame_start(packet: bytes) -> int:
    """Where the first frame is: behind the padding lengths of section 3.2.5 in a padded packet."""
    if packet[0] & 3 != 3 or len(packet) < 2:
        return 1
    start = 2
    if packet[1] & 0x40:
        while start < len(packet) and packet[start] == 255:
            start += 1
        start += 1
    return start
