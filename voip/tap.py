"""`twistd voip`: from the command line, or the environment, to a service that is ready to start.

The one place that knows the reactor, the environment and the clocks. Whatever can be wrong with a
start is found here, before twistd goes into the background: then one sentence stands on stderr and
the exit code is 1.
"""

import datetime as dt
import gc
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import ClassVar, cast

from twisted.application.service import IService
from twisted.internet.error import ReactorNotRunning
from twisted.logger import globalLogPublisher
from twisted.python import usage

from voip.config import ADMIN_SOCKET, Settings
from voip.config_file import choose
from voip.echo import Echo
from voip.server import certificate, echo_account
from voip.server.admin.commands import COMMANDS
from voip.server.admin.desk import Desk
from voip.server.admin.house import House
from voip.server.admin.socket_door import SocketDoor, SocketFactory
from voip.server.admin.ssh.host_key import HostKey, load_or_make
from voip.server.daemon import Daemon, OpenDoor
from voip.server.data_dir import DATABASE, ECHO, FAKE_SALT_KEY, CannotStart, open_data_dir
from voip.server.outside import DaemonReactor, Outside, Prepared
from voip.server.ports import Door, bind, bind_doors, bind_unix, close_doors
from voip.setting import BrokenSetting
from voip.store.interface import StoreUnavailable
from voip.store.sql import SqlStore, open_store

FAKE_SALT_KEY_SIZE = 32
ANSWER_SECONDS = 0.3


class Options(usage.Options):
    """The options of `twistd voip`."""

    optParameters: ClassVar = [
        [
            "config",
            "c",
            None,
            "Settings file (TOML); docs/configuration.md lists all.",
        ],
        ["data-dir", "d", None, "Where certificate, keys and database are kept."],
        ["listen", "l", None, "HOST:PORT to listen on, TCP and UDP; port 0: any that is free."],
    ]

    def getSynopsis(self) -> str:
        return "Usage: twistd [options] voip [--config FILE] [--data-dir DIR] [--listen HOST:PORT]"


def makeService(options: Options) -> IService:
    """The service of `twistd voip`. Exits with one sentence and code 1 when it cannot start."""
    config, data_dir, listen = (options[name] or "" for name in ("config", "data-dir", "listen"))
    return _service(config, data_dir, listen, "--listen")


def service_from_environment(environment: Mapping[str, str]) -> IService:
    """The same for ``voip.tac``, by VOIP_CONFIG, VOIP_DATA_DIR and VOIP_LISTEN."""
    return _service(
        environment.get("VOIP_CONFIG", ""),
        environment.get("VOIP_DATA_DIR", ""),
        environment.get("VOIP_LISTEN", ""),
        "VOIP_LISTEN",
    )


def _service(config: str, data_dir: str, listen: str, source: str) -> IService:
    # Imported here: the plugin is loaded before twistd has chosen its reactor.
    from twisted.internet import reactor  # noqa: TID251 - this is the place that knows it

    read_settings = partial(choose, config, data_dir, listen, source=source, folder=Path.cwd())
    try:
        daemon = _daemon(read_settings, cast("DaemonReactor", reactor))
    except (BrokenSetting, CannotStart) as error:
        raise SystemExit(f"voip: {error}") from None
    # Modules and code will not become garbage. Each full collection would look at them for most of
    # a tenth of a second, in which the relay stands still.
    gc.collect()
    gc.freeze()
    return daemon


def _daemon(read_settings: Callable[[], Settings], reactor: DaemonReactor) -> IService:
    settings = read_settings()
    with ExitStack() as undone:
        directory = open_data_dir(settings.data_dir)
        undone.callback(directory.close)
        ports = bind(settings.listen)
        undone.callback(ports.close)
        admin_port, metrics_port = bind_doors(settings, directory.path)
        undone.callback(close_doors, admin_port, metrics_port)
        admin_socket = bind_unix(directory.path / ADMIN_SOCKET)
        undone.callback(admin_socket.close)
        prepared = Prepared(
            settings=settings,
            machine=socket.gethostname(),
            directory=directory,
            certificate=certificate.load_or_make(directory, dt.datetime.now(dt.UTC)),
            fake_salt_key=directory.secret(FAKE_SALT_KEY, lambda: os.urandom(FAKE_SALT_KEY_SIZE)),
            echo=echo_account.load_or_make_keys(directory, os.urandom),
            ports=ports,
            admin_port=admin_port,
            metrics_port=metrics_port,
            admin_socket=admin_socket,
        )
        host_key = load_or_make(directory)
        database = directory.path / DATABASE
        _check_database(database, reactor)
        undone.pop_all()
    outside = Outside(
        clock=time.monotonic,
        wall_clock=lambda: int(time.time()),  # noqa: TID251 - handed to all the others
        random=os.urandom,
        open_store=lambda observe: open_store(database, reactor, observe),
        stop=lambda: _stop_soon(reactor),
        read_settings=read_settings,
        log_publisher=globalLogPublisher,
        give_up=lambda: _give_up(reactor),
    )
    daemon = Daemon(
        reactor,
        prepared,
        outside,
        residents=(lambda listening: Echo(reactor, directory.path / ECHO, listening),),
        doors=_doors(reactor, admin_socket, admin_port, host_key),
    )
    signal.signal(signal.SIGHUP, lambda *_: reactor.callFromThread(daemon.hang_up))
    return daemon


def _doors(
    reactor: DaemonReactor, admin_socket: Door, admin_port: Door | None, host_key: HostKey
) -> list[OpenDoor]:
    # Imported here: Conch imports the reactor.
    from voip.server.admin.shell.over_socket import SocketShell
    from voip.server.admin.shell.shells import open_shells
    from voip.server.admin.ssh.door import SshDoor

    def open_socket(house: House) -> IService:
        factory = SocketFactory(
            Desk(house, COMMANDS),
            house.audit,
            partial(SocketShell, open_shells(house, COMMANDS, reactor)),
            lambda: house.live.settings.admin.python,
        )
        return SocketDoor(reactor, reactor, admin_socket, factory)

    def open_ssh(port: Door, house: House) -> IService:
        shells = open_shells(house, COMMANDS, reactor)
        return SshDoor(reactor, reactor, port, host_key, shells, house)

    return [open_socket, *([] if admin_port is None else [partial(open_ssh, admin_port)])]


def _give_up(reactor: DaemonReactor) -> None:
    """End the process with exit code 1 once what had started is stopped. twistd knows no other code
    than 0 for a reactor that ends."""
    reactor.addSystemEventTrigger("after", "shutdown", os._exit, 1)
    with suppress(ReactorNotRunning):  # it stops already
        reactor.callWhenRunning(reactor.stop)


def _stop_soon(reactor: DaemonReactor) -> None:
    """Stop as SIGTERM does, a moment from now: the operator who asked for it is answered first."""

    def stop() -> None:
        with suppress(ReactorNotRunning):  # it stops already
            reactor.stop()

    reactor.callLater(ANSWER_SECONDS, stop)


def _check_database(path: Path, reactor: DaemonReactor) -> None:
    """Bring the database up to date while a person may be looking.

    It is closed again, since an SQLite connection must not be carried into the background process.
    """
    try:
        store: SqlStore = open_store(path, reactor)
    except StoreUnavailable as error:
        raise CannotStart(
            f"The database {path} cannot be used: {error}. Put it back from a copy, or give "
            "another --data-dir."
        ) from None
    store.close()
