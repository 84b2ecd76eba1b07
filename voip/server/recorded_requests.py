"""What clients do with accounts, written down before it is done: which requests, by which words.

A conversation hands it who asks, what, and the way to do it. It knows the audit, neither sessions
nor the order of messages. What only looks something up, or happens in calls, is not recorded, and
no audit line holds a proof, a key or a code. Whoever has proven nothing yet is recorded only when
what they tried was right; what was wrong is a note, of which a flood fills only so many a minute.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.core.account_messages import (
    DeleteAccount,
    Recover,
    RecoverFinish,
    Reset,
    RevokeDevice,
    SetRecovery,
)
from voip.core.deeds import Actor, Deed, DeedId, Door, Role
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import DeviceId
from voip.core.limits import blur_address
from voip.core.login import device_id_of
from voip.core.messages import (
    Answer,
    AuthDevice,
    AuthFinish,
    ChangePassword,
    Logout,
    Register,
    SetProfile,
)
from voip.core.names import clean_nick
from voip.server.accounts import INCIDENT_BYTES, Random
from voip.server.audit import DONE, FAILED, Audit, NotRecorded

OwnDeed = ChangePassword | SetProfile | SetRecovery | RevokeDevice | DeleteAccount
"""What somebody who is logged in does with the own account."""
RecordedRequest = (
    Register | AuthFinish | AuthDevice | Recover | RecoverFinish | Reset | OwnDeed | Logout
)
WORDS: Final[Mapping[type[RecordedRequest], str]] = {
    Register: "register",
    AuthFinish: "prove_password",
    AuthDevice: "login",
    Recover: "show_code",
    RecoverFinish: "recover",
    Reset: "reset",
    ChangePassword: "change_password",
    SetProfile: "set_nick",
    SetRecovery: "set_recovery",
    RevokeDevice: "revoke_device",
    DeleteAccount: "delete_account",
    Logout: "logout",
}
"""What each is called in the audit."""
GONE: Final = "gone"
"""The outcome of a login whose client did not wait for it."""

_DEVICE_SHOWN: Final = 16
"""Hex digits that tell a person's devices apart; a key's whole hash is 64."""

T = TypeVar("T", bound=Answer | None)


class RecordedRequests:
    """The deeds of one connection. ``address`` is its peer's."""

    log = Logger()

    def __init__(self, audit: Audit, random: Random, address: str) -> None:
        self._audit = audit
        self._random = random
        self._address = blur_address(address)

    async def done(
        self, who: str, request: RecordedRequest, do: Callable[[], Awaitable[T]]
    ) -> T | Refusal:
        """Do what is asked once it is written down; refuse it where that cannot be.

        How it went is written down too, which nobody waits for.
        """
        try:
            begun = await self._audit.begin(self._actor(who), _deed(who, request))
        except NotRecorded as error:
            return self._not_recorded(error)
        outcome = FAILED
        try:
            answer = await do()
            outcome = _outcome(answer)
        finally:
            self._audit.end(begun, outcome).addErrback(self._end_not_recorded, begun)
        return answer

    def refused(self, who: str, request: RecordedRequest, refusal: Refusal) -> None:
        """Note what somebody tried who has proven nothing; who has to wait was noted before."""
        if refusal.code is not ErrorCode.RATE_LIMITED:
            self._audit.note(self._actor(who), _deed(who, request), _outcome(refusal))

    def _actor(self, who: str) -> Actor:
        return Actor(who, Role.CALLER, Door.CONTROL, self._address)

    def _not_recorded(self, error: NotRecorded) -> Refusal:
        incident = self._random(INCIDENT_BYTES).hex()
        self.log.error(
            "a request was not done, since it cannot be recorded: {reason} (incident {incident})",
            reason=str(error),
            incident=incident,
        )
        return Refusal(ErrorCode.STORE_UNAVAILABLE, incident=incident)

    def _end_not_recorded(self, failure: Failure, begun: DeedId) -> None:
        failure.trap(NotRecorded)
        self.log.error(
            "how deed {deed} went cannot be recorded: {reason}",
            deed=begun,
            reason=str(failure.value),
        )


def _deed(who: str, request: RecordedRequest) -> Deed:
    """A request in the words of the audit; whom it concerns is always who asks."""
    return Deed(WORDS[type(request)], who, _detail(request))


def _detail(request: RecordedRequest) -> str:
    match request:
        case AuthDevice():
            return _device(device_id_of(request.device.public))
        case RevokeDevice():
            return _device(request.device)
        case SetProfile():
            return f"nick {clean_nick(request.nick)}"
        case _:
            return ""


def _device(device: DeviceId) -> str:
    return f"device {device.hex()[:_DEVICE_SHOWN]}"


def _outcome(answer: Answer | None) -> str:
    match answer:
        case Refusal():
            return answer.code.value
        case None:
            return GONE
        case _:
            return DONE
