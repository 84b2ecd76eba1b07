"""Who may log in to the admin shell: the file ``authorized_keys`` of the data directory.

One public key a line, as OpenSSH writes it, with the option ``role="python"`` before it where the
key may also open the Python shell. A line that is not understood whole lets nobody in, and is told
in one sentence. It knows the file and key formats; who proves to have a key is not its affair.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from twisted.logger import Logger

from voip.core.deeds import Role
from voip.core.errors import VoipError
from voip.core.names import clean_text
from voip.server.admin.ssh.host_key import fingerprint_of

AUTHORIZED_KEYS = "authorized_keys"

SIGNATURES: Final = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
"""The kinds of keys that are taken, and by which signatures. RSA with SHA-1 is not among them."""

LEAST_RSA_BITS: Final = 2048
MAX_FILE: Final = 256 * 1024
"""Some two thousand keys; a file beyond it was not meant."""
MAX_NAME: Final = 64

_LINE = re.compile(
    r'(?:(?P<options>(?![a-z0-9@.-]+\s)(?:[^\s"]|"[^"]*")+)\s+)?'
    r"(?P<kind>[a-z0-9@.-]+)\s+(?P<blob>[A-Za-z0-9+/=]+)(?:\s+(?P<name>.*))?"
)
_ROLE = re.compile(r'role="(?P<role>[^"]*)"')


@dataclass(frozen=True, slots=True)
class AuthorizedKey:
    """One key, whose it is by the file, and the most it may do."""

    kind: str
    blob: bytes
    name: str
    role: Role


class BrokenLine(VoipError):
    """A line that cannot be used; its text says why and what to do."""


class AuthorizedKeys:
    """The file. It is looked at whenever somebody asks, and read when it is another than before."""

    log = Logger()

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: Mapping[bytes, AuthorizedKey] = {}

    def find(self, blob: bytes) -> AuthorizedKey | None:
        """The line of a key, as the file is now."""
        return self.keys().get(blob)

    def keys(self) -> Mapping[bytes, AuthorizedKey]:
        """All keys by what they are, as the file is now. What is wrong with it goes to the log."""
        try:
            status = self.path.stat()
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen != self._seen:
                self._seen, self._keys = seen, self._read(status.st_size)
        except FileNotFoundError:
            self._seen, self._keys = None, {}
        except OSError as error:
            self._seen, self._keys = None, {}
            self.log.error(
                "{path} cannot be read: {reason}; nobody can log in by it.",
                path=str(self.path),
                reason=(error.strerror or str(error)).lower(),
            )
        return self._keys

    def _read(self, size: int) -> Mapping[bytes, AuthorizedKey]:
        if size > MAX_FILE:
            self.log.error(
                "{path} is longer than {most} KiB; nobody can log in by it.",
                path=str(self.path),
                most=MAX_FILE // 1024,
            )
            return {}
        keys: dict[bytes, AuthorizedKey] = {}
        text = self.path.read_text(encoding="utf-8", errors="replace")
        for number, line in _lines(text):
            try:
                key = parse_line(line)
                keys.setdefault(key.blob, key)
            except BrokenLine as error:
                self.log.warn(  # noqa: G010 - Twisted's logger has no other
                    "{path}, line {number}: {reason}",
                    path=str(self.path),
                    number=number,
                    reason=str(error),
                )
        return keys


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped


def parse_line(line: str) -> AuthorizedKey:
    """One line's key. Raises ``BrokenLine``."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise BrokenLine('this is no public key; a line looks like "ssh-ed25519 AAAA... name".')
    kind = found["kind"]
    if kind not in SIGNATURES:
        raise BrokenLine(
            f"keys of the kind {clean_text(kind, MAX_NAME)} are not taken; "
            "make one with `ssh-keygen -t ed25519`."
        )
    try:
        blob = base64.b64decode(found["blob"], validate=True)
        public = load_ssh_public_key(f"{kind} {found['blob']}".encode("ascii"))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise BrokenLine("the key is damaged; copy the whole line of the .pub file.") from None
    if isinstance(public, RSAPublicKey) and public.key_size < LEAST_RSA_BITS:
        raise BrokenLine(
            f"an RSA key of {public.key_size} bits is too weak; "
            "make one with `ssh-keygen -t ed25519`."
        )
    name = clean_text(found["name"] or "", MAX_NAME) or fingerprint_of(blob)
    return AuthorizedKey(kind, blob, name, _role(found["options"]))


def _role(options: str | None) -> Role:
    if options is None:
        return Role.OPERATOR
    found = _ROLE.fullmatch(options)
    role = found["role"] if found else ""
    if role not in (Role.OPERATOR.value, Role.PYTHON.value):
        # An option that is passed over could have been meant to limit the key.
        raise BrokenLine(
            f'{clean_text(options, MAX_NAME)} is not known here; the only option is role="python".'
        )
    return Role(role)
