"""What the phone wants done, in its order, also when doing one thing brings the next.

An output may make a face act, and an answer may come at once; what the phone says to that must wait
until all it said before is carried out. It knows outputs, and neither calls nor connections: asking
and doing are handed in.
"""

from collections import deque
from collections.abc import Callable

from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from voip.client.model import ClientError
from voip.core.messages import Answer
from voip.core.phone_words import (
    Ask,
    Changed,
    CloseMicrophone,
    Met,
    MuteMicrophone,
    NeedKey,
    OpenMicrophone,
    PhoneOutputs,
    PhoneRequest,
    Ring,
    StopRinging,
)

PhoneDeed = (
    Ring | StopRinging | NeedKey | OpenMicrophone | CloseMicrophone | MuteMicrophone | Met | Changed
)
"""Every output but ``Ask``."""


class OutputQueue:
    """``ask`` sends a request, ``do`` carries out what is none, ``done`` is told when all is."""

    def __init__(
        self,
        ask: Callable[[PhoneRequest], Deferred[Answer | None]],
        do: Callable[[PhoneDeed], None],
        done: Callable[[], None],
    ) -> None:
        self._ask = ask
        self._do = do
        self._done = done
        self._waiting: deque[PhoneDeed | tuple[Ask, Deferred[Answer | None]]] = deque()
        self._is_busy = False

    def carry_out(self, outputs: PhoneOutputs) -> Deferred[Answer | None]:
        """Fires with the last answer asked for, or fails with its ``ClientError``.

        Fires with None at once when nothing is asked. Refusals of all but the last request are
        nobody's to hear: the next view of the call shows how things stand.
        """
        last: Deferred[Answer | None] | None = None
        for output in outputs:
            if isinstance(output, Ask):
                if last is not None:
                    last.addErrback(_unheard)
                last = Deferred()
                self._waiting.append((output, last))
            else:
                self._waiting.append(output)
        if not self._is_busy:
            self._work_off()
        return last if last is not None else succeed(None)

    def _work_off(self) -> None:
        self._is_busy = True
        try:
            while self._waiting:
                match self._waiting.popleft():
                    case (Ask(request=request), answered):
                        self._ask(request).chainDeferred(answered)
                    case output:
                        self._do(output)
        finally:
            self._is_busy = False
        self._done()


def _unheard(failure: Failure) -> None:
    failure.trap(ClientError)
