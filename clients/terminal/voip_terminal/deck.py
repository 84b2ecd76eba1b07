"""The screens and boxes of the stage: which lies on which, and who gets the keys.

The first screen always stays; other screens stand in its place, boxes lie on top of whatever is
shown. It draws frames around boxes and knows no keys, no model and no sentences.
"""

from collections.abc import Iterator

import urwid

from voip_terminal.frame import boxed
from voip_terminal.glyphs import Glyphs
from voip_terminal.stage import Box, Closing, Lasting, Screen


class Deck:
    """What is shown, from the first screen to the topmost box."""

    def __init__(self, first: Screen, glyphs: Glyphs) -> None:
        self._glyphs = glyphs
        self._screens: list[Screen] = [first]
        self._boxes: list[Box] = []

    def __iter__(self) -> Iterator[Screen]:
        """Everything that is open, the first screen first."""
        return iter([*self._screens, *self._boxes])

    @property
    def first(self) -> Screen:
        return self._screens[0]

    @property
    def screen(self) -> Screen:
        """The screen shown, whatever boxes lie on it."""
        return self._screens[-1]

    @property
    def front(self) -> Screen:
        """The box or screen that gets the keys."""
        return self._boxes[-1] if self._boxes else self._screens[-1]

    @property
    def box(self) -> Box | None:
        """The topmost box."""
        return self._boxes[-1] if self._boxes else None

    def restart(self, first: Screen) -> None:
        """Begin with another first screen and nothing else."""
        self._keep([first], [])

    def _keep(self, screens: list[Screen], boxes: list[Box]) -> None:
        """Leave only these; those that want to know are told that they are gone."""
        kept = [*screens, *boxes]
        gone = [each for each in self if all(each is not other for other in kept)]
        self._screens, self._boxes = screens, boxes
        for each in gone:
            if isinstance(each, Closing):
                each.closed()

    def show(self, screen: Screen) -> None:
        """Put a screen in the place of the one shown."""
        self._screens.append(screen)

    def open(self, box: Box) -> None:
        """Lay a box on top."""
        self._boxes.append(box)

    def back(self) -> None:
        """Take away the topmost box, or else the screen; the first one stays."""
        if self._boxes:
            self._keep(self._screens, self._boxes[:-1])
        elif len(self._screens) > 1:
            self._keep(self._screens[:-1], self._boxes)

    def close(self, screen: Screen) -> None:
        """Take away this one, wherever it lies."""
        self._keep(
            [self._screens[0], *(each for each in self._screens[1:] if each is not screen)],
            [box for box in self._boxes if box is not screen],
        )

    def close_boxes(self) -> None:
        self._keep(self._screens, [])

    def home(self) -> None:
        """Take away everything but the first screen and what only the person takes away."""
        lasting = [each for each in self._screens[1:] if isinstance(each, Lasting)]
        self._keep([self.first, *lasting], [])

    def laid_out(self, on_top: Box | None = None) -> urwid.Widget:
        """The screen with its boxes, and one more box that comes over all of them."""
        body = self.screen.widget
        for box in [*self._boxes, *([on_top] if on_top else [])]:
            cols, rows = box.size
            framed = boxed(box.widget, box.title, self._glyphs)
            body = urwid.Overlay(framed, body, "center", cols + 2, "middle", rows + 2)
        return body
