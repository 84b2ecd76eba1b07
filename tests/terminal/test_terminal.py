"""What this terminal can show, and that nothing else writes on it."""

import io
import os
import signal

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.folders import temporary
from voip_terminal import terminal
from voip_terminal.glyphs import ASCII, UNICODE


class LooksTests(SynchronousTestCase):
    """Signs and colours by environment."""

    def test_signs(self) -> None:
        """ASCII where asked for, without UTF-8, and on terminals without the signs."""
        xterm = {"TERM": "xterm-256color"}
        for environ, utf8, asked, expected in (
            (xterm, True, False, UNICODE),
            (xterm, True, True, ASCII),
            (xterm, False, False, ASCII),
            ({"TERM": "linux"}, True, False, ASCII),
            ({}, True, False, ASCII),
        ):
            seen = terminal.glyphs_for(environ, is_utf8=utf8, wants_ascii=asked)
            self.assertIs(seen, expected)

    def test_colours(self) -> None:
        """No colours where asked for, with NO_COLOR, and on terminals without."""
        for environ, asked, expected in (
            ({"TERM": "xterm"}, False, False),
            ({"TERM": "xterm"}, True, True),
            ({"TERM": "xterm", "NO_COLOR": "1"}, False, True),
            ({"TERM": "xterm", "NO_COLOR": ""}, False, False),
            ({"TERM": "dumb"}, False, True),
        ):
            seen = terminal.is_monochrome(environ, wants_monochrome=asked)
            self.assertIs(seen, expected)

    def test_remote(self) -> None:
        """ssh leaves its mark in the environment."""
        for name in ("SSH_CONNECTION", "SSH_TTY"):
            self.assertTrue(terminal.is_remote({name: "/dev/pts/3"}))
            self.assertFalse(terminal.is_remote({name: ""}))
        self.assertFalse(terminal.is_remote({"SSH_AUTH_SOCK": "/tmp/agent"}))

    def test_monochrome_screen(self) -> None:
        """A monochrome screen writes no colours."""
        self.assertEqual(terminal.raw_screen(monochrome=True).colors, 1)


class NotificationTests(SynchronousTestCase):
    """Texts of others on their way to the desktop."""

    def test_a_name_that_the_terminal_cannot_write(self) -> None:
        """Somebody called so can still be heard ringing."""
        for utf8, encoding, shown in ((True, "utf-8", "\u4e2d"), (False, "cp1252", "?")):
            written = io.BytesIO()
            screen = terminal.RawScreen(output=io.TextIOWrapper(written, encoding=encoding))
            screen.environ = {"TERM": "xterm"}
            self.patch(terminal, "is_utf8", lambda answer=utf8: answer)
            screen.notify("\u4e2d is calling")
            self.assertEqual(
                written.getvalue().decode(encoding), f"\x1b]9;voip: {shown} is calling\x07"
            )


class LogTests(SynchronousTestCase):
    """File descriptor 2."""

    def setUp(self) -> None:
        self.path = temporary(self) / "client.log"

    def test_stderr(self) -> None:
        """What a library prints to descriptor 2 is in the file, and nowhere else, for a while."""
        before = os.fstat(2)
        with terminal.stderr_to(self.path) as log:
            os.write(2, b"ALSA lib: what a noise\n")
            log.write("a line\n")
        self.assertEqual(self.path.read_text(), "ALSA lib: what a noise\na line\n")
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
        self.assertTrue(os.path.samestat(os.fstat(2), before))

    def test_given_back_after_a_fault(self) -> None:
        """Descriptor 2 is given back whatever happens."""
        before = os.fstat(2)

        def fault() -> None:
            with terminal.stderr_to(self.path):
                raise ZeroDivisionError

        self.assertRaises(ZeroDivisionError, fault)
        self.assertTrue(os.path.samestat(os.fstat(2), before))

    def test_large(self) -> None:
        """A log that has grown is put aside."""
        self.path.parent.mkdir(parents=True)
        self.path.write_bytes(b"x" * (terminal.LOG_MAXIMUM + 1))
        with terminal.stderr_to(self.path):
            pass
        self.assertEqual(self.path.stat().st_size, 0)
        self.assertTrue(self.path.with_suffix(".old.log").exists())


class HangUpTests(SynchronousTestCase):
    """A terminal that is closed."""

    def test_sighup(self) -> None:
        """SIGHUP is told instead of ending the process."""
        self.addCleanup(signal.signal, signal.SIGHUP, signal.getsignal(signal.SIGHUP))
        told: list[str] = []
        terminal.on_hang_up(lambda: told.append("gone"))
        os.kill(os.getpid(), signal.SIGHUP)
        self.assertEqual(told, ["gone"])
