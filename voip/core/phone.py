"""The client's side of calling, without any I/O: what one device knows of its calls.

Three things flow in: what the user wants (``dialled``, ``accepted`` ...), what the server says
(``call_changed``, ``answered``, ``resumed``) and the device's public keys (``key_ready``). Outputs
flow out, to be carried out in order. A user's wish that does not fit gives a ``Refusal`` instead.

The microphone rule lives here: ``OpenMicrophone`` comes only for a call that the local user dialled
or accepted, with nobody active in it but those he dialled or saw calling, whatever the server says.
"""

from collections import deque
from collections.abc import Callable, Iterable

from automat import NoTransition

from voip.core.call_messages import (
    Accept,
    Decline,
    Invite,
    InviteOk,
    Leave,
)
from voip.core.calls import CallView, DeclineReason, EndReason, LegKey, LegState, LegView
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId, DeviceId, Username
from voip.core.line import Line, LineFacts, dialled_line, incoming_line
from voip.core.messages import Answer
from voip.core.phone_words import (
    Ask,
    Changed,
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

_ENGAGED = frozenset(
    {PhoneCallState.DIALLING, PhoneCallState.ACCEPTING, PhoneCallState.TALKING},
)
_SHOWN_RINGING = frozenset({PhoneCallState.RINGING, PhoneCallState.SILENCED})


class Phone:
    """Every call of one device; made when it is logged in."""

    def __init__(self, device: DeviceId, max_ringing: int = DEFAULT_MAX_RINGING) -> None:
        self._device = device
        self._max_ringing = max_ringing
        self._lines: dict[CallId, tuple[Line, LineFacts]] = {}
        self._unanswered: set[CallId] = set()  # dialled, and the server has not said a word yet
        self._over: deque[CallId] = deque(maxlen=CALLS_REMEMBERED)

    # What the user wants.

    def dialled(
        self,
        callees: tuple[Username, ...],
        call_id: CallId,
        commitment: bytes,
        require_e2e: bool = True,
    ) -> PhoneOutputs | Refusal:
        """Call somebody; ``call_id`` is 16 fresh random bytes. WRONG_STATE during another call.

        Calls that ring here are declined as busy, but for one from the same person: the server
        then says whether the two calls meet (``Met``).
        """
        if call_id in self._lines or call_id in self._over:
            return Refusal(ErrorCode.CALL_EXISTS)
        if self._is_engaged:
            return Refusal(ErrorCode.WRONG_STATE)
        peers = frozenset(callees)
        outputs = self._make_room(peers)
        facts = LineFacts(call_id, is_incoming=False, peers=peers)
        self._lines[call_id] = dialled_line(facts), facts
        self._unanswered.add(call_id)
        invite = Invite(call_id, callees, commitment, require_e2e=require_e2e)
        return (*outputs, Ask(invite), *self._shown(call_id))

    def accepted(self, call_id: CallId) -> PhoneOutputs | Refusal:
        """Answer; other ringing calls are declined as busy. WRONG_STATE during another call."""
        if self._is_engaged:
            return Refusal(ErrorCode.WRONG_STATE)
        outputs = self._wished(call_id, lambda line: line.accepted())
        if isinstance(outputs, Refusal):
            return outputs
        return outputs + self._make_room(frozenset())

    def declined(
        self, call_id: CallId, reason: DeclineReason = DeclineReason.DECLINED
    ) -> PhoneOutputs | Refusal:
        """Say no to a ringing call."""
        return self._wished(call_id, lambda line: line.declined(reason))

    def ignored(self, call_id: CallId) -> PhoneOutputs | Refusal:
        """Stop sounding here; the call can still be accepted and other devices ring on."""
        return self._wished(call_id, lambda line: line.silenced())

    def hung_up(self, call_id: CallId, e2e_failed: bool = False) -> PhoneOutputs | Refusal:
        """Leave a call in any state; the microphone closes at once, before the server answers.

        Asks Cancel while dialling, Decline while ringing, Leave while talking, and always Leave
        when ``e2e_failed``.
        """
        return self._wished(call_id, lambda line: line.hung_up(e2e_failed))

    def muted(self, call_id: CallId, is_muted: bool) -> PhoneOutputs | Refusal:
        """Tell the others. Muting the sound itself is the voice engine's."""
        return self._wished(call_id, lambda line: line.muted(is_muted))

    # What the key machinery has.

    def key_ready(self, call_id: CallId, key: LegKey) -> PhoneOutputs:
        """This device's key for a call that came in: asks Alerting, once for each call.

        Nothing comes of a key for a call that is over, nor of a caller's, who shows it otherwise.
        """
        if call_id not in self._lines:
            return ()
        line, _ = self._lines[call_id]
        return line.key_ready(key)

    # What the server says.

    def call_changed(self, view: CallView) -> PhoneOutputs:
        """A call as the server has it now; an older one than the known is left aside."""
        if view.call_id in self._over:
            return ()
        if view.call_id not in self._lines:
            return self._arrived(view)
        _, facts = self._lines[view.call_id]
        if facts.view is not None and facts.view.version >= view.version:
            return ()
        facts.view = view
        return self._seen(view)

    def answered(self, request: PhoneRequest, answer: Answer) -> PhoneOutputs:
        """The server's answer to what an ``Ask`` held."""
        match request, answer:
            case Invite(call_id=dialled), InviteOk(call_id=call_id) if call_id != dialled:
                self._unanswered.discard(dialled)
                return self._meet(dialled, call_id)
            case Invite(call_id=dialled), InviteOk():
                self._unanswered.discard(dialled)
                return self._go_separate_ways()
            case Invite(call_id=dialled), Refusal():
                self._unanswered.discard(dialled)
                return self._refused(dialled) + self._go_separate_ways()
            case Accept(call_id=accepted), Refusal():
                return self._refused(accepted)
            case _:
                return ()

    def resumed(self, calls: Iterable[CallView]) -> PhoneOutputs:
        """The session came back with this snapshot: calls it does not hold are over.

        A call whose Invite has not been answered yet stays; its answer will come. A call left here
        that still goes on there is left once more.
        """
        views = {view.call_id: view for view in calls}
        gone = [one for one in self._lines if one not in views and one not in self._unanswered]
        outputs = self._end_all(gone)
        for call_id, view in views.items():
            if call_id in self._over and self._is_in(view):
                outputs += (Ask(Leave(call_id)),)
            outputs += self.call_changed(view)
        return outputs

    def disconnected(self) -> PhoneOutputs:
        """The session is gone for good, or away for longer than the server waits: all is over.

        Nothing needs to be said of a short break.
        """
        self._unanswered.clear()
        return self._end_all(list(self._lines))

    # What there is.

    def calls(self) -> tuple[PhoneCall, ...]:
        """The calls that are not over, the oldest first; at most one is not ringing."""
        return tuple(line.describe() for line, _ in self._lines.values())

    def call(self, call_id: CallId) -> PhoneCall | None:
        """One call that is not over."""
        return self._lines[call_id][0].describe() if call_id in self._lines else None

    @property
    def _is_engaged(self) -> bool:
        return any(call.state in _ENGAGED for call in self.calls())

    # How a line moves.

    def _wished(
        self, call_id: CallId, wish: Callable[[Line], PhoneOutputs]
    ) -> PhoneOutputs | Refusal:
        if call_id not in self._lines:
            return Refusal(ErrorCode.NO_SUCH_CALL)
        try:
            return self._move(call_id, wish)
        except NoTransition:
            return Refusal(ErrorCode.WRONG_STATE)

    def _move(self, call_id: CallId, move: Callable[[Line], PhoneOutputs]) -> PhoneOutputs:
        outputs = move(self._lines[call_id][0])
        return outputs + self._shown(call_id)

    def _shown(self, call_id: CallId) -> PhoneOutputs:
        """The call as it is now; one that has ended is let go."""
        call = self._lines[call_id][0].describe()
        if call.state is PhoneCallState.ENDED:
            del self._lines[call_id]
            self._over.append(call_id)
        return (Changed(call),)

    def _end_all(self, call_ids: Iterable[CallId]) -> PhoneOutputs:
        outputs: PhoneOutputs = ()
        for call_id in call_ids:
            outputs += self._move(call_id, lambda line: line.left(EndReason.NETWORK_LOST))
        return outputs

    def _make_room(self, dialled: frozenset[Username]) -> PhoneOutputs:
        """The user is about to talk: what else rings is declined, but for those he dials."""
        outputs: PhoneOutputs = ()
        for call in self.calls():
            if call.state in _SHOWN_RINGING:
                move = _meet if call.peers <= dialled else _decline_busy
                outputs += self._move(call.call_id, move)
        return outputs

    # What a view means.

    def _is_in(self, view: CallView) -> bool:
        mine = view.leg_of(self._device)
        return mine is not None and mine.state is not LegState.LEFT

    def _seen(self, view: CallView) -> PhoneOutputs:
        line, facts = self._lines[view.call_id]
        mine = view.leg_of(self._device)
        if mine is None or mine.state is LegState.LEFT:
            reason = (mine.end_reason if mine else None) or view.ended or EndReason.FAILED
            return self._move(view.call_id, lambda line: line.left(reason))
        others = {leg.username for leg in _active(view) if leg.number != mine.number}
        if mine.state is not LegState.ACTIVE or not others:
            return (Changed(line.describe()),)
        if not others <= facts.peers:
            return self._move(view.call_id, lambda line: line.strangers_active())
        return self._move(view.call_id, lambda line: line.both_active(mine.stream))

    def _arrived(self, view: CallView) -> PhoneOutputs:
        """A call this device knew nothing of."""
        mine = view.leg_of(self._device)
        if mine is None or mine.state is LegState.LEFT:
            return ()
        if mine.state in (LegState.DIALING, LegState.ACTIVE):
            self._over.append(view.call_id)
            return (Ask(Leave(view.call_id)),)
        caller = view.legs[0].username
        waits = any(caller in self._lines[one][1].peers for one in self._unanswered_lines())
        if self._is_crowded or (self._is_engaged and not waits):
            self._over.append(view.call_id)
            return (Ask(Decline(view.call_id, DeclineReason.BUSY)),)
        facts = LineFacts(view.call_id, is_incoming=True, peers=frozenset({caller}), view=view)
        self._lines[view.call_id] = incoming_line(facts), facts
        return self._shown(view.call_id) if waits else self._move(view.call_id, _ring)

    @property
    def _is_crowded(self) -> bool:
        waiting = [call for call in self.calls() if call.state not in _ENGAGED]
        return len(waiting) >= self._max_ringing

    def _unanswered_lines(self) -> list[CallId]:
        return [call_id for call_id in self._unanswered if call_id in self._lines]

    # What an answer means.

    def _refused(self, call_id: CallId) -> PhoneOutputs:
        call = self.call(call_id)
        if call is None or call.state not in (PhoneCallState.DIALLING, PhoneCallState.ACCEPTING):
            return ()
        return self._move(call_id, lambda line: line.refused())

    def _meet(self, dialled: CallId, call_id: CallId) -> PhoneOutputs:
        """The Invite was taken for the answer to a call of the one it dialled."""
        mine, other = self.call(dialled), self.call(call_id)
        is_dialling = mine is not None and mine.state is PhoneCallState.DIALLING
        is_possible = other is None or other.state is PhoneCallState.MEETING
        if not is_dialling or call_id in self._over or not is_possible:
            outputs = self._leave_unwanted(call_id) + self._refused(dialled)
            return outputs + self._go_separate_ways()
        peers = self._lines.pop(dialled)[1].peers
        self._over.append(dialled)
        if other is None:
            facts = LineFacts(call_id, is_incoming=True, peers=peers)
            self._lines[call_id] = incoming_line(facts), facts
        outputs = self._move(call_id, lambda line: line.met(peers))
        view = self._lines[call_id][1].view
        news = () if view is None else self._seen(view)
        return (Met(dialled, call_id), *outputs, *news, *self._go_separate_ways())

    def _leave_unwanted(self, call_id: CallId) -> PhoneOutputs:
        """The user hung up meanwhile, or the server names a call that cannot be meant.

        The server has this leg active, so it is left and not declined; but not when the user has
        accepted that very call by now.
        """
        other = self.call(call_id)
        if other is None:
            self._over.append(call_id)
            return (Ask(Leave(call_id)),)
        if other.state in _ENGAGED:
            return ()
        ended = self._move(call_id, lambda line: line.left(EndReason.CANCELLED))
        return (*ended, Ask(Leave(call_id)))

    def _go_separate_ways(self) -> PhoneOutputs:
        """No Invite is open: calls that waited for its answer ring, or find the user busy."""
        outputs: PhoneOutputs = ()
        for call in self.calls():
            if call.state is PhoneCallState.MEETING and not self._unanswered:
                move = _decline_busy if self._is_engaged else _ring
                outputs += self._move(call.call_id, move)
        return outputs


def _decline_busy(line: Line) -> PhoneOutputs:
    return line.declined(DeclineReason.BUSY)


def _meet(line: Line) -> PhoneOutputs:
    return line.dialled_back()


def _ring(line: Line) -> PhoneOutputs:
    return line.not_met()


def _active(view: CallView) -> list[LegView]:
    return [leg for leg in view.legs if leg.state is LegState.ACTIVE]
