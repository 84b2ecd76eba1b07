"""The timers of calls: one for each person who rings, one for who is alone in a conference.

It remembers which of them run, so that each is started once and stopped when it means nothing any
more. It decides nothing when one runs out: the exchange does.
"""

from voip.core.call import Call
from voip.core.call_limits import CallLimits
from voip.core.effects import Effect, StartTimer, StopTimer
from voip.core.ids import CallId, Username
from voip.core.timers import LonelyCall, NoAnswer


class CallTimers:
    """What runs for the calls of one node."""

    def __init__(self, limits: CallLimits) -> None:
        self._limits = limits
        self._ringing: dict[CallId, set[Username]] = {}
        self._lonely: set[CallId] = set()

    def ring(self, call: Call) -> list[Effect]:
        """Give those who ring since this moment their time to answer."""
        running = self._ringing.setdefault(call.call_id, set())
        new = sorted(call.ringing_names - running)
        running.update(new)
        seconds = self._limits.no_answer_seconds
        return [StartTimer(NoAnswer(call.call_id, username), seconds) for username in new]

    def settle(self, call: Call) -> list[Effect]:
        """Stop what no longer matters to a call; start what a change of it asks for."""
        return [*self._settle_ringing(call), *self._settle_lonely(call)]

    def rang_out(self, call_id: CallId, username: Username) -> bool:
        """Whether this timer was running, as it says that it ran out."""
        running = self._ringing.get(call_id, set())
        was_running = username in running
        running.discard(username)
        return was_running

    def was_lonely(self, call_id: CallId) -> bool:
        """The same for who was alone."""
        was_running = call_id in self._lonely
        self._lonely.discard(call_id)
        return was_running

    def _settle_ringing(self, call: Call) -> list[Effect]:
        running = self._ringing[call.call_id]
        over = sorted(running - call.ringing_names) if running else []
        running.difference_update(over)
        if call.outcome is not None:
            del self._ringing[call.call_id]
        return [StopTimer(NoAnswer(call.call_id, username)) for username in over]

    def _settle_lonely(self, call: Call) -> list[Effect]:
        key = LonelyCall(call.call_id)
        is_lonely, was_lonely = call.is_lonely, call.call_id in self._lonely
        if is_lonely and not was_lonely:
            self._lonely.add(call.call_id)
            return [StartTimer(key, self._limits.lonely_seconds)]
        if was_lonely and not is_lonely:
            self._lonely.remove(call.call_id)
            return [StopTimer(key)]
        return []
