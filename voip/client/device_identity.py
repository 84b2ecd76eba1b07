"""This device's key and certificate, and how another device's certificate is read.

It knows Ed25519 keys and what ``voip.core.login`` has them sign. Files are the keyring's, legs and
calls the key exchange's.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voip.client.call_keys import Randomness
from voip.core.calls import LegView
from voip.core.credentials import DeviceClaim
from voip.core.ids import DeviceId, Username
from voip.core.login import (
    KEY_SIZE,
    CertifiedDevice,
    auth_payload,
    device_id_of,
    make_certificate,
    read_certificate,
    transcript,
)


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """One device of one account. ``name`` is what the certificate vouches for and others see."""

    username: Username
    name: str
    certificate: bytes
    account_key: bytes  # public
    public: bytes
    device: DeviceId
    private: Ed25519PrivateKey = field(repr=False)

    def sign(self, context: bytes, *parts: bytes) -> bytes:
        """The device's signature over parts in a context."""
        return self.private.sign(transcript(context, *parts))

    def claim(self, exporter: bytes) -> DeviceClaim:
        """What opens a session on the one TLS connection that has this exporter value."""
        proof = self.private.sign(auth_payload(self.username, self.public, exporter))
        return DeviceClaim(self.public, self.certificate, self.name, proof)


def read_identity(
    username: Username, name: str, certificate: bytes, private: bytes
) -> DeviceIdentity | None:
    """A device as it was kept; None when certificate and key do not belong together."""
    certified = read_certificate(certificate, name)
    if certified is None or len(private) != KEY_SIZE:
        return None
    key = Ed25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes_raw()
    if public != certified.device_public:
        return None
    device = device_id_of(public)
    return DeviceIdentity(
        username, name, certificate, certified.account_public, public, device, key
    )


def certify_device(
    username: Username, name: str, account: Ed25519PrivateKey, device: Ed25519PrivateKey
) -> DeviceIdentity:
    """Have an account key vouch for a device key under this name."""
    public = device.public_key().public_bytes_raw()
    return DeviceIdentity(
        username,
        name,
        make_certificate(account, public, name),
        account.public_key().public_bytes_raw(),
        public,
        device_id_of(public),
        device,
    )


def new_key(random: Randomness) -> Ed25519PrivateKey:
    """A fresh Ed25519 key from 32 random bytes."""
    return Ed25519PrivateKey.from_private_bytes(random(KEY_SIZE))


def certified_leg(leg: LegView) -> CertifiedDevice | None:
    """Whose account vouches for a leg's device; None when nobody's does, or for another device."""
    certified = read_certificate(leg.certificate, leg.device_name)
    if certified is None or device_id_of(certified.device_public) != leg.device:
        return None
    return certified
