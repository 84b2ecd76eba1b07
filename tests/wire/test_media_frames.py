"""Frames inside the sealed datagram."""

import struct
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.wire.datagram import OVERHEAD
from voip.wire.media_frames import (
    Close,
    Frame,
    Malformed,
    Media,
    Pad,
    Ping,
    Pong,
    Report,
    encode_frames,
    lone_media_stream,
    marked_first,
    media_level,
    parse_frames,
)

U8, U16 = st.integers(0, 0xFF), st.integers(0, 0xFFFF)
TOKENS = st.binary(min_size=8, max_size=8)
MEDIA = st.builds(Media, U16, U8, U16, st.binary(max_size=200), st.booleans())
FRAMES: st.SearchStrategy[Frame] = st.one_of(
    MEDIA,
    st.builds(Pad, st.integers(0, 300)),
    st.builds(Ping, TOKENS),
    st.builds(Pong, TOKENS),
    st.builds(Report, U16, U8, U16),
    st.just(Close()),
)


class EncodeTests(SynchronousTestCase):
    """Lays frames out bit by bit as the protocol draws them."""

    def test_every_kind_alone(self) -> None:
        """A frame alone has no length; its kind is in the top three bits."""
        cases: dict[Frame, str] = {
            Pad(2): "000000",
            Media(0x0102, 0x83, 0x0405, b"\xaa"): "200102830405aa",
            Media(0x0102, 0x83, 0x0405, b"\xaa", is_first_after_silence=True): "280102830405aa",
            Ping(b"12345678"): "403132333435363738",
            Pong(b"12345678"): "603132333435363738",
            Report(0x0102, 0x40, 0x0506): "800102400506",
            Close(): "a0",
        }
        for frame, encoded in cases.items():
            self.assertEqual(encode_frames([frame]).hex(), encoded)

    def test_all_but_the_last_have_a_length(self) -> None:
        """Frames behind each other are told apart by a length of two bytes."""
        encoded = encode_frames([Media(1, 2, 3, b"\xaa", is_first_after_silence=True), Close()])
        self.assertEqual(encoded.hex(), "3800060001020003aa" + "a0")

    def test_eighty_bytes_of_opus_travel_in_131(self) -> None:
        """Speech under the usual KID and counter sizes costs 51 bytes, as the protocol promises."""
        sframe = bytes(1 + 1 + 2 + 80 + 16)
        self.assertEqual(OVERHEAD + len(encode_frames([Media(1, 2, 3, sframe)])), 131)

    def test_what_does_not_fit_is_the_callers_bug(self) -> None:
        """A number too big for its field or a token of another length raises."""
        self.assertRaises(struct.error, encode_frames, [Media(0x10000, 0, 0, b"")])
        self.assertRaises(struct.error, encode_frames, [Report(1, 256, 0)])
        self.assertRaises(ValueError, encode_frames, [Ping(b"short")])

    @settings(deadline=None)
    @given(st.lists(FRAMES, max_size=6))
    def test_round_trip(self, frames: list[Frame]) -> None:
        """Whatever frames go in come out, in order."""
        self.assertEqual(list(parse_frames(encode_frames(frames))), frames)


class ParseTests(SynchronousTestCase):
    """Reads any bytes, and says where they stop making sense."""

    def test_nothing_holds_no_frame(self) -> None:
        """A datagram without frames is allowed."""
        self.assertEqual(list(parse_frames(b"")), [])

    def test_malformed(self) -> None:
        """Each way a frame can be broken is told, and nothing is read after it."""
        cases = {
            "30": "length cut off",
            "3000": "length cut off",
            "300007010203": "longer than its datagram",
            "2001020304": "MEDIA too short",
            "21" + "00" * 9: "reserved bits set",
            "48" + "00" * 8: "reserved bits set",
            "40" + "00" * 7: "unknown kind or wrong length",
            "40" + "00" * 9: "unknown kind or wrong length",
            "60": "unknown kind or wrong length",
            "8000": "unknown kind or wrong length",
            "a000": "unknown kind or wrong length",
            "c0": "unknown kind or wrong length",
            "e0": "unknown kind or wrong length",
            "d00000" + "a0": "unknown kind or wrong length",
        }
        for encoded, reason in cases.items():
            self.assertEqual(list(parse_frames(bytes.fromhex(encoded))), [Malformed(reason)])

    def test_what_stands_before_a_broken_frame_is_kept(self) -> None:
        """Frames are read up to the broken one."""
        data = encode_frames([Ping(bytes(8)), Close()]) + b"x"
        self.assertEqual(
            list(parse_frames(data)), [Ping(bytes(8)), Malformed("unknown kind or wrong length")]
        )

    @settings(deadline=None)
    @given(st.binary(max_size=120))
    def test_any_bytes_are_read_without_an_error(self, data: bytes) -> None:
        """Only the last thing yielded can be malformed, and the rest would encode again."""
        frames = list(parse_frames(data))
        good = [frame for frame in frames if not isinstance(frame, Malformed)]
        self.assertIn(len(frames) - len(good), (0, 1))
        self.assertEqual(good, frames[: len(good)])
        self.assertEqual(list(parse_frames(encode_frames(good))), good)


class LoneMediaTests(SynchronousTestCase):
    """The relay's short cut agrees with the parser."""

    @settings(deadline=None)
    @given(MEDIA.filter(lambda media: media.sframe != b""))
    def test_speech_alone_is_recognised(self, media: Media) -> None:
        """One MEDIA frame that fills the datagram tells its stream."""
        self.assertEqual(lone_media_stream(encode_frames([media])), media.stream)

    @settings(deadline=None, max_examples=300)
    @given(st.one_of(st.binary(max_size=12), st.lists(FRAMES, max_size=3).map(encode_frames)))
    def test_never_where_the_parser_sees_another_thing(self, data: bytes) -> None:
        """Where it tells a stream, the parser finds exactly that one frame."""
        stream = lone_media_stream(data)
        if stream is not None:
            (frame,) = parse_frames(data)
            assert isinstance(frame, Media)
            self.assertEqual(frame.stream, stream)


class EncodedMediaTests(SynchronousTestCase):
    """What the relay reads and changes without taking frames apart."""

    @settings(deadline=None)
    @given(MEDIA, st.lists(MEDIA, max_size=2))
    def test_level_and_mark_of_the_first_frame(self, first: Media, others: list[Media]) -> None:
        """The level is that of the first; marking it changes nothing else."""
        encoded = encode_frames([first, *others])
        self.assertEqual(media_level(encoded), first.level)
        marked = replace(first, is_first_after_silence=True)
        self.assertEqual(list(parse_frames(marked_first(encoded))), [marked, *others])
