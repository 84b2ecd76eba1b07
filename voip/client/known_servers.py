"""Trust on first use: which public key each server showed the first time.

It knows one file, ``known_servers.json``, that maps ``host:port`` to the SHA-256 of the server's
SubjectPublicKeyInfo. It does no TLS: a pin flows in from the connection, a verdict flows out.
"""

import re
from pathlib import Path

from voip.client.address import Address
from voip.client.model import LinkError, LinkTrouble
from voip.client.private_files import DataFileError, read_private_file, write_private_file

FILE_NAME = "known_servers.json"

_PIN = re.compile(r"[0-9a-f]{64}")


class KnownServers:
    """The pins of the servers this computer has talked to. Each call reads the file anew, since
    several clients of one person may share it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME

    def pin_of(self, address: Address) -> str:
        """The key expected there, in hex; empty when the server is new."""
        return self._pins().get(address.key, "")

    def expect(self, address: Address, seen: str) -> bool:
        """Check the pin that a server shows, and remember it when it is the first; True then.

        A pin in the address is stronger than the file. ``LinkError`` CERTIFICATE_CHANGED with both
        pins when they differ; the file keeps the old one.
        """
        pins = self._pins()
        known = pins.get(address.key, "")
        expected = address.pin or known or seen
        if expected != seen:
            raise LinkError(LinkTrouble.CERTIFICATE_CHANGED, expected_pin=expected, seen_pin=seen)
        if known == seen:
            return False
        self._write(pins | {address.key: seen})
        return not known

    def accept_new_pin(self, address: Address, pin: str) -> None:
        """A person has checked the new key: expect it from now on."""
        if not _PIN.fullmatch(pin):
            raise ValueError(pin)
        self._write(self._pins() | {address.key: pin})

    def _pins(self) -> dict[str, str]:
        content = read_private_file(self._path)
        if content is None:
            return {}
        servers = content.get("servers")
        if not isinstance(servers, dict):
            raise DataFileError(self._path)
        for pin in servers.values():
            if not isinstance(pin, str) or not _PIN.fullmatch(pin):
                raise DataFileError(self._path)
        return servers

    def _write(self, pins: dict[str, str]) -> None:
        write_private_file(self._path, {"servers": dict(sorted(pins.items()))})
