"""A real server under each policy, and its operator, by the clients of those who meet them."""

import json
import shutil
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import ClassVar, cast

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.json_client import Json, JsonClient
from tests.harness.node import FREE_DOORS, Node
from voip.ctl_link import connect

PASSWORD = "correct horse battery"
NEW = "another good one"


class PolicyTests(SynchronousTestCase):
    """One server and two computers for all of them."""

    stack: ClassVar[ExitStack]
    folder: ClassVar[Path]
    node: ClassVar[Node]
    ann: ClassVar[JsonClient]
    other: ClassVar[JsonClient]

    @classmethod
    def setUpClass(cls) -> None:
        cls.stack = ExitStack()
        cls.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        cls.stack.callback(shutil.rmtree, cls.folder)
        cls.settings().write_text(FREE_DOORS)
        options = ("--config", str(cls.settings()))
        cls.node = cls.stack.enter_context(Node(cls.folder / "server", options=options))
        cls.ann, cls.other = cls.computer("ann"), cls.computer("other")
        cls.ann.ask("register", username="ann", password=PASSWORD)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.stack.close()

    @classmethod
    def settings(cls) -> Path:
        return cls.folder / "server.toml"

    @classmethod
    def computer(cls, name: str) -> JsonClient:
        silent = ("--audio-in", "silence", "--audio-out", "null")
        client = JsonClient(cls.node.address, cls.folder / name, silent)
        cls.stack.enter_context(client)
        client.event("connected")
        return client

    def operate(self, line: str) -> Json:
        """What a command of the operator answers."""
        with closing(connect(self.node.data_dir)) as link:
            answer = link.ask({"line": line, "json": True, "yes": True, "width": 0})
        told = json.loads(str(answer["text"]))
        self.assertTrue(told["ok"], told)
        return cast("Json", told)

    def fact(self, line: str, name: str) -> str:
        return cast("dict[str, str]", self.operate(line)["facts"])[name]

    def policy(self, policy: str) -> None:
        """Have another policy from now on."""
        self.settings().write_text(f'registration = "{policy}"\n{FREE_DOORS}')
        self.operate("reload")

    def refused(self, error: str, do: str, **fields: object) -> Json:
        answer = self.other.try_(do, **fields)
        self.assertEqual((answer["ok"], answer.get("error")), (False, error), answer)
        return answer

    def test_closed(self) -> None:
        """Nobody makes an account."""
        self.policy("closed")
        self.refused("REGISTRATION_CLOSED", "register", username="carl", password=PASSWORD)

    def test_invite(self) -> None:
        """Each makes as many accounts as the operator said, and none once it was withdrawn."""
        self.policy("invite")
        who = {"username": "dora", "password": PASSWORD}
        self.refused("INVITE_NEEDED", "register", **who)
        self.refused("INVITE_NOT_VALID", "register", invite="I-0000-0000-0000-0000-0000", **who)
        invite = self.fact("invite for dora", "invite")
        answer = self.other.ask("register", invite=invite.lower(), **who)
        self.assertIs(answer["is_pending"], False)
        self.other.ask("logout")
        who["username"] = "emil"
        self.refused("INVITE_NOT_VALID", "register", invite=invite, **who)
        facts = cast("dict[str, str]", self.operate("invite --uses 2")["facts"])
        self.operate(f"withdraw_invite {facts['name']}")
        self.refused("INVITE_NOT_VALID", "register", invite=facts["invite"], **who)

    def test_approval(self) -> None:
        """Who registers waits, is found by nobody, and comes in once approved."""
        self.policy("approval")
        answer = self.other.ask("register", username="fred", password=PASSWORD)
        self.assertIs(answer["is_pending"], True)
        self.assertEqual(self.found("fred"), 0)
        self.refused("NOT_APPROVED", "login", username="fred", password=PASSWORD)
        self.operate("approve fred")
        self.other.ask("login", username="fred", password=PASSWORD)
        self.assertEqual(self.found("fred"), 1)
        self.other.ask("logout")

    def found(self, name: str) -> object:
        return self.ann.ask("users", query=name, scope="everyone")["total"]

    def test_out_and_back(self) -> None:
        """A ban puts out and keeps out; a reset token lets in whom a lost password kept out."""
        self.policy("open")
        self.other.ask("register", username="gert", password=PASSWORD)
        self.operate("ban gert --for 2d too loud")
        told = self.other.event("disconnected", trouble="BANNED")
        self.assertEqual((told["said"], told["ban_seconds"]), ("too loud", 172_800))
        refused = self.refused("BANNED", "login", username="gert", password=PASSWORD)
        self.assertGreater(cast("int", refused["retry_after_ms"]), 172_000_000)
        self.refused("WRONG_PASSWORD", "login", username="gert", password=NEW)
        self.operate("unban gert")
        token = self.fact("reset_password gert", "token")
        answer = self.other.ask("recover", username="gert", code=token, password=NEW)
        self.assertEqual(len(cast("list[str]", answer["codes"])), 8)
        self.other.ask("logout")
        self.refused("WRONG_CODE", "recover", username="gert", code=token, password=NEW)

    def test_what_the_operator_says_and_ends(self) -> None:
        """Announcements, maintenance, and a call that is ended."""
        call_id = str(self.ann.ask("call", to=["echo"])["call_id"])
        self.ann.event("call", call_id=call_id, state="active")
        self.operate("drain")
        self.ann.event("maintenance", is_on=True)
        self.operate("announce back in ten minutes")
        self.ann.event("announcement", text="back in ten minutes")
        self.operate(f"end_call {call_id[:8]}")
        self.assertEqual(self.ann.event("ended", call_id=call_id)["reason"], "operator")
        answer = self.ann.try_("call", to=["echo"])
        self.assertEqual((answer["ok"], answer.get("error")), (False, "MAINTENANCE"))
        self.operate("drain --off")
        self.ann.event("maintenance", is_on=False)
