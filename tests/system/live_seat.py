"""People at terminals on one network in memory: the screens, clients and server are the real ones.

What takes a server's patience, a broken device or a full disk is met here and read on the screen
without a wait: the clock belongs to the test. Only sockets, threads and sound cards are left out.
"""

from collections.abc import Callable

from twisted.internet.task import Clock

from tests.client.memory_network import ADDRESS, PASSWORD, MemoryNetwork
from tests.client.pair import PairTestCase
from tests.client.voice.wire import FakeReactor
from tests.terminal.seat import DeskClock, Seat
from voip.client.client import Client
from voip.client.voice.commands import VoiceEngine
from voip_terminal.ring_guard import GUARD_SECONDS

SETTLE_SECONDS = 0.5


class LiveClock(DeskClock, FakeReactor):
    """The clock of screens, network and voice engines."""


class LiveSeat(Seat):
    """Somebody at a terminal, signed in; whatever is sent arrives while time passes."""

    def __init__(self, network: MemoryNetwork, client: Client, clock: LiveClock) -> None:
        self._network = network
        self.client = client
        super().__init__(client=client, clock=clock, address=ADDRESS)

    def pass_time(self, seconds: float) -> None:
        super().pass_time(seconds)
        self._network.settle()

    def command(self, text: str) -> None:
        """Have something done by the palette."""
        self.press(":")
        self.type(text)
        self.press("enter")
        self.wait(SETTLE_SECONDS)

    @property
    def told(self) -> str:
        """All that is shown, as one line: where a sentence breaks is no matter."""
        return " ".join(self.text.split())


class LiveTestCase(PairTestCase):
    """People with terminals, and others without."""

    def make_clock(self) -> Clock:
        self.clock = LiveClock()
        return self.clock

    def seat(self, name: str, voice: Callable[[], VoiceEngine] | None = None) -> LiveSeat:
        """Somebody new, in front of the list of contacts."""
        client = self.stranger(name)
        if voice is not None:
            client = self.network.client_with(f"{name} at the terminal", voice())
        seat = self._at_the_terminal(client)
        self.sign_up(seat, name)
        return seat

    def visitor(self, name: str) -> LiveSeat:
        """Somebody in front of the first screen, who has no account; the server has answered."""
        seat = self._at_the_terminal(self.stranger(name))
        seat.wait(SETTLE_SECONDS)
        return seat

    def _at_the_terminal(self, client: Client) -> LiveSeat:
        seat = LiveSeat(self.network, client, self.clock)
        self.addCleanup(seat.stop)
        return seat

    def sign_up(self, seat: LiveSeat, name: str) -> None:
        seat.wait(SETTLE_SECONDS)
        seat.press("tab", "tab", "tab", "enter")
        for text in (name, name.title(), PASSWORD, PASSWORD):
            seat.type(text)
            seat.press("tab")
        seat.press("enter")
        seat.wait(SETTLE_SECONDS)
        seat.press("w", "enter")

    def answer(self, seat: LiveSeat) -> None:
        """Answer what rings, once nobody can have typed on by chance."""
        seat.wait(GUARD_SECONDS + SETTLE_SECONDS)
        seat.press("a")
        seat.wait(SETTLE_SECONDS)
