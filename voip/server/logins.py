"""Logging in: by password (SCRAM), which enrols the device, and by the key of a known device.

``Logins`` is what all connections share; ``Login`` is how far one connection has come. It knows no
sessions: a finished login is a ``LoggedIn``. Names nobody has take the same steps, answers and work
as the others, so neither tells who has an account. What is proven is bound to the TLS connection by
its exporter value. That an account is banned, or waits for the operator's approval, is told only to
who has proven whose it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from voip.core import login, names, scram
from voip.core.credentials import DeviceClaim, Verifier
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import AccountId, Username
from voip.core.limits import LoginThrottle, blur_source, milliseconds
from voip.core.messages import AuthChallenge, AuthDevice, AuthKeys, AuthStart
from voip.server.accounts import Accounts, Random
from voip.store.interface import Account, Ban, Device, StoreUnavailable
from voip.store.people import NamesInBook

NOBODY: Final = AccountId(0)
"""An account that the store never has: its numbers begin at 1."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """A device that has proven itself and is not let in yet; nothing is written of it so far."""

    account: Account
    device: Device
    is_new: bool


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A device that has proven itself, and who stands in the phone book of its account."""

    account: Account
    device: Device
    book: NamesInBook


@dataclass(frozen=True, slots=True)
class _Challenge:
    """A password login that waits for its proof. ``account`` None: no proof will do."""

    username: Username
    nonce: bytes
    verifier: Verifier
    account: Account | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What the store says last of all before somebody is let in."""

    is_kept: bool  # the device, as the account's
    ban: Ban | None
    book: NamesInBook


class Logins:
    """What the logins of all connections share. ``clock`` is monotonic seconds."""

    def __init__(
        self,
        accounts: Accounts,
        throttle: LoginThrottle,
        recovery_throttle: LoginThrottle,
        fake_salt_key: bytes,
        clock: Callable[[], float],
        wall_clock: Callable[[], int],
        random: Random,
    ) -> None:
        self.accounts = accounts
        self.store = accounts.store
        self.throttle = throttle
        self.recovery_throttle = recovery_throttle
        self.fake_salt_key = fake_salt_key
        self.clock = clock
        self.wall_clock = wall_clock
        self.random = random


class Login:
    """One connection's way to a session. ``source`` is its address as limits count it."""

    log = Logger()

    def __init__(self, shared: Logins, source: str, exporter: bytes) -> None:
        self._shared = shared
        self._source = source
        self._exporter = exporter
        self._challenge: _Challenge | None = None
        self._proven: Account | None = None

    def start(self, request: AuthStart) -> Deferred[AuthChallenge | Refusal]:
        """Give the challenge of a password login."""
        self._challenge = self._proven = None
        shared = self._shared
        username = Username(names.fold_username(request.username))
        if len(request.client_nonce) != scram.NONCE_SIZE:
            return succeed(Refusal(ErrorCode.BAD_REQUEST, field="client_nonce"))
        wait = shared.throttle.wait(username, self._source, shared.clock())
        if wait:
            return succeed(Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=milliseconds(wait)))

        def found(account: Account | None) -> AuthChallenge | Refusal:
            # Made for everyone, so that an unknown name costs what a known one does.
            verifier = scram.fake_verifier(shared.fake_salt_key, username)
            if account is not None and account.verifier is not None:
                verifier = account.verifier
            else:
                account = None
            nonce = request.client_nonce + shared.random(scram.NONCE_SIZE)
            self._challenge = _Challenge(username, nonce, verifier, account)
            return AuthChallenge(nonce, verifier.kdf)

        return shared.store.account(username).addCallbacks(found, shared.accounts.store_failed)

    @property
    def claimed(self) -> str:
        """The name somebody is proving the password of; empty: nobody's."""
        return "" if self._challenge is None else self._challenge.username

    def accept(self, account: Account, signature: bytes) -> AuthKeys:
        """Reward what ``prove`` gave with the account's sealed key; a device may be enrolled."""
        self._proven = account
        return AuthKeys(signature, account.keys)

    def prove(self, proof: bytes) -> tuple[Account, bytes] | Refusal:
        """Check a proof of the password: the account and the server's signature, or the refusal.

        A challenge serves once, whatever comes of it.
        """
        challenge, self._challenge = self._challenge, None
        if challenge is None:
            return Refusal(ErrorCode.WRONG_STATE)
        shared = self._shared
        # Again, since many connections may have got their challenges before the first failure.
        wait = shared.throttle.wait(challenge.username, self._source, shared.clock())
        if wait:
            return Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=milliseconds(wait))
        verifier = challenge.verifier
        message = scram.auth_message(
            challenge.username, challenge.nonce, verifier.kdf, self._exporter
        )
        is_right = scram.verify_proof(verifier, message, proof)
        if challenge.account is None or not is_right:
            wait = shared.throttle.failed(challenge.username, self._source, shared.clock())
            self.log.info(
                "wrong password for {username} from {address}",
                username=names.clean_text(challenge.username, names.MAX_USERNAME),
                address=blur_source(self._source),
            )
            return Refusal(ErrorCode.WRONG_PASSWORD, retry_after_ms=milliseconds(wait))
        shared.throttle.succeeded(challenge.username, self._source)
        return challenge.account, scram.server_signature(verifier, message)

    def identify(self, request: AuthDevice) -> Deferred[Claimant | Refusal]:
        """Find out which device that is: a new one after a password login, else a known one."""
        proven, self._proven = self._proven, None
        claim = request.device
        payload = login.auth_payload(request.username, claim.public, self._exporter)
        if not login.is_signed(claim.public, claim.proof, payload):
            return succeed(Refusal(ErrorCode.UNKNOWN_DEVICE))
        if proven is not None:
            return succeed(self._new_device(proven, request))
        return self._recognize(request.username, claim)

    def _new_device(self, account: Account, request: AuthDevice) -> Claimant | Refusal:
        claim = request.device
        field = _claim_problem(account, request)
        if field:
            return Refusal(ErrorCode.BAD_REQUEST, field=field)
        now = self._shared.wall_clock()
        device = Device(
            device=login.device_id_of(claim.public),
            public=claim.public,
            certificate=claim.certificate,
            name=claim.name,
            added_at=now,
            seen_at=now,
        )
        return Claimant(account, device, is_new=True)

    def _recognize(self, username: Username, claim: DeviceClaim) -> Deferred[Claimant | Refusal]:
        shared = self._shared
        device_id = login.device_id_of(claim.public)

        def account_found(account: Account | None) -> Deferred[Claimant | Refusal]:
            if account is None:
                # The same look-up as for a name that exists: the time must not tell.
                return shared.store.device(NOBODY, device_id).addCallback(
                    lambda _: Refusal(ErrorCode.UNKNOWN_DEVICE)
                )
            return shared.store.device(account.account, device_id).addCallback(
                device_found, account
            )

        def device_found(device: Device | None, account: Account) -> Claimant | Refusal:
            if device is None:
                return Refusal(ErrorCode.UNKNOWN_DEVICE)
            seen = replace(device, seen_at=shared.wall_clock())
            return Claimant(account, seen, is_new=False)

        return (
            shared.store.account(username)
            .addCallback(account_found)
            .addErrback(shared.accounts.store_failed)
        )

    def admit(self, claimant: Claimant) -> Deferred[LoggedIn | Refusal]:
        """Let a device in: from now on it is the account's."""
        store = self._shared.store
        account, device = claimant.account, claimant.device

        def admitted(found: _Found) -> LoggedIn | Refusal:
            if found.is_kept:
                return self._banned(found.ban) or LoggedIn(account, device, found.book)
            # The password was changed after it was proven, or the device thrown out since.
            return Refusal(
                ErrorCode.WRONG_PASSWORD if claimant.is_new else ErrorCode.UNKNOWN_DEVICE
            )

        if claimant.is_new:
            keeping = store.add_device(account.account, device, account.verifier)
        else:
            keeping = store.renew_device(account.account, device.device, device.seen_at)
        found: Deferred[_Found] = self._at_once(account, keeping)
        return found.addCallbacks(admitted, self._shared.accounts.store_failed)

    def kept_out(self, account: Account) -> Refusal | None:
        """What is told to who has proven whose the account is, but may not come in."""
        waits = Refusal(ErrorCode.NOT_APPROVED) if account.is_pending else None
        return self._banned(account.ban) or waits

    def _at_once(self, account: Account, keeping: Deferred[bool]) -> Deferred[_Found]:
        """All that is asked of the store last of all, in the same moment: so nothing is written
        between, and whatever is written later is told to a session that is open, or ends it."""
        store = self._shared.store
        book, ban = store.names_in_book(account.account), store.ban_of(account.account)

        async def found() -> _Found:
            try:
                return _Found(book=await book, ban=await ban, is_kept=await keeping)
            except StoreUnavailable:
                for asked in (ban, keeping):
                    asked.addErrback(lambda _: None)  # one answer needs no second reason
                raise

        return Deferred.fromCoroutine(found())

    def _banned(self, ban: Ban | None) -> Refusal | None:
        now = self._shared.wall_clock()
        if ban is None or not ban.holds(now):
            return None
        left = 0 if ban.until is None else (ban.until - now) * 1000
        return Refusal(ErrorCode.BANNED, retry_after_ms=left)


def _claim_problem(account: Account, request: AuthDevice) -> str:
    """The field of an enrolment that does not hold; empty: none."""
    claim = request.device
    if request.username != account.username:
        return "username"
    if not claim.name or names.clean_text(claim.name, names.MAX_DEVICE_NAME) != claim.name:
        return "device.name"
    certified = login.read_certificate(claim.certificate, claim.name)
    expected = login.CertifiedDevice(account.keys.public, claim.public)
    return "" if certified == expected else "device.certificate"
