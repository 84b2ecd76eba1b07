"""The box that comes up over any screen when somebody calls."""

from collections.abc import Collection, Sequence

import urwid

from voip.client.model import CallInfo, Change
from voip_terminal import sentences
from voip_terminal.calls import can_begin, held, ringing, talking
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, clean, shorten, spread
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wording import clock

_SAID = {
    Verb.ANSWER: "Answer",
    Verb.DECLINE: "Decline",
    Verb.IGNORE: "Ignore (other devices ring on)",
}


class IncomingBox:
    """Who calls, and what one can do about it."""

    context = Context.RINGING
    takes_question_mark = False
    is_typing = False
    title = ""
    act = ""
    size = (46, 11)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.widget: urwid.Widget = Area(self._paint, cursor=(1, 0))

    def verbs(self) -> Collection[Verb]:
        if ringing(self._stage.model) is None:
            return ()
        if not can_begin(self._stage.model):
            return (Verb.DECLINE, Verb.IGNORE)
        return (Verb.ANSWER, Verb.DECLINE, Verb.IGNORE)

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        call = ringing(self._stage.model)
        if call is None:
            return
        controller = self._stage.controller
        match verb:
            case Verb.ANSWER:
                self._stage.ask(controller.accept(call.call_id), lambda _: self._stage.home())
            case Verb.DECLINE:
                self._stage.ask(controller.decline(call.call_id), lambda _: None)
            case Verb.IGNORE:
                controller.ignore(call.call_id)
                self._stage.say("Silent here; your other devices ring on.")
            case _:
                raise ValueError(verb)

    def refresh(self, change: Change) -> None:
        """It paints from the model."""

    def _paint(self, cols: int, _rows: int) -> Sequence[Line]:
        call = ringing(self._stage.model)
        if call is None:
            return []
        glyphs = self._stage.glyphs
        rings_for = clock(self._stage.clock.seconds() - call.started_at)
        what = " Incoming call" if not call.is_conference else " Invitation to a conference"
        lines: list[Line] = [
            spread([(Style.HEADING, what)], [(None, f"{rings_for} ")], cols),
            [],
            *self._caller(call, cols),
            [(Style.DIM, f"   {sentences.ENCRYPTED_WHEN_ANSWERED}")],
            [],
        ]
        can = self.verbs()
        lines += [
            [(Style.KEY, f"   {key.label}"), (None, f"  {_SAID[key.verb]}")]
            for key in self._stage.keys.of(Context.RINGING)
            if key.verb in can
        ]
        return [*lines, [], [(Style.DIM, shorten(self._other(), cols - 1, glyphs.cut))]]

    def _caller(self, call: CallInfo, cols: int) -> list[Line]:
        """Who calls, and from where; in a conference who else is there."""
        cut = self._stage.glyphs.cut
        peer = call.peers[0] if call.peers else None
        account = f"  ({clean(peer.username)})" if peer and len(call.peers) == 1 else ""
        name = shorten(sentences.who(call), cols - 4 - len(account), cut)
        device = f"from {clean(peer.device_name)}" if peer and peer.device_name else ""
        if call.is_listener:
            device = "to listen, not to speak"
        return [
            [(Style.HEADING, f"   {name}"), (Style.DIM, account)],
            [(Style.DIM, f"   {shorten(device, cols - 6, cut)}")],
        ]

    def _other(self) -> str:
        """What becomes of the call one is in."""
        model = self._stage.model
        talks = talking(model)
        if not can_begin(self._stage.model):
            return "   To answer, end your own call first."
        if talks is not None:
            return f"   Answering puts {sentences.who(talks)} on hold."
        calls = held(model)
        return f"   {sentences.who(calls[0])} stays on hold." if calls else ""
