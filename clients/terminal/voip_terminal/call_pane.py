"""What one sees of a call beside the list: who, how long, how loud, how good, how safe.

It paints a call that dials or talks; a call that rings here has a box of its own. Figures are
words and numbers first, bars second. It carries out nothing.
"""

from voip.client.model import AudioView, CallInfo, Security
from voip.client.voice.commands import CallFigures
from voip.core.calls import LegState
from voip_terminal import keys, sentences
from voip_terminal.glyphs import Glyphs
from voip_terminal.keys import Context, Verb
from voip_terminal.meters import LevelMeter, quality_sign
from voip_terminal.paint import Line, clean, shorten, spread, width, wrap
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wording import clock, complaint, device_name, milliseconds, percent

INDENT = "  "
WIDE_COLS = 60
"""From this width on the figures of the whole call are there too."""

LABEL_COLS = 7
"""Columns of the labels at the left of each figure."""


class CallPane:
    """Paints the call that is not ringing here."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._mine = LevelMeter()
        self._theirs = LevelMeter()

    def paint(self, call: CallInfo, cols: int) -> list[Line]:
        """The pane's lines, the indent at the left included."""
        inner = cols - 2 * len(INDENT)
        lines = [self._head(call, inner)]
        if call.state is LegState.ACTIVE:
            lines += self._talking(call, inner)
        else:
            lines += _dialing(call)
        return [[(None, INDENT), *line] for line in lines]

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
            *_security(call, cols, glyphs),
            [],
            *_devices(audio, cols, glyphs, is_remote=self._stage.is_remote),
            *_trouble(audio, cols),
            [],
            _key_line(call),
        ]

    def _levels(self, call: CallInfo, cols: int) -> list[Line]:
        now = self._stage.clock.seconds()
        glyphs = self._stage.glyphs
        bar_cols = min(44, cols - LABEL_COLS - 10)
        you: Line = self._mine.paint(call.microphone_db, bar_cols, now, glyphs)
        if call.is_muted:
            you = [(Style.FAIR, f"microphone off {glyphs.dot} Space turns it on")]
        rows = [[_label("you"), *you]]
        for peer in call.peers[:1]:
            them: Line = self._theirs.paint(peer.level_db, bar_cols, now, glyphs)
            if peer.is_muted:
                them = [(Style.FAIR, "has their microphone off")]
            if not peer.is_connected:
                them = [(Style.BAD, "connection lost, waiting for them")]
            name = shorten(clean(peer.username), LABEL_COLS - 1, glyphs.cut)
            rows.append([_label(name), *them])
        return [list(row) for row in rows]


def _label(text: str) -> tuple[Style, str]:
    return (Style.DIM, text + " " * (LABEL_COLS - width(text)))


def _dialing(call: CallInfo) -> list[Line]:
    rings = any(peer.state is LegState.RINGING for peer in call.peers)
    return [
        [(None, "it rings there" if rings else "calling, not ringing yet")],
        [],
        [(Style.KEY, "Ctrl-X"), (None, "  stop calling")],
    ]


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


def _security(call: CallInfo, cols: int, glyphs: Glyphs) -> list[Line]:
    match call.security:
        case Security.PENDING:
            return [[_label("E2E"), (Style.FAIR, "agreeing on keys; nothing is sent before")]]
        case Security.KEY_CHANGED:
            return [[_label("E2E"), (Style.BAD, f"{glyphs.no} their key has changed: stopped")]]
        case Security.ENCRYPTED | Security.VERIFIED:
            words = f" {glyphs.dot} ".join(call.words)
            if width(words) > cols - LABEL_COLS:
                words = " ".join(call.words)
            verified = call.security is Security.VERIFIED
            hint = "verified" if verified else "read them aloud; v if they match"
            return [
                [_label(f"E2E {glyphs.yes}"), (Style.WORDS, words)],
                [_label(""), (Style.GOOD if verified else Style.DIM, hint)],
            ]


def _devices(audio: AudioView, cols: int, glyphs: Glyphs, *, is_remote: bool) -> list[Line]:
    if audio.devices is None:
        return []
    room = cols - LABEL_COLS - 1
    shown = (
        ("mic", device_name(audio.devices.microphone, "microphone")),
        ("speaker", device_name(audio.devices.speaker, "speaker")),
        ("sound", "the computer you are logged in to" if is_remote else "this computer"),
    )
    return [[_label(what), (None, " " + shorten(name, room, glyphs.cut))] for what, name in shown]


def _trouble(audio: AudioView, cols: int) -> list[Line]:
    if audio.trouble is None:
        return []
    told = wrap(f"! {sentences.voice_trouble(audio.trouble)}", cols)
    return [[(Style.TROUBLE, line)] for line in told]


def _key_line(call: CallInfo) -> Line:
    wanted = {Verb.MUTE: "unmute" if call.is_muted else "mute", Verb.HANG_UP: "hang up"}
    line: list[tuple[Style | None, str]] = []
    for key in keys.of(Context.IN_CALL):
        if key.verb in wanted:
            line += [(Style.KEY, key.label), (None, f" {wanted[key.verb]}   ")]
    return line
