"""Whether the server ends with its last call, which an operator may want of one that drains."""

from collections.abc import Callable

from voip.server.reception import Reception


class Leaving:
    """What one server is to do when nobody is in a call any more: nothing, at first."""

    def __init__(self) -> None:
        self.is_wanted = False
        self._listens = False

    def want(self, reception: Reception, stop: Callable[[], None]) -> None:
        """End the server with its last call; at once, when there is none."""
        self.is_wanted = True
        if not self._listens:
            self._listens = True
            reception.listen_quiet(lambda: stop() if self.is_wanted else None)
        if reception.is_quiet:
            stop()

    def forget(self) -> None:
        """Let it go on after all."""
        self.is_wanted = False
