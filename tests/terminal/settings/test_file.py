"""The text of the settings file."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice.commands import UdpUse
from voip.core.ids import Username
from voip.setting import BrokenSetting
from voip_terminal.keys import Verb
from voip_terminal.settings.file import (
    ReadFile,
    Unchangeable,
    UnknownSetting,
    changed,
    parse,
    plain_of,
    tables_of,
    value_in,
    with_value,
)
from voip_terminal.settings.key_names import KeyName
from voip_terminal.settings.values import ClientSettings, Network

MINE = """\
# mine, keep out
[network]   # the line
udp = "off" # the office
jitter_max_ms = 200

[volumes]
"bob.smith" = -6
"""

names = st.sampled_from(
    [
        ("network", "udp", "on"),
        ("network", "jitter_max_ms", 150),
        ("look", "ascii", True),
        ("audio", "microphone", 'a "quoted" \\ name'),
        ("volumes", "bob.smith", 3),
        ("keys", "hang_up", "Ctrl-K"),
    ]
)


class ParseTests(SynchronousTestCase):
    """Reading."""

    def test_nothing_and_everything(self) -> None:
        """An empty file is the defaults; what is set is set."""
        self.assertEqual(parse("", "f").settings, ClientSettings())
        text = '[network]\nudp = "off"\n[volumes]\nbob = -6\n[keys]\nhang_up = "Ctrl-K"\n'
        read = parse(text, "f")
        self.assertEqual(read.troubles, ())
        self.assertEqual(read.settings.network, Network(udp=UdpUse.OFF))
        self.assertEqual(read.settings.volumes, {Username("bob"): -6})
        self.assertEqual(read.settings.keys, {Verb.HANG_UP: KeyName("Ctrl-K", "ctrl k")})

    def test_a_wrong_value_costs_its_default(self) -> None:
        """The sentence names the line, the rule, what was found and what is used."""
        read = parse('# one\n[network]\njitter_max_ms = 5\nudp = "on"\n', "settings.toml")
        [trouble] = read.troubles
        self.assertEqual(
            trouble,
            "settings.toml, line 3: jitter_max_ms must be a whole number from 100 to 400, "
            "not 5; 400 is used.",
        )
        self.assertEqual(read.settings.network, Network(udp=UdpUse.ON))

    def test_every_other_mistake_has_a_sentence(self) -> None:
        """And costs itself only."""
        for text, sentence in (
            (
                "[network]\nupd = 1\n",
                "f, line 2: there is no setting 'upd' in it; did you mean udp",
            ),
            ("[netwrok]\n", "f, line 1: there is no table [netwrok]; did you mean network?"),
            ("zzz = 1\n", "f, line 1: there is no table [zzz]; there are: network, audio,"),
            ("look = 1\n", "f, line 1: look must be a table, begun by the line [look]."),
            ("[volumes]\nB! = 1\n", "f, line 2: this is not TOML"),
            ('[volumes]\n"B!" = 1\n', "f, line 2: 'B!' is not the name of an account; it is left"),
            ("[volumes]\nbob = 99\n", "f, line 2: bob must be a whole number from -30 to 12"),
            ('[keys]\nfly = "x"\n', "f, line 2: 'fly' is not something a key does"),
            ('[look]\ntheme = "pink"\n', '; "auto" is used.'),
            ("[", "this is not TOML; no setting of this file is used."),
        ):
            [trouble] = parse(text, "f").troubles
            self.assertIn(sentence, trouble)

    @given(st.text())
    def test_no_text_stops_the_client(self, text: str) -> None:
        """Whatever a file holds, there are settings."""
        self.assertIsInstance(parse(text, "f").settings, ClientSettings)


class ChangedTests(SynchronousTestCase):
    """Writing."""

    def test_the_rest_stays_as_it_is(self) -> None:
        """Comments, order and what was not touched."""
        self.assertEqual(changed(MINE, "network", "udp", "on"), MINE.replace('"off" #', '"on" #'))
        self.assertEqual(
            changed(changed(MINE, "look", "ascii", True), "look", "ascii", None)[: len(MINE)], MINE
        )

    def test_taking_out_what_is_not_there(self) -> None:
        """Changes nothing."""
        self.assertEqual(changed(MINE, "look", "ascii", None), MINE)
        self.assertEqual(changed(MINE, "network", "server", None), MINE)

    def test_what_cannot_be_changed(self) -> None:
        """A text that is no TOML, or a name that is no table, is left alone."""
        for text in ("[", "network = 3\n"):
            self.assertRaises(Unchangeable, changed, text, "network", "udp", "on")

    def test_what_stands_there(self) -> None:
        """A value comes out as it went in; something else than a value does not."""
        self.assertEqual(value_in(MINE, "network", "udp"), "off")
        self.assertEqual(value_in(MINE, "volumes", "bob.smith"), -6)
        self.assertIs(value_in("[look]\nascii = true\n", "look", "ascii"), True)
        for text in ("", "network = 3\n", "[network]\nudp = [1]\n", "[network]\nudp = 1.5\n"):
            self.assertIsNone(value_in(text, "network", "udp"))

    @given(st.lists(names))
    def test_what_is_written_is_read(self, entries: list[tuple[str, str, str | int]]) -> None:
        """Any changes, one after the other, give the settings they say, and keep the comments."""
        text, settings = MINE, parse(MINE, "f").settings
        for section, name, value in entries:
            text = changed(text, section, name, value)
            settings = with_value(settings, section, name, value)
        self.assertEqual(parse(text, "f").settings, settings)
        self.assertEqual(parse(text, "f").troubles, ())
        self.assertIn("# mine, keep out\n[network]   # the line\n", text)
        tomllib.loads(text)


class ValueTests(SynchronousTestCase):
    """Single values."""

    def test_a_value_that_is_not_allowed(self) -> None:
        """Is refused with the rule, for given and for open tables."""
        for section, name in (("network", "jitter_min_ms"), ("volumes", "bob")):
            error = self.assertRaises(
                BrokenSetting, with_value, ClientSettings(), section, name, 1000
            )
            self.assertIn(f"{name} must be a whole number from", str(error))

    def test_what_there_is_not(self) -> None:
        """Names the table or the name, with what there is."""
        for section, name, field in (
            ("networks", "udp", "section"),
            ("network", "udb", "name"),
            ("volumes", "not a name", "name"),
        ):
            error = self.assertRaises(
                UnknownSetting, with_value, ClientSettings(), section, name, None
            )
            self.assertEqual(error.field, field)

    def test_all_of_them(self) -> None:
        """Written out whole, they are read as they were."""
        settings = parse(MINE + "[keys]\nhold = 'F9'\n", "f").settings
        text = ""
        for section, values in tables_of(settings).items():
            for name, value in values.items():
                text = changed(text, section, name, value)
        self.assertEqual(parse(text, "f"), ReadFile(settings))

    def test_none_is_the_default(self) -> None:
        """In a given table, and none in an open one."""
        settings = parse(MINE, "f").settings
        settings = with_value(settings, "network", "udp", None)
        settings = with_value(settings, "volumes", "bob.smith", None)
        self.assertEqual(settings, ClientSettings(network=Network(jitter_max_ms=200)))

    def test_only_values_can_be_written(self) -> None:
        """Anything else is a bug."""
        self.assertRaises(TypeError, plain_of, [])
