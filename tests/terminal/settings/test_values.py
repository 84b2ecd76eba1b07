"""What can be set."""

from dataclasses import fields

from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice.commands import UdpUse
from voip.core.ids import Username
from voip.setting import notes_of
from voip_terminal.keys import Verb
from voip_terminal.settings.file import plain_of
from voip_terminal.settings.values import (
    OPEN_TABLES,
    TABLES,
    ClientSettings,
    Network,
    Theme,
    read_username,
    read_verb,
)


class ValuesTests(SynchronousTestCase):
    """Every setting with its rule."""

    def test_all_sections_can_be_set(self) -> None:
        """What the settings hold is what the tables name."""
        held = [each.name for each in fields(ClientSettings)]
        self.assertEqual(held, [*TABLES, *OPEN_TABLES])

    def test_every_default_is_allowed(self) -> None:
        """A default written into the file is read as itself."""
        for kind in TABLES.values():
            for name, note in notes_of(kind):
                default = getattr(kind(), name)
                self.assertEqual(note.read(plain_of(default)), default)

    def test_what_is_taken(self) -> None:
        """Words become what they stand for."""
        notes = dict(notes_of(Network))
        self.assertEqual(notes["server"].read("voip://a.example:7"), "voip://a.example:7")
        self.assertEqual(notes["account"].read("alice"), "alice")
        self.assertEqual(notes["pin"].read("AB:" * 31 + "AB"), "ab" * 32)
        self.assertIs(notes["udp"].read("off"), UdpUse.OFF)
        self.assertIs(read_verb("hang_up"), Verb.HANG_UP)
        self.assertEqual(read_username("bob"), Username("bob"))

    def test_what_is_not_taken(self) -> None:
        """Anything else is a ValueError, whatever its type."""
        wrongs: tuple[object, ...] = ("a b\n", 7.5, [], {}, None)
        for kind in TABLES.values():
            for _, note in notes_of(kind):
                for wrong in wrongs:
                    self.assertRaises(ValueError, note.read, wrong)
        self.assertRaises(ValueError, dict(notes_of(Network))["server"].read, "\ud800")
        self.assertRaises(ValueError, read_username, "A!")
        self.assertRaises(ValueError, read_verb, "fly")
        self.assertEqual(Theme("auto"), Theme.AUTO)
