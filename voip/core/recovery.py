"""Recovery codes: what lets their owner in when the password is forgotten; tokens of the operator.

Knows how a code looks, how it is typed and what it gives; neither accounts nor servers. A code is
100 random bits, so that nobody can guess one, not even with all that a server keeps of it: a hash
of its token and a copy of the account key sealed under its key. From the token the key cannot be
found. Random bytes are handed in.

The operator hands out tokens that look alike but for a letter before them: invites, with which
somebody may make an account, and reset tokens, with which one account gets a new password and a
new account key. They open nothing that is sealed.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voip.core.ids import Username
from voip.core.login import KEY_SIZE, transcript

CODES = 8
"""So many codes are made at once; each serves one time."""
MAX_CODES = 16
TOKEN_SIZE = 32

DRAWN_SIZE = 13
"""Random bytes that a code is made of; four of their bits are left over."""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U
_LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
_LENGTH = 20
_GROUP = 4
_LABEL = b"voip/1 recovery code"
_TOKEN_LABEL = b"voip/1 operator token"

INVITE = "I"
RESET = "R"


@dataclass(frozen=True, slots=True)
class RecoverySecrets:
    """What a code gives: ``token`` for the server to see, ``sealing_key`` for nobody."""

    token: bytes = field(repr=False)
    sealing_key: bytes = field(repr=False)


def make_code(drawn: bytes) -> str:
    """A code of five groups of four, out of ``DRAWN_SIZE`` random bytes."""
    number = int.from_bytes(drawn, "big")
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))
    return _in_groups(letters)


def read_code(typed: str) -> str | None:
    """The code somebody meant, whatever its case, blanks and look-alikes; None: it is none."""
    return _grouped(_letters_of(typed))


def derive_recovery(code: str, username: Username) -> RecoverySecrets:
    """Token and key of a code, for one account only (RFC 5869); neither tells the other."""
    info = transcript(_LABEL, username.encode())
    hkdf = HKDF(algorithm=SHA256(), length=TOKEN_SIZE + KEY_SIZE, salt=None, info=info)
    derived = hkdf.derive(code.encode())
    return RecoverySecrets(derived[:TOKEN_SIZE], derived[TOKEN_SIZE:])


def hash_token(token: bytes) -> bytes:
    """What a server keeps of a token: from it nobody can recover an account."""
    return hashlib.sha256(token).digest()


def make_token(prefix: str, drawn: bytes) -> str:
    """A token of the operator's, ``INVITE`` or ``RESET``, out of ``DRAWN_SIZE`` random bytes."""
    return f"{prefix}-{make_code(drawn)}"


def read_token(prefix: str, typed: str) -> str | None:
    """The token of this kind that somebody meant, as ``read_code`` reads; None: it is none."""
    letters = _letters_of(typed)
    code = _grouped(letters[1:])
    is_one = code is not None and letters[0] == _letters_of(prefix)
    return f"{prefix}-{code}" if is_one else None


def derive_token(text: str, username: Username | None = None) -> bytes:
    """What a client shows a server of a token that it has read; a reset token's holds for one
    account only."""
    info = transcript(_TOKEN_LABEL, (username or "").encode())
    return HKDF(algorithm=SHA256(), length=TOKEN_SIZE, salt=None, info=info).derive(text.encode())


def token_hash_of(text: str, username: Username | None = None) -> bytes:
    """What a server keeps of a token that it has made."""
    return hash_token(derive_token(text, username))


def _letters_of(typed: str) -> str:
    return typed.strip().upper().translate(_LOOK_ALIKES)


def _in_groups(letters: str) -> str:
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def _grouped(letters: str) -> str | None:
    is_code = len(letters) == _LENGTH and set(_LETTERS).issuperset(letters)
    return _in_groups(letters) if is_code else None
