"""The admin socket: requests are answered in their order, by whoever the kernel says asks."""

import json
import os
import socket
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorSocket
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.admin.lines import COMMANDS
from voip.core.deeds import Door, Role
from voip.server.admin.command import Command, Result
from voip.server.admin.desk import Desk
from voip.server.admin.socket_door import (
    GOODBYE_SECONDS,
    MAX_REQUEST,
    SocketDoor,
    SocketFactory,
)
from voip.server.data_dir import user_name
from voip.server.ports import Door as Bound


class UnixTransport(StringTransport):
    """A transport that has a unix socket."""

    def __init__(self, handle: socket.socket) -> None:
        super().__init__()
        self._handle = handle

    def getHandle(self) -> socket.socket:  # noqa: N802 - Twisted's
        return self._handle


class SocketTests(SynchronousTestCase):
    """One connection to a desk in memory."""

    def setUp(self) -> None:
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        self.home = Home()
        self.slow: Deferred[Result] = Deferred()

        async def slow(*_: object) -> Result:
            return await self.slow

        commands = {**COMMANDS, "slow": Command("slow", slow, (), "Be slow.")}
        self.factory = SocketFactory(Desk(self.home.house, commands))
        self.protocol = self.factory.buildProtocol(None)
        self.transport = UnixTransport(ours)
        self.protocol.makeConnection(self.transport)

    def send(self, *requests: object) -> list[dict[str, object]]:
        """The answers so far to what is asked."""
        self.transport.clear()
        self.protocol.dataReceived(b"".join(json.dumps(one).encode() + b"\n" for one in requests))
        return self.answers()

    def answers(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.transport.value().splitlines()]

    def line(self, text: str) -> dict[str, object]:
        return {"line": text, "json": False, "yes": True, "width": 80}

    def test_a_line_is_run_for_whom_the_kernel_names(self) -> None:
        """As an operator who came by the socket."""
        self.assertEqual(
            self.send(self.line("ban nobody")),
            [{"exit": 1, "text": "there is nobody called nobody", "warning": ""}],
        )
        ((actor, _),) = self.home.audit.begun
        self.assertEqual(actor.name, user_name(os.getuid()))
        self.assertEqual((actor.role, actor.door), (Role.OPERATOR, Door.SOCKET))

    def test_a_question_is_told_and_nothing_recorded(self) -> None:
        """It is only about what would be."""
        self.assertEqual(self.send({"question": "ban bob x"}), [{"question": "Ban bob for x?"}])
        self.assertEqual(self.home.audit.begun, [])

    def test_requests_are_answered_in_their_order(self) -> None:
        """Nothing more is read while one is under way."""
        self.assertEqual(self.send(self.line("slow"), {"question": "find"}), [])
        self.assertEqual(self.transport.producerState, "paused")
        self.slow.callback(Result("done"))
        self.assertEqual([*map(list, self.answers())], [["exit", "text", "warning"], ["question"]])
        self.assertEqual(self.transport.producerState, "producing")

    def test_a_thousand_requests_at_once_are_a_thousand_answers(self) -> None:
        """However many come in one piece."""
        self.assertEqual(len(self.send(*[{"question": "find"}] * 2000)), 2000)

    def test_what_is_no_request_is_told(self) -> None:
        """And the next one is heard."""
        wrong: tuple[object, ...] = (
            [],
            "x",
            {"line": "find"},
            {"line": 3, "json": True},
        )
        for request in wrong:
            (answer,) = self.send(request)
            self.assertEqual(answer["exit"], 2)
        self.transport.clear()
        self.protocol.dataReceived(b"no json\n" + b"[" * 5000 + b"\n\xff\n")
        self.assertEqual([answer["exit"] for answer in self.answers()], [2, 2, 2])
        self.assertEqual(self.send(self.line("find"))[0]["exit"], 0)

    def test_a_request_without_end_is_cut_off(self) -> None:
        """What it would cost is bounded."""
        self.protocol.dataReceived(b"x" * (MAX_REQUEST + 1))
        self.assertIn("too long", str(self.answers()))
        self.assertTrue(self.transport.disconnecting)

    def test_a_fault_of_ours_is_told_without_its_traceback(self) -> None:
        """It stands in the log, and the connection goes on."""
        self.home.house.audit.begin = None  # type: ignore[method-assign,assignment]
        (answer,) = self.send(self.line("find"))
        self.assertEqual(answer["text"], "this failed by a fault of the server; its log says why")
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)
        self.assertEqual(self.send({"question": "find"}), [{"question": ""}])

    def test_who_leaves_does_not_undo_what_was_asked(self) -> None:
        """It is done, and recorded."""
        self.send(self.line("slow"))
        self.protocol.connectionLost(Failure(connectionDone.value))
        self.assertEqual(self.factory.connections, set())
        self.slow.callback(Result("done"))
        self.assertEqual(self.home.audit.lines[-1], ("end", "done"))

    def test_the_end_waits_for_what_is_under_way(self) -> None:
        """Then the connections close."""
        self.send(self.line("slow"))
        stopped = self.door(Clock()).stopService()
        self.assertNoResult(stopped)
        self.slow.callback(Result("done"))
        self.successResultOf(stopped)
        self.assertEqual(self.answers()[0]["text"], "done")
        self.assertTrue(self.transport.disconnecting)

    def test_the_end_does_not_wait_for_ever(self) -> None:
        """What takes too long is left under way, and the log says so."""
        clock = Clock()
        self.send(self.line("slow"))
        stopped = self.door(clock).stopService()
        with capturedLogs() as events:
            clock.advance(GOODBYE_SECONDS)
        self.successResultOf(stopped)
        self.assertEqual([event["count"] for event in events], [1])
        self.assertTrue(self.transport.disconnecting)

    def door(self, clock: Clock) -> SocketDoor:
        """The service of the connections here; it does not listen."""
        reactor, bound = cast("IReactorSocket", None), cast("Bound", None)
        door = SocketDoor(reactor, clock, bound, self.factory.desk)
        door.factory = self.factory
        return door
