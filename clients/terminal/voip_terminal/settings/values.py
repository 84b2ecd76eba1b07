"""What a person can set: each setting with its default, what it allows and its documentation.

A section is a frozen dataclass and a table of the settings file; ``volumes`` and ``keys`` are open
tables, whose names a person chooses. The file, ``docs/settings.md`` and the settings screens come
from these. It reads no file and uses none of the values.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

from voip.client.address import Address, parse_address
from voip.client.loudness import LOUDEST_DB, QUIETEST_DB
from voip.client.voice.commands import UdpUse
from voip.core.ids import Username
from voip.core.names import username_problem
from voip.setting import SettingNote, count, flag, note, printable, whole
from voip_terminal.keys import Verb
from voip_terminal.settings.key_names import KeyName, read_key

MOST_NAME: Final = 200
"""Letters of a device's name; sound libraries make long ones."""


def _server(value: object) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError
    if not isinstance(parse_address(value), Address):
        raise ValueError
    return value


def _account(value: object) -> str:
    if value == "":
        return ""
    return read_username(value)


def _pin(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    pin = value.lower().replace(":", "")
    if not re.fullmatch(r"([0-9a-f]{64})?", pin):
        raise ValueError
    return pin


@unique
class Theme(Enum):
    """How the screen is coloured."""

    AUTO = "auto"
    MONOCHROME = "monochrome"


@dataclass(frozen=True, slots=True)
class Network:
    """The table ``[network]``: the server, and how voices travel to it."""

    server: str = field(
        default="",
        metadata=note(
            _server,
            doc="The server to sign in to: a name, name:port or voip://name:port. Empty: the one "
            "used last.",
            allowed="the address of a server, or empty",
        ),
    )
    account: str = field(
        default="",
        metadata=note(
            _account,
            doc="The account to sign in with. Empty: the one used last.",
            allowed="the name of an account, or empty",
        ),
    )
    pin: str = field(
        default="",
        metadata=note(
            _pin,
            doc="The SHA-256 of the server's public key, as its operator tells it. Empty: the key "
            "that the server shows the first time is remembered, and any other one is refused "
            "from then on.",
            allowed="64 hexadecimal digits, or empty",
        ),
    )
    udp: UdpUse = field(
        default=UdpUse.AUTO,
        metadata=note(
            UdpUse,
            doc='How voices travel. "auto": by UDP, and through a TLS connection while UDP does '
            'not get through; "on": by UDP alone; "off": through TLS alone, for networks that '
            "slow UDP down.",
            allowed='"auto", "on" or "off"',
        ),
    )
    keepalive_seconds: int = field(
        default=0,
        metadata=count(
            0,
            25,
            "Seconds between two signs of life on the way of the voices while nobody talks, so "
            "that routers keep it open. 0: as the server says.",
        ),
    )
    jitter_min_ms: int = field(
        default=20,
        metadata=count(
            20,
            100,
            "The least time in milliseconds that voices wait for late packets. More makes calls "
            "slower to answer, and steadier on an uneven line.",
        ),
    )
    jitter_max_ms: int = field(
        default=400,
        metadata=count(
            100,
            400,
            "The most time in milliseconds that voices wait for late packets; what comes later "
            "is lost.",
        ),
    )


def _device(doc: str) -> Mapping[str, SettingNote]:
    return note(
        printable(MOST_NAME), doc=doc, allowed=f"a name of at most {MOST_NAME} printable characters"
    )


@dataclass(frozen=True, slots=True)
class Audio:
    """The table ``[audio]``: devices by name. One that is not there is replaced by the default."""

    microphone: str = field(
        default="",
        metadata=_device("The microphone, by its name. Empty: what the system uses."),
    )
    speaker: str = field(
        default="",
        metadata=_device("The speaker or headphones, by name. Empty: what the system uses."),
    )
    ring_on: str = field(
        default="",
        metadata=_device("Where it rings, by name. Empty: on the speaker."),
    )


@dataclass(frozen=True, slots=True)
class Look:
    """The table ``[look]``: the screen."""

    theme: Theme = field(
        default=Theme.AUTO,
        metadata=note(
            Theme,
            doc='"auto": in colours, as many as the terminal has; "monochrome": without any. Where '
            "NO_COLOR is set there are none either way.",
            allowed='"auto" or "monochrome"',
        ),
    )
    ascii: bool = field(
        default=False,
        metadata=note(
            flag,
            doc="Draw with ASCII signs only. Terminals that can show nothing else get them anyway.",
            allowed="true or false",
        ),
    )


@dataclass(frozen=True, slots=True)
class Notify:
    """The table ``[notify]``: how a call that comes in, and what was missed, is told."""

    bell: bool = field(
        default=True,
        metadata=note(flag, doc="Ring the terminal's bell.", allowed="true or false"),
    )
    tones: bool = field(
        default=True,
        metadata=note(
            flag,
            doc="Play a ring when somebody calls, and a ring-back tone while it rings there.",
            allowed="true or false",
        ),
    )
    title: bool = field(
        default=True,
        metadata=note(
            flag, doc="Say it in the title of the terminal's window.", allowed="true or false"
        ),
    )
    osc: bool = field(
        default=True,
        metadata=note(
            flag,
            doc="Ask the terminal for a desktop notification while its window is not in front. "
            "tmux passes it on after `set -g allow-passthrough on`, and tells which window is in "
            "front after `set -g focus-events on`.",
            allowed="true or false",
        ),
    )
    hook: str = field(
        default="",
        metadata=note(
            printable(1000),
            doc="A program to run for each of these events, with its arguments; no shell is "
            "between. It gets the event as a line of JSON, which docs/json.md describes, on its "
            "standard input. Empty: none.",
            allowed="a command line of at most 1000 printable characters",
        ),
    )


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Everything a person can set. ``volumes``: decibels by username; ``keys``: keys by verb."""

    network: Network = field(default_factory=Network)
    audio: Audio = field(default_factory=Audio)
    look: Look = field(default_factory=Look)
    notify: Notify = field(default_factory=Notify)
    volumes: Mapping[Username, int] = field(default_factory=lambda: MappingProxyType({}))
    keys: Mapping[Verb, KeyName] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table whose names a person chooses: ``read_name`` reads a name, ``note`` tells the rest."""

    doc: str
    names: str  # what the names are
    sample: str  # a line of it
    read_name: Callable[[object], object]
    note: SettingNote


def read_username(value: object) -> Username:
    """A reader of names of accounts."""
    if not isinstance(value, str) or username_problem(value) is not None:
        raise ValueError
    return Username(value)


def read_verb(value: object) -> Verb:
    """A reader of verbs, as in ``hang_up``."""
    try:
        return Verb[str(value).upper()]
    except KeyError:
        raise ValueError from None


TABLES: Final[Mapping[str, type[Network | Audio | Look | Notify]]] = {
    "network": Network,
    "audio": Audio,
    "look": Look,
    "notify": Notify,
}
"""The sections whose names are given."""

OPEN_TABLES: Final[Mapping[str, OpenTable]] = {
    "volumes": OpenTable(
        doc="How much louder, or with a minus sign quieter, a person is heard, by their account.",
        names="the name of an account",
        sample="bob = -6",
        read_name=read_username,
        note=SettingNote(
            doc="Decibels.",
            allowed=f"a whole number from {QUIETEST_DB} to {LOUDEST_DB}",
            shown_default="",
            read=whole(QUIETEST_DB, LOUDEST_DB),
        ),
    ),
    "keys": OpenTable(
        doc="Other keys than those of the list in docs/keys.md, by what they do, with _ for a "
        "space. Enter, Tab, Esc and the arrows stay what they are.",
        names="something a key does, such as hang_up",
        sample='hang_up = "Ctrl-K"',
        read_name=read_verb,
        note=SettingNote(
            doc="The key.",
            allowed='a sign, "Space", "F1" to "F12", or "Ctrl-" and a letter that is free',
            shown_default="",
            read=read_key,
        ),
    ),
}
"""The sections whose names a person chooses."""
