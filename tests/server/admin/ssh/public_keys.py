"""Public keys for tests, as OpenSSH writes them."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Private = (
    ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | dsa.DSAPrivateKey
)


@cache
def key_of(kind: str) -> Private:
    """A key of a kind, the same each time."""
    match kind:
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "another ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "ecdsa":
            return ec.generate_private_key(ec.SECP256R1())
        case "weak rsa":
            return rsa.generate_private_key(65537, 1024)
        case _:
            return rsa.generate_private_key(65537, 2048)


def line_of(kind: str, name: str = "alice") -> str:
    """What stands in its ``.pub`` file."""
    public = key_of(kind).public_key()
    return f"{public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()} {name}".strip()
