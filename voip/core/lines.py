"""The calls of one device that are not over, by id, and those that ended last.

It moves lines and says what changed; a line that has ended is let go and remembered, so that late
news of its leg are left aside. It knows no rules across lines.
"""

from collections.abc import Callable, Iterable, Iterator

from automat import NoTransition

from voip.core.calls import CALLED, EndReason, LegView
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId, LegNumber
from voip.core.line import Line
from voip.core.line_outputs import LineFacts
from voip.core.phone_words import Changed, PhoneCall, PhoneCallState, PhoneOutputs

Move = Callable[[Line], PhoneOutputs]


class Lines:
    """``remembered``: ended calls whose late news is left aside."""

    def __init__(self, remembered: int) -> None:
        self._lines: dict[CallId, tuple[Line, LineFacts]] = {}
        self._remembered = remembered
        self._over: dict[CallId, LegNumber | None] = {}

    def __contains__(self, call_id: CallId) -> bool:
        return call_id in self._lines

    def __iter__(self) -> Iterator[CallId]:
        return iter(tuple(self._lines))

    def add(self, line: Line, facts: LineFacts) -> None:
        """A call begins here; one that was over goes on."""
        self._lines[facts.call_id] = line, facts
        self._over.pop(facts.call_id, None)

    def drop(self, call_id: CallId) -> LineFacts:
        """A call has ended, or goes on under another id."""
        _, facts = self._lines.pop(call_id)
        self.turn_away(call_id, facts.leg)
        return facts

    def turn_away(self, call_id: CallId, leg: LegNumber | None) -> None:
        """A call that is over for this leg of it; None: for one that was joined and never shown."""
        self._over[call_id] = leg
        if len(self._over) > self._remembered:
            del self._over[next(iter(self._over))]

    def is_over(self, call_id: CallId) -> bool:
        return call_id in self._over

    def turns_away(self, call_id: CallId, leg: LegView | None) -> bool:
        """Whether news of a call are of a leg that is over; a person who left may be called again,
        and has another leg then."""
        if call_id not in self._over:
            return False
        if leg is None:
            return True
        last = self._over[call_id]
        if last is None:
            if leg.state in CALLED:
                return False
            self._over[call_id] = last = leg.number
        return leg.number <= last

    def facts(self, call_id: CallId) -> LineFacts:
        return self._lines[call_id][1]

    def calls(self) -> tuple[PhoneCall, ...]:
        """The oldest first."""
        return tuple(line.describe() for line, _ in self._lines.values())

    def call(self, call_id: CallId) -> PhoneCall | None:
        return self._lines[call_id][0].describe() if call_id in self._lines else None

    def state(self, call_id: CallId) -> PhoneCallState | None:
        call = self.call(call_id)
        return None if call is None else call.state

    def wish(self, call_id: CallId, wish: Move) -> PhoneOutputs | Refusal:
        """Move a line as the user wants, if it is there and can."""
        if call_id not in self._lines:
            return Refusal(ErrorCode.NO_SUCH_CALL)
        try:
            return self.move(call_id, wish)
        except NoTransition:
            return Refusal(ErrorCode.WRONG_STATE)

    def move(self, call_id: CallId, move: Move) -> PhoneOutputs:
        """Move a line that can, and show it."""
        return move(self._lines[call_id][0]) + self.shown(call_id)

    def hear(self, call_id: CallId, move: Move) -> PhoneOutputs:
        """Tell a line something that shows only with the next news."""
        return move(self._lines[call_id][0])

    def shown(self, call_id: CallId) -> PhoneOutputs:
        """The call as it is now; one that has ended is let go."""
        call = self._lines[call_id][0].describe()
        if call.state is PhoneCallState.ENDED:
            self.drop(call_id)
        return (Changed(call),)

    def end(self, call_ids: Iterable[CallId], reason: EndReason) -> PhoneOutputs:
        """These are over, without a word of the server's about each."""
        outputs: PhoneOutputs = ()
        for call_id in call_ids:
            outputs += self.move(call_id, lambda line: line.left(reason))
        return outputs
