"""How a face sees a call: ``PhoneCall`` and ``CallRecord`` as a ``CallInfo``.

Values in, a value out. One entry for each person, however many of their devices ring; texts of
others are cleaned here once more, as a server need not have done so.
"""

from collections.abc import Callable, Iterator, Sequence

from voip.client.call_record import CallRecord
from voip.client.loudness import Loudness
from voip.client.model import CallInfo, Gone, Peer
from voip.client.voice.commands import SILENT_DB
from voip.core.calls import JOINED, CallView, EndReason, LegState, LegView
from voip.core.ids import DeviceId, StreamId, Username
from voip.core.names import MAX_DEVICE_NAME, clean_nick, clean_text
from voip.core.phone_words import PhoneCall, PhoneCallState

SPEAKING_DB = -45.0
"""Louder than the noise of most rooms."""

LEG_STATES = {
    PhoneCallState.DIALLING: LegState.DIALING,
    PhoneCallState.RINGING: LegState.RINGING,
    PhoneCallState.SILENCED: LegState.RINGING,
    PhoneCallState.MEETING: LegState.RINGING,
    PhoneCallState.ACCEPTING: LegState.RINGING,
    PhoneCallState.TALKING: LegState.ACTIVE,
    PhoneCallState.HELD: LegState.HELD,
    PhoneCallState.RESUMING: LegState.HELD,
    PhoneCallState.ENDED: LegState.LEFT,
}
_CLOSEST = (
    LegState.ACTIVE,
    LegState.HELD,
    LegState.RINGING,
    LegState.INVITED,
    LegState.DIALING,
    LegState.LEFT,
)

NickOf = Callable[[Username], str]
LoudnessOf = Callable[[Username], Loudness]


def call_info(
    record: CallRecord, device: DeviceId, nick_of: NickOf, loudness_of: LoudnessOf, now: float
) -> CallInfo:
    """The call as it is shown; ``device`` is this one, ``now`` the reactor's ``seconds()``."""
    call, view = record.call, record.call.view
    is_over = call.state is PhoneCallState.ENDED
    talked = now - record.answered_at if is_over and record.answered_at is not None else 0.0
    mine = view.leg_of(device) if view is not None else None
    others = _others(view, device)
    joined = [leg for leg in others if leg.state in JOINED]
    return CallInfo(
        call_id=call.call_id,
        is_incoming=call.is_incoming,
        state=LEG_STATES[call.state],
        peers=tuple(
            _peer(name, others, record, nick_of, loudness_of(name))
            for name in _people(call, device)
        ),
        started_at=record.answered_at if record.answered_at is not None else record.began_at,
        is_muted=call.is_muted,
        security=record.security,
        words=record.words,
        code=record.code,
        key_changed_of=record.key_changed_of,
        figures=record.figures,
        microphone_db=record.microphone_db,
        end_reason=call.end_reason,
        talked_seconds=talked,
        is_silenced=call.state in (PhoneCallState.SILENCED, PhoneCallState.ACCEPTING),
        is_held=LEG_STATES[call.state] is LegState.HELD,
        is_held_by_peers=bool(joined) and all(leg.state is LegState.HELD for leg in joined),
        is_conference=view is not None and view.is_conference,
        is_host=mine is not None and mine.is_host,
        is_locked=view is not None and view.is_locked,
        is_listener=mine is not None and mine.is_listener,
        gone=tuple(_gone(view, device)),
    )


def speakers(view: CallView, device: DeviceId) -> dict[StreamId, Username]:
    """Whose voice each stream of a call is, but this device's own."""
    return {leg.stream: leg.username for leg in _others(view, device) if leg.state in JOINED}


def _others(view: CallView | None, device: DeviceId) -> Sequence[LegView]:
    return [leg for leg in view.legs if leg.device != device] if view is not None else []


def _people(call: PhoneCall, device: DeviceId) -> list[Username]:
    """Whom a call is with: in a conference everybody who is in it or rings, by name."""
    view = call.view
    if view is None or not view.is_conference:
        return sorted(call.peers)
    mine = view.leg_of(device)
    live = {leg.username for leg in view.legs if leg.state is not LegState.LEFT}
    return sorted(live - ({mine.username} if mine is not None else set()))


def _gone(view: CallView | None, device: DeviceId) -> Iterator[Gone]:
    """Who is in a conference no more: why the newest of their legs left tells it best."""
    if view is None or not view.is_conference:
        return
    newest: dict[Username, LegView] = {}
    for leg in _others(view, device):
        known = newest.get(leg.username)
        if known is None or leg.end_reason is not EndReason.ANSWERED_ELSEWHERE:
            newest[leg.username] = leg
    live = {leg.username for leg in view.legs if leg.state is not LegState.LEFT}
    for name in sorted(newest.keys() - live):
        leg = newest[name]
        yield Gone(name, clean_nick(leg.nick) or name, leg.end_reason or EndReason.HANGUP)


def _peer(
    name: Username,
    others: Sequence[LegView],
    record: CallRecord,
    nick_of: NickOf,
    loudness: Loudness,
) -> Peer:
    """A person as the leg shows them that is furthest into the call."""
    legs = [leg for leg in others if leg.username == name]
    if not legs:
        return Peer(
            name,
            nick_of(name),
            "",
            LegState.INVITED,
            is_connected=True,
            is_muted=False,
            volume_db=loudness.volume_db,
            is_muted_here=loudness.is_muted,
        )
    leg = min(legs, key=lambda each: _CLOSEST.index(each.state))
    level_db = record.levels.get(leg.stream, SILENT_DB)
    return Peer(
        name,
        clean_nick(leg.nick) or name,
        clean_text(leg.device_name, MAX_DEVICE_NAME),
        leg.state,
        leg.is_connected,
        leg.is_muted,
        level_db=level_db,
        is_speaking=level_db > SPEAKING_DB,
        is_held=leg.state is LegState.HELD,
        is_listener=leg.is_listener,
        is_host=leg.is_host,
        volume_db=loudness.volume_db,
        is_muted_here=loudness.is_muted,
    )
