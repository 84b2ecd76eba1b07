"""What happened, told as events: compares each new model with what was told before.

Models flow in at each change, and once a second; events flow out through ``write``. It gives no
commands.
"""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from voip.client.model import CallInfo, Change, Controller, Link, LinkError
from voip.client.model_people import ContactView
from voip.core.calls import LegState
from voip.core.history import HistoryEntry
from voip.core.ids import CallId, Username
from voip_terminal.json_face_shapes import (
    call_shape,
    connected_shape,
    contacts_shape,
    disconnected_shape,
    ended_shape,
    entry_shape,
    ringing_shape,
)
from voip_terminal.json_face_words import Json

FIGURES_EVERY_SECONDS = 1.0
_CHANGING = frozenset({"seconds", "loss", "loss_total", "jitter_ms", "rtt_ms", "buffer_ms"}) | {
    "codec",
    "path",
    "mouth_to_ear_ms",
    "seconds_heard",
}


class Events:
    """One face's events. ``monotonic`` gives the moments in ``answered_at``, in seconds."""

    def __init__(
        self,
        controller: Controller,
        clock: IReactorTime,
        monotonic: Callable[[], float],
        write: Callable[[Json], None],
    ) -> None:
        self._controller = controller
        self._clock = clock
        self._monotonic = monotonic
        self._write = write
        self._is_up = False
        self._is_retrying = False
        self._contacts: dict[Username, ContactView] = {}
        self._newest_past_call: HistoryEntry | None = None
        self._unseen_missed = 0
        self._announced = 0  # the number of the last one told
        self._is_maintenance = False
        self._calls: dict[CallId, Json] = {}
        self._last_ended: CallInfo | None = None
        self._tick: IDelayedCall | None = None
        self.answered_at: float | None = None
        """When the newest call was answered, and its sound began."""

    def changed(self, change: Change) -> None:
        """Tell what this change means."""
        if Change.CONNECTION in change:
            self._connection_changed()
        if Change.CONTACTS in change:
            self._contacts_changed()
        if Change.HISTORY in change:
            self._history_changed()
        if Change.CALLS in change:
            self._calls_changed()
        if Change.OPERATOR in change:
            self._operator_told()

    def not_connected(self, error: LinkError) -> None:
        """The first connection came to nothing."""
        self._write(disconnected_shape(self._controller.model.connection, error))

    def stop(self) -> None:
        """Tell nothing more by itself."""
        if self._tick is not None and self._tick.active():
            self._tick.cancel()

    def _connection_changed(self) -> None:
        view = self._controller.model.connection
        is_up = view.link in (Link.CONNECTED, Link.LOGGED_IN)
        if is_up and not self._is_up and view.server is not None:
            self._write(connected_shape(view.server, is_logged_in=view.link is Link.LOGGED_IN))
        elif (self._is_up and not is_up) or (self._is_retrying and view.link is Link.OFFLINE):
            self._write(disconnected_shape(view))  # the second: it has given up
        self._is_up = is_up
        self._is_retrying = view.link is Link.RECONNECTING

    def _contacts_changed(self) -> None:
        contacts = {contact.username: contact for contact in self._controller.model.contacts}
        changed = [one for name, one in contacts.items() if self._contacts.get(name) != one]
        removed = [name for name in self._contacts if name not in contacts]
        self._contacts = contacts
        if changed or removed:
            shape: Json = {"contacts": contacts_shape(changed), "removed": removed}
            self._write({"event": "contacts"} | shape)

    def _history_changed(self) -> None:
        model = self._controller.model
        newest, told = model.newest_past_call, self._newest_past_call
        self._newest_past_call = newest
        added = entry_shape(newest) if newest is not None and newest is not told else None
        if added is not None or model.unseen_missed != self._unseen_missed:
            self._unseen_missed = model.unseen_missed
            shape: Json = {"added": added, "unseen_missed": model.unseen_missed}
            self._write({"event": "history"} | shape)

    def _operator_told(self) -> None:
        model = self._controller.model
        for one in model.announcements:
            if one.number > self._announced:
                self._announced = one.number
                self._write({"event": "announcement", "text": one.text})
        if model.is_maintenance is not self._is_maintenance:
            self._is_maintenance = model.is_maintenance
            self._write({"event": "maintenance", "is_on": self._is_maintenance})

    def _calls_changed(self) -> None:
        model = self._controller.model
        ended = model.last_ended
        told = self._last_ended
        if ended is not None and (told is None or ended.call_id != told.call_id):
            self._last_ended = ended
            self._write(ended_shape(ended))
        known, self._calls = self._calls, {}
        for call in model.calls:
            shape = call_shape(call, self._clock.seconds())
            still = {name: shape[name] for name in shape if name not in _CHANGING}
            before = known.get(call.call_id)
            self._calls[call.call_id] = still
            if before is None and call.is_incoming and call.state is LegState.RINGING:
                self._write(ringing_shape(call))
            if call.state is LegState.ACTIVE and (before is None or before["state"] != "active"):
                self.answered_at = self._monotonic()
                self._tick_later()
            if before != still:
                self._write(shape)

    def _tick_later(self) -> None:
        self.stop()
        self._tick = self._clock.callLater(FIGURES_EVERY_SECONDS, self._ticked)

    def _ticked(self) -> None:
        now = self._clock.seconds()
        active = [call for call in self._controller.model.calls if call.state is LegState.ACTIVE]
        for call in active:
            self._write(call_shape(call, now))
        if active:
            self._tick_later()
