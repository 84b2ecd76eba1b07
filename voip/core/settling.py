"""What follows for a call when legs have moved: who else leaves, who is host, whether it is over.

Rules over seats, and nothing kept. They are asked after each change of a call that is not over,
and give the outcome when it is now.
"""

from collections.abc import Iterable, Sequence

from voip.core.attendance import most_telling
from voip.core.calls import EndReason, LegState
from voip.core.seat import Seat


def settle_pair(caller: Seat, seats: Sequence[Seat], joined: Sequence[Seat]) -> EndReason | None:
    """Between two: when one side has no live leg any more, the other's is over too."""
    callee = [seat for seat in seats if seat is not caller]
    if not caller.is_live:
        outcome = caller.view.end_reason or EndReason.HANGUP
        end_live(callee, outcome)
        return outcome
    if any(seat.is_live for seat in callee):
        return None
    outcome = _why_away(callee, [seat for seat in joined if seat is not caller])
    caller.leg.ended(outcome)
    return outcome


def settle_conference(
    caller: Seat, seats: Sequence[Seat], joined: Sequence[Seat]
) -> EndReason | None:
    """Of many: it goes on while somebody is joined, or still waits for the first answer."""
    present = [seat for seat in joined if seat.is_joined]
    ringing = [seat for seat in seats if seat.is_called]
    if present:
        _find_host(present)
        return None
    if caller.state is LegState.DIALING:
        if ringing:
            return None
        outcome = _why_away([seat for seat in seats if seat is not caller], ())
        caller.leg.ended(outcome)
        return outcome
    outcome = joined[-1].view.end_reason or EndReason.HANGUP
    end_live(ringing, EndReason.CANCELLED)
    return outcome


def end_live(seats: Iterable[Seat], reason: EndReason) -> None:
    """The call, not the devices, decides that these are over."""
    for seat in seats:
        if seat.is_live:
            seat.leg.ended(reason)


def _find_host(present: Sequence[Seat]) -> None:
    """When the host has left, who joined first of those who are there takes the place."""
    if not any(seat.view.is_host for seat in present):
        present[0].leg.named_host()


def _why_away(callees: Sequence[Seat], talked: Sequence[Seat]) -> EndReason:
    """Why nobody is there: as the device left that talked, else the most telling."""
    if talked:
        return talked[0].view.end_reason or EndReason.HANGUP
    return most_telling(seat.view.end_reason for seat in callees)
