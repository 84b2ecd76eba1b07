"""The listeners of the conference bench: two hundred people without a client core.

    python -m bench.conference_ears ADDRESS NAME COUNT

Each has a real login, a real control connection and a real media leg, accepts the first call, and
counts the speech that comes; but it reads neither keys nor who else is in the call, which would be
the work of two hundred machines. It speaks the same lines as `conference_crowd`.
"""

import json
import os
import select
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

from tests.server.someone import Someone
from tests.system.plain_client import PlainClient
from voip.client.voice.path import MediaPath
from voip.core.call_messages import Accept, CallChanged
from voip.core.calls import LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CallId, Username
from voip.core.messages import Answer, Hello, Ping, Request
from voip.wire.codec import NoticeFrame, decode_server, encode_request
from voip.wire.framing import FrameReader, frame

FIRST_REQUEST: Final = 100
PING_SECONDS: Final = 10.0
TICK_SECONDS: Final = 0.25
_SPEECH_BYTES: Final = 100
_MOST_FRAME: Final = 1 << 20
_NICE: Final = 19


class PatientClient(PlainClient):
    """Two hundred people of one address sign up as fast as its allowance refills."""

    def ask(self, request: Request) -> Answer:
        """Ask again whenever the server says when to."""
        while True:
            answer = super().ask(request)
            if not isinstance(answer, Refusal) or answer.code is not ErrorCode.RATE_LIMITED:
                return answer
            time.sleep(answer.retry_after_ms / 1000)


class Ear:
    """One listener, on sockets that never wait."""

    def __init__(self, address: str, name: str, number: int) -> None:
        self.name = Username(name)
        self.got = 0
        self.call: CallId | None = None
        self.is_over = False
        self._next_request = FIRST_REQUEST
        self._frames = FrameReader(_MOST_FRAME)
        seed = number.to_bytes(32, "big")
        person = Someone(self.name, account_seed=seed, device_seed=seed)
        with PatientClient(address) as stranger:
            stranger.ask(Hello(1, 1, "bench"))
            stranger.ask(person.register())
        self._client = PatientClient(address)
        opened = self._client.log_in(person)
        self.control = self._client.socket
        self.control.setblocking(False)
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.media.connect((address.rpartition(":")[0], opened.media.port))
        self._path = MediaPath(opened.media, time.monotonic(), os.urandom)

    def told(self) -> None:
        """The server says something; of interest is only that somebody calls."""
        try:
            while data := self._client.receive_now():
                for payload in self._frames.receive(data):
                    if self.call is None:
                        self._read(payload)
        except ConnectionError:
            self.is_over = True

    def heard(self) -> None:
        """All datagrams that wait."""
        while True:
            try:
                data = self.media.recv(2048)
            except BlockingIOError:
                return
            if len(data) > _SPEECH_BYTES:
                self.got += 1
            else:
                _, answers = self._path.receive(data, time.monotonic())
                for answer in answers:
                    self.media.send(answer)

    def tick(self, now: float) -> None:
        """Keep the path known to the relay."""
        for datagram in self._path.handle_timer(now, is_talking=False):
            self.media.send(datagram)

    def live(self) -> None:
        """Keep the connection known to the server."""
        self._ask(Ping())

    def _read(self, payload: bytes) -> None:
        told = decode_server(payload)
        if not isinstance(told, NoticeFrame) or not isinstance(told.notice, CallChanged):
            return
        call = told.notice.call
        ringing = (LegState.INVITED, LegState.RINGING)
        if any(leg.username == self.name and leg.state in ringing for leg in call.legs):
            self.call = call.call_id
            self._ask(Accept(call.call_id))

    def _ask(self, request: Accept | Ping) -> None:
        self._next_request += 1
        self._client.try_to_send(frame(encode_request(self._next_request, request)))


class Hall:
    """All of them, driven by one loop."""

    def __init__(self, ears: Sequence[Ear]) -> None:
        self._ears = ears
        self._poll = select.epoll()
        self._poll.register(sys.stdin, select.EPOLLIN)
        self._by_descriptor: dict[int, tuple[Callable[[], None], Ear]] = {}
        for ear in ears:
            for sock, read in ((ear.control, ear.told), (ear.media, ear.heard)):
                self._poll.register(sock, select.EPOLLIN)
                self._by_descriptor[sock.fileno()] = read, ear

    def serve(self) -> None:
        """Listen, and answer each line on stdin, until it ends."""
        next_tick = next_ping = 0.0
        while self._turn():
            now = time.monotonic()
            if now >= next_tick:
                next_tick = now + TICK_SECONDS
                for ear in self._ears:
                    ear.tick(now)
            if now >= next_ping:
                next_ping = now + PING_SECONDS
                for ear in self._ears:
                    ear.live()

    def _turn(self) -> bool:
        """Deal with what has come; False when nobody asks any more."""
        for descriptor, _ in self._poll.poll(TICK_SECONDS):
            if descriptor in self._by_descriptor:
                read, ear = self._by_descriptor[descriptor]
                read()
                if ear.is_over:
                    self._poll.unregister(descriptor)
            elif not self._answer(sys.stdin.readline()):
                return False
        return True

    def _answer(self, line: str) -> bool:
        if line:
            talking = sum(ear.call is not None for ear in self._ears[: int(line)])
            print(json.dumps((talking, 0, sum(ear.got for ear in self._ears))), flush=True)
        return bool(line)


def main() -> None:
    """Sign up one after the other, then listen."""
    address, name, count = sys.argv[1:]
    os.nice(_NICE)
    Hall([Ear(address, f"{name}{number}", number) for number in range(int(count))]).serve()


if __name__ == "__main__":
    main()
