"""Sessions, calls and legs as rows of a table.

The keys are what scripts read in JSON; how a table shows them is the desk's affair.
"""

from voip.core.calls import CALLED, CallView, LegState
from voip.core.describe import CallDescription, LegDescription, SessionView
from voip.server.admin.command import Row
from voip.server.admin.found import since
from voip.server.admin.house import House
from voip.store.operator import AccountSummary


def session_row(house: House, view: SessionView) -> Row:
    """One login of one device. ``path`` is how its voice is reached, "" where it is not yet."""
    session = house.reception.sessions.get(view.session)
    way = house.reception.way(view.session)
    return {
        "user": view.username,
        "device": view.device_name,
        "presence": view.presence.value,
        "connected": view.is_connected,
        "calls": len(view.calls),
        "path": "" if way is None else way.value,
        "since_at": None if session is None else since(house, house.clock() - session.opened_at),
        "session_id": view.session.hex(),
    }


def call_row(house: House, call: CallDescription) -> Row:
    """One call; its people are those who are in it, dial or ring."""
    view = call.view
    return {
        "call_id": view.call_id.hex(),
        "kind": "conference" if view.is_conference else "call",
        "state": _call_state(view),
        "people": live_names(call),
        "talk_seconds": talked(view),
        "since_at": since(house, call.started_seconds_ago),
        "host": _host(view),
    }


def leg_row(house: House, one: LegDescription) -> Row:
    """One device in a call. Loss, jitter and delay are what its person's client reported last."""
    leg, report = one.leg, one.report
    way = house.reception.way(one.session)
    return {
        "user": leg.username,
        "device": leg.device_name,
        "state": leg.state.value,
        "online": leg.is_connected,
        "muted": leg.is_muted,
        "role": "host" if leg.is_host else "listener" if leg.is_listener else "",
        "path": "" if way is None else way.value,
        "loss_percent": None if report is None else report.lost_per_mille / 10,
        "rtt_ms": None if report is None else report.rtt_ms,
        "jitter_ms": None if report is None else report.jitter_ms,
        "in_call_seconds": _whole(one.joined_seconds_ago),
    }


def way_back(account: AccountSummary, now: int) -> Row:
    """By what somebody can get into the account."""
    until = account.reset_until
    return {
        "has_password": account.has_password,
        "recovery_codes": account.recovery_codes,
        "devices_known": account.devices,
        "reset_token_until": until if until is not None and now < until else None,
    }


def live_names(call: CallDescription) -> list[str]:
    """The people in a call, the caller first, each once."""
    live = [one.leg.username for one in call.legs if one.leg.state is not LegState.LEFT]
    return list(dict.fromkeys(live))


def talked(view: CallView) -> int | None:
    """Seconds since somebody answered; None: nobody has."""
    return None if view.answered_ms is None else view.answered_ms // 1000


def _call_state(view: CallView) -> str:
    if view.answered_ms is None:
        return "ringing" if any(leg.state in CALLED for leg in view.legs) else "dialing"
    live = [leg for leg in view.legs if leg.state is not LegState.LEFT]
    return "held" if all(leg.state is LegState.HELD for leg in live) else "talking"


def _host(view: CallView) -> str:
    hosts = [leg.username for leg in view.legs if leg.is_host and leg.state is not LegState.LEFT]
    return hosts[0] if hosts else ""


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
