"""Carrying out what the switchboard decided: one method for each effect.

It drives the sessions, the media legs, the timers and the log, tells of calls that began
and ended, and decides nothing. An effect for a session that is gone by now does nothing.
"""

from collections.abc import Callable, Iterable
from typing import assert_never

from twisted.logger import Logger

from voip.core.effects import (
    CallEnded,
    CallStarted,
    Effect,
    EndSession,
    Reply,
    SetGate,
    SetReceivers,
    StartTimer,
    StopTimer,
    Tell,
)
from voip.core.ids import Username
from voip.core.names import MAX_USERNAME, clean_text
from voip.core.timers import TimerKey
from voip.server.media import MediaLegs
from voip.server.sessions import Sessions
from voip.server.timers import Timers


class Effects:
    """The hands of the switchboard."""

    log = Logger()

    def __init__(
        self,
        sessions: Sessions,
        media: MediaLegs,
        timers: Timers[TimerKey],
        call_started: Callable[[CallStarted], None],
        call_ended: Callable[[CallEnded], None],
    ) -> None:
        self._tell_of_started = call_started
        self._tell_of_ended = call_ended
        self._sessions = sessions
        self._media = media
        self._timers = timers

    def carry_out(self, effect: Effect) -> None:
        """Do one effect."""
        match effect:
            case Reply():
                self._reply(effect)
            case Tell():
                self._tell(effect)
            case StartTimer(key, seconds):
                self._timers.start(key, seconds)
            case StopTimer(key):
                self._timers.stop(key)
            case SetReceivers(sender, stream, receivers, room):
                self._media.set_receivers(sender, stream, receivers, room)
            case SetGate(sender, stream, is_open):
                self._media.set_gate(sender, stream, is_open)
            case EndSession():
                self._end_session(effect)
            case CallStarted():
                self._call_started(effect)
            case CallEnded():
                self._call_ended(effect)
            case _:
                assert_never(effect)

    def _reply(self, effect: Reply) -> None:
        session = self._sessions.get(effect.session)
        if session is not None:
            session.answer(effect.request_id, effect.answer)

    def _tell(self, effect: Tell) -> None:
        session = self._sessions.get(effect.session)
        if session is not None:
            session.tell(effect.notice)

    def _end_session(self, effect: EndSession) -> None:
        self._media.close(effect.session)
        session = self._sessions.drop(effect.session)
        if session is None:
            return
        connection, session.connection = session.connection, None
        if connection is not None:
            connection.close()
        self.log.info(
            "{username} logged out from {device_name}: {reason}",
            username=session.owner.username,
            device_name=session.owner.device_name,
            reason=session.end.value,
        )

    def _call_started(self, effect: CallStarted) -> None:
        self.log.info(
            "{caller} calls {callees} (call {call})",
            caller=effect.caller,
            callees=_names(effect.callees),
            call=effect.call_id.hex(),
        )
        self._tell_of_started(effect)

    def _call_ended(self, effect: CallEnded) -> None:
        self.log.info(
            "call {call} of {caller} to {callees} ended: {outcome}, {seconds} s of talk",
            call=effect.call_id.hex(),
            caller=effect.caller,
            callees=_names(one.username for one in effect.participants if not one.is_caller),
            outcome=effect.outcome.value,
            seconds=round(effect.talked_seconds, 1),
        )
        self._tell_of_ended(effect)


def _names(callees: Iterable[Username]) -> str:
    """Whom somebody called: what was typed, which need not be anybody's name, or a name at all."""
    return ", ".join(clean_text(each, MAX_USERNAME) for each in callees)
