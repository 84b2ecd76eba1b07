"""Every no of a real server, as a program hears it through the JSON face, and what works after."""

import json
import socket
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.json_client import Json, JsonClient
from tests.harness.node import FREE_DOORS, Node
from tests.system.other_version import OtherVersion
from tests.system.plain_client import PlainClient
from voip.core.errors import ErrorCode, Refusal
from voip.core.messages import Hello
from voip.server.data_dir import CERTIFICATE, CERTIFICATE_KEY

PASSWORD = "correct horse battery"
SILENT = ("--audio-in", "silence", "--audio-out", "null")


class Case(SynchronousTestCase):
    """Clients, and what can be expected of their answers."""

    place: Path
    stack: ExitStack

    def client(self, address: str, home: str) -> JsonClient:
        client = JsonClient(address, self.place / home, SILENT)
        self.stack.enter_context(client)
        return client

    def refused(self, client: JsonClient, error: str, do: str, **fields: object) -> Json:
        """The command is refused with this word; the answer without number and word."""
        answer = client.try_(do, **fields)
        self.assertEqual((answer.get("ok"), answer.get("error")), (False, error), answer)
        return {name: answer[name] for name in answer if name not in ("id", "ok", "error")}

    def works(self, client: JsonClient, account: str) -> None:
        """Somebody is logged in, and is answered."""
        self.assertEqual(client.ask("info")["account"], account)
        # Echo may still be on its way: a server that has just begun has nobody else to show.
        self.assertEqual(client.ask("users", query="qqqq")["total"], 0)

    def next_event(self, client: JsonClient, name: str, **fields: object) -> "Coming":
        """An event that has not come yet."""
        return Coming(client, name, fields)


class Coming:
    """The first event of a name and fields after this moment."""

    def __init__(self, client: JsonClient, name: str, fields: Json) -> None:
        self._client = client
        self._name = name
        self._fields = fields
        self._old = {id(said) for said in client.lines}

    def wait(self) -> Json:
        """The event, when it comes in time."""
        return self._client.wait(self._is_it, what=f"another {self._name} {self._fields}")

    def _is_it(self, said: Json) -> bool:
        is_named = id(said) not in self._old and said.get("event") == self._name
        return is_named and all(said.get(name) == value for name, value in self._fields.items())


class OpenServerTests(Case):
    """One server, which answers no to people and goes on."""

    node: ClassVar[Node]
    folder: ClassVar[TemporaryDirectory[str]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = TemporaryDirectory()
        cls.node = Node(Path(cls.folder.name) / "data")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.node.stop()
        cls.folder.cleanup()

    def setUp(self) -> None:
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        self.place = Path(self.stack.enter_context(TemporaryDirectory()))
        self.addCleanup(self.server_is_well)

    def server_is_well(self) -> None:
        for bad in ("Traceback", "Unhandled"):
            self.assertFalse(bad in self.node.log(), self.node.log()[-4000:])

    def user(self, name: str) -> JsonClient:
        client = self.client(self.node.address, name)
        client.ask("register", username=name, password=PASSWORD)
        return client

    def test_accounts_that_cannot_be_had(self) -> None:
        """A name that is none, that is taken or the server's own, and a password that is none."""
        client = self.client(self.node.address, "home")
        for name in ("ab", "a b", "Ünal", "-ann", "x" * 33, ""):
            refused = self.refused(
                client, "NAME_NOT_ALLOWED", "register", username=name, password=PASSWORD
            )
            self.assertEqual(refused, {"field": "username"}, name)
        for password in ("short", "accounts-ann", "a" * 129, "zzzzzzzzzz"):
            refused = self.refused(
                client, "BAD_REQUEST", "register", username="accounts-ann", password=password
            )
            self.assertEqual(refused, {"field": "password"})
        client.ask("register", username="accounts-ann", password=PASSWORD)
        self.works(client, "accounts-ann")
        refused = self.refused(
            client, "ALREADY_LOGGED_IN", "register", username="accounts-bob", password=PASSWORD
        )
        client.ask("logout")
        for taken in ("accounts-ann", "Accounts-ANN", "echo"):
            refused = self.refused(
                client, "NAME_TAKEN", "register", username=taken, password=PASSWORD
            )
            self.assertEqual(refused, {"field": "username"})
        client.ask("register", username="accounts-bob", password=PASSWORD)
        self.works(client, "accounts-bob")

    def test_wrong_passwords(self) -> None:
        """A wrong one and an unknown name sound alike; too many wait, but not for the device."""
        first = self.user("guessed")
        first.ask("logout")
        client = self.client(self.node.address, "elsewhere")
        answers = [
            self.refused(client, "WRONG_PASSWORD", "login", username=name, password="not that one")
            for name in ("guessed", "unknown-one", "echo")
        ]
        self.assertEqual(answers, [{}, {}, {}])
        self.refused(client, "UNKNOWN_DEVICE", "login", username="guessed")
        client.ask("login", username="guessed", password=PASSWORD)
        self.works(client, "guessed")
        client.ask("logout")
        for number in range(5):
            self.refused(
                client, "WRONG_PASSWORD", "login", username="guessed", password=f"guess {number}"
            )
        waits = self.refused(client, "RATE_LIMITED", "login", username="guessed", password=PASSWORD)
        self.assertEqual(list(waits), ["retry_after_ms"])
        retry_after_ms = waits["retry_after_ms"]
        assert isinstance(retry_after_ms, int)
        self.assertTrue(10_000 < retry_after_ms <= 15_001, retry_after_ms)
        client.ask("login", username="guessed")
        self.works(client, "guessed")

    def test_calls_that_reach_nobody(self) -> None:
        """Unknown and offline cannot be told apart; oneself and what is no name are refused."""
        bob = self.user("calls-bob")
        bob.ask("logout")
        ann = self.user("calls-ann")
        told = [self.told_of_a_call(ann, name) for name in ("calls-bob", "calls-nobody")]
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[0][-1]["reason"], "unavailable")
        self.refused(ann, "BAD_REQUEST", "call", to=["calls-ann"])
        self.refused(ann, "NAME_NOT_ALLOWED", "call", to=["Ünal"])
        self.refused(ann, "NAME_NOT_ALLOWED", "call", to=[])
        for verb in ("accept", "decline", "hangup"):
            self.assertEqual(self.refused(ann, "NO_SUCH_CALL", verb), {"field": "call_id"})
        self.refused(bob, "NOT_LOGGED_IN", "call", to=["calls-ann"])
        bob.ask("login", username="calls-bob")
        ringing = self.next_event(bob, "ringing")
        ended = self.next_event(ann, "ended")
        ann.ask("call", to=["calls-bob"])
        self.assertEqual(ringing.wait()["from"], "calls-ann")
        self.refused(ann, "WRONG_STATE", "call", to=["echo"])
        bob.ask("decline")
        self.assertEqual(ended.wait()["reason"], "declined")
        self.works(ann, "calls-ann")
        self.works(bob, "calls-bob")

    def told_of_a_call(self, client: JsonClient, name: str) -> list[Json]:
        """All that is told of a call that nobody gets, but for names, ids and times."""
        count = len(client.lines)
        ended = self.next_event(client, "ended")
        client.ask("call", to=[name])
        ended.wait()
        told = [said for said in client.lines[count:] if said.get("event") in ("call", "ended")]
        for said in told:
            said |= {"call_id": "", "seconds": 0.0}
        anonymous: list[Json] = json.loads(json.dumps(told).replace(name, "whoever"))
        return anonymous

    def test_texts_that_are_none(self) -> None:
        """Texts that are too long, or not even Unicode, cost nobody the session."""
        client, other = self.user("texts"), self.user("looker")
        self.refused(client, "NICK_NOT_ALLOWED", "nick", nick="n" * 41)
        self.refused(client, "NICK_NOT_ALLOWED", "nick", nick="\x1b[2J\x07")
        client.ask("nick", nick="\x1b[31mAnn\ud83d")
        self.assertEqual(
            other.ask("users", query="texts")["people"],
            [{"username": "texts", "nick": "Ann", "presence": "available", "text": ""}],
        )
        for query in ("q" * 70, "q" * 300, "nobody\ud83d"):
            self.assertEqual(client.ask("users", query=query)["total"], 0)
        client.ask("presence", presence="away", text="t" * 2000)
        client.ask("presence", presence="away", text="half of \ud83d")
        self.refused(client, "BAD_REQUEST", "presence", presence="in_call")
        self.refused(client, "BAD_REQUEST", "presence", presence="asleep")
        self.works(client, "texts")
        self.assertFalse([said for said in client.lines if said.get("event") == "disconnected"])

    def test_a_device_that_logs_in_again(self) -> None:
        """The newer program has the device, the older is told and stays out; both ways round."""
        older = self.user("twice")
        newer = self.client(self.node.address, "twice")
        for winner, loser in ((newer, older), (older, newer)):
            replaced = self.next_event(loser, "disconnected")
            winner.ask("login", username="twice")
            told = replaced.wait()
            self.assertEqual((told["trouble"], told["retry_in_seconds"]), ("REPLACED", None))
            self.refused(loser, "NOT_LOGGED_IN", "users")
            self.works(winner, "twice")

    def test_another_version(self) -> None:
        """Whoever speaks none of ours is told so, at either end."""
        with PlainClient(self.node.address) as newer:
            self.assertEqual(newer.ask(Hello(2, 3, "test")), Refusal(ErrorCode.VERSION))
            self.assertEqual(newer.read_to_the_end(), [])
        with OtherVersion(self.place) as server:
            client = self.client(server.address, "version")
            client.event("disconnected", trouble="VERSION", retry_in_seconds=None)
            self.refused(client, "VERSION", "login", username="ann", password=PASSWORD)
            self.assertEqual(client.ask("info")["link"], "offline")


class RestartTests(Case):
    """Servers that come, go, and are not what they were."""

    def setUp(self) -> None:
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        self.place = Path(self.stack.enter_context(TemporaryDirectory()))

    def node(self, port: int, settings: str = "") -> Node:
        config = self.place / "voip.toml"
        config.write_text(settings + FREE_DOORS)
        again = ("--listen", f"127.0.0.1:{port}", "--config", str(config))
        node = Node(self.place / "data", options=again)
        self.stack.enter_context(node)
        return node

    def test_a_server_that_is_not_there(self) -> None:
        """One is told so, can try again at any time, and it works when the server is there."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            client = self.client(f"127.0.0.1:{port}", "home")
            client.event("disconnected", trouble="NOT_REACHABLE")
            self.refused(client, "NOT_REACHABLE", "register", username="ann", password=PASSWORD)
        self.refused(client, "NOT_REACHABLE", "login", username="ann", password=PASSWORD)
        self.node(port)
        client.ask("register", username="ann", password=PASSWORD)
        self.works(client, "ann")

    def test_a_server_that_comes_back(self) -> None:
        """Its end ends the call and is told; clients find the next one by themselves, which may
        let nobody register any more; one with another key is not talked to."""
        node = self.node(0)
        port = int(node.address.rpartition(":")[2])
        ann, bob = self.client(node.address, "ann"), self.client(node.address, "bob")
        for name, client in (("ann", ann), ("bob", bob)):
            client.ask("register", username=name, password=PASSWORD)
        self.they_talk(ann, bob)
        self.stopped_in_a_call(node, ann, bob)
        back = [self.next_event(one, "connected", logged_in=True) for one in (ann, bob)]
        node = self.node(port, 'registration = "closed"\n')
        for coming in back:
            self.assertFalse(coming.wait()["is_new_pin"])
        self.they_talk(ann, bob)
        ann.ask("hangup")
        bob.ask("logout")
        self.refused(bob, "REGISTRATION_CLOSED", "register", username="new", password=PASSWORD)
        bob.ask("login", username="bob", password=PASSWORD)
        self.works(bob, "bob")
        self.another_key(node, port, ann, bob)

    def they_talk(self, ann: JsonClient, bob: JsonClient) -> None:
        ringing = self.next_event(bob, "ringing")
        active = [
            self.next_event(one, "call", state="active", e2e="encrypted") for one in (ann, bob)
        ]
        ann.ask("call", to=["bob"])
        ringing.wait()
        bob.ask("accept")
        words = [coming.wait()["words"] for coming in active]
        self.assertEqual(words[0], words[1])

    def stopped_in_a_call(self, node: Node, ann: JsonClient, bob: JsonClient) -> None:
        ended = [self.next_event(one, "ended", reason="server_stop") for one in (ann, bob)]
        gone = [self.next_event(one, "disconnected") for one in (ann, bob)]
        node.stop()
        for coming in ended:
            coming.wait()
        for coming in gone:
            told = coming.wait()
            self.assertEqual(told["trouble"], "SERVER_STOPPED")
            self.assertIsNotNone(told["retry_in_seconds"])

    def another_key(self, node: Node, port: int, ann: JsonClient, bob: JsonClient) -> None:
        kept = {name: self.place / "data" / name for name in (CERTIFICATE, CERTIFICATE_KEY)}
        node.stop()
        before = {name: path.read_bytes() for name, path in kept.items()}
        for path in kept.values():
            path.unlink()
        stranger = self.node(port)
        for client in (ann, bob):
            client.wait(
                lambda said: said.get("event") == "disconnected" and not said["retry_in_seconds"],
                what="the end of trying",
            )
        refused = self.refused(ann, "CERTIFICATE_CHANGED", "login", username="ann")
        self.assertEqual(set(refused), {"expected_pin", "seen_pin"})
        self.assertNotEqual(refused["expected_pin"], refused["seen_pin"])
        stranger.stop()
        for name, path in kept.items():
            path.write_bytes(before[name])
        self.node(port)
        ann.ask("login", username="ann")
        self.works(ann, "ann")
