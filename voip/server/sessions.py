"""The sessions: one login of one device each, which outlive the connections that carry them.

A session remembers what it answered, so that a request sent again after a break is answered and
not done twice, and keeps its notices until the client has acknowledged them, so that a resumed
session misses nothing. It knows no transport: a ``Connection`` is anything that can be told.
Resume tokens are kept as hashes only.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, unique
from typing import Protocol

from voip.core.ids import AccountId, DeviceId, SessionId, Username
from voip.core.limits import ConnectionLimits
from voip.core.messages import Answer, Notice, Request
from voip.wire.session import AnswerCache, Begun, NoticeQueue

RESUME_TOKEN_SIZE = 32


class Connection(Protocol):
    """One connection, as a session sees it."""

    def answer(self, request_id: int, answer: Answer) -> None: ...

    def notify(self, seq: int, notice: Notice) -> None: ...

    def close(self) -> None:
        """Send what was written, then close."""

    def abort(self) -> None:
        """Close now; nothing more is sent or heard."""


@unique
class SessionEnd(Enum):
    """Why a session is over, for the log."""

    LOST = "the connection was lost"
    LOGGED_OUT = "asked to"
    REPLACED = "the device logged in again"
    PASSWORD_CHANGED = "the password was changed"  # noqa: S105 - a reason, not a secret
    RECOVERED = "the account was recovered"
    REVOKED = "the device was removed"
    DELETED = "the account was deleted"
    KICKED_BY_OPERATOR = "the operator ended it"
    BANNED = "the operator banned the account"
    RESET = "the account was reset"
    SERVER_STOP = "the server stops"


@dataclass(frozen=True, slots=True)
class SessionOwner:
    """Whose session it is: known from the login alone."""

    account: AccountId
    username: Username
    nick: str
    device: DeviceId
    device_name: str
    certificate: bytes


class Session:
    """One login of one device."""

    def __init__(
        self, session: SessionId, owner: SessionOwner, limits: ConnectionLimits, opened_at: float
    ) -> None:
        self.id = session
        self.owner = owner
        self.opened_at = opened_at
        self.connection: Connection | None = None
        self.end = SessionEnd.LOST
        self._answers = AnswerCache(limits.answers_kept, limits.requests_underway)
        self._notices = NoticeQueue(limits.notices_kept)
        self._resume_hash = b""

    def begin(self, request_id: int, request: Request) -> Begun | Answer:
        """What to do with a request: see ``AnswerCache``."""
        return self._answers.begin(request_id, request)

    def answer(self, request_id: int, answer: Answer) -> None:
        """Answer a request, now or when the client asks again."""
        self._answers.finish(request_id, answer)
        if self.connection is not None:
            self.connection.answer(request_id, answer)

    def tell(self, notice: Notice) -> None:
        """Send a notice; kept until it is acknowledged."""
        seq = self._notices.push(notice)
        if self.connection is not None:
            self.connection.notify(seq, notice)

    def acknowledge(self, seq: int) -> None:
        """The client has dealt with everything up to ``seq``; RemoteProtocolError if it cannot."""
        self._notices.acknowledge(seq)

    def missed_since(self, seq: int) -> tuple[tuple[int, Notice], ...] | None:
        """The notices after ``seq``; None when some are gone, so that nothing can be resumed."""
        return self._notices.since(seq)

    def renew_token(self, token: bytes) -> None:
        """From now on this token resumes the session, and no other."""
        self._resume_hash = hashlib.sha256(token).digest()

    def knows_token(self, token: bytes) -> bool:
        return hmac.compare_digest(hashlib.sha256(token).digest(), self._resume_hash)


class Sessions:
    """Every open session, found by its id and by its device."""

    def __init__(self) -> None:
        self._by_id: dict[SessionId, Session] = {}
        self._by_account: dict[AccountId, dict[DeviceId, Session]] = {}

    def add(self, session: Session) -> None:
        owner = session.owner
        self._by_id[session.id] = session
        self._by_account.setdefault(owner.account, {})[owner.device] = session

    def get(self, session: SessionId) -> Session | None:
        return self._by_id.get(session)

    def __getitem__(self, session: SessionId) -> Session:
        return self._by_id[session]

    def of_device(self, account: AccountId, device: DeviceId) -> Session | None:
        return self._by_account.get(account, {}).get(device)

    def of_account(self, account: AccountId) -> tuple[Session, ...]:
        return tuple(self._by_account.get(account, {}).values())

    def count_accounts(self) -> int:
        """How many accounts have a session."""
        return len(self._by_account)

    def drop(self, session: SessionId) -> Session | None:
        """Forget a session; None when it was not here."""
        dropped = self._by_id.pop(session, None)
        if dropped is not None:
            devices = self._by_account[dropped.owner.account]
            if devices.get(dropped.owner.device) is dropped:
                del devices[dropped.owner.device]
            if not devices:
                del self._by_account[dropped.owner.account]
        return dropped

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)
