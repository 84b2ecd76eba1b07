"""A terminal window in memory: what a person would read on it, and a painter that paints it."""

import pyte

from voip.server.admin.columns import width
from voip.server.admin.shell.painter import Painter


class Screen(pyte.Screen):
    """Wraps a wide letter as terminals do: it goes to the next row whole."""

    def draw(self, data: str) -> None:
        for letter in data:
            if width(letter) == 2 and self.cursor.x == self.columns - 1:
                super().draw(" ")
            super().draw(letter)


class Window:
    """A window of a size, fed by a painter."""

    def __init__(self, columns: int, rows: int = 24) -> None:
        self.screen = Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.painter = Painter()
        self.painter.resize(columns)

    def feed(self, output: str) -> None:
        self.stream.feed(output)

    @property
    def text(self) -> str:
        """What a person reads, rows joined where they are full, blanks at the ends dropped."""
        return "\n".join(row.rstrip() for row in self.screen.display).rstrip("\n")

    @property
    def cursor(self) -> tuple[int, int]:
        return self.screen.cursor.y, self.screen.cursor.x
