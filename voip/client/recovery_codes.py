"""Recovery codes as a client makes them: for a person to write down, and what the server keeps.

It knows how the account key is sealed for each code, and nothing of connections. The codes
themselves are kept nowhere: whoever has made them shows them once.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voip.client.account_key import seal_account_key
from voip.client.call_keys import Randomness
from voip.core.credentials import RecoveryCopy
from voip.core.ids import Username
from voip.core.recovery import CODES, DRAWN_SIZE, derive_recovery, hash_token, make_code


@dataclass(frozen=True, slots=True)
class NewCodes:
    """``codes`` are for the person alone, ``copies`` for the server."""

    codes: tuple[str, ...] = field(repr=False)
    copies: tuple[RecoveryCopy, ...]


def new_codes(account: Ed25519PrivateKey, username: Username, random: Randomness) -> NewCodes:
    """As many codes as there are at a time; each opens a copy of the account key, once."""
    codes = tuple(make_code(random(DRAWN_SIZE)) for _ in range(CODES))
    return NewCodes(codes, tuple(_copy(code, account, username, random) for code in codes))


def _copy(
    code: str, account: Ed25519PrivateKey, username: Username, random: Randomness
) -> RecoveryCopy:
    secrets = derive_recovery(code, username)
    sealed = seal_account_key(account, secrets.sealing_key, random).sealed
    return RecoveryCopy(hash_token(secrets.token), sealed)
