"""Making an account, proving a password, opening a session.

It knows the order of the login messages and what each side proves to the other; the mathematics is
``voip.core``'s, the connection a ``Line``'s. Argon2id runs wherever ``RunInThread`` puts it, so
that no screen stands still. A server that asks for weak Argon2id parameters, or cannot show that it
knew the password's verifier, is not trusted: ``ClientError`` INTERNAL with ``field`` ``"server"``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.threads import deferToThreadPool

from voip.client.account_key import open_account_key, seal_account_key
from voip.client.call_keys import Randomness
from voip.client.device_identity import DeviceIdentity, certify_device, new_key
from voip.client.model import ClientError
from voip.client.recovery_codes import NewCodes, new_codes
from voip.core.account_messages import DeleteAccount
from voip.core.credentials import KdfParameters
from voip.core.errors import ErrorCode, RemoteProtocolError
from voip.core.ids import Username
from voip.core.login import SALT_SIZE, LoginSecrets, default_kdf, derive_secrets, run_argon2
from voip.core.messages import (
    Answer,
    AuthChallenge,
    AuthDevice,
    AuthFinish,
    AuthKeys,
    AuthOk,
    AuthStart,
    ChangePassword,
    Register,
    RegisterOk,
    Request,
)
from voip.core.names import clean_nick, clean_text, nick_problem, password_problem
from voip.core.scram import (
    NONCE_SIZE,
    auth_message,
    check_nonce,
    client_proof,
    make_verifier,
    verify_server,
)
from voip.wire.codec_login import MAX_INVITE

Result = TypeVar("Result")


class RunInThread(Protocol):
    """Runs slow work beside the reactor."""

    def __call__(self, work: Callable[[], Result], /) -> Deferred[Result]: ...


def threads_of(reactor: IReactorTime) -> RunInThread:
    """The threads of a real reactor; they are started when the first work comes."""

    def run(work: Callable[[], Result], /) -> Deferred[Result]:
        threaded = cast("ReactorBase", reactor)
        return deferToThreadPool(threaded, threaded.getThreadPool(), work)

    return run


class Line(Protocol):
    """A connection to ask on; a refusal is raised as ``ClientError``."""

    @property
    def exporter(self) -> bytes: ...

    async def be_ready(self) -> None:
        """Make the connection anew if it went to rest, which changes ``exporter``."""

    async def ask_before_login(self, request: Request) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Means:
    """What a login needs beside a line: randomness, a thread, and how this device is called."""

    random: Randomness
    in_thread: RunInThread
    device_name: str


@dataclass(frozen=True, slots=True)
class Stretched:
    """What Argon2id made of a password under these parameters."""

    kdf: KdfParameters
    secrets: LoginSecrets = field(repr=False)


@dataclass(frozen=True, slots=True)
class Registered:
    """A new account: what the password gave, for the login that follows, and the codes to show.

    Argon2id takes 19 MiB and a person's patience, and is not run twice for one password.
    """

    stretched: Stretched
    recovery: NewCodes
    is_pending: bool  # nobody logs in before the operator approves it


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An account key that a password opened."""

    account: Ed25519PrivateKey = field(repr=False)
    stretched: Stretched


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof of a password, made for one challenge on one connection."""

    stretched: Stretched
    message: bytes
    proof: bytes


async def register(
    line: Line, means: Means, username: Username, nick: str, password: str, invite: str
) -> Registered:
    """Make an account with a fresh account key and its first recovery codes; does not log in."""
    if nick_problem(nick) is not None:
        raise ClientError(ErrorCode.NICK_NOT_ALLOWED, "nick")
    check_new_password(password, username)
    stretched = await stretch(means, password)
    secrets = stretched.secrets
    account = new_key(means.random)
    recovery = new_codes(account, username, means.random)
    typed = Register(
        username,
        clean_nick(nick),
        make_verifier(secrets.salted_password, stretched.kdf),
        seal_account_key(account, secrets.sealing_key, means.random),
        clean_text(invite, MAX_INVITE),
        recovery.copies,
    )
    answer = await line.ask_before_login(typed)
    if not isinstance(answer, RegisterOk):
        raise untrusted()
    return Registered(stretched, recovery, answer.is_pending)


def check_new_password(password: str, username: Username) -> None:
    """Refuse what ``voip.core.names`` calls no password: ``ClientError`` BAD_REQUEST."""
    if password_problem(password, username) is not None:
        raise ClientError(ErrorCode.BAD_REQUEST, "password")


async def unlock(
    line: Line,
    means: Means,
    username: Username,
    password: str,
    stretched: Stretched | None = None,
) -> Unlocked:
    """Prove the password, have the server prove itself, and open the account key."""
    proven = await prove(line, means, username, password, stretched)
    answer = await line.ask_before_login(AuthFinish(proven.proof))
    if not isinstance(answer, AuthKeys) or not verify_server(
        proven.stretched.secrets.salted_password, proven.message, answer.server_signature
    ):
        raise untrusted()
    account = open_account_key(answer.keys, proven.stretched.secrets.sealing_key)
    if account is None:
        raise untrusted()
    return Unlocked(account, proven.stretched)


async def login_with_password(
    line: Line,
    means: Means,
    username: Username,
    password: str,
    kept: DeviceIdentity | None,
    stretched: Stretched | None = None,
) -> tuple[DeviceIdentity, AuthOk]:
    """Log in and certify this device. ``kept`` is its key from earlier, if there is one: it goes on
    being this device as long as the account key is the same."""
    account = (await unlock(line, means, username, password, stretched)).account
    identity = kept
    if kept is None or kept.account_key != account.public_key().public_bytes_raw():
        identity = certify_device(username, means.device_name, account, new_key(means.random))
    assert identity is not None
    return identity, await login_with_device(line, identity)


async def login_with_device(line: Line, identity: DeviceIdentity) -> AuthOk:
    """Open the session by the device's signature over this very connection."""
    await line.be_ready()
    claim = identity.claim(line.exporter)
    answer = await line.ask_before_login(AuthDevice(identity.username, claim))
    if not isinstance(answer, AuthOk) or answer.device != identity.device:
        raise untrusted()
    return answer


async def password_change(
    line: Line,
    means: Means,
    username: Username,
    unlocked: Unlocked,
    old: str,
    new: str,
) -> ChangePassword:
    """The request that changes a password: proof of the old, account key sealed under the new.

    ``line`` is that of the logged-in session, on which the request is to follow at once.
    """
    check_new_password(new, username)
    fresh = await stretch(means, new)
    proven = await prove(line, means, username, old, unlocked.stretched)
    keys = seal_account_key(unlocked.account, fresh.secrets.sealing_key, means.random)
    verifier = make_verifier(fresh.secrets.salted_password, fresh.kdf)
    return ChangePassword(proven.proof, verifier, keys)


async def deletion(line: Line, means: Means, username: Username, password: str) -> DeleteAccount:
    """The request that deletes the account; it is to follow at once on the session's line."""
    return DeleteAccount((await prove(line, means, username, password)).proof)


async def prove(
    line: Line,
    means: Means,
    username: Username,
    password: str,
    stretched: Stretched | None = None,
) -> Proven:
    """Ask for a challenge and prove the password over it."""
    client_nonce = means.random(NONCE_SIZE)
    challenge = await line.ask_before_login(AuthStart(username, client_nonce))
    if not isinstance(challenge, AuthChallenge):
        raise untrusted()
    # the exporter is read after the answer: asking may have made the connection anew
    message = auth_message(username, challenge.nonce, challenge.kdf, line.exporter)
    try:
        check_nonce(client_nonce, challenge.nonce)
        if stretched is None or stretched.kdf != challenge.kdf:
            stretched = await _stretch(means, password, challenge.kdf)
    except RemoteProtocolError:
        raise untrusted() from None
    proof = client_proof(stretched.secrets.salted_password, message)
    return Proven(stretched, message, proof)


async def stretch(means: Means, password: str) -> Stretched:
    """Run Argon2id over a new password, with a fresh salt."""
    return await _stretch(means, password, default_kdf(means.random(SALT_SIZE)))


async def _stretch(means: Means, password: str, kdf: KdfParameters) -> Stretched:
    output = await means.in_thread(lambda: run_argon2(password, kdf))
    return Stretched(kdf, derive_secrets(output))


def untrusted() -> ClientError:
    """The server did what no honest server does."""
    return ClientError(ErrorCode.INTERNAL, "server")
