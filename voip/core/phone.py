"""The client's side of calling, without any I/O: what one device knows of its calls.

Three things flow in: what the user wants (``dialled``, ``accepted`` ...), what the server says
(``call_changed``, ``answered``, ``resumed``) and the device's public keys (``key_ready``). Outputs
flow out, to be carried out in order. A user's wish that does not fit gives a ``Refusal`` instead.

The user dials, talks in or wants back one call at a time, and holds any number beside it. What a
view means for a line is judged in ``voip.core.phone_news``.

The microphone rule lives here: ``OpenMicrophone`` comes only for a call that the local user
dialled, accepted or took back, or into which such a call was merged; between two, with nobody in
it but those he dialled or saw calling, whatever the server says.
"""

from collections.abc import Iterable

from voip.core.call_messages import (
    Accept,
    Decline,
    Hold,
    Invite,
    InviteOk,
    Leave,
    SetMute,
    Swap,
    Unhold,
)
from voip.core.calls import CALLER, JOINED, CallView, DeclineReason, EndReason, LegKey, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId, DeviceId, Username
from voip.core.line import Line, dialled_line, incoming_line, merged_line
from voip.core.line_outputs import LineFacts
from voip.core.lines import Lines
from voip.core.messages import Answer
from voip.core.phone_news import callers_in, heard, is_called_again
from voip.core.phone_words import (
    Ask,
    Met,
    PhoneCall,
    PhoneCallState,
    PhoneOutputs,
    PhoneRequest,
)

DEFAULT_MAX_RINGING = 4
"""Calls that may ring here at once; one more is declined as busy."""

CALLS_REMEMBERED = 64
"""Ended calls whose late news is left aside."""

_WANTED = frozenset({PhoneCallState.TALKING, PhoneCallState.RESUMING})
_ENGAGED = _WANTED | {PhoneCallState.DIALLING, PhoneCallState.ACCEPTING}
_SHOWN_RINGING = frozenset({PhoneCallState.RINGING, PhoneCallState.SILENCED})
_WAITING = _SHOWN_RINGING | {PhoneCallState.MEETING}
_WRONG_STATE = Refusal(ErrorCode.WRONG_STATE)


class Phone:
    """Every call of one device; made when it is logged in."""

    def __init__(self, device: DeviceId, max_ringing: int = DEFAULT_MAX_RINGING) -> None:
        self._device = device
        self._max_ringing = max_ringing
        self._lines = Lines(CALLS_REMEMBERED)
        self._unanswered: set[CallId] = set()  # dialled, and the server has not said a word yet

    # What the user wants.

    def dialled(
        self,
        callees: tuple[Username, ...],
        call_id: CallId,
        commitment: bytes,
        require_e2e: bool = True,
        is_conference: bool = False,
    ) -> PhoneOutputs | Refusal:
        """Call somebody; ``call_id`` is 16 fresh random bytes. A call that is talked in is held
        first; WRONG_STATE while another is dialled or being answered.

        A call that rings here from the very person falls silent: the server then says whether the
        two calls meet (``Met``).
        """
        if call_id in self._lines or self._lines.is_over(call_id):
            return Refusal(ErrorCode.CALL_EXISTS)
        if not self._may_talk:
            return _WRONG_STATE
        peers = frozenset(callees)
        outputs = self._hold_talk()
        if len(callees) == 1 and not is_conference:
            outputs += self._silence_who_is_dialled(peers)
        facts = LineFacts(call_id, is_incoming=False, peers=peers, leg=CALLER)
        self._lines.add(dialled_line(facts), facts)
        self._unanswered.add(call_id)
        invite = Invite(call_id, callees, commitment, is_conference, require_e2e)
        return (*outputs, Ask(invite), *self._lines.shown(call_id))

    def accepted(self, call_id: CallId) -> PhoneOutputs | Refusal:
        """Answer; a call that is talked in is held first. Others that ring go on ringing.

        WRONG_STATE while another is dialled or being answered.
        """
        state = self._lines.state(call_id)
        if state is None:
            return Refusal(ErrorCode.NO_SUCH_CALL)
        if state not in _SHOWN_RINGING or not self._may_talk:
            return _WRONG_STATE
        return self._hold_talk() + self._lines.move(call_id, lambda line: line.accepted())

    def declined(
        self, call_id: CallId, reason: DeclineReason = DeclineReason.DECLINED
    ) -> PhoneOutputs | Refusal:
        """Say no to a ringing call."""
        return self._lines.wish(call_id, lambda line: line.declined(reason))

    def ignored(self, call_id: CallId) -> PhoneOutputs | Refusal:
        """Stop sounding here; the call can still be accepted and other devices ring on."""
        return self._lines.wish(call_id, lambda line: line.silenced())

    def held(self, call_id: CallId) -> PhoneOutputs | Refusal:
        """Put a call on hold; the microphone closes at once, before the server answers."""
        return self._lines.wish(call_id, lambda line: line.held(asks=True))

    def taken_back(self, call_id: CallId) -> PhoneOutputs | Refusal:
        """Talk in a held call again; the one that is talked in is held in the same step.

        WRONG_STATE while another is dialled or being answered.
        """
        state = self._lines.state(call_id)
        if state is None:
            return Refusal(ErrorCode.NO_SUCH_CALL)
        if state is not PhoneCallState.HELD or not self._may_talk:
            return _WRONG_STATE
        talk = self._wanted
        if talk is None:
            return self._lines.move(call_id, lambda line: line.taken_back(asks=True))
        closed = self._lines.move(talk, lambda line: line.held(asks=False))
        opened = self._lines.move(call_id, lambda line: line.taken_back(asks=False))
        return (*closed, Ask(Swap(hold=talk, resume=call_id)), *opened)

    def hung_up(self, call_id: CallId, e2e_failed: bool = False) -> PhoneOutputs | Refusal:
        """Leave a call in any state; the microphone closes at once, before the server answers.

        Asks Cancel while dialling, Decline while ringing, Leave while in it, and always Leave
        when ``e2e_failed``.
        """
        return self._lines.wish(call_id, lambda line: line.hung_up(e2e_failed))

    def muted(self, call_id: CallId, is_muted: bool) -> PhoneOutputs | Refusal:
        """Tell the others. Muting the sound itself is the voice engine's."""
        return self._lines.wish(call_id, lambda line: line.muted(is_muted))

    # What the key machinery has.

    def key_ready(self, call_id: CallId, key: LegKey) -> PhoneOutputs:
        """This device's key for a call, once ``NeedKey`` asked for it: asks Alerting, once.

        Nothing comes of a key for a call that is over, nor of the caller's in a call between two,
        who shows it otherwise.
        """
        if call_id not in self._lines:
            return ()
        return self._lines.hear(call_id, lambda line: line.key_ready(key))

    # What the server says.

    def call_changed(self, view: CallView) -> PhoneOutputs:
        """A call as the server has it now, whole; an older one than the known is left aside."""
        if self._lines.turns_away(view.call_id, view.leg_of(self._device)):
            return ()
        if view.call_id not in self._lines:
            return self._arrived(view)
        facts = self._lines.facts(view.call_id)
        if facts.view is not None and facts.view.version >= view.version:
            return ()
        if is_called_again(facts, view.leg_of(self._device)):
            over = self._lines.end([view.call_id], EndReason.NETWORK_LOST)
            return over + self._arrived(view)
        facts.view = view
        return self._seen(view)

    def answered(self, request: PhoneRequest, answer: Answer) -> PhoneOutputs:
        """The server's answer to what an ``Ask`` held."""
        is_refused = isinstance(answer, Refusal)
        match request:
            case Invite(call_id=dialled):
                return self._invite_answered(dialled, answer)
            case Accept(call_id=accepted) if is_refused:
                return self._refused(accepted)
            case SetMute(call_id=call_id) if call_id in self._lines:
                self._lines.facts(call_id).mute_answered()
                return ()
            case Hold(call_id=call_id) | Unhold(call_id=call_id):
                return self._hold_answered(call_id, is_refused)
            case Swap(hold=held, resume=resumed):
                return self._swap_answered(held, resumed, is_refused)
            case _:
                return ()

    def resumed(self, calls: Iterable[CallView]) -> PhoneOutputs:
        """The session came back with this snapshot: calls it does not hold are over.

        A call whose Invite has not been answered yet stays; its answer will come. A call left here
        that still goes on there is left once more.
        """
        views = {view.call_id: view for view in calls}
        gone = [one for one in self._lines if one not in views and one not in self._unanswered]
        outputs = self._lines.end(gone, EndReason.NETWORK_LOST)
        for call_id, view in views.items():
            mine = view.leg_of(self._device)
            is_in = mine is not None and mine.state is not LegState.LEFT
            if is_in and self._lines.turns_away(call_id, mine):
                outputs += (Ask(Leave(call_id)),)
            outputs += self.call_changed(view)
        return outputs

    def disconnected(self) -> PhoneOutputs:
        """The session is gone for good, or away for longer than the server waits: all is over.

        Nothing needs to be said of a short break.
        """
        self._unanswered.clear()
        return self._lines.end(self._lines, EndReason.NETWORK_LOST)

    # What there is.

    def calls(self) -> tuple[PhoneCall, ...]:
        """The calls that are not over, the oldest first; one at most neither rings nor is held."""
        return self._lines.calls()

    def call(self, call_id: CallId) -> PhoneCall | None:
        """One call that is not over."""
        return self._lines.call(call_id)

    @property
    def _wanted(self) -> CallId | None:
        """The call that the user talks in or wants back."""
        return next((call.call_id for call in self.calls() if call.state in _WANTED), None)

    @property
    def _may_talk(self) -> bool:
        """Whether another call may be talked in, once the one that is has been held."""
        return not any(call.state in _ENGAGED - _WANTED for call in self.calls())

    @property
    def _is_crowded(self) -> bool:
        return sum(call.state in _WAITING for call in self.calls()) >= self._max_ringing

    # What the user's wishes do to other lines.

    def _hold_talk(self) -> PhoneOutputs:
        talk = self._wanted
        return () if talk is None else self._lines.move(talk, lambda line: line.held(asks=True))

    def _silence_who_is_dialled(self, dialled: frozenset[Username]) -> PhoneOutputs:
        outputs: PhoneOutputs = ()
        for call in self.calls():
            is_two = call.view is None or not call.view.is_conference
            if call.state in _SHOWN_RINGING and call.peers <= dialled and is_two:
                outputs += self._lines.move(call.call_id, lambda line: line.dialled_back())
        return outputs

    # What a view means.

    def _seen(self, view: CallView) -> PhoneOutputs:
        before = self._lines.state(view.call_id)
        facts = self._lines.facts(view.call_id)
        outputs = heard(self._lines, facts, view, view.leg_of(self._device))
        if facts.end_reason is EndReason.MERGED and view.merged_into is not None:
            outputs += self._go_on_in(view.merged_into, facts, before)
        return outputs

    def _go_on_in(
        self, call_id: CallId, facts: LineFacts, before: PhoneCallState | None
    ) -> PhoneOutputs:
        """A call of this device was merged into another: what the user wanted of it, goes on."""
        is_wanted = before in _WANTED
        if not is_wanted and before is not PhoneCallState.HELD:
            return ()
        if call_id in self._lines:
            if self._lines.state(call_id) in _SHOWN_RINGING:
                # nobody answered who calls there: between two, the talk is with whom it was
                self._lines.facts(call_id).peers = facts.peers
            return self._lines.move(
                call_id, lambda line: line.wanted_here() if is_wanted else line.held_here()
            )
        on = LineFacts(call_id, facts.is_incoming, facts.peers, is_muted=facts.is_muted)
        self._lines.add(merged_line(on, is_wanted), on)
        return self._lines.move(call_id, lambda line: line.conference())

    def _arrived(self, view: CallView) -> PhoneOutputs:
        """A call this device knew nothing of."""
        mine = view.leg_of(self._device)
        if mine is None or mine.state is LegState.LEFT:
            return ()
        if mine.state is LegState.DIALING or mine.state in JOINED:
            self._lines.turn_away(view.call_id, mine.number)
            return (Ask(Leave(view.call_id)),)
        if self._is_crowded:
            self._lines.turn_away(view.call_id, mine.number)
            return (Ask(Decline(view.call_id, DeclineReason.BUSY)),)
        callers = callers_in(view)
        facts = LineFacts(view.call_id, True, callers, mine.number, view)
        self._lines.add(incoming_line(facts), facts)
        if not view.is_conference and any(
            callers <= self._lines.facts(one).peers for one in self._unanswered_lines()
        ):
            return self._lines.shown(view.call_id)
        return self._lines.move(view.call_id, _ring)

    def _unanswered_lines(self) -> list[CallId]:
        return [call_id for call_id in self._unanswered if call_id in self._lines]

    # What an answer means.

    def _invite_answered(self, dialled: CallId, answer: Answer) -> PhoneOutputs:
        self._unanswered.discard(dialled)
        match answer:
            case InviteOk(call_id=call_id) if call_id != dialled:
                outputs = self._meet(dialled, call_id)
            case Refusal():
                outputs = self._refused(dialled)
            case _:
                outputs = ()
        return outputs + self._go_separate_ways()

    def _refused(self, call_id: CallId) -> PhoneOutputs:
        if self._lines.state(call_id) not in (PhoneCallState.DIALLING, PhoneCallState.ACCEPTING):
            return ()
        return self._lines.move(call_id, lambda line: line.refused())

    def _hold_answered(self, call_id: CallId, is_refused: bool) -> PhoneOutputs:
        """A view follows what was done. What was refused leaves the call as it was: a call that the
        user wants back stays on hold."""
        if call_id not in self._lines:
            return ()
        facts = self._lines.facts(call_id)
        facts.hold_answered()
        is_resuming = self._lines.state(call_id) is PhoneCallState.RESUMING
        if facts.view is None or not (is_refused and is_resuming):
            return ()
        return self._seen(facts.view)

    def _swap_answered(self, held: CallId, resumed: CallId, is_refused: bool) -> PhoneOutputs:
        """The call to be held is held all the same, when the other cannot be taken back."""
        outputs = self._hold_answered(resumed, is_refused)
        if held not in self._lines:
            return outputs
        facts = self._lines.facts(held)
        facts.hold_answered()
        news = () if facts.view is None or not is_refused else self._seen(facts.view)
        return outputs + news

    def _meet(self, dialled: CallId, call_id: CallId) -> PhoneOutputs:
        """The Invite was taken for the answer to a call of the one it dialled."""
        is_dialling = self._lines.state(dialled) is PhoneCallState.DIALLING
        is_possible = self._lines.state(call_id) in (None, PhoneCallState.MEETING)
        if not is_dialling or self._lines.is_over(call_id) or not is_possible:
            return self._leave_unwanted(call_id) + self._refused(dialled)
        peers = self._lines.drop(dialled).peers
        if call_id not in self._lines:
            facts = LineFacts(call_id, is_incoming=True, peers=peers)
            self._lines.add(incoming_line(facts), facts)
        outputs = self._lines.move(call_id, lambda line: line.met(peers))
        view = self._lines.facts(call_id).view
        news = () if view is None else self._seen(view)
        return (Met(dialled, call_id), *outputs, *news)

    def _leave_unwanted(self, call_id: CallId) -> PhoneOutputs:
        """The user hung up meanwhile, or the server names a call that cannot be meant.

        The server has this leg active, so it is left and not declined; but not when the user has
        accepted that very call by now.
        """
        state = self._lines.state(call_id)
        if state is None:
            self._lines.turn_away(call_id, None)
            return (Ask(Leave(call_id)),)
        if state not in _WAITING:
            return ()
        ended = self._lines.move(call_id, lambda line: line.left(EndReason.CANCELLED))
        return (*ended, Ask(Leave(call_id)))

    def _go_separate_ways(self) -> PhoneOutputs:
        """No Invite is open: calls that waited for its answer ring."""
        outputs: PhoneOutputs = ()
        for call in self.calls():
            if call.state is PhoneCallState.MEETING and not self._unanswered:
                outputs += self._lines.move(call.call_id, _ring)
        return outputs


def _ring(line: Line) -> PhoneOutputs:
    return line.not_met()
