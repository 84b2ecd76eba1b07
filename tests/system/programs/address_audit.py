"""Whole days of three people, each at an own address; then all they received is searched.

    python -m tests.system.programs.address_audit SERVER HOME

Ann and Bob register, log in in every way, list, change what is shown of them, call each other,
break and resume, and hang up; each calls echo; Cat looks on, is called and declines. Prints one
JSON object: what each layer brought, and where whose address was found. Then Bob writes and says
his own address on purpose, and strangers send it, which must be found: else nothing is proven.
"""

import json
import secrets
import socket
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import react

from tests.system.programs.address_forms import found_in
from tests.system.programs.parties import PASSWORD, Party, after
from voip.client.model import LinkError
from voip.client.voice.packet_engine import ECHO_SECONDS
from voip.core.calls import EndReason, LegState
from voip.core.people import Presence

TALK_SECONDS: Final = 0.6
NEW_PASSWORD: Final = "wrong donkey charger"
LAYERS: Final = ("raw", "control", "datagrams", "opened", "heard")


def draw_addresses(count: int) -> list[str]:
    """Addresses of loopback whose bytes are unlikely to stand anywhere by chance."""
    drawn = {tuple(33 + byte % 190 for byte in secrets.token_bytes(3)) for _ in range(count)}
    if len(drawn) < count:
        return draw_addresses(count)
    return [".".join(map(str, (127, *parts))) for parts in drawn]


class _Impostor(Protocol):
    """A server that says a text in the open and no TLS."""

    def __init__(self, text: str) -> None:
        self._text = text

    def connectionMade(self) -> None:
        assert self.transport is not None
        self.transport.write(self._text.encode())
        self.transport.loseConnection()


class Day:
    """The people and what they do."""

    def __init__(self, reactor: IReactorTime, server: str, home: Path) -> None:
        self._reactor = reactor
        self._server = server
        addresses = draw_addresses(3)
        names = ("ann", "bob", "cat")
        self.parties = [
            Party(reactor, name, address, home)
            for name, address in zip(names, addresses, strict=True)
        ]
        self.ann, self.bob, self.cat = self.parties
        self.ends: dict[str, str] = {}

    async def accounts(self) -> None:
        """Register, and log in by password and by device; nick, presence, password."""
        for party in self.parties:
            await party.sign_up(self._server)
        for party in (self.ann, self.bob):
            await party.client.logout()
            await party.client.connect(self._server)
            await party.client.login(party.name, PASSWORD)
        await self.ann.client.logout()
        await self.ann.client.connect(self._server)
        await self.ann.client.login_with_device("ann")
        await self.ann.client.set_nick("Ann of the hill")
        await self.bob.client.set_presence(Presence.AWAY, "back soon")
        await self.bob.client.change_password(PASSWORD, NEW_PASSWORD)

    async def people(self) -> None:
        """Everyone sees everyone, and searches."""
        for party in self.parties:
            for other in self.parties:
                if other is not party:
                    await party.client.put_contact(other.name)
            for query in ("", "a", "echo", "nobody"):
                await party.client.users(query)
            await party.until(partial(_sees_everyone, party), "all are in")

    async def a_call(self) -> None:
        """Ann calls Bob; both lines break in turn; Bob hangs up."""
        await self.ann.client.call(["bob"])
        await gatherResults([self.ann.talks(), self.bob.talks()])
        await self._talk(self.ann, self.bob)
        for one, other in ((self.ann, self.bob), (self.bob, self.ann)):
            one.cut()
            await one.until(partial(_stands, one, "reconnecting"), "the line is away")
            await one.until(partial(_stands, one, "logged_in"), "the line is back")
            await other.until(partial(_all_connected, other), "the other is told")
        await after(self._reactor, TALK_SECONDS)
        await self.bob.hang_up()
        await gatherResults([self.ann.is_free(), self.bob.is_free()])
        self.ends["answered"] = _word(self.ann.last_end())

    async def other_calls(self) -> None:
        """Echo is heard, Cat declines, nobody is not there, and is no one's address."""
        for party in (self.ann, self.bob):
            await party.client.call(["echo"])
            await party.talks()
            assert party.voice is not None
            party.voice.begin()
            await after(self._reactor, ECHO_SECONDS + TALK_SECONDS / 2)
            self.ends[f"echo to {party.name}"] = str(party.voice.received > 0)
            await party.hang_up()
            await party.is_free()
        self.cat.answers = False
        calling = self.bob.client.call(["cat"])
        await self.cat.until(lambda: bool(self.cat.client.model.calls), "it rings")
        await calling
        ringing = self.cat.client.model.calls[0]
        assert ringing.state is LegState.RINGING
        await self.cat.client.decline(ringing.call_id)
        await gatherResults([self.bob.is_free(), self.cat.is_free()])
        self.ends["declined"] = _word(self.bob.last_end())
        await self.bob.client.call(["nobody"])
        await self.bob.is_free()
        self.ends["unknown"] = _word(self.bob.last_end())

    async def plant(self) -> None:
        """Bob gives his address away in every layer that can be reached from outside."""
        await self.bob.client.set_presence(Presence.AVAILABLE, f"I am at {self.bob.address}")
        await self.ann.client.call(["bob"])
        await gatherResults([self.ann.talks(), self.bob.talks()])
        assert self.bob.voice is not None
        self.bob.voice.padding += socket.inet_aton(self.bob.address)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stray:
            stray.sendto(self.bob.address.encode(), (self.ann.address, self.ann.tap.port))
        await self._talk(self.ann, self.bob)
        await self.ann.hang_up()
        await self.cat.client.logout()
        impostor = TCP4ServerEndpoint(self._reactor, 0, interface="127.0.0.1")
        listening = await impostor.listen(Factory.forProtocol(partial(_Impostor, self.bob.address)))
        with suppress(LinkError):
            await self.cat.client.connect(f"127.0.0.1:{listening.getHost().port}")
        await maybeDeferred(listening.stopListening)

    async def _talk(self, *parties: Party) -> None:
        for party in parties:
            assert party.voice is not None
            party.voice.begin()
        await after(self._reactor, TALK_SECONDS)

    def search(self) -> list[str]:
        """Whose address is where; one's own is no secret to oneself."""
        return [
            finding
            for party in self.parties
            for finding in found_in(
                party.tap.layers(party.name),
                {other.name: other.address for other in self.parties if other is not party},
            )
        ]

    def sizes(self) -> dict[str, dict[str, int]]:
        """How many bytes each tap took, by layer."""
        return {
            party.name: {layer: len(getattr(party.tap, layer)) for layer in LAYERS}
            for party in self.parties
        }


def _sees_everyone(party: Party) -> bool:
    contacts = party.client.model.contacts
    return bool(contacts) and all(one.presence is not Presence.OFFLINE for one in contacts)


def _stands(party: Party, link: str) -> bool:
    return party.links[-1] == link


def _all_connected(party: Party) -> bool:
    call = party.active()
    return call is not None and all(peer.is_connected for peer in call.peers)


def _word(reason: EndReason | None) -> str:
    return "" if reason is None else reason.value


async def audit(reactor: IReactorTime, server: str, home: str) -> None:
    """Live through the days and print the verdict."""
    day = Day(reactor, server, Path(home))
    await day.accounts()
    await day.people()
    await day.a_call()
    await day.other_calls()
    verdict = {
        "addresses": [party.address for party in day.parties],
        "bytes": day.sizes(),
        "ends": day.ends,
        "found": day.search(),
    }
    for party in day.parties:
        party.tap.clear()
    await day.plant()
    verdict["found_when_planted"] = day.search()
    await gatherResults([party.client.close() for party in day.parties])
    sys.stdout.write(json.dumps(verdict) + "\n")


def main() -> None:
    """Take the words of the command line."""
    server, home = sys.argv[1:]
    react(lambda reactor: Deferred.fromCoroutine(audit(reactor, server, home)))


if __name__ == "__main__":
    main()
