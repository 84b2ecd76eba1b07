"""Phone books and past calls against a real server with a real database."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.crowd import crowd, fill, member
from tests.harness.json_client import Json, JsonClient
from tests.harness.node import Node
from voip.server.data_dir import DATABASE

PASSWORD = "correct horse battery"
ACCOUNTS = 2000


class PeopleTests(SynchronousTestCase):
    """A server, and people on as many computers as they like."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)

    def start(self) -> Node:
        self.node = self.stack.enter_context(Node(self.folder / "server"))
        return self.node

    def computer(self, name: str) -> JsonClient:
        client = JsonClient(
            self.node.address,
            self.folder / name,
            ("--audio-in", "silence", "--audio-out", "null"),
        )
        self.stack.enter_context(client)
        client.event("connected")
        return client

    def registered(self, name: str) -> JsonClient:
        client = self.computer(name)
        client.ask("register", username=name, nick=name.title(), password=PASSWORD)
        return client

    def wait_for_contact(self, client: JsonClient, username: str, **fields: object) -> None:
        def shows(line: Json) -> bool:
            contacts = cast("list[Json]", line.get("contacts") or [])
            return line.get("event") == "contacts" and any(
                one["username"] == username and fields.items() <= one.items() for one in contacts
            )

        client.wait(shows, f"{username} as {fields}")

    def test_two_devices_of_one_person(self) -> None:
        """What is written on one is on the other at once, and after a new start of the server."""
        with self.start():
            ann = self.registered("ann")
            phone = self.computer("phone")
            phone.ask("login", username="ann", password=PASSWORD)
            ann.ask("contact-add", username="bob", alias="Bobby", favourite=True, notes="work")
            self.wait_for_contact(phone, "bob", alias="Bobby", favourite=True, notes="work")
            phone.ask("block", username="bob")
            self.wait_for_contact(ann, "bob", alias="Bobby", blocked=True)
            phone.ask("contact-remove", username="bob")
            ann.event("contacts", removed=["bob"])
            ann.ask("contact-add", username="carl")
        with self.start():
            again = self.computer("ann")
            again.ask("login", username="ann", password=PASSWORD)
            self.wait_for_contact(again, "carl")

    def test_who_is_blocked_cannot_tell(self) -> None:
        """To the blocked it is all as if the other were offline."""
        with self.start():
            ann, bob = self.registered("ann"), self.registered("bob")
            ann.ask("contact-add", username="bob")
            self.wait_for_contact(ann, "bob", presence="available")
            bob.ask("block", username="ann")
            self.wait_for_contact(ann, "bob", presence="offline")
            blocked = self.as_it_looks(ann)
            self.assertFalse([line for line in bob.lines if line.get("event") == "ringing"])
            self.assertEqual(bob.ask("history")["entries"], [])
            bob.ask("logout")
            self.assertEqual(self.as_it_looks(ann), blocked)

    def as_it_looks(self, ann: JsonClient) -> list[object]:
        """Everything ann can find out of bob."""
        call_id = ann.ask("call", to=["bob"])["call_id"]
        ended = ann.event("ended", call_id=call_id)
        return [
            ended["reason"],
            ended["seconds"],
            ended["peers"],
            ann.ask("users", query="bob")["people"],
            ann.ask("users", query="bob", scope="everyone")["people"],
            ann.ask("contacts")["contacts"],
        ]

    def test_an_offline_person_finds_the_missed_call(self) -> None:
        """After the next login, also when the server was started anew in between."""
        with self.start():
            ann, bob = self.registered("ann"), self.registered("bob")
            bob.quit()
            call_id = ann.ask("call", to=["bob"])["call_id"]
            ann.event("history")
        with self.start():
            again = self.computer("bob")
            again.ask("login", username="bob", password=PASSWORD)
            again.event("history", unseen_missed=1)
            (entry,) = cast("list[Json]", again.ask("history", kind="missed")["entries"])
            self.assertEqual((entry["call_id"], entry["peers"]), (call_id, ["ann"]))

    def test_do_not_disturb(self) -> None:
        """Nothing rings, and the call is missed."""
        with self.start():
            ann, bob = self.registered("ann"), self.registered("bob")
            bob.ask("presence", presence="do_not_disturb")
            call_id = ann.ask("call", to=["bob"])["call_id"]
            self.assertEqual(ann.event("ended", call_id=call_id)["reason"], "unavailable")
            bob.event("history", unseen_missed=1)
            self.assertFalse([line for line in bob.lines if line.get("event") == "ringing"])

    def test_presence_is_told(self) -> None:
        """What one sets, and being in a call or idle, those see who have one as a contact."""
        with self.start():
            ann, bob = self.registered("ann"), self.registered("bob")
            ann.ask("contact-add", username="bob")
            bob.ask("presence", presence="busy", text="at my desk")
            self.wait_for_contact(ann, "bob", presence="busy", text="at my desk")
            bob.ask("presence", presence="invisible")
            self.wait_for_contact(ann, "bob", presence="offline")
            bob.ask("presence", presence="available")
            bob.ask("idle", is_idle=True)
            self.wait_for_contact(ann, "bob", presence="away")
            bob.ask("call", to=["echo"])
            self.wait_for_contact(ann, "bob", presence="in_call")

    def test_past_calls(self) -> None:
        """A talk stands in both histories; what one deletes is gone from one's own."""
        with self.start():
            ann, bob = self.registered("ann"), self.registered("bob")
            call_id = ann.ask("call", to=["bob"])["call_id"]
            bob.event("ringing", call_id=call_id)
            bob.ask("accept", call_id=call_id)
            bob.event("call", call_id=call_id, e2e="encrypted")
            bob.ask("hangup", call_id=call_id)
            for each, peer in ((ann, "bob"), (bob, "ann")):
                each.event("history")
                (entry,) = cast("list[Json]", each.ask("history", query=peer)["entries"])
                self.assertEqual((entry["call_id"], entry["outcome"]), (call_id, "hangup"))
            bob.ask("history-remove", entry=entry["entry"])
            self.assertEqual(bob.ask("history")["entries"], [])
            self.assertEqual(len(cast("list[Json]", ann.ask("history")["entries"])), 1)

    def test_two_thousand_accounts_in_pages(self) -> None:
        """Everyone is found once, and who is looked for at once."""
        self.start().stop()
        fill(self.folder / "server" / DATABASE, crowd(ACCOUNTS))
        with self.start():
            ann = self.registered("ann")
            names: list[str] = []
            cursor = ""
            for _ in range(ACCOUNTS // 100 + 1):
                page = ann.ask("users", scope="everyone", limit=100, cursor=cursor)
                names += [str(one["username"]) for one in cast("list[Json]", page["people"])]
                cursor = str(page["next_cursor"])
            self.assertEqual(cursor, "")
            expected = sorted(["echo", *(member(number) for number in range(ACCOUNTS))])
            self.assertEqual(names, expected)
            found = ann.ask("users", scope="everyone", query="01234 per")
            self.assertEqual(found["total"], 1)
            (one,) = cast("list[Json]", found["people"])
            self.assertEqual((one["username"], one["presence"]), (member(1234), "offline"))
