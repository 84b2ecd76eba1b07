"""A TCP connection that queues little."""

import socket

from twisted.internet.protocol import Protocol
from twisted.internet.tcp import Connection
from twisted.internet.testing import MemoryReactor, StringTransport
from twisted.trial.unittest import SynchronousTestCase

from voip.short_queue import QUEUED_BYTES, shorten


class Speaker:
    """A producer that is told when the other side does not keep up."""

    is_paused = False

    def pauseProducing(self) -> None:
        self.is_paused = True

    def resumeProducing(self) -> None:
        self.is_paused = False

    def stopProducing(self) -> None:
        """The connection ends."""


class ShortenTests(SynchronousTestCase):
    """What a reader that stands still costs."""

    def test_a_producer_is_paused_after_little(self) -> None:
        """The reactor keeps no more than so much before it says so, and the system sends no more
        than so much ahead."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            near = socket.create_connection(listening.getsockname())
            far, _ = listening.accept()
        self.addCleanup(near.close)
        self.addCleanup(far.close)
        connection = Connection(near, Protocol(), MemoryReactor())
        shorten(connection)
        self.assertEqual(near.getsockopt(socket.IPPROTO_TCP, 25), QUEUED_BYTES)
        speaker = Speaker()
        connection.registerProducer(speaker, True)
        connection.connected = True
        connection.write(bytes(QUEUED_BYTES))
        self.assertFalse(speaker.is_paused)
        connection.write(b"x")
        self.assertTrue(speaker.is_paused)

    def test_a_connection_that_is_gone(self) -> None:
        """Has no options any more, and that is no matter."""
        gone = socket.socket()
        connection = Connection(gone, Protocol(), MemoryReactor())
        gone.close()
        shorten(connection)

    def test_a_transport_without_a_socket(self) -> None:
        """Is left alone."""
        transport = StringTransport()
        shorten(transport)
        self.assertEqual(transport.value(), b"")
