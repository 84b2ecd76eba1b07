"""Test people: an account with its keys, and the messages its owner sends to log in.

Argon2id is left out: what it would give is drawn once, since no server ever sees it.
"""

from dataclasses import dataclass, replace
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voip.core import login, scram
from voip.core.account_messages import DeleteAccount, Recover, RecoverFinish, Reset, SetRecovery
from voip.core.credentials import AccountKeys, DeviceClaim, RecoveryCopy
from voip.core.ids import Username
from voip.core.messages import (
    AuthChallenge,
    AuthDevice,
    AuthFinish,
    AuthStart,
    ChangePassword,
    Register,
)
from voip.core.recovery import derive_token, hash_token

NONCE = b"c" * scram.NONCE_SIZE
TOKENS = (b"1" * 32, b"2" * 32)
"""What the recovery codes of test people give for the server."""


def copies(*tokens: bytes) -> tuple[RecoveryCopy, ...]:
    """What codes of these tokens open."""
    return tuple(RecoveryCopy(hash_token(token), token[:1] * 60) for token in tokens)


class Counted:
    """Random bytes that are none: another value at each draw, the same in each run."""

    def __init__(self) -> None:
        self._draws = count(1)

    def __call__(self, size: int) -> bytes:
        return next(self._draws).to_bytes(size, "big")


@dataclass(frozen=True)
class Someone:
    """A person with a password (as Argon2id would give it), an account key and a device key."""

    username: Username
    password: bytes = b"p" * 32
    account_seed: bytes = b"a" * 32
    device_seed: bytes = b"d" * 32
    device_name: str = "laptop"

    @property
    def account_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.account_seed)

    @property
    def device_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.device_seed)

    @property
    def device_public(self) -> bytes:
        return self.device_key.public_key().public_bytes_raw()

    @property
    def keys(self) -> AccountKeys:
        return AccountKeys(self.account_key.public_key().public_bytes_raw(), b"s" * 60)

    def with_device(self, seed: bytes, name: str = "phone") -> "Someone":
        return replace(self, device_seed=seed, device_name=name)

    def register(self, nick: str = "Some One") -> Register:
        kdf = login.default_kdf(b"k" * login.SALT_SIZE)
        verifier = scram.make_verifier(self.password, kdf)
        return Register(self.username, nick, verifier, self.keys, recovery=copies(*TOKENS))

    def start(self) -> AuthStart:
        return AuthStart(self.username, NONCE)

    def proof(self, challenge: AuthChallenge, exporter: bytes) -> bytes:
        message = scram.auth_message(self.username, challenge.nonce, challenge.kdf, exporter)
        return scram.client_proof(self.password, message)

    def finish(self, challenge: AuthChallenge, exporter: bytes) -> AuthFinish:
        return AuthFinish(self.proof(challenge, exporter))

    def enrol(self, exporter: bytes) -> AuthDevice:
        certificate = login.make_certificate(self.account_key, self.device_public, self.device_name)
        return self._device(exporter, certificate)

    def known_device(self, exporter: bytes) -> AuthDevice:
        return self._device(exporter, b"")

    def change_password(
        self, challenge: AuthChallenge, exporter: bytes, new: bytes, *, revoke: bool = False
    ) -> ChangePassword:
        kdf = login.default_kdf(b"n" * login.SALT_SIZE)
        verifier = scram.make_verifier(new, kdf)
        return ChangePassword(self.proof(challenge, exporter), verifier, self.keys, revoke)

    def set_recovery(
        self, challenge: AuthChallenge, exporter: bytes, *tokens: bytes
    ) -> SetRecovery:
        return SetRecovery(self.proof(challenge, exporter), copies(*tokens))

    def recover(self, token: bytes) -> Recover:
        return Recover(self.username, token)

    def recover_finish(self, token: bytes, new: bytes) -> RecoverFinish:
        verifier = scram.make_verifier(new, login.default_kdf(b"r" * login.SALT_SIZE))
        return RecoverFinish(self.username, token, verifier, self.keys)

    def reset(self, token: str, new: bytes) -> Reset:
        """With a token of the operator's: a new password, and this person's account key."""
        verifier = scram.make_verifier(new, login.default_kdf(b"r" * login.SALT_SIZE))
        shown = derive_token(token, self.username)
        return Reset(self.username, shown, verifier, self.keys, copies(*TOKENS))

    def delete(self, challenge: AuthChallenge, exporter: bytes) -> DeleteAccount:
        return DeleteAccount(self.proof(challenge, exporter))

    def _device(self, exporter: bytes, certificate: bytes) -> AuthDevice:
        payload = login.auth_payload(self.username, self.device_public, exporter)
        proof = self.device_key.sign(payload)
        claim = DeviceClaim(self.device_public, certificate, self.device_name, proof)
        return AuthDevice(self.username, claim)


ANN = Someone(Username("ann"))
BOB = Someone(Username("bob"), account_seed=b"b" * 32, device_seed=b"B" * 32)
CARL = Someone(Username("carl"), account_seed=b"k" * 32, device_seed=b"K" * 32)
