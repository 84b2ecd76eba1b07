"""A thread of one's own, with a real one."""

import queue
import threading
from collections.abc import Callable
from typing import cast

from twisted.internet.interfaces import IReactorFromThreads
from twisted.trial.unittest import SynchronousTestCase

from voip.server.own_thread import OwnThread

PATIENCE_SECONDS = 10.0


class Answers:
    """The part of a reactor that takes what threads bring."""

    def __init__(self) -> None:
        self._brought: queue.Queue[Callable[[], object]] = queue.Queue()

    def callFromThread(self, call: Callable[..., object], *given: object) -> None:  # noqa: N802
        self._brought.put(lambda: call(*given))

    def take(self) -> None:
        """Take the next one, which may still be on its way."""
        self._brought.get(timeout=PATIENCE_SECONDS)()


class OwnThreadTests(SynchronousTestCase):
    """Work that is done in turn."""

    def test_the_end_does_not_hold_the_reactor(self) -> None:
        """It fires after what was begun, which nobody waits for in the meantime."""
        answers, may_end = Answers(), threading.Event()
        thread = OwnThread(cast("IReactorFromThreads", answers), "slow")
        done = thread.do(lambda: may_end.wait(PATIENCE_SECONDS))
        stopped = thread.stop()
        self.assertNoResult(done)
        may_end.set()
        answers.take()
        self.assertTrue(self.successResultOf(done))
        self.assertNoResult(stopped)
        answers.take()
        self.assertIsNone(self.successResultOf(stopped))
