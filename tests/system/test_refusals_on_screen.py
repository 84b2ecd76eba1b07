"""What a person reads when a real server, or the way to it, says no; and what is done about it."""

import sqlite3
from contextlib import closing

from tests.harness.node import Node
from tests.system.other_version import OtherVersion
from tests.system.tmux_client import TmuxClient
from tests.system.tui_case import SILENT, TuiTestCase
from voip.server.data_dir import CERTIFICATE, CERTIFICATE_KEY, DATABASE

GUESSES = 5
"""Wrong passwords after which one has to wait."""


class RefusalTests(TuiTestCase):
    """One person at a time, in a terminal of the least size."""

    def test_signing_up_and_in(self) -> None:
        """Names and passwords that are not allowed or taken; guesses, and the wait after them."""
        server = self.server()
        alice = self.client("alice", server.address, *SILENT)
        other = self.client("other", server.address, *SILENT)
        self.register(alice, "alice")
        other.wait_for("TLS 1.3")
        other.press("Tab", "Tab", "Tab", "Enter")
        other.wait_for("Create an account on")
        self.fill(other, "al", "Al", "short")
        other.type("short")
        other.press("Enter")
        other.wait_for("! This account name is not allowed: use 3 to 32 of a-z 0-9 - _ .")
        other.type("ice")
        other.press("Enter")
        other.wait_for("! Use a password of 8 characters or more.")
        self.fill(other, " and long")
        other.type(" and long")
        other.press("Enter")
        other.wait_for("! This account name is taken: choose another.")
        other.press("Escape")
        other.wait_for("< Sign in >")
        other.press("BTab", "BTab", "BTab")
        other.type("alice")
        other.press("Tab")
        self.guess(other)
        other.wait_for("! Account or password is wrong: check both and try again.")
        for _ in range(GUESSES):
            self.guess(other)
        other.wait_for("! Too many tries: wait ", " seconds, then try again.")

    def fill(self, client: TmuxClient, *parts: str) -> None:
        for part in parts:
            client.type(part)
            client.press("Tab")

    def guess(self, client: TmuxClient) -> None:
        client.type("not the password")
        client.wait_for("•" * len("not the password"))
        client.press("Enter")
        client.wait_for("[                                       ]  F2 show")

    def test_servers_that_cannot_be_talked_to(self) -> None:
        """There is none of the name, or none there, or it speaks another version."""
        with OtherVersion(self.folder) as newer:
            for name, address, told in (
                ("unknown", "nobody.invalid", "! No server has the name nobody.invalid: check"),
                ("absent", "127.0.0.1:1", "! 127.0.0.1:1 does not answer: check the address"),
                ("newer", newer.address, "speaks another version: update this client"),
            ):
                self.client(name, address, *SILENT).wait_for(told)

    def test_a_closed_server(self) -> None:
        """It says so before anything is typed for it."""
        config = self.folder / "voip.toml"
        config.write_text('registration = "closed"\n')
        node = Node(self.folder / "server", options=("--config", str(config)))
        self.addCleanup(node.stop)
        alice = self.client("alice", node.address, *SILENT)
        alice.wait_for("TLS 1.3")
        alice.wait_for("It takes no new accounts: ask its operator for one.")
        self.assertNotIn("Create an account", alice.text)

    def test_who_does_not_answer(self) -> None:
        """Somebody who is not there, and somebody who says no."""
        server = self.server()
        alice = self.client("alice", server.address, *SILENT)
        bob = self.client("bob", server.address, *SILENT)
        self.register(alice, "alice")
        self.register(bob, "bob")
        self.call(alice, "nobody")
        alice.wait_for("nobody cannot be reached now: try again when they are online.")
        self.call(alice, "bob")
        bob.wait_for("Incoming call", "a answer")
        bob.type("d")
        alice.wait_for("declined the call.")

    def call(self, client: TmuxClient, name: str) -> None:
        client.type(":")
        client.wait_for("arrow keys choose")
        client.type(f"call {name}")
        client.wait_for(f"▶ call {name}")
        client.press("Enter")

    def test_a_database_that_cannot_be_written(self) -> None:
        """Nothing is lost but the change, which can be made again."""
        server = self.server()
        alice = self.client("alice", server.address, *SILENT)
        self.register(alice, "alice")
        database = self.folder / "server" / DATABASE
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            alice.type("a")
            alice.wait_for("Add a contact")
            alice.type("bob")
            alice.press("Enter")
            alice.wait_for("! The server cannot save anything now: try again")
            other.execute("ROLLBACK")
        alice.press("Enter")
        alice.wait_for("bob is one of your contacts now.")

    def test_a_server_that_stops_and_is_another(self) -> None:
        """Its end is told; one with another key gets nothing, and both keys are shown."""
        node = Node(self.folder / "server")
        alice = self.client("alice", node.address, *SILENT)
        self.register(alice, "alice")
        node.stop()
        alice.wait_for("was stopped by its operator; trying again by itself.")
        for name in (CERTIFICATE, CERTIFICATE_KEY):
            (self.folder / "server" / name).unlink()
        again = Node(self.folder / "server", node.address)
        self.addCleanup(again.stop)
        alice.wait_for("has changed", "Known until now", "To go on, type trust")
