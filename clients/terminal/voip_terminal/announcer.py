"""What a person is told without having asked: who came, who calls, how a call ended.

It compares the model with what it saw before and says the difference in the line above the last; of
calls that ring here or were missed it tells ``Attention``, again and again while one goes
unanswered. It ticks once a second while a timer is on the screen.
"""

from collections.abc import Callable
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall

from voip.client.model import CallInfo, Change, Link, Model, Security
from voip.client.voice.commands import VoiceTrouble
from voip.core.calls import EndReason, LegState
from voip.core.history import HistoryEntry
from voip.core.ids import CallId, Username
from voip_terminal import past_calls, sentences
from voip_terminal.attention import Attention
from voip_terminal.call_news import CallNews
from voip_terminal.calls import current, ringing
from voip_terminal.contact_list import is_online, shown_contact
from voip_terminal.json_face_shapes import missed_shape
from voip_terminal.keys import Verb
from voip_terminal.paint import clean
from voip_terminal.screens.confirm import ExplainBox
from voip_terminal.screens.new_key import NewKeyBox
from voip_terminal.stage import Box, Stage

BELL_SECONDS = 3
"""Between two bells of one call."""

ARRIVALS_UP_TO = 100
"""With more contacts online than this nobody's coming is told."""

LAST_WORD_SECONDS = 8.0
"""So long something important stands before somebody's coming may take its place."""


class TellingStage(Stage, Protocol):
    """A stage that knows how long its sentence stands."""

    def told_seconds_ago(self) -> float: ...


class Announcer:
    """Follows the model for what deserves a word."""

    def __init__(
        self, stage: TellingStage, attention: Attention, redraw: Callable[[], None]
    ) -> None:
        self._stage = stage
        self._attention = attention
        self._redraw = redraw
        self._link = stage.model.connection.link
        self._was_lost = False
        self._online: dict[Username, bool] = {}
        self._ringing: CallId | None = None
        self._talking: CallId | None = None
        self._ended: tuple[CallId, EndReason | None] | None = None
        self._newest: HistoryEntry | None = None
        self._unseen = 0
        self._trouble: VoiceTrouble | None = None
        self._news = CallNews(stage.say)
        self._is_maintenance = False
        self._tick: IDelayedCall | None = None
        self._ticks = 0

    def follow(self, change: Change) -> None:
        """The model has changed."""
        model = self._stage.model
        if Change.CONNECTION in change:
            self._follow_link(model)
        if Change.CONTACTS in change:
            self._follow_contacts(model)
        if Change.CALLS in change:
            self._follow_calls(model)
        if Change.HISTORY in change:
            self._follow_history(model)
        if Change.AUDIO in change:
            self._follow_audio(model)
        if Change.OPERATOR in change:
            self._follow_maintenance(model)

    def stop(self) -> None:
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None

    # ---- connection ------------------------------------------------------------------------

    def _follow_link(self, model: Model) -> None:
        connection = model.connection
        before, self._link = self._link, connection.link
        was_lost, self._was_lost = self._was_lost, connection.trouble is not None
        if before is connection.link:
            return
        host = connection.server.host if connection.server else ""
        if connection.link is Link.LOGGED_IN:
            if before is not Link.RECONNECTING:
                self._stage.say(self._welcome(model))
            elif was_lost:  # and not left for another by ourselves
                self._stage.say("Connected again.")
        elif connection.trouble is not None and before in {Link.LOGGED_IN, Link.RECONNECTING}:
            self._stage.complain(
                sentences.link_trouble(connection.trouble, host, connection.ban_seconds)
            )
            told = sentences.last_words(connection)
            if told:
                self._stage.open(ExplainBox(self._stage, "Your session has ended", told))

    def _welcome(self, model: Model) -> str:
        server = model.connection.server
        motd = clean(server.motd).strip() if server else ""
        return motd or "You are signed in; others can call you."

    # ---- contacts --------------------------------------------------------------------------

    def _follow_contacts(self, model: Model) -> None:
        before = self._online
        self._online = {one.username: is_online(one) for one in model.contacts}
        if sum(self._online.values()) > ARRIVALS_UP_TO:
            return
        if self._stage.told_seconds_ago() < LAST_WORD_SECONDS:
            return
        changed = [
            one
            for one in model.contacts
            if is_online(one) is not before.get(one.username, is_online(one))
        ]
        # who came is told rather than who went
        for contact in sorted(changed, key=is_online, reverse=True)[:1]:
            what = "is online." if is_online(contact) else "went offline."
            self._stage.say(f"{shown_contact(contact)} {what}")

    # ---- missed calls ----------------------------------------------------------------------

    def _follow_history(self, model: Model) -> None:
        newest = model.newest_past_call
        if newest is not None and newest is not self._newest and newest.is_missed:
            self._missed(newest, model)
        elif self._newest is None and newest is None and model.unseen_missed > self._unseen:
            count = model.unseen_missed
            calls = "1 call" if count == 1 else f"{count} calls"
            key = self._stage.keys.label(Verb.HISTORY)
            self._stage.say(f"You missed {calls}; {key} shows them.")
        self._newest, self._unseen = newest, model.unseen_missed
        self._set_title()

    def _missed(self, entry: HistoryEntry, model: Model) -> None:
        """A call was missed just now; one that rang here has been told when it ended."""
        name = past_calls.peers(entry, past_calls.names_of(model.contacts))
        told = sentences.missed(entry.outcome, name)
        if self._ended is None or entry.call_id != self._ended[0]:
            self._stage.say(told)
        self._attention.missed(told, missed_shape(entry, name))

    # ---- calls -----------------------------------------------------------------------------

    def _follow_calls(self, model: Model) -> None:
        self._news.follow(model)
        self._follow_ended(model.last_ended)
        self._follow_talking(current(model))
        self._follow_ringing(ringing(model))
        if self._tick is None and model.calls:
            self._ticks = 0
            self._tick = self._stage.clock.callLater(1, self._ticked)

    def _follow_ended(self, call: CallInfo | None) -> None:
        if call is None or (call.call_id, call.end_reason) == self._ended:
            return
        self._ended = call.call_id, call.end_reason
        sentence = sentences.ending(call)
        if call.security is Security.KEY_CHANGED:
            self._stage.complain(sentence)
            self._stage.open(self._key_changed(call))
        else:
            self._stage.say(sentence)

    def _key_changed(self, call: CallInfo) -> Box:
        """What is said of it: with a new key to be trusted, or without."""
        username = call.key_changed_of
        if username is None:
            told = sentences.KEY_CHANGED.format(who=sentences.who(call))
            return ExplainBox(self._stage, "The call was stopped", told)
        names = {peer.username: sentences.name_of(peer) for peer in call.peers}
        return NewKeyBox(self._stage, username, names.get(username, clean(username)))

    def _follow_talking(self, call: CallInfo | None) -> None:
        is_talking = call is not None and call.state is LegState.ACTIVE
        now = call.call_id if call is not None and is_talking else None
        if now is not None and now != self._talking and call is not None:
            self._stage.say(f"You are talking to {sentences.who(call)}.")
        self._talking = now
        self._set_title()

    def _follow_ringing(self, call: CallInfo | None) -> None:
        now = call.call_id if call else None
        if call is not None and now != self._ringing:
            self._stage.say(f"{sentences.calling(call)}.")
            self._attention.rings(call)
        self._ringing = now
        self._set_title()

    def _set_title(self) -> None:
        model = self._stage.model
        rings, talks = ringing(model), current(model)
        if rings is not None:
            self._attention.title(sentences.calling(rings))
        else:
            unseen = f"{model.unseen_missed} missed" if model.unseen_missed else ""
            self._attention.title(sentences.who(talks) if talks else unseen)

    def _ticked(self) -> None:
        self._tick = None
        self._ticks += 1
        if not self._stage.model.calls:
            return
        if self._ringing is not None and self._ticks % BELL_SECONDS == 0:
            self._attention.rings_on()
        self._tick = self._stage.clock.callLater(1, self._ticked)
        self._redraw()

    # ---- the operator ----------------------------------------------------------------------

    def _follow_maintenance(self, model: Model) -> None:
        """That there is one is said by the bar."""
        was_one, self._is_maintenance = self._is_maintenance, model.is_maintenance
        if was_one and not model.is_maintenance and model.connection.link is Link.LOGGED_IN:
            self._stage.say(sentences.MAINTENANCE_OVER)

    # ---- sound -----------------------------------------------------------------------------

    def _follow_audio(self, model: Model) -> None:
        before, self._trouble = self._trouble, model.audio.trouble
        if self._trouble is not None and self._trouble is not before:
            self._stage.complain(sentences.voice_trouble(self._trouble))
