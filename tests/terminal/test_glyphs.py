"""Every sign has one column in either set, and an ASCII twin."""

from dataclasses import fields

from twisted.trial.unittest import SynchronousTestCase

from voip.core.people import Presence
from voip_terminal.glyphs import ASCII, UNICODE, Glyphs
from voip_terminal.keys import KEYS
from voip_terminal.paint import width


def signs(glyphs: Glyphs) -> dict[str, str]:
    """All signs by name, those that come in several joined."""
    return {
        field.name: "".join(getattr(glyphs, field.name))
        for field in fields(glyphs)
        if field.name != "is_ascii"
    }


class GlyphTests(SynchronousTestCase):
    """Screens have the same shape in both sets."""

    def test_one_column_each(self) -> None:
        """Each sign takes one column, so that nothing shifts."""
        for glyphs in (UNICODE, ASCII):
            for name, text in signs(glyphs).items():
                for sign in text:
                    self.assertEqual(width(sign), 1, name)

    def test_twins(self) -> None:
        """Both sets have as many signs under each name, and the ASCII one is ASCII."""
        unicode, ascii_twins = signs(UNICODE), signs(ASCII)
        self.assertEqual(
            {name: len(text) for name, text in unicode.items()},
            {name: len(text) for name, text in ascii_twins.items()},
        )
        self.assertTrue("".join(ascii_twins.values()).isascii())

    def test_no_sign_is_a_key(self) -> None:
        """The check mark before the four words is no letter one could take for a key."""
        keys = {name for key in KEYS for name in key.names}
        for glyphs in (UNICODE, ASCII):
            self.assertNotIn(glyphs.yes, keys)

    def test_what_is_well(self) -> None:
        """Without a check mark it is a word that everybody understands."""
        self.assertEqual((UNICODE.yes, ASCII.yes), ("✓", "ok"))

    def test_presence(self) -> None:
        """Every presence has a sign, and being online never looks like being offline."""
        for glyphs in (UNICODE, ASCII):
            shown = {presence: glyphs.presence(presence) for presence in Presence}
            offline = shown.pop(Presence.OFFLINE)
            self.assertNotIn(offline, shown.values())
            self.assertNotEqual(shown[Presence.AVAILABLE], shown[Presence.AWAY])
            self.assertNotEqual(shown[Presence.AVAILABLE], shown[Presence.BUSY])
