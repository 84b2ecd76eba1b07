"""Sessions: shells, commands, and what there is not."""

import json

from twisted.conch.ssh.common import NS

from tests.server.admin.ssh.pair import Channel, Client, PairTestCase, terminal, window
from voip.server.admin.exits import Exit
from voip.server.admin.shell.shell import Shell
from voip.server.admin.ssh.channel import HELD_BYTES, MAX_COMMAND
from voip.server.admin.ssh.sessions import CHANNELS


class CommandTests(PairTestCase):
    """One line without a terminal."""

    def test_the_answer_and_the_exit_code(self) -> None:
        """Then the session is over, and the connection serves another."""
        client = self.come()
        for _ in range(2):
            done = self.command(client, "users --json")
            self.assertEqual((done.code, done.err, done.is_closed), (Exit.DONE, b"", True))
            self.assertTrue(json.loads(done.out)["ok"])
        self.assertEqual(client.connection.channels, {})

    def test_a_refusal_goes_to_stderr(self) -> None:
        """With its exit code; as JSON it is the answer."""
        client = self.come()
        refused = self.command(client, "kick bob --yes")
        self.assertEqual((refused.code, refused.out), (Exit.REFUSED, b""))
        self.assertEqual(refused.err, b"there is nobody called bob\n")
        as_json = self.command(client, "kick bob --yes --json")
        self.assertEqual((as_json.code, as_json.err), (Exit.REFUSED, b""))
        self.assertFalse(json.loads(as_json.out)["ok"])

    def test_what_is_dangerous_needs_a_yes(self) -> None:
        """Nobody is there to be asked; stdin is not read."""
        client = self.come()
        channel = self.session(client)
        channel.ask(b"exec", NS(b"kick bob"))
        channel.write(b"y\n")
        self.settle()
        self.assertEqual(channel.code, Exit.USAGE)

    def test_a_terminal_gets_terminal_s_lines(self) -> None:
        """``ssh -t``: both ways out are one, and a line end goes to the first column."""
        client = self.come()
        channel = self.session(client)
        channel.ask(b"pty-req", terminal(40, 10))
        channel.ask(b"exec", NS(b"nothing"))
        self.settle()
        self.assertIn(b"there is no command", channel.out)
        self.assertTrue(channel.out.endswith(b"\r\n"))

    def test_any_bytes_are_a_command(self) -> None:
        """That is not there; one without end is not read."""
        client = self.come()
        for line in (b"\xff\xfe", b"", b"\x1b[2J"):
            channel = self.session(client)
            channel.ask(b"exec", NS(line))
            self.settle()
            self.assertTrue(channel.is_closed, line)
            self.assertNotIn(b"\x1b", channel.err)
        long = self.command(client, "x" * (MAX_COMMAND + 1))
        self.assertEqual(long.code, Exit.USAGE)

    def test_a_bug_ends_one_session(self) -> None:
        """The connection and its other sessions go on."""
        client = self.come()
        shell = self.session(client)
        shell.ask(b"pty-req", terminal(80, 24))
        shell.ask(b"shell")
        self.settle()
        self.patch(type(self.shells), "run", lambda *_: 1 / 0)
        failed = self.command(client, "users")
        self.assertEqual(failed.code, 1)
        self.assertIn(b"the server's log says why", failed.err)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertFalse(shell.is_closed)

    def test_python_prints_and_leaves(self) -> None:
        """For keys that carry the role."""
        client = Client()
        client.user, client.keys = "python", ("ecdsa",)
        self.come(client)
        done = self.command(client, "print(6 * 7)")
        self.assertEqual((done.out, done.code), (b"42\n", 0))
        self.assertEqual(self.command(client, "1/0").code, Exit.REFUSED)


class ShellTests(PairTestCase):
    """A shell at a terminal."""

    def shell(self, client: Client) -> Channel:
        channel = self.session(client)
        channel.ask(b"pty-req", terminal(80, 24))
        channel.ask(b"shell")
        self.settle()
        return channel

    def test_lines_are_typed_and_answered(self) -> None:
        """Until it is left, with exit code 0."""
        channel = self.shell(self.come())
        self.assertIn(b"You are alice.", channel.out)
        channel.write(b"help kick\r")
        self.settle()
        self.assertIn(b"Put somebody out", channel.out)
        channel.write(b"\x04")
        self.settle()
        self.assertEqual((channel.code, channel.is_closed), (0, True))
        self.assertEqual(len(self.shells), 0)

    def test_a_window_changes(self) -> None:
        """Tables are as wide as it is; nonsense sizes are taken for what they are worth."""
        channel = self.shell(self.come())
        for size in ((60, 20), (0, 0), (2**32 - 1, 2**32 - 1), (80, 24)):
            channel.ask(b"window-change", window(*size))
            channel.write(b"x")
        self.settle()
        self.assertFalse(channel.is_closed)
        self.assertEqual(self.session(self.come()).ask(b"window-change", b"\0"), [])

    def test_without_a_terminal_there_is_none(self) -> None:
        """``ssh -T`` and ``ssh < file`` are told what to do instead."""
        channel = self.session(self.come())
        channel.ask(b"shell")
        self.settle()
        self.assertEqual(channel.code, Exit.USAGE)
        self.assertIn(b"A shell needs a terminal", channel.err)

    def test_a_key_that_fails_ends_nothing(self) -> None:
        """The next one works."""
        channel = self.shell(self.come())

        def fail(*_: object) -> None:
            raise ZeroDivisionError

        with_bug = self.patch(Shell, "keystrokeReceived", fail)
        channel.write(b"x")
        self.settle()
        with_bug.restore()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        channel.write(b"help\r")
        self.settle()
        self.assertIn(b"`help COMMAND`", channel.out)

    def test_a_client_that_goes_takes_its_shell_along(self) -> None:
        """Whichever way it goes: the end of its input, of the session, of the connection."""
        client = self.come()
        channel = self.shell(client)
        client.connection.sendEOF(channel)
        self.settle()
        self.assertTrue(channel.is_closed)
        self.shell(client).loseConnection()
        self.settle()
        self.assertEqual(len(self.shells), 0)
        self.shell(client)
        client.loseConnection()
        self.settle()
        self.server.connectionLost()
        self.assertEqual(len(self.shells), 0)

    def test_the_end_of_the_server_is_told(self) -> None:
        """With the terminal as it was before."""
        channel = self.shell(self.come())
        self.shells.end_all("The server stops.")
        self.settle()
        self.assertIn(b"The server stops.\r\n\x1b[?2004l", channel.out)
        self.assertTrue(channel.is_closed)

    def test_a_session_is_one_thing(self) -> None:
        """A second shell or command in it is refused."""
        channel = self.shell(self.come())
        answers = [channel.ask(b"shell"), channel.ask(b"exec", NS(b"users"))]
        answers.append(channel.ask(b"pty-req", terminal(80, 24)))
        self.settle()
        self.assertEqual(answers, [[False]] * 3)


class HeldTests(PairTestCase):
    """Output that is not read."""

    def shell(self, client: Client, window: int) -> Channel:
        channel = self.session(client, window)
        channel.ask(b"pty-req", terminal(80, 24))
        channel.ask(b"shell")
        self.settle()
        return channel

    def test_a_window_that_is_full_is_waited_for(self) -> None:
        """Nothing of the answer is lost."""
        client = self.come()
        channel = self.command(client, "help", window=300)
        self.assertTrue(channel.is_closed)
        self.assertTrue(channel.out.rstrip().endswith(b"are the same."), channel.out[-60:])

    def test_a_peer_that_stops_reading_is_held_back(self) -> None:
        """Its output waits here, where it is bounded, and comes once it reads again."""
        channel = self.shell(self.come(), 0)
        self.server.pauseProducing()
        before = len(channel.out)
        self.shells.tell("some news")
        self.settle()
        self.assertEqual(len(channel.out), before)
        self.server.resumeProducing()
        self.settle()
        self.assertIn(b"some news", channel.out[before:])

    def test_one_that_never_reads_is_let_go(self) -> None:
        """Before it costs more than the longest answer."""
        self.shell(self.come(), 0)
        self.server.pauseProducing()
        for _ in range(2 + HELD_BYTES // 1_000_000):
            self.shells.tell("x" * 1_000_000)
        self.assertEqual(len(self.shells), 1)
        self.settle()
        self.assertEqual(len(self.shells), 0)


class NotHereTests(PairTestCase):
    """What clients ask for and do not get, recorded where it matters."""

    def test_forwarded_ports(self) -> None:
        """Whither is recorded."""
        client = self.come()
        channel = Channel(client.connection, name=b"direct-tcpip")
        self.settle()
        self.assertTrue(channel.is_refused)
        self.assertEqual(self.noted[-1], ("alice", "ssh channel", "direct-tcpip", "host:22"))

    def test_subsystems_agents_and_screens(self) -> None:
        """No files, no keys, no windows."""
        client = self.come()
        channel = self.session(client)
        answers = [
            channel.ask(b"subsystem", NS(b"sftp")),
            channel.ask(b"auth-agent-req@openssh.com"),
            channel.ask(b"x11-req", b"\0"),
        ]
        self.settle()
        self.assertEqual(answers, [[False]] * 3)
        self.assertEqual(
            [(what, on) for _, what, on, _ in self.noted[1:]],
            [
                ("ssh subsystem", "sftp"),
                ("ssh request", "auth-agent-req@openssh.com"),
                ("ssh request", "x11-req"),
            ],
        )

    def test_what_clients_send_by_habit_is_not_recorded(self) -> None:
        """The language, signs of life, what cannot be read."""
        client = self.come()
        channel = self.session(client)
        answers = [channel.ask(b"env", NS(b"LANG") + NS(b"C")), channel.ask(b"pty-req", b"\0\0")]
        client.connection.sendGlobalRequest(b"no-more-sessions@openssh.com", b"")
        self.settle()
        self.assertEqual(answers, [[False]] * 2)
        self.assertEqual(len(self.noted), 1)

    def test_sessions_without_end(self) -> None:
        """A connection has a few."""
        client = self.come()
        channels = [self.session(client) for _ in range(CHANNELS + 1)]
        self.assertEqual([channel.is_refused for channel in channels], [False] * CHANNELS + [True])
