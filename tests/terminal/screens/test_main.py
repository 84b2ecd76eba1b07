"""The main screen: people, details, calling, the boxes it opens."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, PEOPLE, call_with, person
from tests.terminal.fake_people import contact
from tests.terminal.scenes import seated, talking
from tests.terminal.seat import LARGE
from voip.client.model import ClientError, Security
from voip.core.calls import EndReason, LegState
from voip.core.errors import ErrorCode
from voip.core.people import Presence


class InviteTests(SynchronousTestCase):
    """Somebody from the list into the call that goes on."""

    def test_invite(self) -> None:
        """c adds whoever has the pointer to the call, unless they are in it."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("c")
        talking(seat)
        seat.press("c")
        self.assertEqual(seat.controller.asked, [])
        seat.press("down", "c")
        self.assertEqual(seat.controller.asked, [("add", CALL_ID, "carol")])
        self.assertIn("Carol Nguyen is invited to the call.", seat.status)


class ListTests(SynchronousTestCase):
    """Who is online."""

    def test_everybody(self) -> None:
        """Each person is there with sign and word for their presence."""
        for size in ((80, 24), LARGE):
            seat = seated(size)
            for shown in ("● Bob Martin", "⊘ Dave Okafor", "◐ Erin Weiss", "● 田中 太郎"):
                self.assertIn(shown, seat.text)
            self.assertIn("7 of 7 online", seat.text)
            self.assertIn("in a call", seat.line_with("Dave Okafor"))
            seat.stop()

    def test_details(self) -> None:
        """The pane tells of the person in focus, on whom the cursor stands."""
        seat = seated()
        self.addCleanup(seat.stop)
        self.assertIn('"at my desk until 17:00"', seat.text)
        seat.press("down", "down", "down")
        self.assertTrue(seat.line_with("● Echo").startswith("▶"))
        self.assertEqual(seat.cursor, (0, 5))
        self.assertIn("Answers at once and plays back", seat.text)

    def test_fresh(self) -> None:
        """People come and go while one looks; the focus stays with its person."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("down")
        seat.wait(10)
        aaron = person("aaron", "Aaron", Presence.OFFLINE)
        seat.controller.contacts(*map(contact, (aaron, *PEOPLE)))
        aaron = person("aaron", "Aaron")
        seat.controller.contacts(*map(contact, (aaron, *PEOPLE)))
        seat.wait(0.1)
        self.assertTrue(seat.line_with("● Carol Nguyen").startswith("▶"))
        self.assertIn("Aaron is online.", seat.status)
        away = replace(PEOPLE[1], presence=Presence.AWAY)
        seat.controller.contacts(*map(contact, (PEOPLE[0], away)))
        seat.wait(0.1)
        self.assertIn("◐ Carol Nguyen", seat.text)

    def test_nobody(self) -> None:
        """Without contacts it says how to get some, and offers no call."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.contacts()
        seat.wait(0.1)
        self.assertIn("You have no contacts yet.", seat.text)
        self.assertNotIn("e edit", seat.hints)
        self.assertNotIn("Enter call", seat.hints)

    def test_hostile_names(self) -> None:
        """Escape sequences and line ends in names and texts reach no terminal."""
        seat = seated()
        self.addCleanup(seat.stop)
        evil = person("mallory", "Mal\x1b[2J\nlory\u202e", text="a\x07b\x1b]0;x\x07c")
        seat.controller.contacts(*map(contact, (evil,)))
        seat.wait(0.1)
        self.assertIn("Mal lory", seat.text)
        self.assertIn('"abc"', seat.text)

    def test_many(self) -> None:
        """Ten thousand people cost no more than a screenful."""
        seat = seated()
        self.addCleanup(seat.stop)
        people = tuple(person(f"user{at:05}") for at in range(10_000))
        seat.controller.contacts(*map(contact, people))
        seat.press("end")
        self.assertIn("▶● user09999", seat.text)


class ContactTests(SynchronousTestCase):
    """The phone book."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def test_groups(self) -> None:
        """Favourites come first, the blocked last, each group under its name."""
        self.seat.controller.contacts(
            contact(PEOPLE[0]),
            contact(PEOPLE[1], is_blocked=True),
            contact(PEOPLE[2], is_favourite=True),
        )
        self.seat.wait(0.1)
        left = [line[:31].strip(" ▶") for line in self.seat.lines[1:8]]
        self.assertEqual(
            [" ".join(line.split()) for line in left],
            [
                "Contacts 2 of 3 online",
                "★ Favourites",
                "⊘ Dave Okafor in a call",
                "All others",
                "● Bob Martin available",
                "✗ Blocked",
                "✗ Carol Nguyen blocked",
            ],
        )

    def test_headings_are_passed_over(self) -> None:
        """The focus goes from person to person; Home shows the first heading too."""
        views = [contact(person(f"user{at:02}"), is_favourite=at < 2) for at in range(60)]
        self.seat.controller.contacts(*views)
        self.seat.press("home", "down", "down")
        self.assertTrue(self.seat.line_with("● user02").startswith("▶"))
        self.seat.press("end", "home")
        self.assertIn("★ Favourites", self.seat.text)
        self.assertTrue(self.seat.line_with("● user00").startswith("▶"))

    def test_favourite(self) -> None:
        """f makes a favourite of somebody and takes it back; notes and alias stay."""
        self.seat.controller.contacts(contact(PEOPLE[0], "Bobby", notes="Lyon"))
        self.seat.press("f")
        kept = ("put_contact", "bob", "Bobby", True, "Lyon", False)
        self.assertEqual(self.seat.controller.asked, [kept])
        self.assertIn("Bobby is a favourite now.", self.seat.status)
        self.assertIn("No favourite", self.seat.text)
        self.seat.press("f")
        self.assertEqual(self.seat.controller.asked[-1][3], False)

    def test_block(self) -> None:
        """x blocks after it was explained; who is blocked cannot be called, and x lets them in."""
        self.seat.press("x")
        self.assertIn("Block Bob Martin?", self.seat.text)
        self.assertIn("They are not told", self.seat.text)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [("set_block", "bob", True)])
        self.assertIn("✗ blocked", self.seat.text)
        self.assertNotIn("at my desk", self.seat.text)
        self.assertNotIn("Enter call", self.seat.hints)
        self.seat.press("enter", "x")
        self.assertEqual(self.seat.controller.asked[1:], [("set_block", "bob", False)])
        self.assertIn("Bob Martin can call you again.", self.seat.status)

    def test_find(self) -> None:
        """/ looks among the contacts."""
        self.seat.press("/")
        self.seat.type("zoe")
        self.assertIn("▶⊘ Zoé Martin", self.seat.text)


class CallingTests(SynchronousTestCase):
    """From Enter to the end."""

    def test_whole_call(self) -> None:
        """Calling, ringing, talking and the end are each told."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("enter")
        self.assertEqual(seat.controller.asked, [("call", "bob")])
        self.assertIn("Calling Bob Martin", seat.status)
        call = call_with(PEOPLE[0], LegState.DIALING, seat.now)
        seat.controller.calls(call)
        seat.wait(2.1)
        self.assertIn("calling, not ringing yet", seat.text)
        self.assertIn("0:02", seat.text)
        ringing = replace(call.peers[0], state=LegState.RINGING)
        seat.controller.calls(replace(call, peers=(ringing,)))
        seat.wait(0.1)
        self.assertIn("it rings there", seat.text)
        self.assertIn("Ctrl-X stop calling", seat.hints)
        talking(seat)
        self.assertIn("You are talking to Bob Martin.", seat.status)
        seat.controller.ended(call, EndReason.HANGUP, 133)
        seat.wait(0.1)
        self.assertIn("The call with Bob Martin ended after 2:13.", seat.status)
        self.assertNotIn("Ctrl-X", seat.text)

    def test_pointer(self) -> None:
        """It goes to who is called, as soon as they are in the list, and is free to move then."""
        seat = seated()
        self.addCleanup(seat.stop)
        late = person("yan", "Yan Li", Presence.IN_CALL)
        call = call_with(late, LegState.DIALING, seat.now)
        seat.controller.calls(call)
        seat.wait(0.1)
        self.assertEqual(seat.cursor, (0, 2))
        seat.controller.contacts(*map(contact, (*PEOPLE, late)))
        seat.wait(0.1)
        self.assertTrue(seat.line_with("⊘ Yan Li").startswith("▶"))
        seat.press("home")
        seat.controller.calls(replace(call, state=LegState.ACTIVE))
        seat.wait(0.1)
        self.assertEqual(seat.cursor, (0, 2))

    def test_pointer_stays(self) -> None:
        """Somebody else's call does not move it."""
        seat = seated()
        self.addCleanup(seat.stop)
        call = call_with(PEOPLE[3], LegState.ACTIVE, seat.now, is_incoming=True)
        seat.controller.calls(call)
        seat.wait(0.1)
        self.assertEqual(seat.cursor, (0, 2))

    def test_cancel(self) -> None:
        """Ctrl-X stops calling."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.calls(call_with(PEOPLE[0], LegState.DIALING, seat.now))
        seat.press("ctrl x")
        self.assertEqual(seat.controller.asked, [("hang_up", CALL_ID)])

    def test_refused(self) -> None:
        """A refused call is told."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.refusals["call"] = ClientError(ErrorCode.CALL_EXISTS)
        seat.press("enter")
        self.assertIn("! There is a call already", seat.text)

    def test_key_changed(self) -> None:
        """A call that was stopped for a changed key is explained until one has read it."""
        seat = seated()
        self.addCleanup(seat.stop)
        call = replace(
            call_with(PEOPLE[0], LegState.ACTIVE, seat.now), security=Security.KEY_CHANGED
        )
        seat.controller.ended(call, EndReason.E2E_FAILED)
        seat.wait(0.1)
        self.assertIn("The call was stopped", seat.text)
        self.assertIn("another key than before", seat.text)
        seat.press("enter")
        self.assertNotIn("another key than before", seat.text)


class BoxTests(SynchronousTestCase):
    """Presence, name, password, logging out."""

    def test_presence(self) -> None:
        """p sets a state and a text."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("p", "down")
        self.assertIn("(•) ● available", seat.text)
        seat.press(" ")
        self.assertIn("(•) ◐ away", seat.text)
        seat.press(*["tab"] * 4)
        seat.type("back at three?")
        seat.press("enter")
        asked = ("set_presence", Presence.AWAY, "back at three?")
        self.assertEqual(seat.controller.asked, [asked])
        self.assertIn("Others see you as away now.", seat.status)
        self.assertIn('◐ away  "back at three?"', seat.top)

    def test_presence_by_enter(self) -> None:
        """Enter on a state takes that state; Esc changes nothing."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("p", "down", "esc", "p", "down", "down", "enter")
        self.assertEqual(seat.controller.asked, [("set_presence", Presence.BUSY, "")])

    def test_nickname(self) -> None:
        """n changes the shown name, and does not take an empty one."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("n")
        self.assertIn("[ Alice ", seat.text)
        seat.press("ctrl u", "enter")
        self.assertIn("Type a name", seat.text)
        seat.type("Alice Durand")
        seat.press("enter")
        self.assertEqual(seat.controller.asked, [("set_nick", "Alice Durand")])
        self.assertNotIn("Your shown name", seat.text)

    def test_password(self) -> None:
        """w changes the password once the old one and the new one twice are right."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("w", "enter")
        self.assertIn("password you have now", seat.text)
        seat.type("old password")
        seat.press("tab", "enter")
        self.assertIn("8 characters", seat.text)
        seat.type("new password?")
        seat.press("tab", "enter")
        self.assertIn("differ", seat.text)
        seat.type("new password?")
        seat.press("f2")
        self.assertIn("old password", seat.text)
        seat.controller.refusals["change_password"] = ClientError(ErrorCode.WRONG_PASSWORD)
        seat.press("enter")
        self.assertIn("! The old password is wrong", seat.text)
        seat.controller.refusals.clear()
        seat.press("enter")
        asked = ("change_password", "old password", "new password?")
        self.assertEqual(seat.controller.asked, [asked, asked])
        self.assertIn("Your password is changed.", seat.status)

    def test_log_out(self) -> None:
        """L asks, then goes back to signing in."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("L", "esc")
        self.assertEqual(seat.controller.asked, [])
        seat.press("L", "enter")
        self.assertEqual(seat.controller.asked[0], ("logout",))
        self.assertIn("not signed in", seat.top)
        self.assertIn("You are logged out.", seat.status)

    def test_refused(self) -> None:
        """A refused change is told, and the box stays."""
        for keys, verb in ((("p", "enter"), "set_presence"), (("n", "enter"), "set_nick")):
            seat = seated()
            seat.controller.refusals[verb] = ClientError(ErrorCode.STORE_UNAVAILABLE)
            seat.press(*keys)
            self.assertIn("! The server cannot save anything now", seat.text)
            self.assertIn("Esc close", seat.hints)
            seat.stop()
