"""The box that comes up over any screen when somebody calls."""

from collections.abc import Collection, Sequence

import urwid

from voip.client.model import Change
from voip_terminal import keys, sentences
from voip_terminal.calls import current, ringing
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
    size = (44, 9)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.widget: urwid.Widget = Area(self._paint, cursor=(1, 0))

    def verbs(self) -> Collection[Verb]:
        if ringing(self._stage.model) is None:
            return ()
        if current(self._stage.model) is not None:
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
        peer = call.peers[0] if call.peers else None
        account = f"  ({clean(peer.username)})" if peer else ""
        name = shorten(sentences.who(call), cols - 4 - len(account), glyphs.cut)
        device = f"from {clean(peer.device_name)}" if peer and peer.device_name else ""
        can = self.verbs()
        lines: list[Line] = [
            spread([(Style.HEADING, " Incoming call")], [(None, f"{rings_for} ")], cols),
            [],
            [(Style.HEADING, f"   {name}"), (Style.DIM, account)],
            [(Style.DIM, f"   {shorten(device, cols - 6, glyphs.cut)}")],
            [(Style.DIM, f"   {sentences.ENCRYPTED_WHEN_ANSWERED}")],
            [],
        ]
        lines += [
            [(Style.KEY, f"   {key.label}"), (None, f"  {_SAID[key.verb]}")]
            for key in keys.of(Context.RINGING)
            if key.verb in can
        ]
        if Verb.ANSWER not in can:
            lines.append([(Style.DIM, "   To answer, end your own call first.")])
        return lines
