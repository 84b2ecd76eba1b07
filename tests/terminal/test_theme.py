"""Every style has a look in monochrome, 16 and 256 colours."""

from twisted.trial.unittest import SynchronousTestCase
from urwid.testing import resolve_attr

from voip_terminal.theme import PALETTE, Style


class ThemeTests(SynchronousTestCase):
    """The palette against the list of styles."""

    def test_whole(self) -> None:
        """Each style is in the palette, once."""
        self.assertEqual(sorted(entry[0] for entry in PALETTE), sorted(Style))

    def test_every_depth(self) -> None:
        """Each entry is valid at each number of colours."""
        for style in Style:
            for colours in (1, 16, 256):
                resolve_attr(style, PALETTE, colors=colours)

    def test_monochrome_tells(self) -> None:
        """Without colours the focus and what went wrong still stand out."""
        for style in (Style.FOCUS, Style.FIELD_FOCUS, Style.TOP, Style.TROUBLE, Style.KEY):
            look = resolve_attr(style, PALETTE, colors=1)
            self.assertTrue(look.standout or look.bold, style)
            self.assertEqual((look.foreground_number, look.background_number), (0, 0))
