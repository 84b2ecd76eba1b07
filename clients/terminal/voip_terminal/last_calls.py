"""The last calls with one person, asked for when somebody is looked at for a moment.

Moving through a list asks nothing; who rests on a name gets its calls, which are kept until the
history changes. It draws nothing.
"""

from collections.abc import Sequence

from twisted.internet.interfaces import IDelayedCall

from voip.core.history import HistoryEntry
from voip.core.ids import Username
from voip.core.people_messages import HistoryPage
from voip_terminal.stage import Stage

REST_SECONDS = 0.3
"""So long one looks at a name before its calls are asked for."""

KEPT_MAXIMUM = 100
"""People whose calls are kept; the first ones are asked for again after that."""


class LastCalls:
    """What was found so far."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._found: dict[Username, tuple[HistoryEntry, ...]] = {}
        self._wanted: Username | None = None
        self._rest: IDelayedCall | None = None

    def of(self, username: Username) -> Sequence[HistoryEntry] | None:
        """The newest calls with somebody; None while that is not known yet."""
        if username != self._wanted:
            self._want(username)
        return self._found.get(username)

    def _want(self, username: Username) -> None:
        self._wanted = username
        self.stop()
        if username not in self._found:
            self._rest = self._stage.clock.callLater(REST_SECONDS, self._rested)

    def _rested(self) -> None:
        self._rest = None
        username = self._wanted
        if username is None:
            return
        self._stage.ask(
            self._stage.controller.history(query=username),
            lambda page: self._arrived(username, page),
            lambda _: None,  # the pane says nothing of calls then
        )

    def _arrived(self, username: Username, page: HistoryPage) -> None:
        if len(self._found) >= KEPT_MAXIMUM:
            self._found.clear()
        self._found[username] = tuple(one for one in page.entries if username in one.peers)

    def forget(self) -> None:
        """A call was added, or some were deleted."""
        self._found.clear()
        self._wanted = None

    def stop(self) -> None:
        """Ask nothing more."""
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
