"""The account key at rest on the server: sealed under a key that only the password gives.

It knows one format and nothing of passwords, logins or files:

    nonce 12 | ChaCha20-Poly1305 over the private key 32 | tag 16      AAD = context | public key
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from voip.client.call_keys import Randomness
from voip.core.credentials import AccountKeys
from voip.core.login import transcript

NONCE_SIZE = 12
SEALED_SIZE = NONCE_SIZE + 32 + 16

_CONTEXT = b"voip/1 sealed account key"


def seal_account_key(
    account: Ed25519PrivateKey, sealing_key: bytes, random: Randomness
) -> AccountKeys:
    """The account key as the server keeps it."""
    public = account.public_key().public_bytes_raw()
    nonce = random(NONCE_SIZE)
    sealed = ChaCha20Poly1305(sealing_key).encrypt(
        nonce, account.private_bytes_raw(), transcript(_CONTEXT, public)
    )
    return AccountKeys(public, nonce + sealed)


def open_account_key(keys: AccountKeys, sealing_key: bytes) -> Ed25519PrivateKey | None:
    """The private key; None when it was not sealed under this password, or is another's."""
    if len(keys.sealed) != SEALED_SIZE:
        return None
    nonce, sealed = keys.sealed[:NONCE_SIZE], keys.sealed[NONCE_SIZE:]
    try:
        private = ChaCha20Poly1305(sealing_key).decrypt(
            nonce, sealed, transcript(_CONTEXT, keys.public)
        )
    except InvalidTag:
        return None
    account = Ed25519PrivateKey.from_private_bytes(private)
    return account if account.public_key().public_bytes_raw() == keys.public else None
