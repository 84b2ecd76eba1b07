"""The verbs about calls, and about how the others are played here.

Part of ``Client``. It knows the calls of whoever is logged in, if anybody is, and checks the names
that were typed. What only the server decides is asked of it at once; the next view of the call
shows what came of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from twisted.internet.defer import Deferred

from voip.client.calls import Calls
from voip.client.loudness import LoudnessOfPeople
from voip.client.model import Change, ClientError, Model
from voip.client.shown import Shown
from voip.client.voice.commands import SetDeafened, VoiceCommand
from voip.core.call_messages import AddParticipant, EndForAll, Kick, Merge, SetLock, SetMute
from voip.core.calls import DeclineReason, LegState
from voip.core.errors import ErrorCode
from voip.core.ids import CallId, Username
from voip.core.names import as_username

Result = TypeVar("Result")


class CallVerbs:
    """``command`` carries a command to the voice engine."""

    def __init__(self, shown: Shown, command: Callable[[VoiceCommand], None]) -> None:
        self._shown = shown
        self._command = command
        self._calls: Calls | None = None
        self._loudness = LoudnessOfPeople(command)
        self._deafened_in: CallId | None = None

    # ---- calling and answering -----------------------------------------------------------------

    def call(self, usernames: Sequence[str]) -> Deferred[CallId]:
        return self._wished(lambda calls: calls.call(_names(usernames, "to")))

    def accept(self, call_id: CallId) -> Deferred[None]:
        return self._wished(lambda calls: calls.accept(call_id))

    def decline(
        self, call_id: CallId, reason: DeclineReason = DeclineReason.DECLINED
    ) -> Deferred[None]:
        return self._wished(lambda calls: calls.decline(call_id, reason))

    def ignore(self, call_id: CallId) -> None:
        if self._calls is not None:
            self._calls.ignore(call_id)

    def hang_up(self, call_id: CallId) -> Deferred[None]:
        return self._wished(lambda calls: calls.hang_up(call_id))

    # ---- several calls -------------------------------------------------------------------------

    def hold(self, call_id: CallId) -> Deferred[None]:
        return self._wished(lambda calls: calls.hold(call_id))

    def resume(self, call_id: CallId) -> Deferred[None]:
        return self._wished(lambda calls: calls.resume(call_id))

    def swap(self) -> Deferred[None]:
        return self._wished(lambda calls: calls.swap())

    # ---- several people ------------------------------------------------------------------------

    def add(
        self, call_id: CallId, usernames: Sequence[str], *, as_listeners: bool = False
    ) -> Deferred[None]:
        return self._wished(
            lambda calls: calls.ask(
                AddParticipant(call_id, tuple(_names(usernames, "to")), as_listeners)
            )
        )

    def merge(self, call_id: CallId, other: CallId) -> Deferred[None]:
        return self._wished(lambda calls: calls.ask(Merge(call_id, other)))

    def kick(self, call_id: CallId, username: str) -> Deferred[None]:
        return self._wished(lambda calls: calls.ask(Kick(call_id, _name(username, "username"))))

    def mute_peer(self, call_id: CallId, username: str) -> Deferred[None]:
        def mute(calls: Calls) -> Deferred[None]:
            leg = calls.joined_leg_of(call_id, _name(username, "username"))
            return calls.ask(SetMute(call_id, True, leg))

        return self._wished(mute)

    def set_lock(self, call_id: CallId, is_locked: bool) -> Deferred[None]:
        return self._wished(lambda calls: calls.ask(SetLock(call_id, is_locked)))

    def end_for_all(self, call_id: CallId) -> Deferred[None]:
        return self._wished(lambda calls: calls.ask(EndForAll(call_id)))

    # ---- what is heard here --------------------------------------------------------------------

    def set_muted(self, is_muted: bool) -> None:
        if self._calls is not None:
            self._calls.set_muted(is_muted)

    def set_volume(self, username: str, volume_db: float) -> None:
        self._loudness.set_volume(Username(username), volume_db)
        self._calls_changed(Change.CALLS)

    def set_muted_here(self, username: str, is_muted: bool) -> None:
        self._loudness.set_muted(Username(username), is_muted)
        self._calls_changed(Change.CALLS)

    def set_deafened(self, is_deafened: bool) -> None:
        """In the call that is talked in, if there is one; every other one is heard."""
        self._deafened_in = _talked_in(self._shown.model) if is_deafened else None
        self._follow_deafened()

    def _follow_deafened(self) -> None:
        model = self._shown.model
        if self._deafened_in is not None and self._deafened_in != _talked_in(model):
            self._deafened_in = None
        is_deafened = self._deafened_in is not None
        if is_deafened != model.audio.is_deafened:
            self._command(SetDeafened(is_deafened))
            audio = replace(model.audio, is_deafened=is_deafened)
            self._shown.put(replace(model, audio=audio), Change.AUDIO)

    # ---- whom one can be sure of ---------------------------------------------------------------

    def mark_verified(self, call_id: CallId) -> None:
        self._of_somebody().mark_verified(call_id)

    def trust_new_key(self, username: str) -> None:
        self._of_somebody().trust_new_key(Username(username))

    # ---- inside --------------------------------------------------------------------------------

    def _calls_changed(self, change: Change) -> None:
        calls, model = self._calls, self._shown.model
        if calls is not None:
            last_ended = calls.last_ended or model.last_ended
            model = replace(model, calls=calls.infos(), last_ended=last_ended)
        self._shown.put(model, change)
        self._follow_deafened()

    def _of_somebody(self) -> Calls:
        if self._calls is None:
            raise ClientError(ErrorCode.NOT_LOGGED_IN)
        return self._calls

    def _wished(self, wish: Callable[[Calls], Deferred[Result]]) -> Deferred[Result]:
        try:
            return wish(self._of_somebody())
        except ClientError as refused:
            failed: Deferred[Result] = Deferred()
            failed.errback(refused)
            return failed


def _talked_in(model: Model) -> CallId | None:
    talked_in = (call for call in model.calls if call.state is LegState.ACTIVE)
    return next((call.call_id for call in talked_in), None)


def _name(typed: str, field: str) -> Username:
    """A user name as it was typed; ``ClientError`` when nobody can have it."""
    name = as_username(typed)
    if name is None:
        raise ClientError(ErrorCode.NAME_NOT_ALLOWED, field)
    return name


def _names(typed: Sequence[str], field: str) -> list[Username]:
    if not typed:
        raise ClientError(ErrorCode.NAME_NOT_ALLOWED, field)
    return [_name(each, field) for each in typed]
