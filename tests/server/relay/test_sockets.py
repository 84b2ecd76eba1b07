"""The relay's UDP socket."""

import socket

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from voip.server.relay.sockets import dropped_by_kernel, listen


class ListenTests(SynchronousTestCase):
    """Binds what it was asked for, or says in a sentence why not."""

    def test_ipv4(self) -> None:
        """A socket on an IPv4 address gets datagrams and never blocks."""
        with listen("127.0.0.1", 0) as udp:
            self.assertEqual(udp.family, socket.AF_INET)
            self.assertRaises(BlockingIOError, udp.recvfrom, 10)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.sendto(b"word", udp.getsockname())
                self.assertEqual(udp.recvfrom(10), (b"word", ("127.0.0.1", _port(other))))

    def test_ipv6(self) -> None:
        """A socket on an IPv6 address gets datagrams too."""
        try:
            udp = listen("::1", 0)
        except OSError as error:
            raise SkipTest("no IPv6 here") from error
        with udp, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
            other.sendto(b"word", udp.getsockname())
            self.assertEqual(udp.recvfrom(10)[0], b"word")

    def test_a_port_in_use(self) -> None:
        """The error names host, port and reason."""
        with listen("127.0.0.1", 0) as udp:
            port = _port(udp)
            error = self.assertRaises(OSError, listen, "127.0.0.1", port)
            self.assertEqual(
                str(error),
                f"[Errno 98] cannot listen on UDP 127.0.0.1 port {port}: Address already in use",
            )

    def test_a_host_that_is_not_ours(self) -> None:
        """An address of another machine, or no address at all, is told the same way."""
        for host in ("192.0.2.1", "256.0.0.1"):
            error = self.assertRaises(OSError, listen, host, 0)
            self.assertIn(f"cannot listen on UDP {host} port 0: ", str(error))

    def test_room_for_bursts(self) -> None:
        """The receive buffer is larger than a socket's usual one, where the system lets it."""
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain,
            listen("127.0.0.1", 0) as udp,
        ):
            usual = plain.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            self.assertGreaterEqual(udp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF), usual)


class DroppedByKernelTests(SynchronousTestCase):
    """Counts what never reached us."""

    def test_a_full_buffer_is_counted(self) -> None:
        """Datagrams beyond the receive buffer show up, and only those."""
        with (
            listen("127.0.0.1", 0) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
        ):
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            self.assertEqual(dropped_by_kernel(udp), 0)
            for _ in range(100):
                other.sendto(bytes(1000), udp.getsockname())
            kept = 0
            while _has_one(udp):
                kept += 1
            self.assertEqual(dropped_by_kernel(udp), 100 - kept)
            self.assertLess(kept, 100)

    def test_a_kernel_that_does_not_tell(self) -> None:
        """Where the count can't be had, it is 0."""
        with socket.socket() as closed:
            closed.close()
            self.assertEqual(dropped_by_kernel(closed), 0)


def _port(udp: socket.socket) -> int:
    return int(udp.getsockname()[1])


def _has_one(udp: socket.socket) -> bool:
    try:
        udp.recvfrom(2000)
    except BlockingIOError:
        return False
    return True
