"""A seat at a shell: keys go in, a terminal window shows what comes of them.

The lines it runs are pretended: each answers at once, or when it is told to.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock

from tests.server.admin.shell.window import Window
from voip.server.admin.shell.history import History
from voip.server.admin.shell.lines import Found, Ran
from voip.server.admin.shell.shell import Shell
from voip.server.admin.shell.terminal import Terminal

KEYS = {
    "Enter": "\r",
    "Tab": "\t",
    "Up": "\x1b[A",
    "Down": "\x1b[B",
    "Right": "\x1b[C",
    "Left": "\x1b[D",
    "Home": "\x1b[H",
    "End": "\x1b[F",
    "Delete": "\x1b[3~",
    "Backspace": "\x7f",
    "PasteBegins": "\x1b[200~",
    "PasteEnds": "\x1b[201~",
    **{f"C-{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{f"M-{letter}": f"\x1b{letter}" for letter in "bdf"},
}
WORDS = ("kick", "kill", "users")


class PretendedLines:
    """Answers "ran LINE". A line that begins with "slow" waits until ``answer`` is called."""

    prompt = "voip> "
    greeting = "hello"

    def __init__(self, *, has_rows: bool = False) -> None:
        self.has_rows = has_rows
        self.ran: list[tuple[str, bool]] = []
        self.given_up = 0
        self.takes_giving_up = False
        self._slow: list[Deferred[str]] = []

    async def run(self, line: str, *, is_confirmed: bool, width: int) -> Ran:
        self.ran.append((line, is_confirmed))
        if line == "bug":
            raise ZeroDivisionError
        if line.startswith("slow"):
            waited: Deferred[str] = Deferred()
            self._slow.append(waited)
            return Ran(0, await waited)
        if line == "heavy":
            return Ran(0, "ran heavy", "that held the server")
        return Ran(0, f"ran {line} at {width}", is_last=line == "exit")

    def answer(self, text: str, number: int = 0) -> None:
        """Answer one of the slow lines."""
        self._slow.pop(number).callback(text)

    def question(self, line: str) -> str:
        return "Really?" if line.startswith("kick") else ""

    def complete(self, text: str, cursor: int) -> Found:
        begun = text[:cursor].rsplit(" ", maxsplit=1)[-1]
        words = tuple(word for word in WORDS if word.startswith(begun))
        return Found(cursor - len(begun), words, ending=" ")

    def is_whole(self, text: str) -> bool:
        return not text.endswith(":")

    def give_up(self) -> bool:
        self.given_up += 1
        return self.takes_giving_up


class Seat:
    """One shell. ``written`` counts the pieces of output, ``is_closed`` whether it has ended."""

    def __init__(
        self, lines: PretendedLines | None = None, columns: int = 40, history: Path | None = None
    ) -> None:
        self._place = TemporaryDirectory()
        self.lines = lines or PretendedLines()
        self.clock = Clock()
        self.window = Window(columns)
        self.is_closed = False
        self.ended: list[Shell] = []
        self.written = 0
        self.raw = ""
        path = history or Path(self._place.name) / "history"
        self.shell = Shell(lambda _: self.lines, History(path), self.clock, self.ended.append)
        self.terminal = Terminal(self.shell)
        self.terminal.makeConnection(self)
        self.terminal.resize(columns, 24)

    def write(self, data: bytes) -> None:
        self.written += 1
        self.raw += data.decode()
        self.window.feed(data.decode())

    def loseConnection(self) -> None:
        self.is_closed = True
        self.terminal.connectionLost(connectionDone)

    def type(self, text: str) -> None:
        """Type a text, or paste it without brackets: it comes at once."""
        self.terminal.dataReceived(text.encode())

    def press(self, *names: str) -> None:
        """Press keys by name, or type what is no name."""
        for name in names:
            self.type(KEYS.get(name, name))

    @property
    def rows(self) -> list[str]:
        """What a person reads."""
        return self.window.text.split("\n")

    @property
    def last(self) -> str:
        return self.rows[-1]

    @property
    def ran(self) -> list[str]:
        return [line for line, _ in self.lines.ran]

    def close(self) -> None:
        self._place.cleanup()
