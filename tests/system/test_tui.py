"""The full-screen client as people meet it: in a terminal, against a real server."""

import re
import sys

import psutil

from tests.system.tmux_client import TmuxClient
from tests.system.tui_case import SILENT, TuiTestCase

WORDS = re.compile(r"E2E ✓ +(.+)")


def read_words(screen: str) -> list[str]:
    """The words to compare: with dots between them, or none where long words leave no room."""
    found = WORDS.search(screen)
    return [word for word in found[1].split() if word.isalpha()] if found else []


class TerminalTests(TuiTestCase):
    """Two people, two terminals."""

    def test_a_call(self) -> None:
        """Two people register, find each other, call, see the same words, mute and hang up; the
        hook of the one who is called gets the call."""
        server = self.server()
        alice = self.client("alice", server.address, *SILENT)
        config, event = self.folder / "settings.toml", self.folder / "event.json"
        config.write_text(f'[notify]\nhook = "tee {event}"\n')
        hooked = ("--config", str(config), *SILENT)
        bob = self.client("bob", server.address, *hooked, size=(120, 40))
        self.register(alice, "alice")
        self.register(bob, "bob")
        alice.press("/")
        alice.type("bob")
        alice.wait_for("of", 'match "bob"')
        alice.press("Enter")
        bob.wait_for("Incoming call", "a answer", "Alice")
        bob.wait_until(lambda: event.exists() and '"ringing"' in event.read_text())
        bob.press("a")
        words = [read_words(client.wait_for("E2E ✓", "lost")) for client in (alice, bob)]
        self.assertEqual(len(words[0]), 4)
        self.assertEqual(words[0], words[1])
        alice.wait_for("over UDP", "jitter", "mic     silence")
        bob.press("Space")
        alice.wait_for("has their microphone off")
        alice.press("C-x")
        for client in (alice, bob):
            client.wait_for("ended after")

    def test_contacts_and_past_calls(self) -> None:
        """A contact is added, renamed and followed; a call that did not ring is found among the
        missed ones and called back; who is blocked finds nobody."""
        server = self.server()
        alice = self.client("alice", server.address, *SILENT)
        bob = self.client("bob", server.address, *SILENT, size=(120, 40))
        self.register(alice, "alice")
        self.register(bob, "bob")
        alice.wait_for("You have no contacts yet.")
        alice.press("d")
        alice.wait_for("2 online.", "▶● Bob")
        alice.press("a")
        alice.wait_for("Bob is one of your contacts now")
        alice.press("Escape")
        alice.wait_for("1 of 1 online")
        alice.press("e")
        alice.wait_for("< Save >")
        alice.type("Bobby")
        alice.press("Enter")
        alice.wait_for("Bobby is saved.", "▶● Bobby")
        bob.press("p")
        bob.wait_for("What others see of you")
        bob.press("Down", "Down", "Down", "Enter")
        alice.wait_for("▶⊘ Bobby", "don't disturb")
        alice.press(":")
        alice.wait_for("Command")
        alice.type("call bobby")
        alice.wait_for("▶ call bob")
        alice.press("Enter")
        alice.wait_for("Bobby cannot be reached now")
        bob.wait_for("✗ 1 missed", "You missed a call from alice.")
        bob.press("h")
        bob.wait_for("▶✗ today", "alice", "you were not there")
        bob.wait_until(lambda: "1 missed" not in bob.text)
        bob.press("Enter")
        alice.wait_for("Incoming call", "a answer", "Bobby")
        alice.press("d")
        bob.wait_for("declined the call")
        alice.wait_for("Last calls", "⊘ today", "you declined", "→ today", "not reachable")
        alice.press("x")
        alice.wait_for("Block Bobby?")
        alice.press("Enter")
        alice.wait_for("✗ Bobby", "blocked")
        bob.press("d", "/")
        bob.type("alice")
        bob.wait_for('0 of 1 online match "alice"')

    def test_coming_back(self) -> None:
        """The second time one key press signs in; Ctrl-Q ends cleanly both times."""
        server = self.server()
        folder = self.folder / "alice"
        folder.mkdir()
        kept = ("--data-dir", str(folder / "data"), *SILENT)
        with TmuxClient(folder, [server.address, *kept]) as first:
            self.register(first, "alice")
            first.press("C-q")
            first.wait_until_over()
            self.assertEqual(first.exit_code, 0)
        with TmuxClient(folder, kept) as again:
            again.wait_for("< Sign in as alice >")
            again.press("Enter")
            again.wait_for("alice  ●")
            again.press("C-q")
            again.wait_until_over()
            self.assertEqual(again.exit_code, 0)

    def test_the_terminal_is_given_back(self) -> None:
        """After Ctrl-Q, Ctrl-C and SIGTERM the terminal is as it was, the exit code 0."""
        for way in ("C-q", "C-c", "SIGTERM"):
            folder = self.folder / way
            folder.mkdir()
            voip = f"{sys.executable} -P -m voip_terminal --data-dir {folder}/data"
            script = (
                f"trap : INT; cd {folder}; stty -a > before; {voip}; "
                "echo $? > code; stty -a > later; mv later after; cat"
            )
            with TmuxClient(folder, [], program=["sh", "-c", script]) as client:
                client.wait_for("Private voice calls")
                if way == "SIGTERM":
                    (child,) = psutil.Process(client.pid).children()
                    child.terminate()
                else:
                    client.press(way)
                client.wait_until((folder / "after").exists)
                self.assertNotIn("Private voice calls", client.text)
            self.assertEqual((folder / "after").read_text(), (folder / "before").read_text(), way)
            self.assertEqual((folder / "code").read_text(), "0\n", way)

    def test_a_closed_terminal(self) -> None:
        """A terminal that is closed under the client ends it; the others see them go."""
        server = self.server()
        alice = self.client("alice", server.address, *SILENT)
        bob = self.client("bob", server.address, *SILENT)
        self.register(alice, "alice")
        self.register(bob, "bob")
        alice.press("d")
        alice.wait_for("2 online.", "Bob")
        bob.hang_up()
        alice.wait_for("1 online.")

    def test_no_server(self) -> None:
        """A server that is not there is a sentence; the client goes on and takes another."""
        alice = self.client("alice", "127.0.0.1:1", *SILENT)
        alice.wait_for("! 127.0.0.1:1 does not answer")
        alice.resize(40, 12)
        alice.wait_for("too small: 40x12")
        alice.resize(100, 30)
        alice.wait_for("Private voice calls")
        alice.press("?")
        alice.wait_for("(1) keys")
