"""Settings: what is read, and the sentence for each way to break one."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.config import (
    Admin,
    Limits,
    ListenAddress,
    LogThreshold,
    Settings,
    SocketFile,
    Usual,
    parse_door,
    parse_listen,
    parse_local,
)
from voip.config_file import TABLES, choose, load, parse
from voip.core.limits import ConnectionLimits
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
            'log_level = "warn"\n[admin]\nlisten = "unix:shell.sock"\npython = true\n'
            'metrics = "[::1]:9100"\naudit_days = 90\n'
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
            log_level=LogThreshold.WARN,
            admin=Admin(SocketFile("shell.sock"), True, ListenAddress("::1", 9100), 90),
            limits=Limits(login_seconds=30),
        )
        self.assertEqual(read, expected)
        self.assertEqual(
            read.limits.of_connections(ConnectionLimits()).login_deadline_seconds, 30.0
        )

    def test_a_value_that_is_not_allowed_names_line_and_rule(self) -> None:
        """File, line, key, what is allowed, what was found: one sentence."""
        self.assertEqual(
            self.sentence('# mine\n\nlog_level = "loud"\n'),
            'voip.toml, line 3: log_level must be "debug", "info", "warn" or "error", '
            "not 'loud'.",
        )

    def test_a_limit_names_its_line_in_its_table(self) -> None:
        """The same key elsewhere does not mislead."""
        said = self.sentence('server_name = "x"\n[limits]\nping_seconds = 0\n')
        self.assertTrue(
            said.startswith("voip.toml, line 3: limits.ping_seconds must be a whole"), said
        )

    def test_a_setting_with_its_table_before_a_dot_names_its_line(self) -> None:
        """TOML has two ways to write one."""
        said = self.sentence('server_name = "x"\nlimits.ping_seconds = 0\n')
        self.assertTrue(said.startswith("voip.toml, line 2: limits.ping_seconds must be"), said)

    def test_the_operators_doors_are_for_this_machine(self) -> None:
        """Another address is refused with the reason; so is the name of voipctl's own socket."""
        for door in ("listen", "metrics"):
            for host in ("0.0.0.0", "192.0.2.1", "[::]", "example.com"):
                said = self.sentence(f'[admin]\n{door} = "{host}:5062"')
                self.assertTrue(said.startswith(f"voip.toml, line 2: admin.{door} must"), said)
                self.assertIn(f"not '{host}:5062': it may be reached from this machine only", said)
        said = self.sentence('[admin]\nlisten = "unix:admin.sock"')
        self.assertIn("admin.sock is where voipctl comes in", said)

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
            'log_level = "loud"',
            "[admin]\nlisten = 5062",
            "[admin]\nmetrics = []",
            '[admin]\nmetrics = "unix:name"',
            '[admin]\nlisten = "unix:../name"',
            '[admin]\nlisten = "unix:.sock"',
            '[admin]\nlisten = "unix:listening"',
            '[admin]\nlisten = "127.0.0.1"',
            "[admin]\npython = 1",
            "[admin]\naudit_days = -1",
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

    def test_doors_are_read(self) -> None:
        """Where it usually is, nowhere, a loopback address, a unix socket; shown as written."""
        for text in ("", "off", "127.0.0.1:0", "127.8.0.1:65535", "[::1]:22"):
            self.assertEqual(str(parse_local(text)), text)
            self.assertEqual(parse_door(text), parse_local(text))
        self.assertEqual(parse_local("localhost:7"), ListenAddress("127.0.0.1", 7))
        self.assertEqual(str(parse_door("unix:Shell-1.sock")), "unix:Shell-1.sock")
        self.assertEqual((Admin().listen, Admin().metrics), (Usual.NEXT, Usual.NEXT))


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

    def test_relative_paths_begin_where_it_was_started(self) -> None:
        """Also when they are read again from somewhere else."""
        self.path.write_text('data_dir = "data"\n')
        folder = self.path.parent
        again = choose(self.path.name, "", "", source="", folder=folder)
        self.assertEqual(again.data_dir, folder / "data")

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
        for kind in (Settings, *TABLES.values()):
            for name, note in notes_of(kind):
                self.assertTrue(note.doc.endswith("."), name)
                self.assertTrue(note.allowed, name)

    def test_no_field_is_without_one(self) -> None:
        """All fields but the tables are settings."""
        self.assertEqual(len(dict(notes_of(Settings))), len(Settings.__slots__) - len(TABLES))
        for table, kind in TABLES.items():
            self.assertEqual(len(dict(notes_of(kind))), len(kind.__slots__))
            self.assertIsInstance(getattr(Settings(), table), kind)

    def test_settings_are_values(self) -> None:
        """Equal ones are equal, and nobody changes one in place."""
        self.assertEqual(replace(Settings(), json_log=True), replace(Settings(), json_log=True))
