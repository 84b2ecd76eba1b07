"""The errors that travel: a code the client turns into a sentence, never free text.

``ErrorCode`` is the one list of refusals; the wire carries its members, the JSON face prints their
names and the screens hold a sentence for each.
"""

from dataclasses import dataclass
from enum import Enum, unique


@unique
class ErrorCode(Enum):
    """Why a request was refused."""

    BAD_REQUEST = "bad_request"
    VERSION = "version"  # no common protocol version
    NOT_LOGGED_IN = "not_logged_in"
    ALREADY_LOGGED_IN = "already_logged_in"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code, not a secret; also for unknown names
    WRONG_CODE = "wrong_code"  # a recovery code that opens nothing; also for unknown names
    UNKNOWN_DEVICE = "unknown_device"
    NAME_TAKEN = "name_taken"
    NAME_NOT_ALLOWED = "name_not_allowed"
    NICK_NOT_ALLOWED = "nick_not_allowed"
    REGISTRATION_CLOSED = "registration_closed"
    INVITE_NEEDED = "invite_needed"
    INVITE_NOT_VALID = "invite_not_valid"  # unknown, used up, withdrawn or too old
    NOT_APPROVED = "not_approved"  # the account waits for the operator's word
    BANNED = "banned"  # until ``retry_after_ms`` is over; 0: for good
    RATE_LIMITED = "rate_limited"
    TOO_MANY_SESSIONS = "too_many_sessions"
    NO_SUCH_CALL = "no_such_call"
    WRONG_STATE = "wrong_state"  # the call or leg cannot do that now
    CALL_EXISTS = "call_exists"
    CALL_FULL = "call_full"
    CALL_LOCKED = "call_locked"  # the host lets nobody new in
    NOT_HOST = "not_host"  # only the host of a conference may do that
    BOOK_FULL = "book_full"  # no room for another contact
    SESSION_GONE = "session_gone"  # cannot be resumed: log in again
    SHUTTING_DOWN = "shutting_down"
    MAINTENANCE = "maintenance"  # the operator lets no new call begin for now
    STORE_UNAVAILABLE = "store_unavailable"
    INTERNAL = "internal"


class VoipError(Exception):
    """Base of every error this project raises on purpose."""


class LocalProtocolError(VoipError):
    """Our own code asked for something the protocol does not allow: a bug, raised loudly."""


class RemoteProtocolError(VoipError):
    """The peer sent something no correct peer sends: answered with the code, logged, dropped."""

    def __init__(self, code: ErrorCode, detail: str = "") -> None:
        super().__init__(detail or code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected no: a value, not an exception.

    ``field`` names the offending field of the request, ``retry_after_ms`` says when to try again,
    ``incident`` is the random id that stands in the server's log beside what went wrong.
    """

    code: ErrorCode
    field: str = ""
    retry_after_ms: int = 0
    incident: str = ""
