"""Binding both sockets on one number, and saying in a sentence why not."""

import contextlib
import socket
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from twisted.internet.interfaces import IReactorSocket
from twisted.internet.protocol import ServerFactory
from twisted.trial.unittest import SynchronousTestCase

from voip.config import Admin, ListenAddress, LocalAddress, Settings, SocketFile, Usual
from voip.server.data_dir import CannotStart
from voip.server.ports import BoundPorts, Door, bind, bind_doors, bind_unix, close_doors

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


class DoorTests(SynchronousTestCase):
    """The operator's doors, on this machine alone."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.data = Path(place.name)

    def bind(
        self,
        port: int = 0,
        shell: LocalAddress | SocketFile = Usual.NEXT,
        metrics: LocalAddress = Usual.NEXT,
    ) -> tuple[Door | None, Door | None]:
        admin = Admin(listen=shell, metrics=metrics)
        settings = Settings(listen=ListenAddress("0.0.0.0", port), admin=admin)
        doors = bind_doors(settings, self.data)
        self.addCleanup(close_doors, *doors)
        return doors

    def sentence(self, port: int, **given: LocalAddress) -> str:
        return str(self.assertRaises(CannotStart, self.bind, port, **given))

    def free(self) -> int:
        """A number with two free ones after it."""
        while True:
            with contextlib.suppress(CannotStart):
                first, second = self.bind()
                assert first is not None
                assert second is not None
                close_doors(first, second)
                assert isinstance(first.address, ListenAddress)
                port = first.address.port
                close_doors(*self.bind(port))
                return port

    def test_they_are_on_the_two_ports_after_the_servers(self) -> None:
        """On 127.0.0.1, whatever the server itself listens on."""
        port = self.free()
        addresses = [str(door and door.address) for door in self.bind(port)]
        self.assertEqual(addresses, [f"127.0.0.1:{port + 1}", f"127.0.0.1:{port + 2}"])

    def test_they_take_free_ports_where_the_server_does(self) -> None:
        """Nobody could know what comes after any free port; both can be reached."""
        for door in self.bind(0):
            assert door is not None
            with socket.create_connection(door.socket.getsockname(), timeout=5):
                pass

    def test_they_can_be_off_or_elsewhere(self) -> None:
        """Each for itself; IPv6 too."""
        shell, metrics = self.bind(0, ListenAddress("::1", 0), Usual.OFF)
        self.assertIsNone(metrics)
        assert shell is not None
        assert isinstance(shell.address, ListenAddress)
        self.assertEqual(shell.address.host, "::1")
        self.assertNotEqual(shell.address.port, 0)

    def test_a_taken_port_is_told_with_the_setting_to_change(self) -> None:
        """For each of the two; what the first had bound is given back."""
        port = self.free()
        taken = ListenAddress("127.0.0.1", port)
        shell, _ = self.bind(0, shell=taken, metrics=Usual.OFF)
        self.assertEqual(
            self.sentence(port - 1),
            f"Cannot listen on {taken}: the port is in use; give a free port with `listen` in "
            '[admin] of the settings file, or "off".',
        )
        said = self.sentence(port - 2, shell=Usual.OFF)
        self.assertIn("give a free port with `metrics` in [admin]", said)
        said = self.sentence(0, metrics=taken)
        self.assertIn("the port is in use; give another address with `metrics`", said)
        close_doors(shell)

    def test_there_is_not_always_a_port_after_it(self) -> None:
        """65535 is the last."""
        self.assertIn("There is no port 65536: give a free port with", self.sentence(65535))

    def test_a_unix_socket_is_for_its_owner(self) -> None:
        """0600; one that a crash left is taken over, and none is left at the end."""
        for has_crashed in (True, False):
            shell, _ = self.bind(0, SocketFile("shell.sock"), Usual.OFF)
            assert shell is not None
            assert isinstance(shell.address, Path)
            self.assertEqual(stat.S_IMODE(shell.address.stat().st_mode), 0o600)
            with socket.socket(socket.AF_UNIX) as operator:
                operator.connect(str(shell.address))
            shell.socket.close()
            if not has_crashed:
                shell.close()
            self.assertEqual(shell.address.exists(), has_crashed)

    def test_a_unix_socket_stays_its_owner_s_when_it_is_listened_at(self) -> None:
        """The reactor would open it to everybody."""

        class Opening:
            def adoptStreamPort(self, _fd: int, _family: int, _factory: object) -> str:  # noqa: N802
                path.chmod(0o666)
                return "port"

        path = self.data / "shell"
        door = bind_unix(path)
        self.addCleanup(door.close)
        port: object = door.listen(cast("IReactorSocket", Opening()), ServerFactory())
        self.assertEqual(port, "port")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_a_unix_socket_that_cannot_be_made_is_told(self) -> None:
        """A file is never overwritten, and a path has a length that the kernel takes."""
        (self.data / "voip.sqlite").write_text("accounts")
        said = str(self.assertRaises(CannotStart, self.bind, 0, SocketFile("voip.sqlite")))
        self.assertIn("voip.sqlite cannot be made: a file of that name is there", said)
        self.assertEqual((self.data / "voip.sqlite").read_text(), "accounts")
        self.data /= "x" * 100
        said = str(self.assertRaises(CannotStart, self.bind, 0, SocketFile("shell")))
        self.assertIn("shell cannot be made: the path is too long; choose a shorter one", said)
