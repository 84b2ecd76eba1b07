"""Settings: what is read, and the sentence for each way to break one."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.config import Limits, ListenAddress, Settings, choose, load, parse, parse_listen
from voip.core.messages import RegistrationPolicy
from voip.setting import BrokenSetting, notes_of


class ParseTests(SynchronousTestCase):
    """The file."""

    def sentence(self, text: str) -> str:
        return str(self.assertRaises(BrokenSetting, parse, text, "voip.toml"))

    def test_an_empty_file_is_the_defaults(self) -> None:
        """Nothing has to be set."""
        self.assertEqual(parse("", "voip.toml"), Settings())

    def test_what_is_set_is_set(self) -> None:
        """Every setting of the table and of its limits is read."""
        read = parse(
            'listen = "[::1]:7000"\nregistration = "closed"\njson_log = true\n'
            'data_dir = "/srv/voip"\nserver_name = "Home"\nmedia_host = "relay.example"\n'
            "[limits]\nlogin_seconds = 30\n",
            "voip.toml",
        )
        expected = Settings(
            listen=ListenAddress("::1", 7000),
            data_dir=Path("/srv/voip"),
            registration=RegistrationPolicy.CLOSED,
            server_name="Home",
            media_host="relay.example",
            json_log=True,
            limits=Limits(login_seconds=30),
        )
        self.assertEqual(read, expected)
        self.assertEqual(read.limits.of_connections().login_deadline_seconds, 30.0)

    def test_a_value_that_is_not_allowed_names_line_and_rule(self) -> None:
        """File, line, key, what is allowed, what was found: one sentence."""
        self.assertEqual(
            self.sentence('# mine\n\nregistration = "maybe"\n'),
            'voip.toml, line 3: registration must be "open" or "closed", not \'maybe\'.',
        )

    def test_a_limit_names_its_line_in_its_table(self) -> None:
        """The same key elsewhere does not mislead."""
        said = self.sentence('server_name = "x"\n[limits]\nping_seconds = 0\n')
        self.assertTrue(said.startswith("voip.toml, line 3: ping_seconds must be a whole"), said)

    def test_an_unknown_setting_is_told_with_a_guess(self) -> None:
        """A typing mistake is not silently ignored."""
        self.assertIn("did you mean listen?", self.sentence('lisen = "x"'))
        self.assertIn("there are: listen, data_dir", self.sentence("zzz = 1"))
        self.assertIn("line 2: there is no setting", self.sentence("[limits]\nzzz = 1"))
        self.assertIn("line 1: there is no setting 'other'", self.sentence("[other]\na = 1"))

    def test_what_is_not_toml_names_the_line(self) -> None:
        """The parser's own words are not needed to find it."""
        self.assertIn("voip.toml, line 2: this is not TOML", self.sentence('a = 1\nlisten "x"\n'))
        self.assertIn("voip.toml, at its end: this is not TOML", self.sentence('listen = "x'))

    def test_limits_must_be_a_table(self) -> None:
        """A scalar in its place is told."""
        self.assertIn("line 1: limits must be a table", self.sentence("limits = 3"))

    def test_wrong_types_are_refused(self) -> None:
        """Truth is no number, a number no text, a text no truth."""
        for line in (
            "[limits]\nlogin_seconds = true",
            "[limits]\nlogin_seconds = 1.5",
            "server_name = 3",
            'json_log = "yes"',
            "data_dir = 3",
            'data_dir = ""',
            "listen = 5061",
            "registration = []",
            'server_name = "a\\u001bb"',
        ):
            self.assertIn(" must be ", self.sentence(line), line)

    def test_a_long_value_is_shortened(self) -> None:
        """The sentence stays one that can be read."""
        self.assertLess(len(self.sentence(f'listen = "{"x" * 500}"')), 200)

    @settings(deadline=None, max_examples=100)
    @given(st.text(max_size=80))
    def test_any_text_is_settings_or_a_sentence(self, text: str) -> None:
        """Nothing but ``BrokenSetting`` comes out."""
        try:
            parse(text, "voip.toml")
        except BrokenSetting as error:
            self.assertTrue(str(error).startswith("voip.toml"), str(error))


class ListenTests(SynchronousTestCase):
    """HOST:PORT."""

    def test_addresses_are_read(self) -> None:
        """IPv4, IPv6 in brackets, and names; shown as they are written."""
        for text in ("0.0.0.0:5061", "[::]:0", "localhost:65535"):
            self.assertEqual(str(parse_listen(text)), text)

    def test_what_is_none_is_refused(self) -> None:
        """A port is needed and is one."""
        for text in ("5061", ":5061", "h:", "h:65536", "::1:5061", "[h]:1", "h:-1", "h:1 "):
            with self.assertRaises(ValueError):
                parse_listen(text)


class ChooseTests(SynchronousTestCase):
    """The command line over the file over the defaults."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name) / "voip.toml"

    def test_the_command_line_wins(self) -> None:
        """What is not given there comes from the file."""
        self.path.write_text('listen = "127.0.0.1:1"\ndata_dir = "/a"\nserver_name = "n"\n')
        chosen = choose(str(self.path), "/b", "127.0.0.1:2", source="--listen")
        self.assertEqual(
            (chosen.data_dir, chosen.listen.port, chosen.server_name), (Path("/b"), 2, "n")
        )
        self.assertEqual(choose(str(self.path), "", "", source="").data_dir, Path("/a"))

    def test_nothing_at_all_is_the_defaults(self) -> None:
        """An absolute data directory, and a port that others can reach."""
        self.assertEqual(choose("", "", "", source=""), Settings())
        self.assertTrue(Settings().data_dir.is_absolute())
        self.assertEqual(str(Settings().listen), "0.0.0.0:5061")

    def test_a_relative_data_directory_becomes_absolute(self) -> None:
        """A daemon leaves the directory it was started in."""
        self.assertEqual(choose("", "here", "", source="").data_dir, Path.cwd() / "here")

    def test_a_broken_option_names_the_option(self) -> None:
        """Not the file, since it does not stand there."""
        error = self.assertRaises(BrokenSetting, choose, "", "", "nowhere", source="--listen")
        self.assertTrue(str(error).startswith("--listen: listen must be"), str(error))

    def test_a_file_that_cannot_be_read_is_told(self) -> None:
        """Missing, or not text."""
        self.assertIn("cannot be read", str(self.assertRaises(BrokenSetting, load, self.path)))
        self.path.write_bytes(b"\xff\xfe")
        self.assertIn("not UTF-8", str(self.assertRaises(BrokenSetting, load, self.path)))


class NoteTests(SynchronousTestCase):
    """Each setting is documented once."""

    def test_every_setting_has_a_note(self) -> None:
        """What it is for and what is allowed, as sentences."""
        for kind in (Settings, Limits):
            for name, note in notes_of(kind):
                self.assertTrue(note.doc.endswith("."), name)
                self.assertTrue(note.allowed, name)

    def test_no_field_is_without_one(self) -> None:
        """All fields but the table of limits are settings."""
        self.assertEqual(len(dict(notes_of(Settings))), len(Settings.__slots__) - 1)
        self.assertEqual(len(dict(notes_of(Limits))), len(Limits.__slots__))

    def test_settings_are_values(self) -> None:
        """Equal ones are equal, and nobody changes one in place."""
        self.assertEqual(replace(Settings(), json_log=True), replace(Settings(), json_log=True))
