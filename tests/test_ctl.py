"""`voipctl` without a server: its command line, and the sentence for whatever keeps it from one."""

import io
import json
import socket
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.config import ADMIN_SOCKET, default_data_dir
from voip.ctl import HELP, Asked, Wrong, line_of, main, read_arguments
from voip.ctl_link import Unreachable, connect
from voip.server.admin.exits import Exit
from voip.server.admin.line import ABOUT_THE_ANSWER, read_line
from voip.server.data_dir import DATABASE

WORD = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=8)


class CommandLineTests(SynchronousTestCase):
    """What is asked, and of whom."""

    def test_where_the_server_is_may_stand_before_or_behind(self) -> None:
        """The rest is the command's, word by word."""
        expected = Asked(("kick", "bob", "--yes"), "/a", "/b")
        for line in (
            "-d /a -c /b kick bob --yes",
            "--data-dir=/a --config=/b kick bob --yes",
            "kick bob --yes --data-dir /a --config /b",
        ):
            self.assertEqual(read_arguments(line.split(" ")), expected, line)
        self.assertEqual(read_arguments(["announce", "-d", "x"]).words, ("announce", "-d", "x"))
        kept = ("announce", "--", "--config", "x")
        self.assertEqual(read_arguments(kept).words, kept)
        self.assertTrue(Asked(("users", "--json")).as_json)
        self.assertFalse(Asked(("announce", "--", "--json")).as_json)
        self.assertRaises(Wrong, read_arguments, ["stats", "--config"])

    def test_the_data_directory_is_the_server_s(self) -> None:
        """As named, as its settings have it, or the same default."""
        with TemporaryDirectory() as place:
            config = Path(place, "voip.toml")
            config.write_text('data_dir = "/srv/voip"\n')
            self.assertEqual(Asked((), config=str(config)).place(), Path("/srv/voip"))
            self.assertEqual(Asked((), "/a", str(config)).place(), Path("/a"))
        self.assertEqual(Asked(()).place(), default_data_dir())

    def test_words_become_the_line_that_was_meant(self) -> None:
        """Quoted where they hold blanks; a line in one piece stays as it is."""
        for words, line in (
            (["kick", "bob", "bad words"], 'kick bob "bad words"'),
            (["kick", "bob", '--reason=say "hi"'], 'kick bob --reason="say \\"hi\\""'),
            (["announce", "it's over"], 'announce "it\'s over"'),
            (["announce", "it's", ""], 'announce it\'s ""'),
            (["kick bob --yes"], "kick bob --yes"),
            (['kick("bob")'], 'kick("bob")'),
            (["kick('bob', reason='a b')", "--yes"], "kick('bob', reason='a b') --yes"),
            (["stats"], "stats"),
        ):
            self.assertEqual(line_of(words), line)

    @given(st.lists(WORD.filter(lambda word: not word.startswith("--")), min_size=1, max_size=5))
    def test_any_words_arrive_as_they_were(self, words: list[str]) -> None:
        """The server's reading of the line gives them back."""
        read = read_line(line_of(["announce", *words]))
        self.assertEqual([typed.value for typed in read.typed], words)
        self.assertFalse(set(words) & set(ABOUT_THE_ANSWER))


class WithoutServerTests(SynchronousTestCase):
    """Sentences on stderr, documents on stdout, and the exit code."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.data = self.place / "data"

    def ran(self, *words: str) -> tuple[int, str, str]:
        """The exit code, stdout and stderr."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["--data-dir", str(self.data), *words])
        return code, out.getvalue(), err.getvalue()

    def refused(self, *words: str, code: Exit = Exit.UNREACHABLE) -> str:
        """The one sentence that is said, the same in JSON."""
        exit_, out, err = self.ran(*words)
        self.assertEqual((exit_, out), (code, ""))
        self.assertTrue(err.startswith("voipctl: ") and err.endswith("\n"), err)
        sentence = err.removeprefix("voipctl: ").rstrip("\n")
        self.assertNotIn("\n", sentence)
        exit_, out, err = self.ran(*words, "--json")
        self.assertEqual((exit_, err), (code, ""))
        self.assertEqual(json.loads(out), {"ok": False, "error": sentence})
        return sentence

    def data_dir(self) -> None:
        """A directory that a server has left."""
        self.data.mkdir(mode=0o700)
        (self.data / DATABASE).touch()

    def test_no_directory(self) -> None:
        """It says how to name the right one."""
        self.assertIn(f"no directory {self.data}: name the server's", self.refused("stats"))

    def test_a_directory_of_something_else(self) -> None:
        """So is a wrong one."""
        self.data.mkdir()
        self.assertIn("is not the data directory of a server", self.refused("stats"))

    def test_no_server(self) -> None:
        """Also where one has crashed and left its socket."""
        self.data_dir()
        said = self.refused("stats")
        self.assertIn(f"no server runs in {self.data}: start one with twistd voip", said)
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(self.data / ADMIN_SOCKET))
        self.assertEqual(self.refused("stats"), said)

    def test_a_path_that_no_socket_can_have(self) -> None:
        """The kernel takes some hundred letters."""
        self.data = self.place / ("x" * 120)
        self.data_dir()
        self.assertIn("cannot be used: AF_UNIX path too long", self.refused("stats"))

    def test_a_server_that_ends_before_it_answers(self) -> None:
        """What was asked may have been done, and that is said."""
        self.data_dir()
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(self.data / ADMIN_SOCKET))
            server.listen()
            server.settimeout(0)
            self.addCleanup(server.close)
            out, err = io.StringIO(), io.StringIO()
            # The connection waits in the backlog and is reset with the listening socket.
            with redirect_stdout(out), redirect_stderr(err):
                link = connect(self.data)
                server.close()
                self.assertRaises(Unreachable, link.ask, {})
                link.close()

    def test_a_command_line_that_is_none(self) -> None:
        """What to write instead."""
        self.assertIn("voipctl --help tells more", self.refused(code=Exit.USAGE))
        self.assertIn("--config needs a path", self.ran("stats", "--config")[2])
        self.assertIn("write voipctl restore FILE", self.refused("restore", code=Exit.USAGE))
        self.assertIn("write voipctl backup FILE", self.refused("backup", "--x", code=Exit.USAGE))
        broken = self.place / "voip.toml"
        broken.write_text("zzz = 1\n")
        said = self.refused("stats", "--config", str(broken), code=Exit.USAGE)
        self.assertIn(f"{broken}, line 1: there is no setting", said)

    def test_a_settings_file_needs_no_server(self) -> None:
        """It is shown as it would be in force, or its mistake is; both as JSON, too."""
        config = self.place / "voip.toml"
        config.write_text('server_name = "Home"\n')
        code, out, err = self.ran("check-config", str(config))
        self.assertEqual((code, err), (Exit.DONE, ""))
        self.assertIn(f"{config} can be used", out)
        self.assertIn('\nserver_name = "Home"  # default: ""\n', out)
        self.assertEqual(self.ran("check-config", "--config", str(config))[1], out)
        _, document, _ = self.ran("check-config", str(config), "--json")
        self.assertEqual(json.loads(document)["said"] + "\n", out)
        config.write_text('\nserver_nam = "Home"\n')
        said = self.refused("check-config", str(config), code=Exit.REFUSED)
        self.assertIn(f"{config}, line 2: there is no setting 'server_nam'", said)
        self.assertIn("did you mean server_name?", said)

    def test_a_shell_needs_a_terminal(self) -> None:
        """And takes no words."""
        self.assertIn("needs a terminal", self.ran("shell")[2])
        self.assertIn("write voipctl shell", self.ran("shell", "users")[2])

    def test_help_and_version_need_no_server(self) -> None:
        """On stdout, as whoever asked for it expects."""
        self.assertEqual(self.ran("--help"), (0, HELP, ""))
        self.assertEqual(self.ran("-h"), (0, HELP, ""))
        code, out, err = self.ran("--version")
        self.assertEqual((code, out.split(" ")[0], err), (0, "voipctl", ""))
