"""The frame around every screen: the first line, the line that tells, the line of keys.

Also what stands in for a screen when the window is too small for one. It paints what it is given
and decides nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import urwid

from voip.client.model import ConnectionView, Link, Model
from voip.core.calls import LegState
from voip_terminal import sentences
from voip_terminal.calls import current, held, is_echo_test, joined, ringing
from voip_terminal.glyphs import Glyphs
from voip_terminal.meters import quality_sign, round_trip_bars
from voip_terminal.paint import Line, Piece, canvas, clean, shorten, spread, width, wrap
from voip_terminal.theme import Style
from voip_terminal.wording import PRESENCE_WORDS, clock

LEAST_COLS = 80
LEAST_ROWS = 24


@dataclass(frozen=True, slots=True)
class Told:
    """What the line above the last one says, and when it was said."""

    sentence: str = ""
    is_trouble: bool = False
    at: float = 0.0
    time: str = ""


class StatusLine(urwid.Widget):
    """One line, or two when the sentence needs them."""

    _sizing = frozenset([urwid.FLOW])
    no_cache: ClassVar[list[str]] = ["render", "rows"]

    def __init__(self, told: Callable[[], Told]) -> None:
        super().__init__()
        self._told = told

    def _lines(self, cols: int) -> list[Line]:
        told = self._told()
        style = Style.TROUBLE if told.is_trouble else Style.STATUS
        text = f"! {told.sentence}" if told.is_trouble else told.sentence
        rows = wrap(text, cols - len(told.time) - 3)[:2]
        lines: list[Line] = [[(style, f" {row}")] for row in rows]
        lines[0] = spread(lines[0], [(Style.DIM, f" {told.time} ")], cols)
        return lines

    def rows(self, size: tuple[int], focus: bool = False) -> int:  # noqa: ARG002 - has none
        return len(self._lines(size[0]))

    def render(self, size: tuple[int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002 - has none
        return canvas(self._lines(size[0]), size[0], None)


def top_line(model: Model, cols: int, glyphs: Glyphs) -> Line:
    """Who one is and what others see; the server and how far away it is."""
    end = [(Style.TOP, f"{_server(model.connection, glyphs)} ")]
    start: list[Piece] = [(Style.TOP, " voip   ")]
    me = model.me
    if me is None or model.connection.link not in {Link.LOGGED_IN, Link.RECONNECTING}:
        start.append((Style.TOP, "not signed in"))
    else:
        sign = glyphs.presence(me.presence)
        presence = f"{clean(me.username)}  {sign} {_presence_word(model)}"
        if model.unseen_missed:
            presence += f"  {glyphs.no} {model.unseen_missed} missed"
        room = cols - 8 - sum(width(text) for _, text in end) - width(presence) - 5
        text = clean(me.text).strip()
        if text and room > 8:
            presence += f'  "{shorten(text, room, glyphs.cut)}"'
        start.append((Style.TOP, presence))
    line = spread(start, end, cols)
    return [(Style.TOP, text) for _, text in line]


def _presence_word(model: Model) -> str:
    """What others see of one; with calls on this device, which they are."""
    calls = joined(model)
    if len(calls) > 1:
        return f"in {len(calls)} calls"
    if calls and calls[0].is_conference:
        return "in a conference"
    return PRESENCE_WORDS[model.me.presence] if model.me else ""


def _server(connection: ConnectionView, glyphs: Glyphs) -> str:
    host = clean(connection.server.host) if connection.server else ""
    match connection.link:
        case Link.OFFLINE:
            return "offline"
        case Link.CONNECTING:
            return f"connecting  {host}".strip()
        case Link.RECONNECTING:
            wait = connection.retry_in_seconds
            again = f"trying again in {wait:.0f} s" if wait else "trying again"
            return f"{again}  {host}".strip()
        case Link.CONNECTED | Link.LOGGED_IN:
            far = ""
            if connection.rtt_ms is not None:
                bars = round_trip_bars(connection.rtt_ms, glyphs)
                far = f"  {bars} {connection.rtt_ms:.0f} ms"
            return f"TLS  {host}{far}"


def _small_top(model: Model, cols: int, glyphs: Glyphs) -> Line:
    me = model.me
    is_inside = model.connection.link in {Link.LOGGED_IN, Link.RECONNECTING}
    start = " not signed in"
    if me is not None and is_inside:
        sign = glyphs.presence(me.presence)
        start = f" {clean(me.username)} {sign} {_presence_word(model)}"
    end = "TLS " if model.connection.link in {Link.CONNECTED, Link.LOGGED_IN} else "offline "
    return spread([(Style.TOP, start)], [(Style.TOP, end)], cols)


def small_view(
    model: Model, now: float, cols: int, rows: int, glyphs: Glyphs, hints: Line
) -> Sequence[Line]:
    """What fits into a window below 80x24: the call, and the keys that still matter."""
    lines: list[Line] = [_small_top(model, cols, glyphs), []]
    rings = ringing(model)
    call = current(model)
    if rings is not None:
        lines += [[(Style.HEADING, f" {sentences.calling(rings)}")], []]
    elif call is not None:
        elapsed = clock(now - call.started_at)
        lines.append(
            spread(
                [(Style.HEADING, f" {sentences.who(call)}")], [(Style.HEADING, f"{elapsed} ")], cols
            )
        )
        if call.state is not LegState.ACTIVE:
            lines.append([(None, " calling")])
        elif call.is_muted:
            lines.append([(Style.FAIR, " microphone off")])
        if call.figures is not None:
            lines.append([(None, " "), *quality_sign(call.figures, glyphs)])
        if call.words and not is_echo_test(call):
            lines.append([(Style.WORDS, " " + " ".join(call.words))])
        speaking = [sentences.name_of(peer) for peer in call.peers if peer.is_speaking]
        if call.is_conference and speaking:
            lines.append([(None, f" {glyphs.speaks} {', '.join(speaking)}")])
        lines.append([])
    for each in held(model):
        lines.append([(Style.FAIR, f" on hold: {sentences.who(each)}")])
    told = f"The window is too small: {cols}x{rows}. At least 80x24 is needed."
    lines += [[(Style.DIM, f" {row}")] for row in wrap(told, max(1, cols - 2))]
    lines = lines[: max(0, rows - 1)]
    lines += [[]] * (rows - 1 - len(lines))
    return [*lines, hints]


def boxed(inside: urwid.Widget, title: str, glyphs: Glyphs) -> urwid.Widget:
    """A box's frame."""
    top_left, top_right, bottom_left, bottom_right = glyphs.corners
    return urwid.AttrMap(
        urwid.LineBox(
            inside,
            title=title,
            title_align="left",
            title_attr=Style.HEADING,
            tlcorner=top_left,
            trcorner=top_right,
            blcorner=bottom_left,
            brcorner=bottom_right,
            tline=glyphs.horizontal,
            bline=glyphs.horizontal,
            lline=glyphs.vertical,
            rline=glyphs.vertical,
        ),
        None,
    )
