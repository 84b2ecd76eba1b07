"""The admin shell's SSH door: the port, while the server runs.

    authorized_keys, host key -> AdminFactory -> connections -> Shells

It says in the log, and in the file ``admin`` of the data directory, how to come in.
"""

from pathlib import Path

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IListeningPort, IReactorSocket, IReactorTime
from twisted.logger import Logger

from voip.config import ListenAddress
from voip.server.admin.house import House
from voip.server.admin.shell.shells import Shells
from voip.server.admin.ssh.authorized_keys import AUTHORIZED_KEYS, AuthorizedKeys
from voip.server.admin.ssh.factory import AdminFactory
from voip.server.admin.ssh.host_key import HostKey
from voip.server.data_dir import write_private
from voip.server.ports import Door

ADMIN = "admin"


class SshDoor(Service):
    """Listens while it runs."""

    name = "admin shell"
    log = Logger()

    def __init__(
        self,
        reactor: IReactorSocket,
        timers: IReactorTime,
        door: Door,
        host_key: HostKey,
        shells: Shells,
        house: House,
    ) -> None:
        self._reactor = reactor
        self._door = door
        self._fingerprint = host_key.fingerprint
        self._keys = AuthorizedKeys(house.data_dir / AUTHORIZED_KEYS)
        self._shells = shells
        self._place = house.data_dir / ADMIN
        self._port: IListeningPort | None = None
        self.factory = AdminFactory(
            host_key,
            self._keys,
            shells,
            house.audit,
            lambda: house.live.settings.admin.python,
            timers,
            house.clock,
        )

    def startService(self) -> None:
        Service.startService(self)
        self._port = self._door.listen(self._reactor, self.factory)
        write_private(self._place, f"{self._door.address}\n".encode())
        self.log.info(
            "log in to the admin shell with: {line} (host key {fingerprint})",
            line=login_line(self._door.address),
            fingerprint=self._fingerprint,
        )
        if not self._keys.keys():
            self.log.info(
                "nobody can log in to it yet: put your public key, the line of a .pub file, into "
                "{path}",
                path=str(self._keys.path),
            )

    def stopService(self) -> Deferred[None]:
        Service.stopService(self)
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        if self._port is not None:
            await maybeDeferred(self._port.stopListening)
        self._shells.end_all("The server stops.")
        await self.factory.close_all()
        self._place.unlink(missing_ok=True)


def login_line(address: ListenAddress | Path) -> str:
    """What to type, for a port or for a unix socket."""
    if isinstance(address, Path):
        return f"ssh -o 'ProxyCommand nc -U {address}' operator@voip"
    return f"ssh -p {address.port} operator@{address.host}"
