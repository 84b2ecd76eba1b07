"""A walk through every screen of a signed-in client: three terminals and a real server.

Alice's terminal has the least size there is, Bob's is wide. All stations are walked in one test,
each from the first screen and back to it, so that the three sign up once.
"""

import pytest

from tests.system.tmux_client import TmuxClient
from tests.system.tui_case import SILENT, TuiTestCase

pytestmark = pytest.mark.alone


class WalkTests(TuiTestCase):
    """Alice, Bob and Carol."""

    def setUp(self) -> None:
        super().setUp()
        self.node = self.server()
        self.alice = self.client("alice", self.node.address, *SILENT)
        self.bob = self.client("bob", self.node.address, *SILENT, size=(120, 40))
        self.carol = self.client("carol", self.node.address, *SILENT)
        for client, name in ((self.alice, "alice"), (self.bob, "bob"), (self.carol, "carol")):
            self.register(client, name)

    def test_the_screens(self) -> None:
        """Every screen, in the order in which somebody new comes to them."""
        self.contacts()
        self.people()
        self.presence()
        self.a_call_and_a_second()
        self.a_conference()
        self.past_calls()
        self.a_call_while_offline()
        self.help_and_palette()
        self.settings()
        self.logging_out()

    # ---- the screens of one person ---------------------------------------------------------

    def contacts(self) -> None:
        """Somebody is added by name, named, noted, made a favourite, blocked and removed."""
        alice = self.alice
        alice.wait_for("You have no contacts yet.")
        alice.type("a")
        alice.wait_for("Add a contact", "Enter add")
        for part in ("bob", "Bobby", "met at work"):
            alice.type(part)
            alice.press("Tab")
        alice.press("Space", "Enter")
        alice.wait_for("Bobby is one of your contacts now.", "1 of 1 online", "▶● Bobby")
        alice.wait_for("calls themselves Bob", "Notes", "met at work", "No favourite")
        alice.type("f")
        alice.wait_for("Bobby is no favourite any more.")
        alice.type("e")
        alice.wait_for("< Save >", "< Remove >")
        alice.press("C-u", "Enter")
        alice.wait_for("Bob is saved.", "▶● Bob ")
        alice.type("x")
        alice.wait_for("Block Bob?", "They are not told")
        alice.press("Enter")
        alice.wait_for("▶✗ Bob", "Unblock")
        alice.type("x")
        alice.wait_for("Bob can call you again.", "▶● Bob")
        alice.type("e")
        alice.wait_for("< Remove >")
        alice.press("Tab", "Tab", "Tab", "Tab", "Tab", "Enter")
        alice.wait_for("Remove Bob?")
        alice.press("Enter")
        alice.wait_for("Bob is no contact of yours any more.", "You have no contacts yet.")

    def people(self) -> None:
        """Who is online, a search, the other lists; two become contacts."""
        alice = self.alice
        alice.type("d")
        alice.wait_for("3 online.", "(•) online", "▶● Bob", "Echo test")
        alice.type("/")
        alice.type("crl")
        alice.wait_for('1 of 3 online match "crl".', "▶● Carol")
        alice.press("Tab", "Tab", "C-u")
        alice.type("car")
        alice.wait_for("(•) everyone", 'begin with "car"', "▶● Carol")
        alice.press("Escape")
        alice.wait_for("3 have an account", "● Bob")
        alice.press("Escape")
        alice.wait_for("You have no contacts yet.")
        for name in ("Bob", "Carol"):
            alice.type("d")
            alice.wait_for("3 online.")
            alice.type("/")
            alice.type(name)
            alice.wait_for("1 of 3 online", f"▶● {name}")
            alice.press("Down")
            alice.type("a")
            alice.wait_for(f"{name} is one of your contacts now")
            alice.press("Escape")
            alice.wait_for("3 online.")
            alice.press("Escape")
            alice.wait_for("p presence")
        alice.wait_for("2 of 2 online", "▶● Bob", "● Carol")

    def presence(self) -> None:
        """What Bob sets, Alice sees; invisible looks like offline."""
        alice, bob = self.alice, self.bob
        bob.type("p")
        bob.wait_for("What others see of you")
        bob.press("Down", "Down", "Down", "Down", "Space", "Enter")
        bob.wait_for("bob  ◐ invisible")
        alice.wait_for("1 of 2 online", "○ Bob")
        bob.type("p")
        bob.wait_for("What others see of you", "(•) ◐ invisible")
        bob.press("Up", "Up", "Space", "Down", "Down", "Down")
        bob.type("at my desk")
        bob.press("Enter")
        alice.wait_for("2 of 2 online", "⊘ Bob", "busy", '"at my desk"')
        bob.type("p")
        bob.wait_for("(•) ⊘ busy")
        bob.press("Up", "Up", "Space", "Enter")
        alice.wait_for("● Bob", "available")

    # ---- calls -----------------------------------------------------------------------------

    def a_call_and_a_second(self) -> None:
        """A call with all its keys; a second one is declined, ignored and answered."""
        alice, bob, carol = self.alice, self.bob, self.carol
        alice.press("Up", "Enter")
        alice.wait_for("it rings there", "Ctrl-X stop calling")
        bob.wait_for("Incoming call", "Alice", "a answer  d decline  i ignore")
        bob.press("a")
        bob.wait_for("E2E ✓", "packets sent")
        alice.wait_for("E2E ✓", "if they match", "in a call", "jitter", "mic     silence")
        alice.press("v")
        alice.wait_for("verified", "Verified: from now on")
        alice.type("]")
        alice.wait_for("Bob: volume +3 dB.")
        alice.type("D")
        alice.wait_for("you hear nobody")
        alice.type("D")
        alice.press("Space")
        bob.wait_for("has their microphone off")
        alice.press("Space")
        alice.wait_for("Your microphone is on.")
        alice.type("h")
        alice.wait_for("h takes the call back", "You talk to nobody now")
        bob.wait_for("has put the call on hold")
        alice.type("h")
        alice.wait_for("You are talking to Bob.")
        self.call(carol, "alice")
        alice.wait_for("Incoming call", "a answer", "Answering puts Bob on hold.")
        alice.type("d")
        carol.wait_for("declined the call.")
        self.call(carol, "alice")
        alice.wait_for("Incoming call", "a answer")
        alice.type("i")
        alice.wait_for("Silent here", "ignored")
        carol.press("C-x")
        carol.wait_for("You stopped calling")
        alice.wait_for("You missed a call: Carol gave up.", "✗ 1 missed")
        self.call(carol, "alice")
        alice.wait_for("Incoming call", "a answer")
        alice.type("a")
        alice.wait_for("in 2 calls", "on hold", "talking", "You are talking to Carol.")
        carol.wait_for("E2E ✓", "if they match")
        alice.type("x")
        alice.wait_for("You are talking to Bob.")
        carol.wait_for("has put the call on hold")
        alice.type("2")
        alice.wait_for("You are talking to Carol.")

    def call(self, client: TmuxClient, name: str) -> None:
        client.type(":")
        client.wait_for("arrow keys choose")
        client.type(f"call {name}")
        client.wait_for(f"▶ call {name}")
        client.press("Enter")

    def a_conference(self) -> None:
        """Joined, locked, muted by its host and by oneself, kicked, added again, ended."""
        alice, bob, carol = self.alice, self.bob, self.carol
        alice.type("j")
        for client in (alice, bob, carol):
            client.wait_for("in a conference", "3 people", "E2E ✓", "the same for everybody?")
        alice.wait_for("alice (you)", "host", "▶Bob", "K   remove (host)")
        alice.type("L")
        bob.wait_for("Conference  locked", "m   mute for me")
        alice.wait_until(lambda: "+ add" not in alice.text)
        alice.type("L")
        alice.wait_for("The conference is open again", "+ add")
        alice.type("M")
        bob.wait_for("The host turned your microphone off.", "muted")
        bob.press("Space")
        bob.wait_for("Your microphone is on.")
        alice.type("m")
        alice.wait_for("You hear Bob no more; others do.", "off here")
        alice.type("m")
        alice.type("]")
        alice.wait_for("+6 dB")
        alice.press("Down")
        alice.wait_for("▶Carol")
        alice.press("Up")
        alice.type("K")
        alice.wait_for("Remove from the conference?")
        alice.press("Enter")
        bob.wait_for("The host took you out of the")
        alice.wait_for("2 people")
        alice.type("+")
        alice.wait_for("Add to the call", "only to listen")
        alice.type("bob")
        alice.wait_for("Enter add Bob")
        alice.press("Enter")
        bob.wait_for("Invitation to a conference", "a answer")
        alice.resize(40, 12)
        alice.wait_for("too small: 40x12")
        bob.type("a")
        bob.wait_for("3 people", "E2E ✓")
        alice.resize(80, 24)
        alice.wait_for("3 people", "alice (you)", "Bob", "Carol")
        bob.press("C-x")
        alice.wait_for("Bob left.", "2 people")
        alice.type("E")
        alice.wait_for("End for everybody?")
        alice.press("Enter")
        for client in (alice, carol):
            client.wait_for("The conference ended after")

    # ---- afterwards ------------------------------------------------------------------------

    def past_calls(self) -> None:
        """The missed one, a search, one call in full, calling a conference back, deleting."""
        alice = self.alice
        alice.type("h")
        alice.wait_for("(•) all", "joined with another", "Carol and 1 more", "you declined")
        alice.wait_until(lambda: "1 missed" not in alice.text)
        alice.press("Tab")
        alice.wait_for("(•) missed", "▶✗ today", "they gave up")
        alice.press("Tab")
        alice.wait_for("(•) conferences", "▶← today", "Carol and 1 more")
        alice.type("i")
        alice.wait_for("Past call", "Carol (carol), Bob (bob)", "Round trip")
        alice.press("Escape")
        alice.wait_for("Enter call back")
        alice.press("Enter")
        for client in (self.bob, self.carol):
            client.wait_for("Invitation to a conference", "a answer")
            client.type("d")
        alice.wait_for("Nobody joined the conference: they declined.")
        alice.type("h")
        alice.wait_for("(•) all", "they gave up", "joined with another")
        alice.type("/")
        alice.type("bob")
        alice.wait_until(lambda: "they gave up" not in alice.text)
        alice.wait_for("▶⊘ today", "they declined", "joined with another")
        alice.press("Escape")
        alice.wait_for("Find [                      ]", "they gave up")
        alice.press("Down")
        alice.type("x")
        alice.wait_for("That call is deleted from your history.")
        alice.type("X")
        alice.wait_for("Delete the whole history?")
        alice.press("Enter")
        alice.wait_for("Your history is empty now.", "No calls yet.")
        alice.press("Escape")
        alice.wait_for("▶● ")

    def a_call_while_offline(self) -> None:
        """Carol is called while she is away, sees it when she is back, and calls back."""
        alice, carol = self.alice, self.carol
        carol.type("L")
        carol.wait_for("Log out?")
        carol.press("Enter")
        carol.wait_for("You are logged out.", "< Sign in as carol >")
        alice.wait_for("○ Carol")
        self.call(alice, "carol")
        alice.wait_for("Carol cannot be reached now: try again when they are online.")
        carol.press("Enter")
        carol.wait_for("carol  ●", "✗ 1 missed", "You missed 1 call; h shows them.")
        carol.type("h")
        carol.wait_for("▶✗ today", "alice", "you were not there")
        carol.press("Enter")
        alice.wait_for("Incoming call", "a answer", "Carol")
        alice.type("d")
        carol.wait_for("declined the call.")

    def help_and_palette(self) -> None:
        """Every chapter; commands by a part of their names, and what is none."""
        alice = self.alice
        alice.type("?")
        alice.wait_for("(1) keys", "Everywhere", "more below")
        for chapter, told in (
            ("2", "calling"),
            ("3", "30 digits"),
            ("4", "sound"),
            ("5", "privacy"),
            ("6", "SHA-256"),
        ):
            alice.type(chapter)
            alice.wait_for(told, "Esc close")
        alice.press("Escape")
        alice.wait_for("▶● ", "? help")
        alice.press("C-p")
        alice.wait_for("Command", "Enter run")
        alice.type("qqqq")
        alice.wait_for("No command has these letters.")
        alice.press("C-u")
        alice.type("favou")
        alice.wait_for("▶ favourite")
        alice.press("Enter")
        alice.wait_for("is a favourite now.", "★ Favourites", "All others")

    def settings(self) -> None:
        """Each tab, another name in the first, and back."""
        alice = self.alice
        alice.type("s")
        alice.wait_for("[Account]", "signed in as alice", "< Change >", "this computer")
        for tab, told in (
            ("2", ("[Audio]", "< what the system uses", "Hear yourself")),
            ("3", ("[Network]", "TLS 1.3", "Voices by UDP", "Buffer at most")),
            ("4", ("[Look]", "Colours", "ASCII only", "Desktop")),
            ("5", ("[Keys]", "a command, as: call bob")),
            ("1", ("[Account]", "< Make new ones >")),
        ):
            alice.type(tab)
            alice.wait_for(*told)
        alice.press("Enter")
        alice.wait_for("Your shown name")
        alice.press("C-u")
        alice.type("Alice Durand")
        alice.press("Enter")
        alice.wait_for("Shown name        Alice Durand")
        alice.press("Escape")
        self.bob.type("d")
        self.bob.wait_for("Alice Durand")
        self.bob.press("Escape")
        self.bob.wait_for("You have no contacts yet.")

    def logging_out(self) -> None:
        """Everybody else sees one go."""
        self.bob.type("L")
        self.bob.wait_for("Log out?", "hung up")
        self.bob.press("Enter")
        self.bob.wait_for("You are logged out.", "< Sign in as bob >")
        self.alice.wait_for("1 of 2 online", "○ Bob")
