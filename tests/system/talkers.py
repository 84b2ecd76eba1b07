"""People in calls without a client core: real logins, sessions and media legs, on plain sockets.

They read no keys of each other, which would be the work of a hundred machines; what they say is
sealed for the relay as a client's is, and what they hear is opened. Nothing happens by itself.
"""

import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Protocol

from bench.media_leg import MediaLeg
from tests.server.someone import Someone
from tests.system.plain_client import PlainClient
from tests.system.plain_tunnel import PlainTunnel, keys_up
from voip.core.call_messages import Accept, CallChanged, Invite, Leave
from voip.core.calls import CallView, LegState
from voip.core.ids import CallId, Username
from voip.core.media_config import MediaConfig
from voip.core.messages import Done, Hello, Ping, Pong, RegisterOk
from voip.media.sframe import SenderKey
from voip.wire.datagram import MediaKeys, Sealer, Suite
from voip.wire.tunnel import TunnelReader, framed

_HEARING_SECONDS = 5.0
_STEP_SECONDS = 0.02
_AT_ONCE = 8


class Way(Protocol):
    """How datagrams go."""

    def send(self, datagram: bytes) -> None: ...

    def receive(self) -> list[bytes]:
        """What has come by now."""

    def close(self) -> None: ...


class ByUdp:
    """As they are."""

    def __init__(self, address: str, media: MediaConfig) -> None:
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._udp.connect((address.rpartition(":")[0], media.port))
        self.close = self._udp.close

    def send(self, datagram: bytes) -> None:
        self._udp.send(datagram)

    def receive(self) -> list[bytes]:
        come = []
        with suppress(BlockingIOError):
            while True:
                come.append(self._udp.recv(2048))
        return come


class ByTls:
    """Through a tunnel."""

    def __init__(self, address: str, media: MediaConfig) -> None:
        self._tunnel = PlainTunnel(address, "127.0.0.1")
        self._tunnel.open(media, Sealer(media.cid, keys_up(media)))
        self._reader = TunnelReader()
        self.close = self._tunnel.socket.close

    def send(self, datagram: bytes) -> None:
        self._tunnel.send_raw(framed(datagram))

    def receive(self) -> list[bytes]:
        if not select.select([self._tunnel.socket], [], [], 0)[0]:
            return []
        return list(self._reader.receive(self._tunnel.receive()))


class Talker:
    """Somebody who is logged in, and whose voice has a way to the relay."""

    def __init__(
        self, address: str, person: Someone, by: Callable[[str, MediaConfig], Way] = ByUdp
    ) -> None:
        self.person = person
        self.client = PlainClient(address)
        self._opened = self.client.log_in(person)
        self._way = by(address, self._opened.media)
        self._leg: MediaLeg | None = None
        self.heard: list[bytes] = []

    def join(self, call: CallView, other: SenderKey, own: SenderKey) -> None:
        """Have a media leg in a call that both have taken."""
        media = self._opened.media
        mine = call.leg_of(self._opened.device)
        assert mine is not None
        suite = Suite(media.suite.value)
        up = MediaKeys(suite, media.key_up, media.iv_up)
        down = MediaKeys(suite, media.key_down, media.iv_down)
        self._leg = MediaLeg(media.cid, up, down, mine.stream, own, other)

    def call_now(self) -> CallView:
        """The call, once everybody in it talks."""
        while True:
            for notice in self.client.notices:
                if isinstance(notice, CallChanged) and _all_talk(notice.call):
                    return notice.call
            self.client.next_frame()

    def greet(self) -> bool:
        """Make the own address known to the relay; True once it is."""
        assert self._leg is not None
        if not self._leg.is_path_proven:
            self._way.send(self._leg.hello(b"12345678"))
        return self._leg.is_path_proven

    def say(self, text: bytes) -> None:
        assert self._leg is not None
        self._way.send(self._leg.speak(text))

    def listen(self) -> None:
        """Take in what has come."""
        assert self._leg is not None
        for datagram in self._way.receive():
            heard = self._leg.receive(datagram)
            self.heard += heard.payloads
            if heard.answer is not None:
                self._way.send(heard.answer)

    @property
    def is_there(self) -> bool:
        """Whether the connection of the login still answers, and says nothing of an end."""
        return self.client.ask(Ping()) == Pong()

    def close(self) -> None:
        self.client.close()
        self._way.close()


class Pair:
    """A call of two."""

    def __init__(self, caller: Talker, callee: Talker, number: int) -> None:
        self.ends = (caller, callee)
        self.call = CallId(number.to_bytes(16, "big"))

    def begin(self) -> None:
        """Call and answer."""
        caller, callee = self.ends
        caller.client.ask(Invite(self.call, (callee.person.username,), b"c" * 32))
        accepted = callee.client.ask(Accept(self.call))
        assert accepted == Done(), accepted
        keys = [SenderKey(bytes([each]) * 16, 0) for each in range(2)]
        for end, own, other in zip(self.ends, keys, reversed(keys), strict=True):
            end.join(end.call_now(), other, own)

    def end(self) -> None:
        """One hangs up."""
        self.ends[0].client.ask(Leave(self.call))


def register(address: str, numbers: range) -> list[Someone]:
    """Make the accounts of people with these numbers, all on one connection."""
    people = []
    with PlainClient(address) as stranger:
        stranger.ask(Hello(1, 1, "test"))
        for number in numbers:
            seed = (number + 1).to_bytes(32, "big")
            person = Someone(Username(f"user{number}"), account_seed=seed, device_seed=seed)
            made = stranger.ask(person.register())
            assert isinstance(made, RegisterOk), made
            people.append(person)
    return people


def calls(address: str, count: int) -> Iterator[Pair]:
    """So many calls in progress, of people with the first numbers; in every tenth call, one's voice
    goes through a tunnel."""
    people = register(address, range(2 * count))
    ways = [ByUdp if number % 20 else ByTls for number in range(2 * count)]
    # Each waits for a disk, so they wait together.
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        talkers = list(threads.map(partial(Talker, address), people, ways))
    for number, (caller, callee) in enumerate(zip(talkers[::2], talkers[1::2], strict=True), 1):
        pair = Pair(caller, callee, number)
        pair.begin()
        yield pair


def prove_ways(pairs: Sequence[Pair]) -> None:
    """Until the relay knows everybody's address."""
    everybody = [end for pair in pairs for end in pair.ends]
    deadline = time.monotonic() + _HEARING_SECONDS
    unknown = everybody
    while unknown:
        assert time.monotonic() < deadline, "the relay does not answer"
        unknown = [end for end in unknown if not end.greet()]
        time.sleep(_STEP_SECONDS)
        for end in unknown:
            end.listen()


def not_heard(pairs: Sequence[Pair], text: bytes) -> list[CallId]:
    """Let everybody say this; the calls in which it did not come to both."""
    for pair in pairs:
        for end in pair.ends:
            end.say(text)
    deadline = time.monotonic() + _HEARING_SECONDS
    missing = list(pairs)
    while missing and time.monotonic() < deadline:
        time.sleep(_STEP_SECONDS)
        for pair in missing:
            for end in pair.ends:
                end.listen()
        missing = [pair for pair in missing if any(text not in end.heard for end in pair.ends)]
    return [pair.call for pair in missing]


def _all_talk(call: CallView) -> bool:
    return len(call.legs) > 1 and all(leg.state is LegState.ACTIVE for leg in call.legs)
