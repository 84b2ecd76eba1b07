"""`voipctl` against a real server: from scripts, at a terminal, and with the server gone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import ClassVar
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import Node
from tests.server.someone import ANN
from tests.system.plain_client import PlainClient
from tests.system.tmux_client import TmuxClient, has_tmux
from voip.config import ADMIN_SOCKET
from voip.core.messages import Hello
from voip.server.audit_file import AUDIT
from voip.server.data_dir import DATABASE

PROGRAM = (sys.executable, "-m", "voip.ctl")


class VoipctlTests(SynchronousTestCase):
    """One server for all, with an account."""

    folder: ClassVar[Path]
    node: ClassVar[Node]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        cls.node = Node(cls.folder / "server")
        with PlainClient(cls.node.address) as client:
            client.ask(Hello(1, 1, "test"))
            client.ask(ANN.register())

    @classmethod
    def tearDownClass(cls) -> None:
        cls.node.stop()
        shutil.rmtree(cls.folder)

    def ran(self, *words: str, data_dir: Path | None = None) -> tuple[int, str, str]:
        """The exit code, stdout and stderr, as a script sees them."""
        done = subprocess.run(
            [*PROGRAM, "--data-dir", str(data_dir or self.node.data_dir), *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        self.assertNotIn("Traceback", done.stderr)
        return done.returncode, done.stdout, done.stderr

    def audited(self) -> list[str]:
        lines = (self.node.data_dir / AUDIT).read_text().splitlines()
        return [json.loads(line).get("line", "") for line in lines]

    def test_a_script_gets_answers_and_exit_codes(self) -> None:
        """Answers on stdout alone, what went wrong on stderr alone; nobody else may ask."""
        socket = self.node.data_dir / ADMIN_SOCKET
        self.assertEqual(socket.stat().st_mode & 0o777, 0o600)
        code, out, err = self.ran("users", "an")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("\nann ", out)
        code, out, err = self.ran("users", "an", "--json")
        self.assertEqual((code, err, json.loads(out)["rows"][0]["user"]), (0, "", "ann"))
        for words, expected, said in (
            (("kick", "nobody", "--yes"), 1, "there is nobody called nobody"),
            (("kick", "ann"), 2, "Nothing was done: add --yes"),
            (("kcik", "ann"), 2, "did you mean kick?"),
            (("kick", "ann", "a b", "--zzz"), 2, 'kick has no "--zzz"'),
        ):
            code, out, err = self.ran(*words)
            self.assertEqual((code, out), (expected, ""), words)
            self.assertTrue(err.startswith("voipctl: ") and said in err, err)
        self.assertIn('kick ann "a b" --zzz', self.audited())

    def test_whoever_reads_may_stop_reading(self) -> None:
        """As `head` does; nothing is said about it."""
        command = [*PROGRAM, "--data-dir", str(self.node.data_dir), "help"]
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True)
        os.close(writer)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_running_server_is_backed_up_and_made_again(self) -> None:
        """By a relative path too; the copy of the copy is made without a server."""
        code, _, err = self.ran("backup", "copy.tar")
        self.assertEqual((code, err), (0, ""))
        self.assertIn(f"backup {self.folder / 'copy.tar'}", self.audited())
        again = self.folder / "again"
        self.assertEqual(self.ran("restore", "copy.tar", data_dir=again)[0], 0)
        self.assertTrue((again / DATABASE).exists())
        code, out, _ = self.ran("backup", "second.tar", data_dir=again)
        self.assertEqual(code, 0)
        self.assertIn(f"from {again} to {self.folder / 'second.tar'}", out)
        code, _, err = self.ran("restore", "second.tar", data_dir=again)
        self.assertEqual(code, 1)
        self.assertIn("is not empty", err)
        self.assertEqual(self.ran("stats", data_dir=again)[0], 4)

    # at a terminal

    def terminal(self, script: str) -> TmuxClient:
        """A shell script with ``voipctl`` in it."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        voipctl = f"{sys.executable} -m voip.ctl -d {self.node.data_dir}"
        program = ("sh", "-c", script.replace("voipctl", voipctl))
        return self.enterContext(TmuxClient(folder, (), (120, 40), program=program))

    @skipUnless(has_tmux(), "tmux is not here")
    def test_what_asks_is_asked_about(self) -> None:
        """And done after a yes alone."""
        terminal = self.terminal("voipctl drain; echo first $?; voipctl drain --off; voipctl drain")
        terminal.wait_for("Let no new calls begin? [y/N]")
        terminal.press("Enter")
        terminal.wait_for("first 1")
        self.assertIn("voipctl: nothing was done", terminal.text)
        terminal.wait_for("the server does not drain")
        terminal.type("y")
        terminal.press("Enter")
        terminal.wait_for("no new calls begin from now on")
        self.assertEqual(self.ran("drain", "--off")[0], 0)

    @skipUnless(has_tmux(), "tmux is not here")
    def test_the_shell_edits_completes_and_answers(self) -> None:
        """And leaves the terminal as it found it."""
        terminal = self.terminal(
            'before=$(stty -g); voipctl shell; echo "ended $?"; '
            '[ "$(stty -g)" = "$before" ] && echo "as before"'
        )
        terminal.wait_for("voip>")
        terminal.type("users an")
        terminal.press("Enter")
        terminal.wait_for("1 account")
        terminal.type("user a")
        terminal.press("Tab", "Enter")
        terminal.wait_for("recovery codes")
        terminal.type("drai")
        terminal.press("Tab", "Enter")
        terminal.wait_for("Let no new calls begin? [y/N]")
        terminal.type("n")
        terminal.press("Enter")
        terminal.wait_for("Nothing was done")
        terminal.resize(60, 20)
        terminal.press("C-d")
        terminal.wait_for("ended 0")
        terminal.wait_for("as before")

    @skipUnless(has_tmux(), "tmux is not here")
    def test_the_terminal_is_given_back_whatever_happens(self) -> None:
        """Ended by a signal, too; python is refused where it is off."""
        terminal = self.terminal(
            "before=$(stty -g); voipctl shell --python; "
            "sh -c 'echo \"pid $$\"; exec voipctl shell'; "
            'echo "ended $?"; [ "$(stty -g)" = "$before" ] && echo "as before"'
        )
        terminal.wait_for("voip>")
        self.assertIn("set python = true under [admin]", terminal.text)
        pid = next(line for line in terminal.lines if line.startswith("pid "))
        os.kill(int(pid.removeprefix("pid ")), signal.SIGTERM)
        terminal.wait_for("ended 143")
        terminal.wait_for("as before")
        self.assertIn("shell --python", self.audited())


class NoServerTests(SynchronousTestCase):
    """The server ends while somebody is in the shell."""

    @skipUnless(has_tmux(), "tmux is not here")
    def test_a_killed_server_is_told(self) -> None:
        """In one sentence, with the terminal in order."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="voip-")))
        node = Node(folder / "server")
        self.addCleanup(node.kill)
        script = f'{" ".join(PROGRAM)} -d {node.data_dir} shell; echo "ended $?"; stty -a'
        terminal = self.enterContext(TmuxClient(folder, (), program=("sh", "-c", script)))
        terminal.wait_for("voip>")
        node.kill()
        terminal.wait_for("ended 4")
        terminal.wait_for(" icanon ")
        self.assertIn("voipctl: the server ended before it answered", terminal.text)
