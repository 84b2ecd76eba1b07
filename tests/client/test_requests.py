"""Requests that wait for their answers."""

from typing import cast

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from voip.client.connection import ControlConnection
from voip.client.requests import Requests
from voip.core.errors import LocalProtocolError
from voip.core.messages import Done, Request, SetProfile
from voip.core.people_messages import ListUsers
from voip.wire.codec import AnswerFrame, encode_request

UNWRITABLE = SetProfile("\ud800")


class Line:
    """As much of a connection as sending takes."""

    def __init__(self) -> None:
        self.sent: list[Request] = []

    def send(self, request_id: int, request: Request, ack: int) -> None:
        encode_request(request_id, request, ack)
        self.sent.append(request)

    def abort(self) -> None:
        raise AssertionError("given up")


class UnwritableTests(SynchronousTestCase):
    """A request that no frame can hold."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.requests = Requests(self.clock, lambda _: None)
        self.line = Line()

    def attach(self) -> None:
        self.requests.attach(cast("ControlConnection", self.line))
        self.requests.release()

    def test_it_fails_and_is_forgotten(self) -> None:
        """Nobody waits for its answer, so the connection is not given up for the lack of one."""
        self.attach()
        self.failureResultOf(self.requests.ask(UNWRITABLE), LocalProtocolError)
        self.clock.advance(3600)
        self.requests.cut()
        self.attach()
        self.assertEqual(self.line.sent, [])

    def test_others_go_out_all_the_same(self) -> None:
        """One asked without a connection does not stop those behind it."""
        bad, good = self.requests.ask(UNWRITABLE), self.requests.ask(ListUsers())
        self.attach()
        self.failureResultOf(bad, LocalProtocolError)
        self.assertEqual(self.line.sent, [ListUsers()])
        self.requests.heard(AnswerFrame(2, Done()))
        self.assertEqual(self.successResultOf(good), Done())
