"""Coming back with a recovery code or a reset token, and making new codes.

It knows the order of these messages; the mathematics is ``voip.core.recovery``'s, the connection a
``Line``'s. The server sees of a code only its token, from which it cannot open the account key; a
server that shows another account key than the code seals is not trusted. A reset token, which the
operator hands out, opens nothing: with it comes a new account key.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voip.client.account_key import open_account_key, seal_account_key
from voip.client.device_identity import new_key
from voip.client.login import (
    Line,
    Means,
    Stretched,
    Unlocked,
    check_new_password,
    prove,
    stretch,
    untrusted,
)
from voip.client.model import ClientError
from voip.client.recovery_codes import NewCodes, new_codes
from voip.core.account_messages import Recover, RecoverFinish, RecoverOk, Reset, SetRecovery
from voip.core.errors import ErrorCode
from voip.core.ids import Username
from voip.core.messages import Done
from voip.core.recovery import (
    RESET,
    RecoverySecrets,
    derive_recovery,
    derive_token,
    read_code,
    read_token,
)
from voip.core.scram import make_verifier


@dataclass(frozen=True, slots=True)
class Recovered:
    """A new password: what it gave, for the login that follows; ``codes`` are those that came with
    a new account key."""

    stretched: Stretched
    codes: tuple[str, ...] = field(default=(), repr=False)


async def recover(line: Line, means: Means, username: Username, typed: str, new: str) -> Recovered:
    """Set a new password by a recovery code or a reset token, which is used up; does not log in.

    Raises ``ClientError`` BAD_REQUEST with ``field`` ``"code"`` for what is neither, before the
    server is asked.
    """
    check_new_password(new, username)
    code, token = read_code(typed), read_token(RESET, typed)
    if token is not None:
        return await _reset(line, means, username, token, new)
    if code is None:
        raise ClientError(ErrorCode.BAD_REQUEST, "code")
    return Recovered(await _recover(line, means, username, code, new))


async def _recover(line: Line, means: Means, username: Username, code: str, new: str) -> Stretched:
    secrets = derive_recovery(code, username)
    account = await _open(line, username, secrets)
    fresh = await stretch(means, new)
    finish = RecoverFinish(
        username,
        secrets.token,
        make_verifier(fresh.secrets.salted_password, fresh.kdf),
        seal_account_key(account, fresh.secrets.sealing_key, means.random),
    )
    if not isinstance(await line.ask_before_login(finish), Done):
        raise untrusted()
    return fresh


async def _reset(line: Line, means: Means, username: Username, token: str, new: str) -> Recovered:
    fresh = await stretch(means, new)
    account = new_key(means.random)
    made = new_codes(account, username, means.random)
    request = Reset(
        username,
        derive_token(token, username),
        make_verifier(fresh.secrets.salted_password, fresh.kdf),
        seal_account_key(account, fresh.secrets.sealing_key, means.random),
        made.copies,
    )
    if not isinstance(await line.ask_before_login(request), Done):
        raise untrusted()
    return Recovered(fresh, made.codes)


async def _open(line: Line, username: Username, secrets: RecoverySecrets) -> Ed25519PrivateKey:
    answer = await line.ask_before_login(Recover(username, secrets.token))
    if not isinstance(answer, RecoverOk):
        raise untrusted()
    account = open_account_key(answer.keys, secrets.sealing_key)
    if account is None:
        raise untrusted()
    return account


async def recovery_change(
    line: Line, means: Means, username: Username, password: str, unlocked: Unlocked, new: NewCodes
) -> SetRecovery:
    """The request that replaces the codes; it is to follow at once on the session's line."""
    proven = await prove(line, means, username, password, unlocked.stretched)
    return SetRecovery(proven.proof, new.copies)
