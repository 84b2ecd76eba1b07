"""Coming back with a recovery code, and making new ones.

It knows the order of these messages; the mathematics is ``voip.core.recovery``'s, the connection a
``Line``'s. The server sees of a code only its token, from which it cannot open the account key; a
server that shows another account key than the code seals is not trusted.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voip.client.account_key import open_account_key, seal_account_key
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
from voip.client.recovery_codes import NewCodes
from voip.core.account_messages import Recover, RecoverFinish, RecoverOk, SetRecovery
from voip.core.errors import ErrorCode
from voip.core.ids import Username
from voip.core.messages import Done
from voip.core.recovery import RecoverySecrets, derive_recovery, read_code
from voip.core.scram import make_verifier


async def recover(line: Line, means: Means, username: Username, typed: str, new: str) -> Stretched:
    """Set a new password by a recovery code, which is used up; does not log in.

    Returns what the new password gave, for the login that follows. Raises ``ClientError``
    BAD_REQUEST with ``field`` ``"code"`` for what is no code, before the server is asked.
    """
    check_new_password(new, username)
    code = read_code(typed)
    if code is None:
        raise ClientError(ErrorCode.BAD_REQUEST, "code")
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
