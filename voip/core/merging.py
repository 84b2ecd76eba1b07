"""Who goes from one call into another when the two are merged.

It looks at both calls before the one ends, and makes arrivals of its legs once it has. It moves
nobody: the exchange does.
"""

from dataclasses import dataclass, replace

from voip.core.call import Arriving, Call
from voip.core.calls import CallView, LegView
from voip.core.ids import Username
from voip.core.seat import Seat


@dataclass(frozen=True, slots=True)
class Moving:
    """Legs of the call that ends: those joined, as they were in it, and those that ring."""

    joined: tuple[tuple[Seat, LegView], ...]
    ringing: tuple[Seat, ...]
    legs: int  # how many more the other call will have
    newcomers: frozenset[Username]  # who of them has no live leg there


def moving(call: Call, ending: Call) -> Moving:
    """Who of ``ending`` would go to ``call``; who is in either rings no more."""
    joined = tuple((seat, seat.view) for seat in ending.joined)
    present = call.live_names | {seat.username for seat, _ in joined}
    ringing = tuple(
        seat for seat in ending.seats if seat.is_called and seat.username not in present
    )
    new = [seat for seat, _ in joined if not _has_live_leg(call, seat)]
    everyone = frozenset(seat.username for seat in (*new, *ringing))
    return Moving(joined, ringing, len(new) + len(ringing), everyone - call.live_names)


def arrivals(people: Moving, ending: Call, now: float) -> list[Arriving]:
    """The joined legs of a call that has ended, each with what tells its device so."""
    last = ending.view(now)
    return [
        Arriving(seat.session, leg, (*ending.merged_from(seat.session), _end(last, seat)))
        for seat, leg in people.joined
    ]


def _end(last: CallView, seat: Seat) -> CallView:
    return replace(last, legs=(seat.view,))


def _has_live_leg(call: Call, seat: Seat) -> bool:
    other = call.seat_of(seat.session)
    return other is not None and other.is_live
