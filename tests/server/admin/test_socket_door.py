"""The admin socket: requests are answered in their order, by whoever the kernel says asks."""

import json
import os
import socket
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer, IReactorSocket
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.admin.lines import COMMANDS
from voip.core.deeds import Actor, Door, Role
from voip.server.admin.command import Command, Result
from voip.server.admin.desk import Desk
from voip.server.admin.socket_door import (
    GOODBYE_SECONDS,
    MAX_REQUEST,
    MAX_UNREAD,
    Send,
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


class Seat:
    """A shell that shows what it hears."""

    def __init__(self, actor: Actor, columns: int, rows: int, send: Send) -> None:
        self.actor = actor
        self.send = send
        self.is_lost = False
        self.resize(columns, rows)

    def keys(self, text: str) -> None:
        self.send({"screen": text.upper()})

    def resize(self, columns: int, rows: int) -> None:
        self.send({"screen": f"{columns}x{rows}"})

    def lost(self) -> None:
        self.is_lost = True

    def end(self, text: str) -> None:
        self.send({"screen": text})
        self.send({"end": 0})


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
        self.allows_python = False
        self.seats: list[Seat] = []
        self.factory = SocketFactory(
            Desk(self.home.house, commands),
            self.home.audit,
            self.open_shell,
            lambda: self.allows_python,
        )
        self.protocol = self.factory.buildProtocol(None)
        self.transport = UnixTransport(ours)
        self.protocol.makeConnection(self.transport)

    def open_shell(self, actor: Actor, columns: int, rows: int, send: Send) -> "Seat":
        self.seats.append(Seat(actor, columns, rows, send))
        return self.seats[-1]

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

    def test_a_shell_takes_the_connection(self) -> None:
        """Its keys and sizes come in, its screen goes out, until it ends."""
        begin = {"shell": {"width": 80, "height": 24, "python": False}}
        self.assertEqual(self.send(begin), [{"screen": "80x24"}])
        self.assertEqual(self.seats[0].actor.role, Role.OPERATOR)
        self.assertEqual(self.home.audit.lines, [("begin", "shell"), ("end", "done")])
        shown = self.send({"keys": "é"}, {"size": [9, 3]}, {"line": "find"}, {"keys": 7})
        self.assertEqual(shown, [{"screen": "É"}, {"screen": "9x3"}])
        stopped = self.door(Clock()).stopService()
        self.assertEqual(self.answers()[-2:], [{"screen": "The server stops."}, {"end": 0}])
        self.assertTrue(self.transport.disconnecting)
        self.successResultOf(stopped)
        self.protocol.connectionLost(Failure(connectionDone.value))
        self.assertTrue(self.seats[0].is_lost)

    def test_python_is_for_servers_that_allow_it(self) -> None:
        """It is refused, and that is recorded; or opened, and that is."""
        begin = {"shell": {"width": 80, "height": 24, "python": True}}
        (answer,) = self.send(begin)
        self.assertEqual(answer["exit"], 1)
        self.assertIn("set python = true under [admin]", str(answer["text"]))
        self.assertEqual(self.home.audit.lines, [("note", "refused")])
        self.allows_python = True
        self.send(begin)
        self.assertEqual(self.seats[0].actor.role, Role.PYTHON)
        self.assertEqual(self.home.audit.begun[-1][1].line, "shell --python")

    def test_a_shell_that_cannot_be_recorded_is_not_opened(self) -> None:
        """The reason is told."""
        self.home.audit.refuses_begin = "the disk is full"
        (answer,) = self.send({"shell": {"width": 80, "height": 24, "python": False}})
        self.assertEqual(answer["exit"], 3)
        self.assertIn("the audit cannot be written (the disk is full)", str(answer["text"]))
        self.assertEqual(self.seats, [])

    def test_a_screen_that_nobody_reads_is_bounded(self) -> None:
        """A hanging terminal does not fill the server's memory."""
        self.send({"shell": {"width": 80, "height": 24, "python": False}})
        reader = cast("IPushProducer", self.transport.producer)
        reader.pauseProducing()
        self.seats[0].send({"screen": "x" * (MAX_UNREAD // 2)})
        reader.resumeProducing()
        reader.pauseProducing()
        self.seats[0].send({"screen": "x" * (MAX_UNREAD - 100)})
        self.assertFalse(self.transport.disconnected)
        self.seats[0].send({"screen": "x" * 100})
        self.assertTrue(self.transport.disconnected)

    def door(self, clock: Clock) -> SocketDoor:
        """The service of the connections here; it does not listen."""
        reactor, bound = cast("IReactorSocket", None), cast("Bound", None)
        return SocketDoor(reactor, clock, bound, self.factory)
