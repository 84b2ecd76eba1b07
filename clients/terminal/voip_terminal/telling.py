"""What the line above the last one says, and what came of a verb that was asked for.

News stand until other news come; a complaint goes when what it complains of was mended or left
behind. It knows the model only for the server's name, and no widgets.
"""

from collections.abc import Callable
from typing import TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.client.model import ClientError, Controller, LinkError
from voip_terminal import sentences
from voip_terminal.frame import Told
from voip_terminal.stage import Surroundings

T = TypeVar("T")

COMPLAINT_SECONDS = 2.0
"""So long a complaint stands while one types on; it may have come in the middle of a word."""


class Telling:
    """The sentence of now."""

    log = Logger()

    def __init__(
        self, controller: Controller, clock: IReactorTime, surroundings: Surroundings
    ) -> None:
        self._controller = controller
        self._clock = clock
        self._surroundings = surroundings
        self.told = Told()

    def say(self, sentence: str) -> None:
        self._tell(sentence, is_trouble=False)

    def complain(self, sentence: str) -> None:
        self._tell(sentence, is_trouble=True)

    def complain_of(self, error: Exception) -> None:
        server = self._controller.model.connection.server
        self.complain(sentences.failure(error, server.host if server else ""))

    def _tell(self, sentence: str, *, is_trouble: bool) -> None:
        now = self._clock.seconds()
        self.told = Told(sentence, is_trouble, now, f"{self._surroundings.wall.now():%H:%M}")
        self._surroundings.redraw()

    def seconds_ago(self) -> float:
        """How long the present sentence stands there."""
        return self._clock.seconds() - self.told.at if self.told.sentence else float("inf")

    def forget_complaint(self) -> None:
        """What was complained of has been mended, or left behind."""
        if self.told.is_trouble:
            self.told = Told()

    def typed_on(self, told_before: Told) -> None:
        """Somebody edits a field: a complaint that was there before and could be read goes."""
        if self.told is told_before and self.seconds_ago() >= COMPLAINT_SECONDS:
            self.forget_complaint()

    def bug(self, failure: Failure) -> None:
        """Something of ours raised: tell it plainly, write it to the log, go on."""
        self.log.failure("the screen failed", failure=failure)
        self.complain(sentences.BUG)

    def ask(
        self,
        deferred: Deferred[T],
        done: Callable[[T], object],
        refused: Callable[[Exception], object] | None = None,
    ) -> None:
        """Carry on with the answer, or tell why there is none."""

        def failed(failure: Failure) -> None:
            error = failure.value
            if not isinstance(error, Exception):
                failure.raiseException()
            if not isinstance(error, ClientError | LinkError):
                self.log.failure("a verb failed unexpectedly", failure=failure)
            (refused or self.complain_of)(error)

        deferred.addCallbacks(done, failed)
        deferred.addErrback(self.bug)
        deferred.addBoth(lambda _: self._surroundings.redraw())
