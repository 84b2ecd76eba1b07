"""Conch's client and the admin shell's server, connected in memory; time is the test's."""

import struct
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from twisted.conch.ssh.channel import SSHChannel
from twisted.conch.ssh.common import NS
from twisted.conch.ssh.connection import SSHConnection
from twisted.conch.ssh.keys import Key
from twisted.conch.ssh.transport import SSHClientTransport
from twisted.conch.ssh.userauth import SSHUserAuthClient
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.test import iosim
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.admin.ssh.public_keys import key_of, line_of
from voip.config import Admin, Settings
from voip.server.admin.commands import COMMANDS
from voip.server.admin.shell.shells import open_shells
from voip.server.admin.ssh.authorized_keys import AUTHORIZED_KEYS, AuthorizedKeys
from voip.server.admin.ssh.factory import AdminFactory
from voip.server.admin.ssh.host_key import HostKey
from voip.server.admin.ssh.hush import HushedLogger
from voip.server.admin.ssh.transport import AdminTransport

HOST_KEY = Ed25519PrivateKey.generate()
SETTINGS = replace(Settings(), admin=replace(Admin(), python=True))


class Wire(iosim.FakeTransport):
    """A TCP connection in memory."""

    def setTcpNoDelay(self, _is_on: bool) -> None:
        """It has no delay."""


class Login(SSHUserAuthClient):
    """Tries keys one after the other."""

    _log = HushedLogger()

    def __init__(self, user: str, keys: tuple[str, ...], connection: SSHConnection) -> None:
        super().__init__(user.encode(), connection)
        self._keys = [Key(key_of(kind)) for kind in keys]
        self._key = Key(key_of("ed25519"))

    def getPublicKey(self) -> Key | None:
        if not self._keys:
            return None
        self._key = self._keys.pop(0)
        public: Key = self._key.public()
        return public

    def getPrivateKey(self) -> Deferred[Key]:
        return succeed(self._key)


class ClientConnection(SSHConnection):
    """Is told when it is let in."""

    _log = HushedLogger()
    is_open = False

    def serviceStarted(self) -> None:
        self.is_open = True


class Client(SSHClientTransport):
    """``goodbye`` is what the server said last; ``lost`` whether the connection is gone."""

    _log = HushedLogger()
    user = "operator"
    keys: tuple[str, ...] = ("ed25519",)

    def __init__(self) -> None:
        self.connection = ClientConnection()
        self.goodbye = ""
        self.lost = False
        self.is_secure = False
        self.logs_in = True

    def verifyHostKey(self, hostKey: bytes, fingerprint: bytes) -> Deferred[int]:
        return succeed(1)

    def connectionSecure(self) -> None:
        was_secure, self.is_secure = self.is_secure, True  # new keys come here too
        if self.logs_in and not was_secure:
            self.requestService(Login(self.user, self.keys, self.connection))

    def receiveError(self, reasonCode: int, description: bytes) -> None:
        self.goodbye = description.decode("utf-8", "replace")

    def connectionLost(self, reason: object = None) -> None:
        self.lost = True


class Channel(SSHChannel):
    """A client's session: what came on it, and how it ended."""

    conn: SSHConnection
    name = b"session"
    _log = HushedLogger()

    def __init__(
        self, connection: SSHConnection, window: int = 0, name: bytes = b"session"
    ) -> None:
        super().__init__(localWindow=window)
        self.name = name
        self.conn = connection
        self.out = b""
        self.err = b""
        self.code: int | None = None
        self.is_closed = self.is_refused = False
        extra = (
            b"" if name == b"session" else NS(b"host") + struct.pack(">L", 22) + NS(b"") + b"\0" * 4
        )
        connection.openChannel(self, extra)

    def openFailed(self, reason: object) -> None:
        self.is_refused = True

    def dataReceived(self, data: bytes) -> None:
        self.out += data

    def extReceived(self, dataType: int, data: bytes) -> None:
        self.err += data

    def request_exit_status(self, data: bytes) -> int:
        (self.code,) = struct.unpack(">L", data)
        return 0

    def eofReceived(self) -> None:
        pass

    def closed(self) -> None:
        self.is_closed = True

    def ask(self, request: bytes, data: bytes = b"") -> list[bool]:
        """Ask for something; the list has the answer once it is there."""
        answer: list[bool] = []
        asked = self.conn.sendRequest(self, request, data, wantReply=1)
        asked.addCallbacks(lambda _: answer.append(True), lambda _: answer.append(False))
        return answer


def terminal(columns: int, rows: int) -> bytes:
    """What a terminal is asked for with."""
    return NS(b"xterm") + struct.pack(">4L", columns, rows, 0, 0) + NS(b"")


def window(columns: int, rows: int) -> bytes:
    return struct.pack(">4L", columns, rows, 0, 0)


class PairTestCase(SynchronousTestCase):
    """A server, and clients that come to it."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.data = Path(place.name)
        (self.data / AUTHORIZED_KEYS).write_text(
            f'{line_of("ed25519", "alice")}\nrole="python" {line_of("ecdsa", "pia")}\n'
            f"{line_of('rsa', 'rita')}\n"
        )
        self.home = Home(settings=SETTINGS)
        house = replace(self.home.house, data_dir=self.data)
        self.clock = self.home.office.clock
        public = HOST_KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        self.shells = open_shells(house, COMMANDS, self.clock)
        self.factory = AdminFactory(
            HostKey(HOST_KEY, public.decode()),
            AuthorizedKeys(self.data / AUTHORIZED_KEYS),
            self.shells,
            self.home.audit,
            lambda: house.live.settings.admin.python,
            self.clock,
            self.clock.seconds,
        )

    def come(self, client: Client | None = None, host: str = "127.0.0.1") -> Client:
        """Connect; what follows by itself has happened."""
        client = client or Client()
        peer = IPv4Address("TCP", host, 40000)
        self.server: AdminTransport = self.factory.buildProtocol(peer)
        self.wire = Wire(self.server, True, peerAddress=peer)
        self.client_wire = Wire(client, False)
        self.pump = iosim.connect(self.server, self.wire, client, self.client_wire, greet=False)
        self.settle()
        return client

    def settle(self) -> None:
        """Let everything arrive, and what was put off for a moment happen."""
        for _ in range(4):
            self.pump.flush()
            self.clock.advance(0)
        self.pump.flush()

    def session(self, client: Client, window: int = 0) -> Channel:
        """Open a session."""
        channel = Channel(client.connection, window)
        self.settle()
        return channel

    def command(self, client: Client, line: str, window: int = 0) -> Channel:
        """Have one command done."""
        channel = self.session(client, window)
        channel.ask(b"exec", NS(line.encode()))
        self.settle()
        return channel

    @property
    def noted(self) -> list[tuple[str, str, str, str]]:
        """Who, what, on what, and the line, of everything recorded."""
        return [(who.name, deed.what, deed.on, deed.line) for who, deed in self.home.audit.begun]
