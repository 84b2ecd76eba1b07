"""Opus through the binding: what goes in comes out, and nothing malformed passes."""

import contextlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from opuslib_next.api import ctl, encoder
from twisted.trial.unittest import SynchronousTestCase

from tests.media.voices import packets, speech, tone
from voip.core.errors import LocalProtocolError
from voip.media.levels import rms
from voip.media.opus import (
    COMPLEXITY,
    Decoder,
    Encoder,
    MalformedPacketError,
    carries_fec,
    fec_percent,
)
from voip.media.samples import FRAME_SAMPLES, Samples, silence


def likeness(one: Samples, other: Samples) -> float:
    """How alike two sounds are, at the best shift within a frame."""
    products = np.correlate(one.astype(float), other.astype(float)[FRAME_SAMPLES:-FRAME_SAMPLES])
    part = one.astype(float)[FRAME_SAMPLES:-FRAME_SAMPLES]
    return float(products.max() / np.dot(part, part))


class EncoderTests(SynchronousTestCase):
    """Encoder."""

    def test_every_packet_has_one_size(self) -> None:
        """32 kbit/s are 80 bytes in 20 ms, whatever is said, with redundancy or without."""
        self.assertEqual({len(packet) for packet in packets() + packets(10)}, {80})

    def test_it_is_set_as_it_was_measured(self) -> None:
        """Bitrate, constant rate and complexity reach libopus."""
        state = Encoder()._state
        asked = (ctl.get_bitrate, ctl.get_vbr, ctl.get_complexity, ctl.get_dtx)
        found = [encoder.encoder_ctl(state, request) for request in asked]
        self.assertEqual(found, [32_000, 0, COMPLEXITY, 0])

    def test_a_clean_path_has_no_redundancy(self) -> None:
        """Nothing is taken from the speech until loss is reported."""
        self.assertEqual(Encoder().expected_loss, 0)
        self.assertFalse(any(carries_fec(packet) for packet in packets()))

    def test_reported_loss_brings_redundancy(self) -> None:
        """Most packets of speech then hold the frame before."""
        self.assertGreater(np.mean([carries_fec(packet) for packet in packets(10)]), 0.5)

    def test_loss_comes_at_once_and_goes_slowly(self) -> None:
        """One better report does not end redundancy; some in a row do."""
        speaker = Encoder()
        speaker.set_expected_loss(16)
        self.assertEqual(speaker.expected_loss, 16)
        speaker.set_expected_loss(0)
        self.assertEqual(speaker.expected_loss, 12)
        for _ in range(10):
            speaker.set_expected_loss(0)
        self.assertEqual(speaker.expected_loss, 0)

    def test_a_frame_of_another_length_is_our_mistake(self) -> None:
        """It is refused loudly."""
        with self.assertRaises(LocalProtocolError):
            Encoder().encode(silence(FRAME_SAMPLES - 1))


class FecPercentTests(SynchronousTestCase):
    """fec_percent."""

    @given(st.floats(0, 100))
    @settings(deadline=None)
    def test_it_is_nothing_or_from_ten_to_thirty(self, loss: float) -> None:
        """Values between are worse than either."""
        percent = fec_percent(loss)
        self.assertTrue(percent == 0 or 10 <= percent <= 30)
        self.assertEqual(percent == 0, loss < 1)


class DecoderTests(SynchronousTestCase):
    """Decoder."""

    def test_speech_comes_out_as_it_went_in(self) -> None:
        """The waveform is kept, but for the coder's delay."""
        decoder = Decoder()
        heard = np.concatenate([decoder.decode(packet) for packet in packets()])
        self.assertGreater(likeness(speech()[: len(heard)], heard), 0.8)

    def test_a_lost_frame_is_rebuilt_from_the_next_packet(self) -> None:
        """It is far nearer to what was said than concealment is."""
        sent = packets(10)
        lost = next(
            number
            for number in range(20, len(sent))
            if carries_fec(sent[number + 1])
            and rms(speech()[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES]) > 2000
        )
        whole, rebuilt, concealed = Decoder(), Decoder(), Decoder()
        for packet in sent[:lost]:
            for decoder in (whole, rebuilt, concealed):
                decoder.decode(packet)
        said = whole.decode(sent[lost]).astype(float)
        by_fec = rebuilt.decode_fec(sent[lost + 1]) - said
        by_guess = concealed.conceal(FRAME_SAMPLES) - said
        self.assertLess(np.square(by_fec).sum(), np.square(by_guess).sum())

    def test_concealment_goes_on_and_fades(self) -> None:
        """It sounds at first and is gone within a second."""
        decoder = Decoder()
        frame = tone(200, FRAME_SAMPLES)
        speaker = Encoder()
        for _ in range(10):
            decoder.decode(speaker.encode(frame))
        made_up = [rms(decoder.conceal(480)) for _ in range(100)]
        self.assertGreater(made_up[0], 1000)
        self.assertLess(made_up[-1], 100)

    def test_concealment_of_no_or_too_much_sound_is_our_mistake(self) -> None:
        """At most a frame at a time."""
        for count in (0, FRAME_SAMPLES + 1):
            with self.assertRaises(LocalProtocolError):
                Decoder().conceal(count)

    def test_what_is_not_a_frame_of_20_ms_is_malformed(self) -> None:
        """Nothing, too much, a truncated packet, other durations."""
        for junk in (b"", bytes(1276), b"\xff", b"\x03", b"\x00" * 40):
            with self.assertRaises(MalformedPacketError):
                Decoder().decode(junk)
            with self.assertRaises(MalformedPacketError):
                Decoder().decode_fec(junk)

    @given(st.lists(st.binary(max_size=200), max_size=10))
    @settings(deadline=None, max_examples=100)
    def test_whatever_comes_is_a_frame_or_malformed(self, junk: list[bytes]) -> None:
        """A peer cannot break the decoder, and it decodes well afterwards."""
        decoder = Decoder()
        for packet in junk:
            carries_fec(packet)
            for decode in (decoder.decode, decoder.decode_fec):
                with contextlib.suppress(MalformedPacketError):
                    self.assertEqual(len(decode(packet)), FRAME_SAMPLES)
        self.assertEqual(len(decoder.decode(packets()[0])), FRAME_SAMPLES)


class CarriesFecTests(SynchronousTestCase):
    """carries_fec."""

    def test_padding_is_passed_over(self) -> None:
        """A padded packet tells as much as a bare one."""
        silk = 9 << 3
        self.assertTrue(carries_fec(bytes([silk, 0x40])))
        self.assertFalse(carries_fec(bytes([silk, 0x80])))
        self.assertTrue(carries_fec(bytes([silk | 3, 0x41, 255, 5, 0x40])))
        self.assertTrue(carries_fec(bytes([silk | 3, 0x01, 0x40])))

    def test_music_packets_and_stumps_hold_none(self) -> None:
        """CELT has no redundancy, and an empty frame has none."""
        self.assertFalse(carries_fec(bytes([31 << 3, 0xFF])))
        self.assertFalse(carries_fec(bytes([9 << 3])))
        self.assertFalse(carries_fec(bytes([9 << 3 | 3, 0x41, 255])))
