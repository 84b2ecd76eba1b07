"""Past calls as one looks through them: those of a kind, with somebody, page by page.

The server is asked a moment after the last letter and never twice at once; when the history
changes, the first page is asked for again. It draws nothing.
"""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall

from voip.core.history import HistoryEntry, HistoryKind
from voip.core.people_messages import HistoryPage
from voip_terminal.stage import Stage

PAUSE_SECONDS = 0.15
"""How long the typing rests before the server is asked."""

Asked = tuple[HistoryKind, str]


class FoundCalls:
    """The calls found so far; ``changed`` is called when they are others."""

    def __init__(
        self, stage: Stage, changed: Callable[[], None], is_wanted: Callable[[], bool]
    ) -> None:
        self._stage = stage
        self._changed = changed
        self._is_wanted = is_wanted
        self.kind = HistoryKind.ALL
        self.query = ""
        self.entries: tuple[HistoryEntry, ...] = ()
        self.is_known = False
        """Has the server answered what is asked for now?"""
        self._next = ""
        self._asking: tuple[Asked, str] | None = None
        self._is_stale = False  # the history changed while an answer was awaited
        self._pause: IDelayedCall | None = None

    def look(self, kind: HistoryKind, query: str) -> None:
        """Look for these calls, at once."""
        self.stop()
        self.kind, self.query = kind, query
        self.is_known = False
        if self._asking is None:
            self._ask("")

    def typed(self, query: str) -> None:
        """Look for these when the typing rests."""
        self.stop()
        self._pause = self._stage.clock.callLater(PAUSE_SECONDS, self._rested, query)

    def _rested(self, query: str) -> None:
        self._pause = None
        if query != self.query:
            self.look(self.kind, query)

    def look_on(self) -> None:
        """The end of what is known is near: ask for more, if there is more."""
        if self._next and self._asking is None:
            self._ask(self._next)

    def look_again(self) -> None:
        """The history has changed."""
        if self._asking is None:
            self._ask("")
        else:
            self._is_stale = True

    def stop(self) -> None:
        """Ask nothing more."""
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _ask(self, cursor: str) -> None:
        self._asking = ((self.kind, self.query), cursor)
        self._is_stale = False
        self._stage.ask(
            self._stage.controller.history(self.kind, self.query, cursor),
            self._arrived,
            self._failed,
        )

    def _arrived(self, page: HistoryPage) -> None:
        assert self._asking is not None
        (asked, cursor), self._asking = self._asking, None
        if not self._is_wanted():
            return
        if asked != (self.kind, self.query) or self._is_stale:
            self._ask("")
            return
        self.entries = (*self.entries, *page.entries) if cursor else page.entries
        self._next = page.next_cursor
        self.is_known = True
        self._changed()

    def _failed(self, error: Exception) -> None:
        self._asking = None
        self._stage.complain_of(error)
