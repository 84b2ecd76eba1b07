"""What the client keeps of one call beside what the phone knows.

It decides nothing and asks nothing; how a face sees it is ``voip.client.call_shown``.
"""

from dataclasses import dataclass, field

from voip.client.key_steps import CheckedPerson
from voip.client.keys_of_call import KeysOfCall
from voip.client.model import Security
from voip.client.voice.commands import SILENT_DB, CallFigures
from voip.core.call_messages import QualityReport
from voip.core.ids import CallId, StreamId, Username
from voip.core.phone_words import PhoneCall, PhoneCallState

REPORT_EVERY = 10
"""One QualityReport for so many figures, which come once a second."""


@dataclass(slots=True)
class CallRecord:
    """One call. ``began_at``, ``answered_at`` and ``people_changed_at``, the last change of whom to
    compare keys with, are the reactor's ``seconds()``."""

    call: PhoneCall
    keys: KeysOfCall | None
    began_at: float
    answered_at: float | None = None
    is_key_wanted: bool = False
    security: Security = Security.PENDING
    words: tuple[str, ...] = ()
    code: str = ""
    people: tuple[CheckedPerson, ...] = ()
    people_changed_at: float | None = None
    key_changed_of: Username | None = None
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
