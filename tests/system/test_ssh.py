"""The admin shell of a real server with calls in progress, by the SSH clients that people have."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import Node
from tests.system.operators import SETTINGS, Operators
from tests.system.talkers import Pair, calls, not_heard, prove_ways
from tests.system.tmux_client import TmuxClient
from voip.server.admin.exits import Exit

CALLS = 2
FLOOD = 300
CPU_SECONDS_A_REFUSAL = 0.002
"""Some 0.25 ms were measured, with the audit and the log; the rest is for a busy machine."""
AGAIN_SECONDS = 10.0


class Case(SynchronousTestCase):
    """One server for all tests of a class, and calls that must outlast them."""

    stack: ClassVar[ExitStack]
    place: ClassVar[Path]
    node: ClassVar[Node]
    operators: ClassVar[Operators]
    pairs: ClassVar[list[Pair]]

    @classmethod
    def setUpClass(cls) -> None:
        with ExitStack() as stack:
            cls.place = Path(stack.enter_context(TemporaryDirectory(prefix="voip-")))
            settings = cls.place / "voip.toml"
            settings.write_text(SETTINGS)
            options = ("--config", str(settings))
            cls.node = stack.enter_context(Node(cls.place / "data", options=options))
            cls.operators = Operators(cls.place, cls.place / "data")
            cls.pairs = []
            for pair in calls(cls.node.address, CALLS):
                cls.pairs.append(pair)
                for end in pair.ends:
                    stack.callback(end.close)
            prove_ways(cls.pairs)
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.stack.close()

    def at(self, command: list[str], size: tuple[int, int] = (80, 24)) -> TmuxClient:
        """Somebody at a terminal."""
        folder = self.enterContext(TemporaryDirectory(prefix="voip-"))
        return self.enterContext(TmuxClient(Path(folder), command[1:], size, program=command[:1]))

    def all_go_on(self) -> None:
        """Every call is heard both ways."""
        self.assertEqual(not_heard(self.pairs, f"{self.id()} {time.monotonic()}".encode()), [])

    @property
    def is_open(self) -> bool:
        """Whether somebody with a key gets in now."""
        return self.operators.ask(self.operators.openssh("olga"), "stats").returncode == 0

    def again_until(self, is_so: Callable[[], bool]) -> None:
        """Try until it is so."""
        deadline = time.monotonic() + AGAIN_SECONDS
        while not is_so():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)


class AdminShellTests(Case):
    """What operators do, and what is refused to whoever asks: told, and recorded."""

    def test_at_a_terminal_with_openssh(self) -> None:
        """Tables, completion, a question, arrow keys, a window that changes, and the way out."""
        seat = self.at(self.operators.openssh("olga", "-t"))
        seat.wait_for("You are olga.", "voip>")
        seat.type("call")
        seat.press("Tab", "Tab")
        seat.wait_for("call   calls")
        seat.type("s")
        seat.press("Enter")
        seat.wait_for("2 calls", "user0, user1", "user2, user3")
        seat.type("kick user")
        seat.press("Tab")
        seat.type("1")
        seat.press("Enter")
        seat.wait_for("Put user1 out", "[y/N]")
        seat.press("n", "Enter")
        seat.wait_for("Nothing was done.")
        seat.resize(60, 20)
        seat.press("Up")
        seat.wait_for("voip> kick user1")
        seat.press("C-u", "C-d")
        seat.wait_until_over()
        self.assertEqual(seat.exit_code, 0)
        self.all_go_on()

    def test_at_a_terminal_with_dropbear(self) -> None:
        """A wide window shows wide tables; what was typed before is there the next time."""
        for _ in range(2):
            seat = self.at(self.operators.dropbear(), (200, 50))
            seat.wait_for("voip>")
            seat.press("Up", "C-u")
            seat.type("audit --limit 3")
            seat.press("C-a", "C-k", "C-y", "Enter")
            seat.wait_for("OUTCOME")
            seat.type("exit")
            seat.press("Enter")
            seat.wait_until_over()
        with_history = self.at(self.operators.dropbear())
        with_history.wait_for("voip>")
        with_history.press("C-r")
        with_history.type("aud")
        with_history.wait_for("(search) aud: ", "audit --limit 3")
        self.all_go_on()

    def test_commands_without_a_terminal(self) -> None:
        """Their exit codes tell how it went, and JSON is alone on stdout."""
        for client in (self.operators.openssh("olga"), self.operators.dropbear()):
            done = self.operators.ask(client, "calls --json")
            self.assertEqual(done.returncode, Exit.DONE)
            self.assertEqual(len(json.loads(done.stdout)["rows"]), CALLS)
            refused = self.operators.ask(client, "kick nobody --yes")
            self.assertEqual(refused.returncode, Exit.REFUSED)
            self.assertIn("there is nobody called nobody", refused.stderr)
            self.assertEqual(refused.stdout, "")
            self.assertEqual(self.operators.ask(client, "no-such").returncode, Exit.USAGE)
            unconfirmed = self.operators.ask(client, "kick user0")
            self.assertEqual(unconfirmed.returncode, Exit.USAGE)
            self.assertIn("--yes", unconfirmed.stderr)
        no_terminal = self.operators.ask(self.operators.openssh("olga", "-T"))
        self.assertEqual(no_terminal.returncode, Exit.USAGE)
        self.assertIn("A shell needs a terminal", no_terminal.stderr)
        self.all_go_on()

    def test_python_at_a_terminal(self) -> None:
        """Rows, await, a table that is a list, a late result above the line, Ctrl-C, exit()."""
        seat = self.at(self.operators.openssh("pia", "-t", user="python"))
        seat.wait_for("full control", "python>")
        for row in ("for call in await calls():", "print(len(call['people']), 'talk')", ""):
            seat.type(row)
            seat.press("Enter")
        seat.wait_for("2 talk\n2 talk\npython>")
        seat.type("import time; time.sleep(0.25)")
        seat.press("Enter")
        seat.wait_for("that held the server for 25")
        seat.type("from twisted.internet import reactor, task")
        seat.press("Enter")
        seat.type("task.deferLater(reactor, 0.5, lambda: 'late')")
        seat.press("Enter")
        seat.wait_for("<Deferred #0>")
        seat.type("half a li")
        seat.wait_for("Deferred #0 called back: 'late'\npython> half a li")
        seat.press("C-u")
        seat.type("await task.deferLater(reactor, 600, print)")
        seat.press("Enter")
        self.again_until(lambda: len(self.operators.recorded("python")) >= 5)
        seat.press("C-c")
        seat.wait_for("broken off")
        seat.type("1/0")
        seat.press("Enter")
        seat.wait_for("ZeroDivisionError")
        seat.type("exit()")
        seat.press("Enter")
        seat.wait_until_over()
        self.all_go_on()

    def test_python_without_a_terminal(self) -> None:
        """One text, its output, and whether it raised."""
        python = self.operators.openssh("pia", user="python")
        done = self.operators.ask(python, "[c['people'] for c in await calls()]")
        self.assertEqual(done.stdout, "[['user0', 'user1'], ['user2', 'user3']]\n")
        self.assertEqual(self.operators.ask(python, "1/0").returncode, Exit.REFUSED)

    def outcome(self, name: str, *more: str, user: str = "operator") -> str:
        """What OpenSSH says when it is not let in."""
        command = self.operators.openssh(name, *more, user=user)
        done = self.operators.ask(command, "stats")
        self.assertEqual(done.returncode, 255, done)
        return done.stderr

    def refusals(self, what: str) -> list[tuple[str, str, str]]:
        """What is recorded of them."""
        return [
            (line["who"], line["on"], line["line"])
            for line in self.operators.recorded(what)
            if line.get("outcome", "").startswith("refused")
        ]

    def test_a_password(self) -> None:
        """Is never asked for."""
        methods = "PreferredAuthentications=password,keyboard-interactive"
        said = self.outcome("olga", "-o", methods, "-o", "PubkeyAuthentication=no")
        self.assertIn("Permission denied (publickey)", said)
        self.again_until(lambda: ("", "operator", "showed no key") in self.refusals("ssh login"))

    def test_an_unknown_key(self) -> None:
        """Whatever name it comes with; it is recorded by its fingerprint."""
        self.assertIn("Permission denied", self.outcome("mallory"))
        shown = subprocess.run(
            ["ssh-keygen", "-lf", f"{self.operators.key('mallory')}.pub"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[1]
        self.again_until(
            lambda: ("", "operator", f"tried ssh-ed25519 {shown}") in self.refusals("ssh login")
        )

    def test_a_key_in_the_wrong_role(self) -> None:
        """Who has a key is told why it does not open that."""
        said = self.outcome("olga", "-o", "LogLevel=INFO", user="python")
        self.assertIn('put role="python" before it', said)
        said = self.outcome("olga", "-o", "LogLevel=INFO", user="root")
        self.assertIn("There are two users here: operator, and python.", said)

    def test_a_forwarded_port(self) -> None:
        """Neither way; nothing is connected to."""
        with socket.socket() as target, socket.socket() as free:
            target.bind(("127.0.0.1", 0))
            target.listen()
            target.settimeout(0.2)
            free.bind(("127.0.0.1", 0))
            there = f"127.0.0.1:{target.getsockname()[1]}"
            forwarded = self.operators.openssh("olga", "-W", there)
            self.assertEqual(self.operators.ask(forwarded).returncode, 255)
            backward = ("-o", "ExitOnForwardFailure=yes", "-R", f"0:{there}")
            self.assertIn("remote port forwarding failed", self.outcome("olga", *backward))
            self.assertRaises(TimeoutError, target.accept)
        self.again_until(
            lambda: (
                ("olga", "direct-tcpip", there) in self.refusals("ssh channel")
                and ("olga", "tcpip-forward", "") in self.refusals("ssh forward")
            )
        )

    def test_sftp(self) -> None:
        """No files are served."""
        sftp = ["sftp", *self.operators.options("olga"), "-P", self.operators.port]
        done = self.operators.ask([*sftp, "operator@127.0.0.1"])
        self.assertNotEqual(done.returncode, 0)
        self.again_until(lambda: ("olga", "sftp", "") in self.refusals("ssh subsystem"))


class FloodTests(Case):
    """Many who want in at once."""

    def test_a_flood_of_connections(self) -> None:
        """Costs little, is recorded in few lines, and no call hears it."""
        before = sum(self.node.process.cpu_times()[:2])
        held = [
            socket.create_connection(("127.0.0.1", int(self.operators.port))) for _ in range(FLOOD)
        ]
        self.all_go_on()
        for each in held:
            each.close()
        self.again_until(lambda: self.is_open)
        spent = sum(self.node.process.cpu_times()[:2]) - before
        self.assertLess(spent, FLOOD * CPU_SECONDS_A_REFUSAL)
        lines = self.operators.recorded("ssh connection")
        self.assertTrue(lines[0]["outcome"].startswith("refused: too many"))
        self.assertLess(len(lines), FLOOD / 4)
        self.all_go_on()

    def test_ssh_audit_finds_no_fail(self) -> None:
        """Nothing of yesterday is offered."""
        self.again_until(lambda: self.is_open)
        done = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("ssh-audit")), "--skip-rate-test", "-n"),
                *("-p", self.operators.port, "-l", "info", "127.0.0.1"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.assertIn("(key) ssh-ed25519", done.stdout)
        self.assertNotIn("[fail]", done.stdout)
        self.assertNotIn("(rec) -", done.stdout)
