"""The daemon's settings: what they are and what each allows.

Each setting is written down once, as a dataclass field with its documentation and its reader; the
file, the command line (``voip.config_file``) and ``docs/configuration.md`` come from these. Nothing
here reads a file, opens a port or makes a directory.
"""

import os
import re
from dataclasses import dataclass, field, replace
from enum import Enum, unique
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import platformdirs

from voip.core.contacts import MAX_CONTACTS
from voip.core.limits import ConnectionLimits
from voip.core.messages import RegistrationPolicy
from voip.setting import NotSuitable, choice, count, flag, note, printable

DEFAULT_PORT: Final = 5061
ADMIN_SOCKET: Final = "admin.sock"
SYSTEM_DATA_DIR: Final = Path("/var/lib/voip")


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where the server listens: one number for TCP and UDP. Port 0: any that is free."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_listen(text: object) -> ListenAddress:
    """Read ``HOST:PORT``; an IPv6 host stands in square brackets."""
    found = re.fullmatch(
        r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[^:\[\]]+)):(?P<port>\d{1,5})", str(text)
    )
    if found is None:
        raise ValueError
    port = int(found["port"])
    if port > 65535:
        raise ValueError
    if found["six"]:
        return ListenAddress(str(ip_address(found["six"])), port)
    return ListenAddress(found["four"], port)


@unique
class Usual(Enum):
    """Where a door of the operator is when no address is given for it."""

    NEXT = ""  # on 127.0.0.1, on a number after the server's own
    OFF = "off"  # nowhere

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class SocketFile:
    """A unix socket of this name in the data directory."""

    name: str

    def __str__(self) -> str:
        return f"unix:{self.name}"


LocalAddress = ListenAddress | Usual
"""Where only this machine can knock."""


def parse_local(value: object) -> LocalAddress:
    """Read ``""``, ``off`` or the ``HOST:PORT`` of a loopback address."""
    if value in ("", "off"):
        return Usual(value)
    if not isinstance(value, str):
        raise ValueError
    address = parse_listen(value.replace("localhost:", "127.0.0.1:", 1))
    try:
        is_loopback = ip_address(address.host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise NotSuitable(
            "it may be reached from this machine only, and whoever is elsewhere comes by ssh"
        )
    return address


def parse_door(value: object) -> LocalAddress | SocketFile:
    """The same, or ``unix:NAME.sock``, which is no name of anything else the server keeps."""
    named = re.fullmatch(r"unix:([A-Za-z0-9][A-Za-z0-9_.-]{0,63}\.sock)", str(value))
    if named is None:
        return parse_local(value)
    if named[1] == ADMIN_SOCKET:
        raise NotSuitable(f"{ADMIN_SOCKET} is where voipctl comes in")
    return SocketFile(named[1])


def _path(value: object) -> Path:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError
    return Path(value).expanduser()


def default_data_dir() -> Path:
    """Root keeps its data where Debian's services do; anybody else in their own data folder."""
    if os.geteuid() == 0:
        return SYSTEM_DATA_DIR
    return Path(platformdirs.user_data_path("voip-server", appauthor=False))


@dataclass(frozen=True, slots=True)
class Limits:
    """The table ``[limits]``: what one client may cost. A refusal is always told."""

    login_seconds: int = field(
        default=20,
        metadata=count(1, 600, "Seconds a connection may take to log in before it is closed."),
    )
    unauthenticated_per_source: int = field(
        default=20,
        metadata=count(
            1,
            10_000,
            "Connections that have not logged in which one IPv4 address or IPv6 /64 may hold.",
        ),
    )
    sessions_per_account: int = field(
        default=10,
        metadata=count(1, 1000, "Devices of one account that may be logged in at once."),
    )
    ping_seconds: int = field(
        default=15,
        metadata=count(
            1,
            300,
            "Seconds between two signs of life of a client; after three times as many without one "
            "it counts as lost.",
        ),
    )
    slow_reader_seconds: int = field(
        default=2,
        metadata=count(
            1, 60, "Seconds a client may leave what it is sent unread before it is cut off."
        ),
    )
    registrations_per_hour: int = field(
        default=200,
        metadata=count(
            1, 100_000, "Accounts that one IPv4 address or IPv6 /64 may make in an hour."
        ),
    )
    login_failures: int = field(
        default=5,
        metadata=count(
            1,
            1000,
            "Wrong passwords for one account from one IPv4 address or IPv6 /64 in ten minutes; the "
            "last of them makes one wait 15 seconds, and each further one twice as long, up to a "
            "quarter of an hour. Recovery codes are counted by themselves.",
        ),
    )
    calls_per_minute: int = field(
        default=30,
        metadata=count(
            1,
            10_000,
            "Calls that one account may begin in a minute, and people it may add to calls (40 of "
            "them at once).",
        ),
    )
    contacts_per_account: int = field(
        default=MAX_CONTACTS,
        metadata=count(
            1,
            MAX_CONTACTS,
            "People in the phone book of one account. A book that holds more already keeps them.",
        ),
    )

    def of_connections(self, fixed: ConnectionLimits) -> ConnectionLimits:
        """The same in the words of the control connections; ``fixed`` has the rest of those."""
        return replace(
            fixed,
            login_deadline_seconds=float(self.login_seconds),
            fresh_per_source=self.unauthenticated_per_source,
            ping_seconds=self.ping_seconds,
            paused_reader_seconds=float(self.slow_reader_seconds),
        )


@dataclass(frozen=True, slots=True)
class Admin:
    """The table ``[admin]``: the operator's doors, which are open to this machine alone."""

    listen: LocalAddress | SocketFile = field(
        default=Usual.NEXT,
        metadata=note(
            parse_door,
            doc="Where the operator's shell waits for ssh. Empty: 127.0.0.1, on the port after the "
            "server's own (any free one where that is 0). A unix socket is a file in the data "
            "directory, for the server's user alone. The file `admin` in the data directory tells "
            "where it is.",
            allowed='"", "HOST:PORT" of a loopback address, as in "127.0.0.1:5062", '
            '"unix:NAME.sock" or "off"',
        ),
    )
    python: bool = field(
        default=False,
        metadata=note(
            flag,
            doc="Whether keys with the role python may use the whole interpreter of the running "
            "server, which can do everything the server can, and read all it keeps.",
            allowed="true or false",
        ),
    )
    metrics: LocalAddress = field(
        default=Usual.NEXT,
        metadata=note(
            parse_local,
            doc="Where /metrics (for Prometheus) and /health are served over HTTP. Empty: "
            "127.0.0.1, two ports after the server's own (any free one where that is 0). The file "
            "`metrics` in the data directory tells where it is.",
            allowed='"", "HOST:PORT" of a loopback address, as in "127.0.0.1:5063", or "off"',
        ),
    )
    audit_days: int = field(
        default=0,
        metadata=count(
            0,
            36_500,
            "Days that lines of the audit are kept in the database; 0: for good. The audit's files "
            "are never deleted by the server.",
        ),
    )


@unique
class LogThreshold(Enum):
    """How weighty an event must be to be told."""

    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set."""

    listen: ListenAddress = field(
        default=ListenAddress("0.0.0.0", DEFAULT_PORT),  # noqa: S104 - there to be reached
        metadata=note(
            parse_listen,
            doc="The address and port of the control connections (TCP) and of the voices (UDP, "
            "same number). 0.0.0.0 is every IPv4 address of the machine, [::] every address of "
            "both kinds; 127.0.0.1 keeps the server to this machine. Port 0 takes any free one, "
            "which the log and the file `listening` in the data directory tell.",
            allowed='"HOST:PORT", as in "0.0.0.0:5061" or "[::]:5061"',
        ),
    )
    data_dir: Path = field(
        default_factory=default_data_dir,
        metadata=note(
            _path,
            doc="Where the certificate, the keys and the database are kept. It is made at the "
            "first start, for its owner only. Root's default is /var/lib/voip, anybody else's is "
            "voip-server in their data folder (~/.local/share).",
            allowed="the path of a directory",
            shown_default="/var/lib/voip",
        ),
    )
    registration: RegistrationPolicy = field(
        default=RegistrationPolicy.OPEN,
        metadata=choice(
            RegistrationPolicy,
            "Who may make an account: anybody (open), whoever brings an invite (`voipctl invite`), "
            "anybody whom the operator then lets in (approval; `voipctl approve NAME`), or nobody "
            "(closed). Accounts that are there stay as they are.",
        ),
    )
    server_name: str = field(
        default="",
        metadata=note(
            printable(64),
            doc="What the server calls itself to its users. Empty: the name of the machine.",
            allowed="a text of at most 64 printable characters",
        ),
    )
    media_host: str = field(
        default="",
        metadata=note(
            printable(253),
            doc="Where clients send voices when that is another address than the one they "
            "connected to. Empty: the same.",
            allowed="a host name or address",
        ),
    )
    json_log: bool = field(
        default=False,
        metadata=note(
            flag,
            doc="Also write the log as JSON, one event a line, to `log.json` in the data "
            "directory.",
            allowed="true or false",
        ),
    )
    log_level: LogThreshold = field(
        default=LogThreshold.INFO,
        metadata=choice(
            LogThreshold,
            "The least weighty events that the log still tells: debug is for finding faults, and "
            "much; warn leaves out who came, called and went.",
        ),
    )
    admin: Admin = field(default_factory=Admin)
    limits: Limits = field(default_factory=Limits)
