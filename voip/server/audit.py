"""The audit, as those see it who must be recorded: nothing is done before it is written down.

``begin`` fires once the line is safe on disk, in the file and in the database; only then may the
deed be done. ``end`` adds how it went. What keeps the lines is in ``voip.server.audit_trail``.
"""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from twisted.internet.defer import Deferred

from voip.core.deeds import Actor, Deed, DeedId
from voip.core.errors import VoipError

T = TypeVar("T")

DONE: Final = "done"
"""The outcome of what went well; a refusal's is its code."""
FAILED: Final = "failed"
"""The outcome of what went wrong within the server."""


class NotRecorded(VoipError):
    """The audit cannot be written, so nothing was done; its text is the reason, in a few words."""


class EndNotRecorded(VoipError):
    """It was done, but how it went could not be written down; its text is the reason."""


class Audit(Protocol):
    """Where deeds are recorded."""

    def begin(self, actor: Actor, deed: Deed) -> Deferred[DeedId]:
        """Record what is about to be done. Fails with ``NotRecorded``."""

    def end(self, deed: DeedId, outcome: str) -> Deferred[None]:
        """Record how it went, in a word: "done", a refusal's code, "failed". Fails with
        ``NotRecorded``."""

    def note(self, actor: Actor, deed: Deed, outcome: str) -> None:
        """Record something that was refused at a door. It is not waited for, and of a flood only
        so many a minute are kept, and how many were not."""


async def recorded(
    audit: Audit,
    actor: Actor,
    deed: Deed,
    do: Callable[[], Awaitable[T]],
    outcome_of: Callable[[T], str],
) -> T:
    """Do something that is written down before, and how it went after.

    Raises ``NotRecorded`` when nothing was done, ``EndNotRecorded`` when it was, and what ``do``
    raises, which ends it as "failed".
    """
    begun = await audit.begin(actor, deed)
    try:
        result = await do()
    except BaseException:
        audit.end(begun, FAILED).addErrback(lambda _: None)  # the other reason is told
        raise
    try:
        await audit.end(begun, outcome_of(result))
    except NotRecorded as error:
        raise EndNotRecorded(str(error)) from error
    return result
