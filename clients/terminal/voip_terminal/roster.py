"""The people of a conference: who speaks, who is muted, held or gone; and what one does to one.

The focus stays with a person while others come and go. Lines are painted from the model at every
drawing, only those that fit.
"""

from collections.abc import Collection, Sequence

from voip.client.model import CallInfo, Peer, Security
from voip.core.calls import EndReason, LegState
from voip.core.ids import Username
from voip_terminal import sentences
from voip_terminal.calls import talking
from voip_terminal.glyphs import Glyphs
from voip_terminal.keys import Context, Verb
from voip_terminal.meters import level_bar
from voip_terminal.paint import Line, Piece, clean, column, fit, spread, width
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.volume import play
from voip_terminal.wording import clock

TAIL_COLS = 15
"""Columns of what stands behind a bar: who speaks, who is the host, a volume."""

HEAD_ROWS = 5


class Roster:
    """See the head of this module."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._focused: Username | None = None
        self._place = 0  # of the focused person, for when they leave
        self._top = 0  # the first person shown

    # ---- who has the focus -----------------------------------------------------------------

    def _people(self, call: CallInfo) -> list[Peer]:
        """Those in the call first, the host at their head; then who rings; then who listens."""
        return sorted(
            call.peers, key=lambda peer: (peer.is_listener, not is_inside(peer), not peer.is_host)
        )

    def _at(self, people: Sequence[Peer]) -> int:
        """The place of the focused person, or the one nearest to where they were."""
        for at, peer in enumerate(people):
            if peer.username == self._focused:
                self._place = at
                return at
        at = min(self._place, max(0, len(people) - 1))
        self._focused = people[at].username if people else None
        return at

    def _peer(self, call: CallInfo) -> Peer | None:
        people = self._people(call)
        return people[self._at(people)] if people else None

    def move(self, step: int) -> None:
        """Focus somebody further down, or up."""
        call = talking(self._stage.model)
        if call is None or not call.peers:
            return
        people = self._people(call)
        at = max(0, min(len(people) - 1, self._at(people) + step))
        self._focused, self._place = people[at].username, at

    # ---- keys ------------------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        call = talking(self._stage.model)
        if call is None or not call.is_conference:
            return ()
        can: set[Verb] = set()
        peer = self._peer(call)
        if peer is not None and is_inside(peer) and not peer.is_listener:
            can |= {Verb.MUTE_HERE, Verb.QUIETER, Verb.LOUDER}
        if call.is_host:
            can |= {Verb.LOCK, Verb.END_FOR_ALL}
            if peer is not None:
                can.add(Verb.KICK)
                if is_inside(peer) and not peer.is_muted and not peer.is_listener:
                    can.add(Verb.MUTE_PEER)
        return can

    def do(self, verb: Verb) -> None:
        call = talking(self._stage.model)
        if call is None:
            return
        peer = self._peer(call)
        match verb:
            case Verb.LOCK:
                self._lock(call)
            case Verb.END_FOR_ALL:
                self._offer_end(call)
            case _ if peer is not None:
                self._do_to(verb, call, peer)

    def _do_to(self, verb: Verb, call: CallInfo, peer: Peer) -> None:
        stage = self._stage
        name = sentences.name_of(peer)
        match verb:
            case Verb.MUTE_HERE:
                stage.controller.set_muted_here(peer.username, not peer.is_muted_here)
                again = f"You hear {name} again."
                stage.say(again if peer.is_muted_here else f"You hear {name} no more; others do.")
            case Verb.QUIETER | Verb.LOUDER:
                play(stage, peer, 1 if verb is Verb.LOUDER else -1)
            case Verb.MUTE_PEER:
                told = f"The microphone of {name} is off, until they turn it on."
                asked = stage.controller.mute_peer(call.call_id, peer.username)
                stage.ask(asked, lambda _: stage.say(told))
            case Verb.KICK:
                self._offer_kick(call, peer)
            case _:
                raise ValueError(verb)

    def _lock(self, call: CallInfo) -> None:
        stage, is_locked = self._stage, not call.is_locked
        asked = stage.controller.set_lock(call.call_id, is_locked)
        told = f"Nobody else gets in, until you press {stage.keys.label(Verb.LOCK)} again."
        stage.ask(asked, lambda _: stage.say(told if is_locked else "People can be added again."))

    def _offer_kick(self, call: CallInfo, peer: Peer) -> None:
        stage, name = self._stage, sentences.name_of(peer)

        def kick() -> None:
            told = sentences.gone(EndReason.KICKED, name, was_inside=True)
            asked = stage.controller.kick(call.call_id, peer.username)
            stage.ask(asked, lambda _: stage.say(told))

        told = f"{name} leaves the conference."
        if not call.is_locked:
            told += " Others who are in it may add them again."
        stage.open(ConfirmBox(stage, "Remove from the conference?", told, "remove", kick))

    def _offer_end(self, call: CallInfo) -> None:
        stage = self._stage

        def end() -> None:
            stage.ask(stage.controller.end_for_all(call.call_id), lambda _: None)

        leave = stage.keys.label(Verb.LEAVE)
        told = f"The conference ends for everybody. With {leave} only you leave it."
        stage.open(ConfirmBox(stage, "End for everybody?", told, "end for all", end))

    # ---- what is shown ---------------------------------------------------------------------

    def paint(
        self, call: CallInfo, cols: int, rows: int, has_focus: bool
    ) -> tuple[list[Line], int]:
        """The lines, and in which of them the focus is."""
        keys_at_foot = self._key_lines(cols) if has_focus else [self._way_in()]
        room = max(1, rows - HEAD_ROWS - len(keys_at_foot) - 1)
        people = self._people(call)
        at = self._at(people)
        self._top = max(at - room + 1, min(self._top, at, max(0, len(people) - room)))
        lines = [*self._head(call, cols), self._own_row(call, cols)]
        for place, peer in list(enumerate(people))[self._top : self._top + room]:
            lines.append(self._row(peer, cols, is_focused=place == at, has_focus=has_focus))
        if not people:
            lines.append([(Style.DIM, " Nobody else is here.")])
        lines += [[], *keys_at_foot]
        return lines, HEAD_ROWS + at - self._top

    def _head(self, call: CallInfo, cols: int) -> list[Line]:
        glyphs = self._stage.glyphs
        elapsed = clock(self._stage.clock.seconds() - call.started_at)
        locked = "  locked" if call.is_locked else ""
        title: Line = [(Style.HEADING, "Conference"), (Style.FAIR, locked)]
        count: Line = [(None, f"{_counted(call)}  "), (Style.HEADING, elapsed)]
        matches = self._stage.keys.label(Verb.WORDS_MATCH)
        return [spread(title, count, cols), *_code(call, glyphs, matches), []]

    def _own_row(self, call: CallInfo, cols: int) -> Line:
        me = self._stage.model.me
        name = f"{clean(me.username) if me else ''} (you)"
        bar: Piece = self._bar(call.microphone_db, cols)
        if call.is_listener:
            bar = self._word("listening", cols, Style.DIM)
        elif call.is_muted:
            bar = self._word("muted", cols, Style.FAIR)
        tail: Piece = (Style.DIM, "host" if call.is_host else "")
        if self._stage.model.audio.is_deafened:
            tail = (Style.FAIR, "hears nobody")
        place = (None, "  ")  # where the others have the sign that they speak
        return self._columns(cols, [(None, " ")], (None, name), bar, [place, tail])

    def _row(self, peer: Peer, cols: int, *, is_focused: bool, has_focus: bool) -> Line:
        glyphs = self._stage.glyphs
        pointer = glyphs.pointer if is_focused else " "
        name_style = Style.HEADING if peer.is_speaking else None
        bar = self._state(peer, cols) or self._bar(peer.level_db, cols)
        speaks = f"{glyphs.speaks} " if peer.is_speaking else "  "
        tail = ("host " if peer.is_host else "") + _played(peer)
        row = self._columns(
            cols,
            [(None, pointer)],
            (name_style, sentences.name_of(peer)),
            bar,
            [(Style.GOOD, speaks), (Style.DIM, tail)],
        )
        if not is_focused or not has_focus:
            return row
        return [(Style.FOCUS, text) for _, text in fit(row, cols)]

    def _state(self, peer: Peer, cols: int) -> Piece | None:
        """The word that stands instead of a bar."""
        if not is_inside(peer):
            return self._word("ringing", cols, Style.DIM)
        if not peer.is_connected:
            return self._word("retrying", cols, Style.BAD)
        if peer.is_held:
            return self._word("on hold", cols, Style.FAIR)
        if peer.is_listener:
            return self._word("listening", cols, Style.DIM)
        return self._word("muted", cols, Style.FAIR) if peer.is_muted else None

    def _columns(
        self, cols: int, pointer: Sequence[Piece], name: Piece, bar: Piece, tail: Sequence[Piece]
    ) -> list[Piece]:
        name_cols = _name_cols(cols)
        style, text = name
        shown = column(text, name_cols, self._stage.glyphs.cut)
        return [*pointer, (style, shown), (None, " "), bar, (None, " "), *tail]

    def _bar(self, level_db: float, cols: int) -> Piece:
        return (Style.LEVEL, level_bar(level_db, _bar_cols(cols), self._stage.glyphs))

    def _word(self, word: str, cols: int, style: Style) -> Piece:
        return (style, column(word, _bar_cols(cols), self._stage.glyphs.cut))

    def _way_in(self) -> Line:
        return [(Style.KEY, self._stage.keys.label(Verb.SWITCH)), (None, "  to these people")]

    def _key_lines(self, cols: int) -> list[Line]:
        can = self.verbs()
        keys = {key.verb: key for key in self._stage.keys.of(Context.ROSTER)}
        pair = f"{keys[Verb.QUIETER].label} {keys[Verb.LOUDER].label}"
        shown = [
            (pair, "volume") if key.verb is Verb.QUIETER else (key.label, key.about)
            for key in keys.values()
            if key.verb in can and key.verb is not Verb.LOUDER
        ]
        label_cols = max((width(label) for label, _ in shown), default=0) + 1
        each = cols // 2
        cells: list[list[Piece]] = []
        for label, about in shown:
            said = column(about, each - label_cols, "")
            cells.append([(Style.KEY, column(label, label_cols, "")), (None, said)])
        return [
            [*cells[at], *(cells[at + 1 : at + 2] or [[]])[0]] for at in range(0, len(cells), 2)
        ]


def is_inside(peer: Peer) -> bool:
    """Has this person joined the call, and not left it?"""
    return peer.state is LegState.ACTIVE or peer.is_held


def _name_cols(cols: int) -> int:
    return max(12, (cols - TAIL_COLS - 3) * 3 // 5)


def _bar_cols(cols: int) -> int:
    return max(9, cols - TAIL_COLS - 3 - _name_cols(cols))


def _counted(call: CallInfo) -> str:
    inside = [peer for peer in call.peers if is_inside(peer)]
    listening = sum(peer.is_listener for peer in inside) + call.is_listener
    speaking = len(inside) + 1 - listening
    people = f"{speaking} people" if speaking != 1 else "1 person"
    return f"{people}, {listening} listen" if listening else people


def _played(peer: Peer) -> str:
    if peer.is_muted_here:
        return "off here"
    return f"{peer.volume_db:+.0f} dB" if peer.volume_db else ""


def _code(call: CallInfo, glyphs: Glyphs, key: str) -> list[Line]:
    """Two lines on the encryption, with the digits that are the same for everybody."""
    match call.security:
        case Security.PENDING:
            return [[(Style.DIM, "E2E  "), (Style.FAIR, "agreeing on keys")], []]
        case Security.KEY_CHANGED:
            told = f"{glyphs.no} somebody's key has changed: stopped"
            return [[(Style.DIM, "E2E  "), (Style.BAD, told)], []]
        case Security.ENCRYPTED | Security.VERIFIED:
            groups = " ".join(call.code[at : at + 5] for at in range(0, len(call.code), 5))
            is_verified = call.security is Security.VERIFIED
            hint = "verified" if is_verified else f"the same for everybody? then press {key}"
            style = Style.GOOD if is_verified else Style.DIM
            head: Line = [(Style.DIM, f"E2E {glyphs.yes}  "), (Style.WORDS, groups)]
            return [head, [(None, "       "), (style, hint)]]
