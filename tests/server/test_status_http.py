"""HTTP for the status port: what is asked, what is sent, and who is cut off."""

import gc

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.trial.unittest import SynchronousTestCase

from voip.server.status_http import (
    IDLE_SECONDS,
    MISDIRECTED,
    MOST_BODY,
    MOST_CONNECTIONS,
    Question,
    Reply,
    StatusFactory,
)


class StatusHttpTests(SynchronousTestCase):
    """Connections in memory."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.asked: list[Question] = []
        self.reply = Reply(200, b"hello\n")
        self.wait: Deferred[None] | None = None
        self.factory = StatusFactory(self.answer, self.clock)
        self.factory.doStart()
        self.addCleanup(self.factory.doStop)

    async def answer(self, asked: Question) -> Reply:
        self.asked.append(asked)
        if self.wait is not None:
            await self.wait
        return self.reply

    def connect(self) -> StringTransportWithDisconnection:
        channel = self.factory.buildProtocol(None)
        assert channel is not None
        transport = StringTransportWithDisconnection()
        transport.protocol = channel
        channel.makeConnection(transport)
        return transport

    def ask(self, request: bytes) -> bytes:
        """Everything that comes back."""
        transport = self.connect()
        transport.protocol.dataReceived(request)
        return bytes(transport.value())

    def test_a_question_and_its_reply(self) -> None:
        """The headers that matter are passed on; the reply says nothing of what serves it."""
        got = self.ask(b"GET /a?b HTTP/1.1\r\nHost: localhost:1\r\nAccept: text/plain\r\n\r\n")
        self.assertEqual(self.asked, [Question("GET", "/a", "localhost:1", "text/plain")])
        head, _, body = got.partition(b"\r\n\r\n")
        self.assertEqual(body, b"hello\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 200 OK\r\n"), head)
        self.assertIn(b"Content-Length: 6\r\n", head)
        self.assertIn(b"Cache-Control: no-store\r\n", head)
        self.assertNotIn(b"Server:", head)

    def test_a_connection_serves_again(self) -> None:
        """As Prometheus keeps it from one scrape to the next."""
        transport = self.connect()
        for _ in range(2):
            transport.protocol.dataReceived(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertEqual(transport.value().count(b"hello"), 2)
        self.clock.advance(IDLE_SECONDS + 1)
        self.assertFalse(transport.connected)

    def test_the_head_alone(self) -> None:
        """With the length that the body would have."""
        got = self.ask(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertIn(b"Content-Length: 6", got)
        self.assertNotIn(b"hello", got)

    def test_a_refusal_is_named(self) -> None:
        """Also by the words that Twisted does not know, and with the methods there are."""
        self.reply = Reply(MISDIRECTED, b"", allow="GET")
        got = self.ask(b"PUT / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertIn(b"421 Misdirected Request", got)
        self.assertIn(b"Allow: GET\r\n", got)

    def test_a_body_is_not_read(self) -> None:
        """Nobody has a reason to send a long one, or one without a length."""
        long = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MOST_BODY + 1}\r\n\r\n"
        chunked = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        for head in (long, chunked):
            transport = self.connect()
            transport.protocol.dataReceived(head.encode())
            self.assertFalse(transport.connected, head)
        self.assertEqual(self.asked, [])

    def test_who_is_gone_is_not_answered(self) -> None:
        """And nothing goes wrong about that."""
        self.wait = Deferred()
        transport = self.connect()
        transport.protocol.dataReceived(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        transport.loseConnection()
        self.wait.callback(None)
        gc.collect()  # so that what nobody waited for is told
        self.assertEqual(self.flushLoggedErrors(), [])
        self.assertEqual(transport.value(), b"")

    def test_a_bug_of_ours(self) -> None:
        """Is told as one, and stands in the log."""
        self.wait = Deferred()
        transport = self.connect()
        transport.protocol.dataReceived(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.wait.errback(ZeroDivisionError())
        self.assertIn(b"500 Internal Server Error", transport.value())
        self.assertNotIn(b"ZeroDivision", transport.value())
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_so_many_connections_and_no_more(self) -> None:
        """One that is over makes room for another."""
        transports = [self.connect() for _ in range(MOST_CONNECTIONS)]
        self.assertFalse(self.connect().connected)
        self.assertTrue(all(one.connected for one in transports))
        transports[0].loseConnection()
        self.assertTrue(self.connect().connected)

    def test_the_end(self) -> None:
        """Every connection is cut."""
        transports = [self.connect() for _ in range(3)]
        self.factory.close_all()
        self.assertFalse(any(one.connected for one in transports))
