"""Several calls and a conference, as people meet them: three terminals and a real server."""

import re
from collections.abc import Callable

from tests.system.tmux_client import TmuxClient
from tests.system.tui_case import SILENT, TuiTestCase

CODE = re.compile(r"E2E ✓ +((?:\d{5} ){5}\d{5})")


class ConferenceTests(TuiTestCase):
    """Alice talks to Bob and to Carol, then to both."""

    def call(self, client: TmuxClient, name: str) -> None:
        client.type(":")
        client.wait_for("Command")
        client.type(f"call {name}")
        client.press("Enter")

    def code(self, client: TmuxClient) -> str:
        """The digits that are to be the same for everybody."""
        client.wait_until(lambda: CODE.search(client.text) is not None)
        found = CODE.search(client.text)
        assert found is not None
        return found[1]

    def is_out(self, client: TmuxClient) -> Callable[[], bool]:
        return lambda: "Conference" not in client.text

    def test_hold_swap_join(self) -> None:
        """A second call holds the first, the two are swapped and joined; all see the same digits
        and each other; the host locks, removes one and ends it for the rest."""
        server = self.server()
        alice = self.client("alice", server.address, *SILENT)
        bob = self.client("bob", server.address, *SILENT, size=(120, 40))
        carol = self.client("carol", server.address, *SILENT)
        for client, name in ((alice, "alice"), (bob, "bob"), (carol, "carol")):
            self.register(client, name)
        self.call(alice, "bob")
        bob.wait_for("Incoming call", "a answer", "Alice")
        bob.press("a")
        alice.wait_for("E2E ✓", "if they match")
        self.call(carol, "alice")
        alice.wait_for("Incoming call", "a answer", "Answering puts Bob on hold.")
        alice.press("a")
        alice.wait_for("on hold", "talking", "in 2 calls")
        bob.wait_for("has put the call on hold")
        carol.wait_for("E2E ✓")
        alice.press("x")
        carol.wait_for("has put the call on hold")
        alice.wait_for("You are talking to Bob.")
        alice.press("j")
        for client in (alice, bob, carol):
            client.wait_for("in a conference", "3 people")
        codes = {self.code(client) for client in (alice, bob, carol)}
        self.assertEqual(len(codes), 1, codes)
        alice.type("L")
        for client in (alice, bob, carol):
            client.wait_for("Conference  locked")
        alice.type("M")
        alice.wait_for("is off, until they turn it on")
        alice.type("K")
        alice.wait_for("Remove from the conference?")
        alice.press("Enter")
        alice.wait_for("Bob was removed.", "2 people")
        bob.wait_until(self.is_out(bob))
        alice.type("E")
        alice.wait_for("End for everybody?")
        alice.press("Enter")
        for client in (alice, carol):
            client.wait_until(self.is_out(client))
