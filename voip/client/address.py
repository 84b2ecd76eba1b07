"""Server addresses as people type them.

It knows the four ways to write one and their limits; it resolves nothing and connects nowhere.
Text flows in, an ``Address`` or an ``AddressTrouble`` flows out.
"""

import re
from dataclasses import dataclass
from enum import Enum, unique
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, urlsplit

DEFAULT_PORT = 5061
MAX_HOST_LENGTH = 253  # RFC 1035 section 2.3.4, without the trailing dot

_SCHEME = "voip://"
_PIN = re.compile(r"[0-9a-f]{64}")
_HOST = re.compile(r"[^\s/@?#\[\]:]+")
_PORT = re.compile(r"[0-9]{1,5}")


@unique
class AddressTrouble(Enum):
    """What is wrong with a typed address."""

    EMPTY = "empty"
    HOST = "host"
    PORT = "port"
    PIN = "pin"  # not the 64 hexadecimal digits of a SHA-256
    FORM = "form"  # a user, a path or a question nobody understands


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is. ``pin`` is the SHA-256 of its public key in hex, if told ahead."""

    host: str
    port: int = DEFAULT_PORT
    pin: str = ""

    @property
    def key(self) -> str:
        """The name this server's keys are kept under: ``host:port``, lower case."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}".lower()


def parse_address(text: str) -> Address | AddressTrouble:
    """Read ``host``, ``host:port``, ``[v6]:port`` or ``voip://host:port?pin=HEX``."""
    text = text.strip()
    if not text:
        return AddressTrouble.EMPTY
    if text.lower().startswith(_SCHEME):
        return _parse_link(text)
    return _parse_authority(text, "")


def _parse_link(text: str) -> Address | AddressTrouble:
    try:
        parts = urlsplit(text)
    except ValueError:  # urlsplit checks what stands in brackets
        return AddressTrouble.HOST
    if "@" in parts.netloc or parts.path not in ("", "/") or parts.fragment:
        return AddressTrouble.FORM
    pin = ""
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name != "pin":
            return AddressTrouble.FORM
        pin = value.lower().replace(":", "")
        if not _PIN.fullmatch(pin):
            return AddressTrouble.PIN
    return _parse_authority(parts.netloc, pin)


def _parse_authority(text: str, pin: str) -> Address | AddressTrouble:
    host, bracket, rest = text.partition("]")
    if bracket:
        if not host.startswith("[") or not _is_ipv6(host[1:]):
            return AddressTrouble.HOST
        host = host[1:]
    elif _is_ipv6(text):
        host, rest = text, ""
    else:
        host, colon, port = text.partition(":")
        rest = colon + port
        if len(host) > MAX_HOST_LENGTH or not _HOST.fullmatch(host):
            return AddressTrouble.HOST
    if not rest:
        return Address(host, DEFAULT_PORT, pin)
    port_text = rest.removeprefix(":")
    if port_text == rest or not _PORT.fullmatch(port_text) or not 0 < int(port_text) < 65536:
        return AddressTrouble.PORT
    return Address(host, int(port_text), pin)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
