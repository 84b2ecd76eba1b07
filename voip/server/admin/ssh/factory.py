"""What all connections of the admin shell's SSH door share, and who they are."""

from collections.abc import Callable

from twisted.conch.ssh.factory import SSHFactory
from twisted.conch.ssh.keys import Key
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IAddress, IReactorTime
from twisted.internet.protocol import ServerFactory

from voip.server.admin.shell.shells import Shells
from voip.server.admin.ssh.authorized_keys import AuthorizedKeys
from voip.server.admin.ssh.guests import Guests
from voip.server.admin.ssh.host_key import HostKey
from voip.server.admin.ssh.hush import HushedLogger
from voip.server.admin.ssh.key_login import KeyLogin
from voip.server.admin.ssh.transport import AdminTransport
from voip.server.audit import Audit


class AdminFactory(SSHFactory, ServerFactory):
    """Makes the connections. ``allows_python`` says whether that role is on, whenever asked."""

    noisy = False
    _log = HushedLogger()
    primes = None

    def __init__(
        self,
        host_key: HostKey,
        authorized_keys: AuthorizedKeys,
        shells: Shells,
        audit: Audit,
        allows_python: Callable[[], bool],
        reactor: IReactorTime,
        clock: Callable[[], float],
    ) -> None:
        key = Key(host_key.private)
        self.privateKeys = {b"ssh-ed25519": key}
        self.publicKeys = {b"ssh-ed25519": key.public()}
        self.authorized_keys = authorized_keys
        self.shells = shells
        self.audit = audit
        self.allows_python = allows_python
        self.reactor = reactor
        self.clock = clock
        self.guests = Guests()
        self.connections: set[AdminTransport] = set()
        self._emptied: list[Deferred[None]] = []

    def buildProtocol(self, addr: IAddress | None) -> AdminTransport:
        return AdminTransport(self, getattr(addr, "host", ""))

    def getService(self, transport: AdminTransport, service: bytes) -> type[KeyLogin] | None:  # noqa: ARG002
        """What a client may ask for by name: to log in. The rest follows from that."""
        return KeyLogin if service == KeyLogin.name else None

    def left(self) -> None:
        """A connection is gone."""
        if not self.connections:
            waiting, self._emptied = self._emptied, []
            for each in waiting:
                each.callback(None)

    def close_all(self) -> Deferred[None]:
        """Close every connection; fires when the last is gone."""
        if not self.connections:
            return succeed(None)
        emptied: Deferred[None] = Deferred()
        self._emptied.append(emptied)
        for connection in tuple(self.connections):
            connection.close()
        return emptied
