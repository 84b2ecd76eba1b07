"""What the tests with real clients and a real server do all the time."""

from pathlib import Path
from typing import TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.client.memory_network import ADDRESS, PASSWORD, MemoryNetwork, MemoryServer
from tests.client.scripted_voice import ScriptedVoice
from voip.client.client import Client
from voip.client.model import CallInfo
from voip.core.errors import ErrorCode
from voip.core.ids import CallId

Result = TypeVar("Result")


class PairTestCase(SynchronousTestCase):
    """A network, and people on it."""

    def setUp(self) -> None:
        self.voices: dict[str, ScriptedVoice] = {}
        self.network = MemoryNetwork(self.data_dir(), self.make_server, self.make_clock())

    def data_dir(self) -> Path:
        path = Path(self.mktemp())
        path.mkdir(parents=True)
        return path

    def make_clock(self) -> Clock:
        return Clock()

    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock)

    def stranger(self, computer: str) -> Client:
        """A client that has not connected yet."""
        client, self.voices[computer] = self.network.client(computer)
        return client

    def done(self, doing: Deferred[Result]) -> Result:
        """What comes of a verb once everything has arrived."""
        self.network.settle()
        return self.successResultOf(doing)

    def refused(self, doing: Deferred[Result], code: ErrorCode) -> None:
        """A verb comes to nothing, for this reason."""
        from voip.client.model import ClientError

        self.network.settle()
        error = self.failureResultOf(doing, ClientError).value
        self.assertIs(error.code, code)

    def connected(self, computer: str) -> Client:
        client = self.stranger(computer)
        self.done(client.connect(ADDRESS))
        return client

    def registered(self, name: str) -> Client:
        """Somebody new on a computer of their own, logged in."""
        client = self.connected(name)
        self.done(client.register(name, name.title(), PASSWORD))
        return client

    def only_call(self, client: Client) -> CallInfo:
        self.network.settle()
        self.assertEqual(len(client.model.calls), 1)
        return client.model.calls[0]

    def in_call(self, caller: Client, callee: Client, name: str) -> CallId:
        """Two people talk; the keys are exchanged."""
        call_id = self.done(caller.call([name]))
        self.done(callee.accept(call_id))
        self.network.settle()
        return call_id
