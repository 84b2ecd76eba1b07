"""Which message goes which way."""

from collections.abc import Callable
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.strategies import ANSWER_KINDS, NOTICE_KINDS, REQUEST_KINDS
from voip.core import messages
from voip.core.errors import Refusal
from voip.wire.codec_answers import put_answer, put_notice, take_told
from voip.wire.codec_bodies import put_request, take_request
from voip.wire.codec_checks import BadFrame
from voip.wire.v1.envelope_pb2 import Envelope

TAKERS: dict[str, Callable[[Envelope], object]] = {
    "request": take_request,
    "told": take_told,
}
BODIES = tuple(field.name for field in Envelope.DESCRIPTOR.oneofs_by_name["body"].fields)


def taken_by(body: str) -> list[str]:
    """The directions that do not refuse a body for its kind."""
    envelope = Envelope()
    getattr(envelope, body).SetInParent()
    takers = []
    for name, take in TAKERS.items():
        try:
            take(envelope)
        except BadFrame as refused:
            if str(refused).startswith(("a client sent", "a server sent")):
                continue
        takers.append(name)
    return takers


class DirectionTests(SynchronousTestCase):
    """Each body has one direction."""

    def test_every_body_goes_exactly_one_way(self) -> None:
        """None is taken twice, none is forgotten."""
        for body in BODIES:
            self.assertEqual(len(taken_by(body)), 1, body)

    def test_there_is_a_body_for_each_message(self) -> None:
        """As many as the three unions have members; a refusal is no body."""
        members = (*get_args(messages.Request), *get_args(messages.Answer))
        self.assertEqual(len(BODIES), len(members) + len(get_args(messages.Notice)) - 1)

    def test_no_body_is_nobody_s(self) -> None:
        """An empty envelope, or one with a body of a later version, is refused by all."""
        for take in TAKERS.values():
            with self.assertRaises(BadFrame):
                take(Envelope())


class EachMessageTests(SynchronousTestCase):
    """Every member of the three unions, by name."""

    def test_the_strategies_leave_no_message_out(self) -> None:
        """What is tried below, and in the tests of frames, is everything there is."""
        self.assertEqual(set(REQUEST_KINDS), set(get_args(messages.Request)))
        self.assertEqual(set(ANSWER_KINDS), set(get_args(messages.Answer)))
        self.assertEqual(set(NOTICE_KINDS), set(get_args(messages.Notice)))

    @settings(deadline=None, max_examples=5)
    @given(st.data())
    def test_requests(self, data: st.DataObject) -> None:
        """Each request is taken as it was put."""
        for kind in REQUEST_KINDS.values():
            request, envelope = data.draw(kind), Envelope()
            put_request(envelope, request)
            self.assertEqual(take_request(envelope), request)

    @settings(deadline=None, max_examples=5)
    @given(st.data())
    def test_answers(self, data: st.DataObject) -> None:
        """Each answer is taken as it was put; a refusal is the envelope's error."""
        for kind in ANSWER_KINDS.values():
            answer, envelope = data.draw(kind), Envelope()
            put_answer(envelope, answer)
            self.assertEqual(envelope.HasField("error"), isinstance(answer, Refusal))
            if not envelope.HasField("error"):
                self.assertEqual(take_told(envelope), answer)

    @settings(deadline=None, max_examples=5)
    @given(st.data())
    def test_notices(self, data: st.DataObject) -> None:
        """Each notice is taken as it was put."""
        for kind in NOTICE_KINDS.values():
            notice, envelope = data.draw(kind), Envelope()
            put_notice(envelope, notice)
            self.assertEqual(take_told(envelope), notice)
