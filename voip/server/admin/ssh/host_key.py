"""The key by which the admin shell proves that it is this server; made at the first start.

It knows the files' names and OpenSSH's formats, and not SSH.
"""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from voip.server.data_dir import CannotStart, DataDirectory, write_private

HOST_KEY = "ssh_host_ed25519_key"


@dataclass(frozen=True, slots=True)
class HostKey:
    """``public_line`` is what stands in the ``.pub`` file, without a name."""

    private: Ed25519PrivateKey
    public_line: str

    @property
    def fingerprint(self) -> str:
        """As ``ssh`` shows it when it meets the server for the first time."""
        return fingerprint_of(base64.b64decode(self.public_line.split()[1]))


def fingerprint_of(blob: bytes) -> str:
    """A public key's short name, ``SHA256:...``, as OpenSSH writes it."""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii")
    return f"SHA256:{digest.rstrip('=')}"


def load_or_make(directory: DataDirectory) -> HostKey:
    """The key of a data directory. Raises ``CannotStart``."""
    path = directory.path / HOST_KEY
    kept = directory.secret(HOST_KEY, _make)
    try:
        private = load_ssh_private_key(kept, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise CannotStart(
            f"{path} is not an Ed25519 key without a passphrase: put it back from a copy, or "
            "remove it and a new one is made (ssh will then warn that the server has changed)."
        )
    line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
    public = path.with_name(f"{HOST_KEY}.pub")
    content = f"{line} voip\n".encode("ascii")
    try:
        if not public.exists() or public.read_bytes() != content:
            write_private(public, content)
    except OSError as error:
        raise CannotStart(f"{public} cannot be written: {error.strerror}.") from None
    return HostKey(private, line)


def _make() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    )
