"""Real clients and a real server, for the tests of several calls and several people."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.json_client import Json, JsonClient
from tests.harness.node import Node

PASSWORD = "correct horse battery"
SILENT = ("--audio-in", "silence", "--audio-out", "null")


class Caller:
    """A person at a JSON face."""

    def __init__(self, name: str, client: JsonClient) -> None:
        self.name = name
        self.client = client
        client.event("connected")
        client.ask("register", username=name, password=PASSWORD)

    def ask(self, do: str, **fields: object) -> Json:
        """Give a command that is carried out."""
        return self.client.ask(do, **fields)

    def refused(self, do: str, **fields: object) -> object:
        """Give a command that is not; the name of the refusal."""
        answer = self.client.try_(do, **fields)
        assert answer["ok"] is False, answer
        return answer["error"]

    def calls(self, *others: "Caller") -> str:
        """Call people; the call's id once all of them ring."""
        call_id = str(self.ask("call", to=[other.name for other in others])["call_id"])
        for other in others:
            other.client.event("ringing", call_id=call_id)
        return call_id

    def accepts(self, call_id: str) -> None:
        """Answer, and talk."""
        self.ask("accept", call_id=call_id)
        self.sees(call_id, state="active")

    def sees(self, call_id: str, **fields: object) -> Json:
        """The call as it is told last, once it is so."""
        return self.sees_that(
            call_id, lambda call: all(call[name] == value for name, value in fields.items()), fields
        )

    def sees_that(self, call_id: str, fits: Callable[[Json], bool], what: object) -> Json:
        """The call as it is told last, once it fits."""

        def is_so(said: Json) -> bool:
            return (
                said.get("event") == "call"
                and said["call_id"] == call_id
                and said is self.newest(call_id)
                and fits(said)
            )

        return self.client.wait(is_so, what=f"{self.name}: {call_id} with {what}")

    def newest(self, call_id: str) -> Json | None:
        """What was told of a call last."""
        told = reversed(self.client.lines)
        calls = (said for said in told if said.get("event") == "call")
        return next((said for said in calls if said["call_id"] == call_id), None)

    def sees_people(self, call_id: str, *others: "Caller") -> Json:
        """Exactly these are in the call, talking, and its keys are there."""
        wanted = {other.name: "active" for other in others}
        return self.sees_that(
            call_id,
            lambda call: people_of(call) == wanted and call["e2e"] == "encrypted",
            wanted,
        )

    def rings(self, call_id: str, times: int) -> None:
        """It rings here for the so-manieth time."""

        def is_ring(said: Json) -> bool:
            return said.get("event") == "ringing" and said["call_id"] == call_id

        self.client.wait(
            lambda _: sum(map(is_ring, self.client.lines)) >= times, f"{self.name} rings again"
        )

    def sees_the_end(self, call_id: str, reason: str) -> None:
        self.client.event("ended", call_id=call_id, reason=reason)


def agreed_code(call_id: str, *people: Caller, but_not: str = "") -> str:
    """The digits that all of them see, once they do and these are not those before: until the last
    key is known to the last of them somebody may see others."""

    def codes() -> set[object]:
        return {(each.newest(call_id) or {}).get("code") for each in people}

    # Everybody is told of a call once a second, which is when to look again.
    people[0].client.wait(
        lambda _: len(codes()) == 1 and not codes() & {"", but_not}, "one code for all"
    )
    (code,) = codes()
    return str(code)


def people_of(call: Json) -> dict[str, str]:
    """The others in a call and their states."""
    peers = call["peers"]
    assert isinstance(peers, list)
    return {peer["username"]: peer["state"] for peer in peers}


class ConversationTestCase(SynchronousTestCase):
    """Alice, Bob and Carol at one server."""

    def setUp(self) -> None:
        stack = self.enterContext(ExitStack())
        place = Path(stack.enter_context(TemporaryDirectory()))
        self.node = stack.enter_context(Node(place / "server"))

        def sit_down(name: str) -> Caller:
            client = JsonClient(self.node.address, place / name, SILENT)
            return Caller(name, stack.enter_context(client))

        self.alice, self.bob, self.carol = map(sit_down, ("alice", "bob", "carol"))
