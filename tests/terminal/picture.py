"""A frame of the screen as an SVG picture: the same bytes for the same frame, on every machine.

It takes the canvas that urwid drew and the client's palette in 256 colours, one run of text for
each style, stretched to its columns so that any monospaced font lines up.
"""

from xml.sax.saxutils import escape

import urwid
from urwid.testing import resolve_runs

from voip_terminal.theme import PALETTE

CELL_WIDTH = 9
CELL_HEIGHT = 20
BASELINE = 15
MARGIN = 12
INK = "#d8dce4"
PAPER = "#11151c"
FONTS = "'DejaVu Sans Mono','Noto Sans Mono CJK SC','Noto Sans Mono',Menlo,Consolas,monospace"


def svg(canvas: urwid.Canvas, title: str) -> str:
    """The picture of one frame."""
    width = canvas.cols() * CELL_WIDTH + 2 * MARGIN
    height = canvas.rows() * CELL_HEIGHT + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
        f'<g font-family="{FONTS}" font-size="15" xml:space="preserve">',
    ]
    runs = [[(style, text.decode()) for style, _, text in row] for row in canvas.content()]
    for y, row in enumerate(resolve_runs(runs, PALETTE, colors=256)):
        x = 0
        for look, text in row:
            parts += _run(look, text, x, y)
            x += urwid.calc_width(text, 0, len(text))
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _run(look: urwid.AttrSpec, text: str, x: int, y: int) -> list[str]:
    red, green, blue, back_red, back_green, back_blue = look.get_rgb_values()
    left = MARGIN + x * CELL_WIDTH
    top = MARGIN + y * CELL_HEIGHT
    cols = urwid.calc_width(text, 0, len(text))
    parts = []
    if back_red is not None:
        back = _colour(back_red, back_green or 0, back_blue or 0)
        parts.append(
            f'<rect x="{left}" y="{top}" width="{cols * CELL_WIDTH}" height="{CELL_HEIGHT}" '
            f'fill="{back}"/>'
        )
    ink = INK if red is None else _colour(red, green or 0, blue or 0)
    weight = ' font-weight="bold"' if look.bold else ""
    for start, word in _words(text):
        at = left + start * CELL_WIDTH
        wide = urwid.calc_width(word, 0, len(word)) * CELL_WIDTH
        parts.append(
            f'<text x="{at}" y="{top + BASELINE}" fill="{ink}"{weight} textLength="{wide}" '
            f'lengthAdjust="spacingAndGlyphs">{escape(word)}</text>'
        )
    return parts


def _words(text: str) -> list[tuple[int, str]]:
    """The parts between runs of two blanks or more, with the column each starts at."""
    words: list[tuple[int, str]] = []
    column = 0
    for part in text.split("  "):
        stripped = part.strip(" ")
        if stripped:
            ahead = len(part) - len(part.lstrip(" "))
            words.append((column + ahead, stripped))
        column += urwid.calc_width(part, 0, len(part)) + 2
    return words


def _colour(red: int, green: int, blue: int) -> str:
    return f"#{red:02x}{green:02x}{blue:02x}"
