"""Binding both sockets on one number, and saying in a sentence why not."""

import contextlib
import socket

from twisted.trial.unittest import SynchronousTestCase

from voip.config import ListenAddress
from voip.server.data_dir import CannotStart
from voip.server.ports import BoundPorts, bind

LOOPBACK = "127.0.0.1"


class PortsTests(SynchronousTestCase):
    """TCP and UDP."""

    def bind(self, host: str = LOOPBACK, port: int = 0) -> BoundPorts:
        bound = bind(ListenAddress(host, port))
        self.addCleanup(bound.tcp.close)
        self.addCleanup(bound.udp.close)
        return bound

    def sentence(self, host: str, port: int) -> str:
        error = self.assertRaises(CannotStart, bind, ListenAddress(host, port))
        return str(error)

    def test_both_have_one_number(self) -> None:
        """Port 0 finds a number that is free for both."""
        bound = self.bind()
        numbers = {bound.tcp.getsockname()[1], bound.udp.getsockname()[1]}
        self.assertEqual(numbers, {bound.address.port})
        self.assertNotEqual(bound.address.port, 0)

    def test_a_port_in_use_is_told(self) -> None:
        """For TCP, and for UDP alone; a socket left open would be warned of."""
        taken = self.bind().address.port
        self.assertIn("the port is in use", self.sentence(LOOPBACK, taken))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind((LOOPBACK, 0))
            number = udp.getsockname()[1]
            said = self.sentence(LOOPBACK, number)
            self.assertIn(f"Cannot listen on {LOOPBACK}:{number}: the port is in use", said)

    def test_an_address_of_another_machine_is_told(self) -> None:
        """TEST-NET-1 is nobody's."""
        self.assertIn("this machine has no such address", self.sentence("192.0.2.1", 0))

    def test_a_name_that_is_none_is_told(self) -> None:
        """What cannot be looked up is no address of this machine."""
        self.assertIn("is no address of this machine", self.sentence("no such name", 0))

    def test_every_address_of_both_kinds(self) -> None:
        """[::] takes IPv4 callers, too."""
        bound = self.bind("::")
        with socket.create_connection((LOOPBACK, bound.address.port), timeout=5):
            pass

    def test_a_reader_that_stands_still_is_noticed_soon(self) -> None:
        """The kernel takes less than a megabyte for it, and the rest waits where it is counted."""
        bound = self.bind()
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            reader.connect(bound.tcp.getsockname())
            accepted, _ = bound.tcp.accept()
            with accepted:
                accepted.setblocking(False)
                taken = 0
                with contextlib.suppress(BlockingIOError):
                    while True:
                        taken += accepted.send(bytes(65536))
        self.assertLess(taken, 1 << 20)
