"""What a view of a call means for the line that this device has in it.

It reads the view and tells the line by its inputs; it knows no other lines and asks for nothing by
itself. Where the user's wish and the server's state differ, and nothing is on its way that would
change it, the user's wish to hold counts, and the server's refusal to take back.
"""

from voip.core.calls import CALLED, JOINED, CallView, EndReason, LegState, LegView
from voip.core.ids import Username
from voip.core.line_outputs import LineFacts
from voip.core.lines import Lines
from voip.core.phone_words import PhoneCallState, PhoneOutputs

_MUTABLE = frozenset(
    {
        PhoneCallState.DIALLING,
        PhoneCallState.ACCEPTING,
        PhoneCallState.TALKING,
        PhoneCallState.HELD,
        PhoneCallState.RESUMING,
    }
)


def heard(lines: Lines, facts: LineFacts, view: CallView, mine: LegView | None) -> PhoneOutputs:
    """Take a newer view in; ``mine`` is this device's leg in it."""
    if mine is not None and mine.number != facts.leg:
        facts.leg, facts.is_key_shown = mine.number, False
    if mine is None or mine.state is LegState.LEFT:
        reason = (mine.end_reason if mine else None) or view.ended or EndReason.FAILED
        return lines.move(view.call_id, lambda line: line.left(reason))
    others = {
        leg.username for leg in view.legs if leg.state in JOINED and leg.number != mine.number
    }
    if mine.state in JOINED and not view.is_conference and not others <= facts.peers:
        return lines.move(view.call_id, lambda line: line.strangers_active())
    outputs: PhoneOutputs = ()
    if view.is_conference:
        outputs += lines.hear(view.call_id, lambda line: line.conference())
    if _is_muted_by_host(lines, facts, mine):
        outputs += lines.hear(view.call_id, lambda line: line.muted_there())
    outputs += _moved(lines, facts, mine, is_alone=not others and not view.is_conference)
    return outputs + lines.shown(view.call_id)


def is_called_again(facts: LineFacts, mine: LegView | None) -> bool:
    """Whether this device left while it was away, and is called into the same call once more."""
    if mine is None or facts.leg is None or mine.state not in CALLED:
        return False
    return mine.number != facts.leg


def _moved(lines: Lines, facts: LineFacts, mine: LegView, is_alone: bool) -> PhoneOutputs:
    call_id = facts.call_id
    is_settled = facts.holds_asked == 0
    if mine.state is LegState.HELD:
        outputs = lines.hear(call_id, lambda line: line.held_there())
        if is_settled and lines.state(call_id) is PhoneCallState.RESUMING:
            outputs += lines.hear(call_id, lambda line: line.not_taken_back())
        return outputs
    if mine.state is not LegState.ACTIVE or is_alone:
        return ()
    if is_settled and lines.state(call_id) is PhoneCallState.HELD:
        return lines.hear(call_id, lambda line: line.active_there())
    return lines.hear(call_id, lambda line: line.both_active(mine.stream))


def _is_muted_by_host(lines: Lines, facts: LineFacts, mine: LegView) -> bool:
    is_news = mine.is_muted and not facts.is_muted and facts.mutes_asked == 0
    return is_news and lines.state(facts.call_id) in _MUTABLE


def callers_in(view: CallView) -> frozenset[Username]:
    """Who is calling: in a call between two the caller, in a conference those who are in it."""
    if not view.is_conference:
        return frozenset({view.legs[0].username})
    inside = {leg.username for leg in view.legs if leg.state in JOINED}
    dialling = {leg.username for leg in view.legs if leg.state is LegState.DIALING}
    return frozenset(inside | dialling)
