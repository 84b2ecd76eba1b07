"""Frames of the control channel."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.strategies import ANSWERS, NOTICES, REQUEST_IDS, REQUESTS, U64
from voip.core import messages, people_messages
from voip.core.call_messages import CallChanged, E2eRelay, SealedPart
from voip.core.calls import CallView, LegKey, LegState, LegView
from voip.core.errors import ErrorCode, LocalProtocolError, Refusal
from voip.core.ids import CallId, DeviceId, LegNumber, StreamId, Username
from voip.core.people import Person, Presence
from voip.wire.codec import (
    MAX_PAYLOAD_BYTES,
    MAX_TOLD_BYTES,
    AnswerFrame,
    BadFrame,
    ClientFrame,
    NoticeEncoder,
    NoticeFrame,
    decode_client,
    decode_server,
    encode_answer,
    encode_notice,
    encode_request,
)
from voip.wire.codec_checks import MAX_LEGS
from voip.wire.v1.calls_pb2 import CallState
from voip.wire.v1.envelope_pb2 import Envelope
from voip.wire.v1.errors_pb2 import ERROR_CODE_INTERNAL, Error
from voip.wire.v1.people_pb2 import Person as PersonPb
from voip.wire.v1.people_pb2 import UserPage
from voip.wire.v1.session_pb2 import NOTICE_KIND_INFO, Done, Notice, Ping, Pong

PAYLOADS = st.one_of(
    st.builds(encode_request, REQUEST_IDS, REQUESTS, U64),
    st.builds(encode_answer, REQUEST_IDS, ANSWERS),
    st.builds(encode_notice, U64, NOTICES),
)


class RoundTripTests(SynchronousTestCase):
    """What one side says is what the other side hears."""

    @settings(deadline=None, max_examples=300)
    @given(REQUEST_IDS, REQUESTS, U64)
    def test_a_request_arrives_as_it_was_sent(
        self, request_id: int, request: messages.Request, ack: int
    ) -> None:
        """Number, acknowledgement and every field come through."""
        heard = decode_client(encode_request(request_id, request, ack))
        self.assertEqual(heard, ClientFrame(request_id, ack, request))

    @settings(deadline=None, max_examples=200)
    @given(REQUEST_IDS, ANSWERS)
    def test_an_answer_arrives_as_it_was_sent(
        self, request_id: int, answer: messages.Answer
    ) -> None:
        """So do answers, refusals among them."""
        heard = decode_server(encode_answer(request_id, answer))
        self.assertEqual(heard, AnswerFrame(request_id, answer))

    @settings(deadline=None, max_examples=100)
    @given(U64, NOTICES)
    def test_a_notice_arrives_as_it_was_told(self, seq: int, notice: messages.Notice) -> None:
        """And notices, with their number."""
        self.assertEqual(decode_server(encode_notice(seq, notice)), NoticeFrame(seq, notice))

    def test_a_refusal_needs_no_number(self) -> None:
        """A server can refuse what it could not read."""
        refusal = Refusal(ErrorCode.BAD_REQUEST, incident="f00")
        self.assertEqual(decode_server(encode_answer(0, refusal)), AnswerFrame(0, refusal))


class NoticeEncoderTests(SynchronousTestCase):
    """One notice for many."""

    @settings(deadline=None, max_examples=50)
    @given(st.lists(st.tuples(U64, NOTICES), max_size=3))
    def test_it_says_what_the_plain_way_says(
        self, notices: list[tuple[int, messages.Notice]]
    ) -> None:
        """Byte for byte, for each receiver's number, whatever came before."""
        encoder = NoticeEncoder()
        for seq, notice in notices:
            for number in (seq, 1):
                self.assertEqual(encoder.encode(number, notice), encode_notice(number, notice))

    def test_what_just_fits_fits_for_nobody_with_a_number(self) -> None:
        """The bound is on the whole of a message."""
        notice = messages.ServerNotice(messages.NoticeKind.INFO, "n" * (MAX_TOLD_BYTES - 12))
        encoder = NoticeEncoder()
        self.assertLessEqual(len(encoder.encode(0, notice)), MAX_TOLD_BYTES)
        with self.assertRaises(LocalProtocolError):
            encoder.encode(2**64 - 1, notice)


class MalformedTests(SynchronousTestCase):
    """Whatever comes in, it is a frame or a BadFrame."""

    def both(self, data: bytes) -> None:
        """Decode as either side would; anything but a frame or ``BadFrame`` fails the test."""
        for decode in (decode_client, decode_server):
            try:
                decode(data)
            except BadFrame as error:
                self.assertIs(error.code, ErrorCode.BAD_REQUEST)

    @settings(deadline=None, max_examples=500)
    @given(st.binary(max_size=200))
    @example(b"")
    @example(b"\x0b" * 200)
    def test_arbitrary_bytes_do_no_harm(self, data: bytes) -> None:
        """Noise is refused."""
        self.both(data)

    @settings(deadline=None, max_examples=500)
    @given(PAYLOADS, st.data())
    def test_a_damaged_message_does_no_harm(self, payload: bytes, data: st.DataObject) -> None:
        """A message with bytes overwritten, cut out or put in is read or refused."""
        start = data.draw(st.integers(0, len(payload)))
        end = data.draw(st.integers(start, min(len(payload), start + 4)))
        self.both(payload[:start] + data.draw(st.binary(max_size=4)) + payload[end:])

    def test_bytes_that_are_no_envelope(self) -> None:
        """A wrong field type is refused, and no request number is made up."""
        with self.assertRaises(BadFrame) as caught:
            decode_client(b"\xff\xff\xff")
        self.assertEqual(caught.exception.request_id, 0)

    def test_text_that_is_not_utf_8(self) -> None:
        """Broken text is refused where it comes in."""
        payload = encode_request(1, messages.SetProfile("anna"))
        with self.assertRaises(BadFrame):
            decode_client(payload.replace(b"anna", b"\xff\xfe\xfd\xfc"))

    def test_a_request_needs_a_request_s_envelope(self) -> None:
        """No number, an event's number or an error in it: refused."""
        for envelope in (
            Envelope(ping=Ping()),
            Envelope(id=1, seq=1, ping=Ping()),
            Envelope(id=1, error=Error(code=ERROR_CODE_INTERNAL), ping=Ping()),
            Envelope(id=1),
        ):
            with self.assertRaises(BadFrame):
                decode_client(envelope.SerializeToString())

    def test_a_bad_request_is_refused_by_its_number(self) -> None:
        """When the number could be read, the refusal can carry it."""
        with self.assertRaises(BadFrame) as caught:
            decode_client(Envelope(id=77, pong=Pong()).SerializeToString())
        self.assertEqual(caught.exception.request_id, 77)

    def test_an_answer_is_an_error_or_a_body(self) -> None:
        """Never both, never neither, no answer without a number and no notice with one."""
        for envelope in (
            Envelope(id=1, error=Error(code=ERROR_CODE_INTERNAL), done=Done()),
            Envelope(id=1, error=Error()),
            Envelope(id=1),
            Envelope(done=Done()),
            Envelope(seq=3),
            Envelope(id=1, notice=Notice(kind=NOTICE_KIND_INFO)),
        ):
            with self.assertRaises(BadFrame):
                decode_server(envelope.SerializeToString())

    def test_no_message_goes_the_wrong_way(self) -> None:
        """A server takes no answers and a client no requests."""
        with self.assertRaises(BadFrame):
            decode_client(encode_answer(1, messages.Done()))
        with self.assertRaises(BadFrame):
            decode_client(Envelope(id=1, call_state=CallState()).SerializeToString())
        with self.assertRaises(BadFrame):
            decode_server(encode_request(1, messages.Ping()))
        with self.assertRaises(BadFrame):
            decode_server(Envelope(ping=Ping()).SerializeToString())

    def test_swollen_lists_are_counted(self) -> None:
        """Thousands of empty people in a small frame are refused by their number."""
        payload = Envelope(
            user_page=UserPage(people=[PersonPb()] * 20_000), id=1
        ).SerializeToString()
        self.assertLess(len(payload), MAX_PAYLOAD_BYTES)
        with self.assertRaises(BadFrame):
            decode_server(payload)


class OwnMistakeTests(SynchronousTestCase):
    """What our own side must not send is told loudly, before it is sent."""

    def test_numbers_out_of_range(self) -> None:
        """A number that no field holds is a bug of ours."""
        with self.assertRaises(LocalProtocolError):
            encode_request(-1, messages.Ping())
        with self.assertRaises(LocalProtocolError):
            encode_answer(2**64, messages.Done())
        with self.assertRaises(LocalProtocolError):
            encode_notice(-1, messages.ServerNotice(messages.NoticeKind.INFO))

    def test_text_that_cannot_be_written(self) -> None:
        """A lone surrogate has no UTF-8."""
        with self.assertRaises(LocalProtocolError):
            encode_request(1, messages.SetProfile("\ud800"))

    def test_more_than_a_frame_holds(self) -> None:
        """64 KiB is all the other side takes."""
        fits = E2eRelay(CallId(bytes(16)), (SealedPart(LegNumber(1), bytes(60_000)),))
        self.assertLessEqual(len(encode_request(1, fits)), MAX_PAYLOAD_BYTES)
        bursts = E2eRelay(CallId(bytes(16)), (SealedPart(LegNumber(1), bytes(70_000)),))
        with self.assertRaises(LocalProtocolError):
            encode_request(1, bursts)

    def test_the_largest_page_of_people_fits(self) -> None:
        """A hundred people with the longest names and words go into one frame."""
        person = Person(Username("n" * 32), "\U0001f600" * 40, Presence.AWAY, "\U0001f600" * 80)
        page = people_messages.UserPage((person,) * 100, "c" * 128, 100, 100)
        self.assertLessEqual(len(encode_answer(2**64 - 1, page)), MAX_PAYLOAD_BYTES)

    def test_the_largest_call_fits(self) -> None:
        """512 legs, each with its key and the longest names, are told in one frame."""
        key = LegKey(bytes(1216), bytes(64))
        name = Username("n" * 32)
        leg = LegView(
            number=LegNumber(33),
            username=name,
            nick="\U0001f600" * 40,
            device=DeviceId(bytes(32)),
            certificate=bytes(128),
            device_name="\U0001f600" * 40,
            state=LegState.ACTIVE,
            stream=StreamId(65535),
            key=key,
        )
        call = CallView(CallId(bytes(16)), 2**64 - 1, (leg,) * MAX_LEGS, bytes(32))
        told = encode_notice(2**64 - 1, CallChanged(call))
        self.assertLessEqual(len(told), MAX_TOLD_BYTES)
        self.assertIsInstance(decode_server(told), NoticeFrame)
