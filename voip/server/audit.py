"""The audit, as those see it who must be recorded: nothing is done before it is written down.

``begin`` fires once the line is safe on disk, in the file and in the database; only then may the
deed be done. ``end`` adds how it went. What keeps the lines is in ``voip.server.audit_trail``.
"""

from typing import Protocol

from twisted.internet.defer import Deferred

from voip.core.deeds import Actor, Deed, DeedId
from voip.core.errors import VoipError


class NotRecorded(VoipError):
    """The audit cannot be written, so nothing was done; its text is the reason, in a few words."""


class Audit(Protocol):
    """Where deeds are recorded."""

    def begin(self, actor: Actor, deed: Deed) -> Deferred[DeedId]:
        """Record what is about to be done. Fails with ``NotRecorded``."""

    def end(self, deed: DeedId, outcome: str) -> Deferred[None]:
        """Record how it went, in a word: "done", a refusal's code, "failed". Fails with
        ``NotRecorded``."""
