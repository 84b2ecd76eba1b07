"""What one sees of a call beside the list: who, how long, how loud, how good, how safe.

It paints a call that dials or talks; a call that rings here has a box of its own. Figures are
words and numbers first, bars second. It carries out nothing.
"""

from voip.client.model import AudioView, CallInfo, Security
from voip.client.voice.commands import CallFigures
from voip.core.calls import LegState
from voip.core.ids import CallId
from voip_terminal import sentences
from voip_terminal.call_verbs import CallVerbs
from voip_terminal.calls import is_echo_test
from voip_terminal.glyphs import Glyphs
from voip_terminal.keys import Context, Verb
from voip_terminal.meters import LevelMeter, quality_sign
from voip_terminal.paint import Line, Piece, clean, shorten, spread, width, wrap
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.volume import volume_word
from voip_terminal.wording import clock, complaint, device_name, milliseconds, percent

WIDE_COLS = 60
"""From this width on the figures of the whole call are there too."""

LABEL_COLS = 7
"""Columns of the labels at the left of each figure."""


class CallPane:
    """Paints the call that is not ringing here."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._verbs = CallVerbs(stage)
        self._measured: CallId | None = None
        self._mine = LevelMeter()
        self._theirs = LevelMeter()

    def paint(self, call: CallInfo, cols: int, *, is_brief: bool) -> list[Line]:
        """The call's lines; ``is_brief`` where a list of calls stands above them."""
        if is_brief:
            return self._brief(call, cols)
        lines = [self._head(call, cols)]
        if call.state is LegState.ACTIVE:
            lines += self._talking(call, cols)
        else:
            lines += self._dialing(call)
        return lines

    def _brief(self, call: CallInfo, cols: int) -> list[Line]:
        if call.state is not LegState.ACTIVE:
            return self._dialing(call)
        glyphs = self._stage.glyphs
        return [
            *self._levels(call, cols),
            [],
            *_line_figures(call.figures, cols, glyphs)[:1],
            *_security(call, cols, glyphs, self._stage.keys.label(Verb.WORDS_MATCH)),
            *_trouble(self._stage.model.audio, cols),
        ]

    def _head(self, call: CallInfo, cols: int) -> Line:
        elapsed = clock(self._stage.clock.seconds() - call.started_at)
        name = shorten(sentences.who(call), cols - len(elapsed) - 1, self._stage.glyphs.cut)
        return spread([(Style.HEADING, name)], [(Style.HEADING, elapsed)], cols)

    def _talking(self, call: CallInfo, cols: int) -> list[Line]:
        glyphs = self._stage.glyphs
        audio = self._stage.model.audio
        return [
            [(None, _state_line(call, glyphs))],
            [],
            *self._levels(call, cols),
            [],
            *_line_figures(call.figures, cols, glyphs),
            [],
            *_security(call, cols, glyphs, self._stage.keys.label(Verb.WORDS_MATCH)),
            [],
            *_devices(call, audio, cols, glyphs, is_remote=self._stage.is_remote),
            *_trouble(audio, cols),
            [],
            *self._key_lines(call, cols),
        ]

    def _levels(self, call: CallInfo, cols: int) -> list[Line]:
        if call.call_id != self._measured:  # another voice's loudest moment is not this one's
            self._measured, self._mine, self._theirs = call.call_id, LevelMeter(), LevelMeter()
        now = self._stage.clock.seconds()
        glyphs, keys = self._stage.glyphs, self._stage.keys
        bar_cols = min(44, cols - LABEL_COLS - 10)
        you: Line = self._mine.paint(call.microphone_db, bar_cols, now, glyphs)
        if call.is_muted:
            you = [(Style.FAIR, f"microphone off {glyphs.dot} {keys.label(Verb.MUTE)} turns it on")]
        rows = [[_label("you"), *you]]
        for peer in call.peers[:1]:
            them: Line = self._theirs.paint(peer.level_db, bar_cols, now, glyphs)
            if peer.is_muted:
                them = [(Style.FAIR, "has their microphone off")]
            if self._stage.model.audio.is_deafened:
                again = f"{keys.label(Verb.DEAFEN)} turns it on"
                them = [(Style.FAIR, f"you hear nobody {glyphs.dot} {again}")]
            if peer.is_held:
                them = [(Style.FAIR, "has put the call on hold")]
            if not peer.is_connected:
                them = [(Style.BAD, "connection lost, waiting for them")]
            name = shorten(clean(peer.username), LABEL_COLS - 1, glyphs.cut)
            rows.append([_label(name), *them])
        return [list(row) for row in rows]

    def _dialing(self, call: CallInfo) -> list[Line]:
        rings = any(peer.state is LegState.RINGING for peer in call.peers)
        return [
            [(None, "it rings there" if rings else "calling, not ringing yet")],
            [],
            [(Style.KEY, self._stage.keys.label(Verb.CANCEL)), (None, "  stop calling")],
        ]

    def _key_lines(self, call: CallInfo, cols: int) -> list[Line]:
        """The keys that work, side by side in as many lines as they take."""
        can = self._verbs.verbs()
        is_deafened = self._stage.model.audio.is_deafened
        words = {
            Verb.MUTE: "unmute" if call.is_muted else "mute",
            Verb.HOLD: "hold",
            Verb.HANG_UP: "hang up",
            Verb.ADD: "add people",
            Verb.LOUDER: "volume",
            Verb.DEAFEN: "hear again" if is_deafened else "hear nobody",
        }
        labels = {key.verb: key.label for key in self._stage.keys.of(Context.IN_CALL)}
        labels[Verb.LOUDER] = f"{labels[Verb.QUIETER]} {labels[Verb.LOUDER]}"
        lines: list[list[Piece]] = [[]]
        for verb, word in words.items():
            if verb not in can:
                continue
            taken = sum(width(text) for _, text in lines[-1])
            if taken + width(labels[verb]) + width(word) + 1 > cols:
                lines.append([])
            lines[-1] += [(Style.KEY, labels[verb]), (None, f" {word}   ")]
        return [list(line) for line in lines]


def _label(text: str) -> tuple[Style, str]:
    return (Style.DIM, text + " " * (LABEL_COLS - width(text)))


def _state_line(call: CallInfo, glyphs: Glyphs) -> str:
    parts = ["in a call"]
    if call.figures:
        codec = clean(call.figures.codec)
        parts += [codec[:1].upper() + codec[1:], f"over {clean(call.figures.path).upper()}"]
    return f" {glyphs.dot} ".join(parts)


def _line_figures(figures: CallFigures | None, cols: int, glyphs: Glyphs) -> list[Line]:
    if figures is None:
        return [[_label("line"), (Style.DIM, "measuring")]]
    ear = f"mouth to ear {milliseconds(figures.mouth_to_ear_ms)}"
    buffers = f"jitter {milliseconds(figures.jitter_ms)}  buffer {milliseconds(figures.buffer_ms)}"
    lost = f"{percent(figures.loss)} lost"
    lines: list[Line] = [
        [
            _label("line"),
            *quality_sign(figures, glyphs),
            (None, f"   {milliseconds(figures.rtt_ms)}   {lost}"),
        ]
    ]
    if cols - LABEL_COLS >= width(buffers) + width(ear) + 2:
        lines.append([_label(""), (None, f"{buffers}  {ear}")])
    else:
        lines += [[_label(""), (None, buffers)], [_label(""), (None, ear)]]
    if cols >= WIDE_COLS:
        whole = f"whole call {percent(figures.loss_total)} lost  {figures.repaired} repaired"
        filled = f"{milliseconds(figures.concealed_ms)} filled in"
        packets = f"{figures.sent} packets sent  {figures.received} received"
        lines += [[_label(""), (None, f"{whole}  {filled}")], [_label(""), (None, packets)]]
    if why := complaint(figures):
        lines.append([_label(""), (Style.FAIR, why)])
    return lines


def _security(call: CallInfo, cols: int, glyphs: Glyphs, key: str) -> list[Line]:
    match call.security:
        case Security.PENDING:
            return [[_label("E2E"), (Style.FAIR, "agreeing on keys; nothing is sent before")]]
        case Security.KEY_CHANGED:
            return [[_label("E2E"), (Style.BAD, f"{glyphs.no} their key has changed: stopped")]]
        case Security.ENCRYPTED | Security.VERIFIED if is_echo_test(call):
            return [
                [_label(f"E2E {glyphs.yes}"), (None, "encrypted as with everybody")],
                [_label(""), (Style.DIM, "a program: it repeats what it hears")],
            ]
        case Security.ENCRYPTED | Security.VERIFIED:
            words = f" {glyphs.dot} ".join(call.words)
            if width(words) > cols - LABEL_COLS:
                words = " ".join(call.words)
            verified = call.security is Security.VERIFIED
            hint = "verified" if verified else f"read them aloud; {key} if they match"
            return [
                [_label(f"E2E {glyphs.yes}"), (Style.WORDS, words)],
                [_label(""), (Style.GOOD if verified else Style.DIM, hint)],
            ]


def _devices(
    call: CallInfo, audio: AudioView, cols: int, glyphs: Glyphs, *, is_remote: bool
) -> list[Line]:
    if audio.devices is None:
        return []
    room = cols - LABEL_COLS - 1
    played = next((f", {volume_word(p.volume_db)}" for p in call.peers if p.volume_db), "")
    shown = (
        ("mic", device_name(audio.devices.microphone, "microphone")),
        ("speaker", device_name(audio.devices.speaker, "speaker") + played),
        ("sound", "the computer you are logged in to" if is_remote else "this computer"),
    )
    return [[_label(what), (None, " " + shorten(name, room, glyphs.cut))] for what, name in shown]


def _trouble(audio: AudioView, cols: int) -> list[Line]:
    if audio.trouble is None:
        return []
    told = wrap(f"! {sentences.voice_trouble(audio.trouble)}", cols)
    return [[(Style.TROUBLE, line)] for line in told]
