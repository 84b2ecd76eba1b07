"""A call between two real clients that goes on whatever happens to the server beside it.

    python -m tests.system.programs.steady_call SERVER HOME ADDRESS ADDRESS

Signs two people up, each at its own address, and has them talk in numbered packets. Then it obeys
one word a line: ``how`` prints how the call does, ``replay`` sends the datagrams of the last two
seconds again, from their own sockets and from a stranger's, ``wait`` stops talking, lets what is
under way arrive, prints how it did, and then waits for the server to end the call; the end of its
input ends it. Each answer is one JSON object a line.
"""

import json
import socket
import sys
from pathlib import Path
from typing import Final

from twisted.internet import stdio
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.protocol import connectionDone
from twisted.internet.task import react
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

from tests.system.programs.parties import Party, after

REPLAYED: Final = 100
SETTLE_SECONDS: Final = 0.5
STRANGER: Final = "127.0.66.99"


class Orders(LineOnlyReceiver):
    """The words of who started the program."""

    delimiter = b"\n"  # both ways: what is read here and there is a line each

    def __init__(self, reactor: ReactorBase, server: str, parties: tuple[Party, Party]) -> None:
        self._reactor = reactor
        host, _, port = server.rpartition(":")
        self._server = host, int(port)
        self._parties = parties
        self.over: Deferred[None] = Deferred()

    def lineReceived(self, line: bytes) -> None:
        match line:
            case b"how":
                self.say(self.how())
            case b"replay":
                self._replay()
            case b"wait":
                Deferred.fromCoroutine(self._wait()).addErrback(self.over.errback)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.over.callback(None)

    def say(self, what: object) -> None:
        """One line."""
        self.sendLine(json.dumps(what).encode())

    def how(self) -> list[dict[str, object]]:
        """How the call does, at either end."""
        return [
            {
                "cid": party.cid,
                "sent": party.voice.sent,
                "received": party.voice.received,
                "wrong": party.voice.wrong,
                "longest_gap": round(party.voice.longest_gap, 3),
                "links": party.links,
                "talks": party.active() is not None,
            }
            for party in self._parties
            if party.voice is not None
        ]

    def _replay(self) -> None:
        count = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind((STRANGER, 0))
            for party in self._parties:
                for datagram in party.tap.sent[-REPLAYED:]:
                    stranger.sendto(datagram, self._server)
                    party.send_again(datagram)
                    count += 2
        self.say({"replayed": count})

    async def _wait(self) -> None:
        for party in self._parties:
            assert party.voice is not None
            party.voice.stop()
        await after(self._reactor, SETTLE_SECONDS)
        self.say(self.how())
        await gatherResults([party.is_free() for party in self._parties])
        ends = [(party.last_end(), party.links) for party in self._parties]
        self.say([{"ended": end.value if end else "", "links": links} for end, links in ends])


async def run(reactor: ReactorBase, words: list[str]) -> None:
    """Sign up, talk, obey."""
    server, home, *addresses = words
    one, other = (
        Party(reactor, name, address, Path(home))
        for name, address in zip(("steady-one", "steady-two"), addresses, strict=True)
    )
    for party in (one, other):
        await party.sign_up(server)
    await one.client.call([other.name])
    await gatherResults([one.talks(), other.talks()])
    for party in (one, other):
        assert party.voice is not None
        party.voice.begin()
    orders = Orders(reactor, server, (one, other))
    stdio.StandardIO(orders, reactor=reactor)
    orders.say(orders.how())
    await orders.over
    await gatherResults([party.client.close() for party in (one, other)])


def main() -> None:
    """Take the words of the command line."""
    react(lambda reactor: Deferred.fromCoroutine(run(reactor, sys.argv[1:])))


if __name__ == "__main__":
    main()
