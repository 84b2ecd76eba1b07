"""A real server under attack by its users, and a call that goes on without losing a packet."""

import select
import time
from dataclasses import replace

import pytest

from tests.server.someone import ANN, BOB, Someone
from tests.system.plain_client import PlainClient
from tests.system.under_attack import ESCAPE, UnderAttack
from voip.core.call_messages import (
    E2eRelay,
    Invite,
    InviteOk,
    SealedPart,
)
from voip.core.ids import CallId, LegNumber, Username
from voip.core.messages import Done, Hello, Ping, Pong, Register, Request, SetProfile
from voip.core.people_messages import GetPerson, ListUsers
from voip.wire.codec import AnswerFrame, encode_request
from voip.wire.framing import frame
from voip.wire.v1.envelope_pb2 import Envelope

pytestmark = pytest.mark.alone

# The kernel keeps half a megabyte for a reader before the server notices that it does not read.
LOUD_CALLERS = 2
RELAYS_AT_ONCE = 180


class HostileTests(UnderAttack):
    """What can be done by whoever has an account."""

    def test_a_call_goes_on_whatever_users_send(self) -> None:
        """Nothing of it disturbs others, crashes, leaks or hangs."""
        self.survives(
            [
                self.bad_frames_of_users,
                self.thousands_of_empty_messages,
                self.mutated_frames,
                self.a_flood_of_requests,
                self.who_does_not_read,
                self.forged_log_lines,
            ]
        )

    def bad_frames_of_users(self) -> None:
        """Who is logged in may say no more nonsense than others."""
        for raw in self.bad_frames(most=65536):
            with self.user(ANN, "127.0.67.1") as client:
                self.is_refused(client, raw)

    def thousands_of_empty_messages(self) -> None:
        """64 KiB that swell to many times as much are refused, and none of it stays."""
        bombs = [Envelope(id=9) for _ in range(4)]
        for _ in range(16000):
            bombs[0].user_page.people.add()
            bombs[1].call_state.call.legs.add()
        bombs[2].hello.capabilities.extend([""] * 32000)
        bombs[3].invite.callees.extend([""] * 32000)
        for bomb in bombs * 3:
            payload = bomb.SerializeToString()
            self.assertLess(len(payload), 65536)
            with self.user(ANN, "127.0.67.2") as client:
                self.is_refused(client, frame(payload))

    def mutated_frames(self) -> None:
        """Requests with flipped bytes are answered, refused or closed; the next login works."""
        good: list[Request] = [
            Hello(1, 1, "test", ("a", "b"), "en"),
            ListUsers("a", "", 50),
            GetPerson(Username("bob")),
            Invite(CallId(b"c" * 16), (Username("nobody"),), b"h" * 32),
            E2eRelay(CallId(b"c" * 16), (SealedPart(LegNumber(2), b"sealed" * 20),)),
            SetProfile("Ann"),
            ANN.register(),
        ]
        for _ in range(40):
            with self.user(ANN, "127.0.67.3") as client:
                for number in range(100, 110):
                    payload = bytearray(encode_request(number, self.random.choice(good)))
                    for _ in range(self.random.randrange(1, 4)):
                        payload[self.random.randrange(len(payload))] = self.random.randrange(256)
                    client.send_raw(frame(bytes(payload)))
                client.send_raw(frame(encode_request(200, Ping())))
                self.answers_or_ends(client, 200)

    def a_flood_of_requests(self) -> None:
        """Tens of thousands of requests wait in the sender's own queue."""
        flood = frame(encode_request(77, Ping())) * 2000
        for client in (self.plain("127.0.67.4"), self.user(ANN, "127.0.67.4")):
            until = time.monotonic() + 1.0
            client.socket.setblocking(False)
            while time.monotonic() < until and select.select([], [client.socket], [], 0.05)[1]:
                client.try_to_send(flood)
            client.close()

    def who_does_not_read(self) -> None:
        """A reader that stands still is cut off, however much others send to it."""
        slow = self.stack.enter_context(
            PlainClient(self.node.address, "127.0.67.5", receive_buffer=2048)
        )
        self.log_in(slow, BOB)
        for number in range(LOUD_CALLERS):
            self.shout_at(BOB, replace(ANN, username=Username(f"loud-{number}")), number)
        self.until(lambda: "it does not read" in self.node.log())
        self.assertRaises(ConnectionError, self.read_for_ever, slow)

    def shout_at(self, called: Someone, caller: Someone, number: int) -> None:
        """As much as one may, at once."""
        loud = self.user(caller, f"127.0.67.{10 + number}")
        call = CallId(b"%16d" % number)
        self.assertEqual(loud.ask(Invite(call, (called.username,), b"h" * 32)), InviteOk(call))
        for _ in range(RELAYS_AT_ONCE):
            large = E2eRelay(call, (SealedPart(LegNumber(2), bytes(8192)),))
            self.assertEqual(loud.ask(large), Done())
        loud.close()

    def forged_log_lines(self) -> None:
        """What somebody calls another cannot write to the operator's terminal."""
        client = self.user(ANN, "127.0.67.7")
        name = Username(f"{ESCAPE}\nforged line")
        client.ask(Invite(CallId(b"to a forged name"), (name,), b"h" * 32))
        client.ask(GetPerson(name))
        client.close()
        stranger = self.plain("127.0.67.8")
        stranger.ask(Hello(1, 1, ESCAPE))
        stranger.ask(replace(ANN, username=name).start())
        stranger.ask(Register(name, ESCAPE, ANN.register().verifier, ANN.keys))
        stranger.close()
        self.assertFalse(any(line.startswith("forged") for line in self.node.log().splitlines()))

    # ---- the means -----------------------------------------------------------------------------

    def answers_or_ends(self, client: PlainClient, request_id: int) -> None:
        try:
            while True:
                got = client.next_frame()
                if isinstance(got, AnswerFrame) and got.request_id == request_id:
                    self.assertEqual(got.answer, Pong())
                    return
        except ConnectionError as error:
            self.assertNotIn("WantRead", str(error), "neither answered nor closed")

    def user(self, person: Someone, source: str) -> PlainClient:
        """A client that is logged in."""
        client = self.plain(source)
        self.log_in(client, person)
        return client

    def log_in(self, client: PlainClient, person: Someone) -> None:
        registering = self.plain("127.0.67.99")
        registering.ask(Hello(1, 1, "test"))
        registering.ask(person.register())
        registering.close()
        client.log_in(person)

    def read_for_ever(self, client: PlainClient) -> None:
        while True:
            client.next_frame()
