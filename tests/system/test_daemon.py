"""The real server in a process of its own: every way to start it, refuse to, and end it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.server.someone import ANN, BOB
from tests.system.plain_client import PlainClient
from voip.core.call_messages import CallChanged, Invite
from voip.core.calls import EndReason, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId
from voip.core.messages import (
    AuthChallenge,
    Hello,
    HelloOk,
    NoticeKind,
    Ping,
    Pong,
    RegisterOk,
    ServerNotice,
)
from voip.wire.codec import AnswerFrame

ROOT = Path(__file__).resolve().parent.parent.parent
TWISTD = str(Path(sys.executable).with_name("twistd"))
START_SECONDS = 30.0
# twistd ends itself by the signal once it has cleaned up, so that a supervisor sees the truth.
CLEAN_ENDS = (0, -signal.SIGTERM)

Arguments = tuple[str, ...]


def by_twistd(data: str, listen: str, *more: str) -> tuple[list[str], dict[str, str]]:
    """``twistd -n voip``."""
    return [TWISTD, "-n", "--pidfile=", "voip", "-d", data, "-l", listen, *more], {}


def by_tac(data: str, listen: str, *more: str) -> tuple[list[str], dict[str, str]]:
    """``twistd -ny voip.tac``, told by the environment."""
    environment = {"VOIP_DATA_DIR": data, "VOIP_LISTEN": listen}
    if more:
        environment["VOIP_CONFIG"] = more[1]
    return [TWISTD, "--pidfile=", "-ny", str(ROOT / "voip.tac")], environment


def by_twist(data: str, listen: str, *more: str) -> tuple[list[str], dict[str, str]]:
    """``python -m twisted voip``, as in containers."""
    return [sys.executable, "-m", "twisted", "voip", "-d", data, "-l", listen, *more], {}


def in_background(data: str, listen: str, *more: str) -> tuple[list[str], dict[str, str]]:
    """``twistd voip``, which daemonizes."""
    return [TWISTD, "voip", "-d", data, "-l", listen, *more], {}


Way = Callable[..., tuple[list[str], dict[str, str]]]
WAYS: tuple[Way, ...] = (by_twistd, by_tac, by_twist)


class Case(SynchronousTestCase):
    """A place for data directories and logs."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.data = self.place / "data"

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | more

    def start(self, way: Way = by_twistd, *more: str) -> "Running":
        command, environment = way(str(self.data), "127.0.0.1:0", *more)
        running = Running(command, self.environment(environment), self.place)
        self.addCleanup(running.kill)
        running.wait_until_it_listens()
        running.address = (self.data / "listening").read_text().strip()
        return running


class Running:
    """A server that was started; its output is read line by line."""

    address = ""

    def __init__(self, command: list[str], environment: dict[str, str], place: Path) -> None:
        self.child = subprocess.Popen(
            command,
            env=environment,
            cwd=place,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def wait_until_it_listens(self) -> None:
        """Read the log up to the line that says so."""
        self.wait_until_it_says("listening on ")

    def wait_until_it_says(self, text: str) -> None:
        """Read the log up to the line with this."""
        assert self.child.stdout is not None
        for line in self.child.stdout:
            self.output += line
            if text in line:
                return
        raise AssertionError(f"the server ended: {self.output}")

    def stop(self) -> int:
        """SIGTERM, as systemd does; the exit code."""
        assert self.child.stdout is not None
        self.child.terminate()
        self.output += self.child.stdout.read()
        return self.child.wait(START_SECONDS)

    def kill(self) -> None:
        if self.child.poll() is None:
            self.child.kill()
        self.child.communicate()


class StartTests(Case):
    """Three ways to start, one server."""

    def test_each_way_serves_and_ends_cleanly(self) -> None:
        """A client is greeted, told of the end, and nothing went wrong in the log; SIGHUP reads the
        settings again, which are in force for the log too."""
        settings = self.place / "voip.toml"
        for way in WAYS:
            settings.write_text("json_log = true\n")
            server = self.start(way, "--config", str(settings))
            with PlainClient(server.address) as client:
                self.assertIsInstance(client.ask(Hello(1, 1, "test")), HelloOk)
                settings.write_text('json_log = true\nlog_level = "warn"\n')
                server.child.send_signal(signal.SIGHUP)
                server.wait_until_it_says("read again")
                settings.write_text("nonsense")
                server.child.send_signal(signal.SIGHUP)
                server.wait_until_it_says("SIGHUP changed nothing")
                said = server.output
                self.assertIn(server.stop(), CLEAN_ENDS, way.__doc__)
            self.assertNotIn("Traceback", server.output)
            # At "info" the goodbyes would stand here.
            self.assertNotIn("no more connections", server.output.removeprefix(said))
            self.assertNotIn("no more connections", (self.data / "log.json").read_text())
            self.assertIn("SIGHUP changed nothing", (self.data / "log.json").read_text())
            self.assertFalse((self.data / "listening").exists())

    def test_the_background_server_is_found_and_ended(self) -> None:
        """`twistd voip` comes back with code 0; the file tells the address, the pid file whom
        to end."""
        command, _ = in_background(str(self.data), "127.0.0.1:0")
        ran = subprocess.run(
            command, cwd=self.place, env=self.environment({}), timeout=START_SECONDS, check=False
        )
        self.assertEqual(ran.returncode, 0)
        address = self.wait_for(lambda: self.read("data/listening"))
        pid = int(self.read("twistd.pid"))
        with PlainClient(address) as client:
            self.assertIsInstance(client.ask(Hello(1, 1, "test")), HelloOk)
        os.kill(pid, signal.SIGTERM)
        self.wait_for(lambda: "gone" if not (self.place / "twistd.pid").exists() else "")
        log = self.read("twistd.log")
        self.assertIn("reach it with: voip 127.0.0.1:", log)
        self.assertNotIn("Traceback", log)

    def test_a_second_start_keeps_what_the_first_made(self) -> None:
        """The same key, the same accounts; nothing is made again."""
        first = self.start()
        with PlainClient(first.address) as client:
            client.ask(Hello(1, 1, "test"))
            self.assertEqual(client.ask(ANN.register()), RegisterOk(ANN.username))
        first.stop()
        self.assertIn("first start", first.output)
        second = self.start()
        with PlainClient(second.address) as client:
            client.log_in(ANN)
        second.stop()
        self.assertNotIn("first start", second.output)

        def pins(output: str) -> str:
            return output.split("SHA-256 ")[1][:64]

        self.assertEqual(pins(first.output), pins(second.output))

    def read(self, name: str) -> str:
        path = self.place / name
        return path.read_text().strip() if path.exists() else ""

    def wait_for(self, said: Callable[[], str]) -> str:
        """What a process in the background says, once it does."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if text := said():
                return text
            time.sleep(0.02)
        raise AssertionError("it never came")


class RefusedStartTests(Case):
    """What is wrong is one sentence on stderr and exit code 1, before any background."""

    def refused(self, way: Way, data: Path, listen: str, *more: str) -> str:
        """The one line that is said."""
        command, environment = way(str(data), listen, *more)
        ran = subprocess.run(
            command,
            cwd=self.place,
            env=self.environment(environment),
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertEqual(len(ran.stderr.strip().splitlines()), 1, ran.stderr)
        self.assertNotIn("Traceback", ran.stdout)
        return ran.stderr

    def test_a_port_in_use(self) -> None:
        """The address and what to do are named."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            listen = f"127.0.0.1:{other.getsockname()[1]}"
            for way in (*WAYS, in_background):
                said = self.refused(way, self.data, listen)
                self.assertIn(f"Cannot listen on {listen}: the port is in use", said)

    def test_a_data_directory_that_cannot_be_made(self) -> None:
        """Below a file there is no directory, not even for root."""
        file = self.place / "file"
        file.touch()
        for way in (by_tac, in_background):
            said = self.refused(way, file / "data", "127.0.0.1:0")
            self.assertIn(f"The data directory {file / 'data'} cannot be used", said)

    def test_a_broken_setting(self) -> None:
        """The file, the line, the rule."""
        config = self.place / "voip.toml"
        config.write_text('registration = "maybe"\n')
        for way in (by_tac, in_background):
            said = self.refused(way, self.data, "127.0.0.1:0", "--config", str(config))
            self.assertIn(f'{config}, line 1: registration must be "open", ', said)


class ServingTests(Case):
    """What strangers and users meet on real sockets."""

    def setUp(self) -> None:
        super().setUp()
        config = self.place / "voip.toml"
        config.write_text("[limits]\nunauthenticated_per_source = 5\nlogin_seconds = 3\n")
        self.server = self.start(by_twistd, "--config", str(config))

    def connect(self, source: str = "127.0.0.5") -> PlainClient:
        client = PlainClient(self.server.address, source)
        self.addCleanup(client.close)
        return client

    def user(self, source: str = "127.0.0.5") -> PlainClient:
        client = self.connect(source)
        client.ask(Hello(1, 1, "test"))
        return client

    def still_serves(self) -> None:
        """A client from elsewhere is greeted; the log has no traceback."""
        with PlainClient(self.server.address, "127.0.0.9") as client:
            self.assertIsInstance(client.ask(Hello(1, 1, "test")), HelloOk)
        self.assertIn(self.server.stop(), CLEAN_ENDS)
        self.assertNotIn("Traceback", self.server.output)

    def test_a_call_that_the_end_of_the_server_ends(self) -> None:
        """Two people register, log in and call; SIGTERM ends the call and tells both."""
        ann, bob = self.user(), self.user()
        for client, person in ((ann, ANN), (bob, BOB)):
            client.ask(person.register())
            client.close()
        ann, bob = self.connect(), self.connect("127.0.0.2")
        ann.log_in(ANN)
        bob.log_in(BOB)
        call = CallId(b"c" * 16)
        ann.ask(Invite(call, (BOB.username,), b"h" * 32))
        while not any(isinstance(notice, CallChanged) for notice in bob.notices):
            bob.next_frame()
        self.assertIn(self.server.stop(), CLEAN_ENDS)
        for client in (ann, bob):
            client.read_to_the_end()
            last = [n.call for n in client.notices if isinstance(n, CallChanged)][-1]
            self.assertEqual(last.ended, EndReason.SERVER_STOP)
            self.assertTrue(all(leg.state is LegState.LEFT for leg in last.legs))
            self.assertEqual(client.notices[-1], ServerNotice(NoticeKind.SHUTDOWN))
        for told in ("ann registered", "bob logged in", "ann calls bob", "server_stop"):
            self.assertIn(told, self.server.output)
        self.assertNotIn("Traceback", self.server.output)

    def test_random_bytes_on_both_ports(self) -> None:
        """They are answered by nothing and leave nothing but a count."""
        host, _, port = self.server.address.rpartition(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            for size in (0, 1, 9, 25, 100, 1200, 1500):
                udp.sendto(os.urandom(size), (host, int(port)))
            udp.settimeout(0.1)
            self.assertRaises(TimeoutError, udp.recv, 2048)
        for noise in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(4096), b"\x16\x03\x01" + b"\0" * 99):
            with socket.create_connection((host, int(port)), timeout=10) as tcp:
                tcp.sendall(noise)
                tcp.shutdown(socket.SHUT_WR)
                while tcp.recv(4096):
                    pass
        self.still_serves()

    def test_malformed_and_oversized_frames(self) -> None:
        """Each is refused and ends its connection only."""
        for raw in (b"\0\0\0\2\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\x20\0" + b"x" * 10):
            client = self.connect()
            client.send_raw(raw)
            refused = client.read_to_the_end()
            self.assertEqual(
                [f.answer for f in refused if isinstance(f, AnswerFrame)],
                [Refusal(ErrorCode.BAD_REQUEST)],
            )
        self.still_serves()

    def test_too_many_strangers_of_one_address(self) -> None:
        """The sixth is told to wait, and other addresses are served."""
        held = [self.connect() for _ in range(5)]
        told = self.connect().read_to_the_end()[0]
        assert isinstance(told, AnswerFrame)
        assert isinstance(told.answer, Refusal)
        self.assertEqual(told.answer.code, ErrorCode.RATE_LIMITED)
        self.assertEqual(held[0].ask(Hello(1, 1, "test")).__class__, HelloOk)
        self.still_serves()

    def test_who_does_not_log_in_in_time_is_closed(self) -> None:
        """Three seconds are the limit here; who is logged in stays."""
        registering = self.user()
        registering.ask(ANN.register())
        registering.close()
        known, stranger = self.connect(), self.user()
        known.log_in(ANN)
        self.assertEqual(stranger.read_to_the_end(), [])
        self.assertEqual(known.ask(Ping()), Pong())
        self.still_serves()

    def test_refusals_of_a_login(self) -> None:
        """Taken name, wrong password and unknown name, on the real wire."""
        client = self.user()
        client.ask(ANN.register())
        taken = client.ask(ANN.register())
        assert isinstance(taken, Refusal)
        self.assertEqual(taken.code, ErrorCode.NAME_TAKEN)
        for person in (ANN, BOB):
            challenge = client.ask(person.start())
            assert isinstance(challenge, AuthChallenge)
            answer = client.ask(person.finish(challenge, b"\0" * 32))
            assert isinstance(answer, Refusal)
            self.assertEqual(answer.code, ErrorCode.WRONG_PASSWORD)
        self.still_serves()
