"""The daemon's settings: what they are, what each allows, and how the TOML file is read.

Each setting is written down once, as a dataclass field with its documentation and its reader; the
file, the command line and ``docs/configuration.md`` come from these. A broken setting is one
sentence that names the file, the line and what is allowed. Nothing here opens a port or makes a
directory.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Final, cast

import platformdirs

from voip.core.limits import ConnectionLimits
from voip.core.messages import RegistrationPolicy
from voip.setting import BrokenSetting, Origin, SettingNote, count, flag, note, notes_of, printable

DEFAULT_PORT: Final = 5061
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

    def of_connections(self) -> ConnectionLimits:
        """The same in the words of the control connections."""
        return ConnectionLimits(
            login_deadline_seconds=float(self.login_seconds),
            fresh_per_source=self.unauthenticated_per_source,
            ping_seconds=self.ping_seconds,
            paused_reader_seconds=float(self.slow_reader_seconds),
        )


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
        metadata=note(
            RegistrationPolicy,
            doc="Whether new accounts may be made by whoever connects.",
            allowed='"open" or "closed"',
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
    limits: Limits = field(default_factory=Limits)


def _read_value(where: str, name: str, note: SettingNote, value: object) -> object:
    try:
        return note.read(value)
    except ValueError:
        raise BrokenSetting(f"{where}: {note.refusal(name, value)}.") from None


def _read_table(
    kind: type[Settings] | type[Limits], table: str, values: Mapping[str, object], origin: Origin
) -> dict[str, object]:
    notes = dict(notes_of(kind))
    read: dict[str, object] = {}
    for key, value in values.items():
        where = origin.line_of(table, key)
        if key not in notes:
            near = difflib.get_close_matches(key, notes, 1)
            hint = f"did you mean {near[0]}?" if near else "there are: " + ", ".join(notes) + "."
            raise BrokenSetting(f"{where}: there is no setting {key!r}; {hint}")
        read[key] = _read_value(where, key, notes[key], value)
    return read


def parse(text: str, name: str) -> Settings:
    """Settings from TOML text; ``name`` is what a ``BrokenSetting`` calls the file."""
    origin = Origin(name, text)
    try:
        values: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{name}, line {line[1]}" if line else f"{name}, at its end"
        raise BrokenSetting(f"{where}: this is not TOML; write lines of `key = value`.") from None
    limits = values.pop("limits", {})
    if not isinstance(limits, dict):
        where = origin.line_of("", "limits")
        raise BrokenSetting(f"{where}: limits must be a table, begun by the line [limits].")
    settings = replace(Settings(), **_read_table(Settings, "", values, origin))  # type: ignore[arg-type]
    return replace(
        settings,
        limits=replace(Limits(), **_read_table(Limits, "limits", limits, origin)),  # type: ignore[arg-type]
    )


def load(path: Path) -> Settings:
    """Settings from a file. Raises ``BrokenSetting``."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BrokenSetting(f"{path}: this is not UTF-8 text.") from None
    except OSError as error:
        raise BrokenSetting(f"{path}: cannot be read ({error.strerror}).") from None
    return parse(text, str(path))


def choose(config: str, data_dir: str, listen: str, *, source: str) -> Settings:
    """The file's settings with what the command line or the environment says on top.

    Each argument may be empty. ``source`` begins the sentence about a broken one. The data
    directory of the result is absolute, since a daemon leaves the directory it was started in.
    """
    settings = load(Path(config)) if config else Settings()
    notes = dict(notes_of(Settings))
    if data_dir:
        settings = replace(settings, data_dir=Path(data_dir).expanduser())
    if listen:
        read = _read_value(source, "listen", notes["listen"], listen)
        settings = replace(settings, listen=cast("ListenAddress", read))
    return replace(settings, data_dir=settings.data_dir.absolute())
