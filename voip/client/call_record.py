"""What the client keeps of one call beside what the phone knows, and how a face sees both.

It knows the phone's ``PhoneCall`` and the voice engine's figures and makes a ``CallInfo`` of them.
It decides nothing and asks nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from voip.client.key_steps import CheckedPerson
from voip.client.keys_of_call import KeysOfCall
from voip.client.model import CallInfo, Peer, Security
from voip.client.voice.commands import CallFigures
from voip.core.call_messages import QualityReport
from voip.core.calls import LegState, LegView
from voip.core.ids import CallId, DeviceId, StreamId, Username
from voip.core.names import MAX_DEVICE_NAME, clean_nick, clean_text
from voip.core.phone_words import PhoneCall, PhoneCallState

SILENT_DB = -127.0
REPORT_EVERY = 10
"""One QualityReport for so many figures, which come once a second."""

_LEG_STATE = {
    PhoneCallState.DIALLING: LegState.DIALING,
    PhoneCallState.RINGING: LegState.RINGING,
    PhoneCallState.SILENCED: LegState.RINGING,
    PhoneCallState.MEETING: LegState.RINGING,
    PhoneCallState.ACCEPTING: LegState.RINGING,
    PhoneCallState.TALKING: LegState.ACTIVE,
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


@dataclass(slots=True)
class CallRecord:
    """One call. ``began_at`` and ``answered_at`` are the reactor's ``seconds()``."""

    call: PhoneCall
    keys: KeysOfCall | None
    began_at: float
    answered_at: float | None = None
    is_key_wanted: bool = False
    security: Security = Security.PENDING
    words: tuple[str, ...] = ()
    code: str = ""
    people: tuple[CheckedPerson, ...] = ()
    figures: CallFigures | None = None
    figures_count: int = 0
    microphone_db: float = SILENT_DB
    levels: dict[StreamId, float] = field(default_factory=dict)

    @property
    def call_id(self) -> CallId:
        return self.call.call_id

    @property
    def is_shown(self) -> bool:
        """A call from the very person being dialled is not shown until the server has joined the
        two."""
        return self.call.state is not PhoneCallState.MEETING

    def measured(self, figures: CallFigures) -> QualityReport | None:
        """Take in how the call sounds; now and then the server is to be told, coarsely."""
        self.figures = figures
        self.figures_count += 1
        if self.figures_count % REPORT_EVERY:
            return None
        loss, jitter_ms, rtt_ms = figures.loss * 1000, figures.jitter_ms, figures.rtt_ms
        return QualityReport(self.call_id, round(loss), round(jitter_ms), round(rtt_ms))

    def info(self, device: DeviceId, nick_of: NickOf, now: float) -> CallInfo:
        """The call as a face shows it."""
        call = self.call
        is_over = call.state is PhoneCallState.ENDED
        talked = now - self.answered_at if is_over and self.answered_at is not None else 0.0
        return CallInfo(
            call_id=call.call_id,
            is_incoming=call.is_incoming,
            state=_LEG_STATE[call.state],
            peers=self._peers(device, nick_of),
            started_at=self.answered_at if self.answered_at is not None else self.began_at,
            is_muted=call.is_muted,
            security=self.security,
            words=self.words,
            code=self.code,
            figures=self.figures,
            microphone_db=self.microphone_db,
            end_reason=call.end_reason,
            talked_seconds=talked,
            is_silenced=call.state in (PhoneCallState.SILENCED, PhoneCallState.ACCEPTING),
        )

    def _peers(self, device: DeviceId, nick_of: NickOf) -> tuple[Peer, ...]:
        view = self.call.view
        legs = [leg for leg in view.legs if leg.device != device] if view is not None else []
        return tuple(
            self._peer(name, [leg for leg in legs if leg.username == name], nick_of)
            for name in sorted(self.call.peers)
        )

    def _peer(self, name: Username, legs: list[LegView], nick_of: NickOf) -> Peer:
        """A person as the leg shows them that is furthest into the call."""
        if not legs:
            return Peer(name, nick_of(name), "", LegState.INVITED, True, False)
        leg = min(legs, key=lambda each: _CLOSEST.index(each.state))
        return Peer(
            name,
            clean_nick(leg.nick) or name,
            clean_text(leg.device_name, MAX_DEVICE_NAME),
            leg.state,
            leg.is_connected,
            leg.is_muted,
            self.levels.get(leg.stream, SILENT_DB),
        )
