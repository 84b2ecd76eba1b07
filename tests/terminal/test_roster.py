"""The people of a conference."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, PEOPLE, person
from tests.terminal.fake_people import contact
from tests.terminal.scenes import conference, seated
from tests.terminal.seat import LARGE, TYPICAL, Seat
from voip.client.model import Peer, Security
from voip.core.calls import LegState
from voip_terminal.glyphs import ASCII


def sit(test: SynchronousTestCase, size: tuple[int, int] = TYPICAL, **fields: object) -> Seat:
    seat = seated(size)
    test.addCleanup(seat.stop)
    conference(seat, **fields)
    return seat


class ShownTests(SynchronousTestCase):
    """What one sees of them."""

    def test_everybody(self) -> None:
        """Each person has a line that says how they are, in words."""
        for size in (TYPICAL, LARGE):
            seat = sit(self, size)
            behind_bars: set[int] = set()
            for name, word in (
                ("Bob Martin", "»"),
                ("Carol Nguyen", "muted"),
                ("Dave Okafor", "+6 dB"),
                ("Erin Weiss", "retrying"),
                ("田中 太郎", "on hold"),
                ("Zoé Martin", "listening"),
                ("Echo", "ringing"),
                ("alice (you)", "host"),
            ):
                roster = [line.split("│")[-1] for line in seat.lines[:-2]]
                rows = [line for line in roster if name in line]
                self.assertIn(word, rows[-1], name)
                if word in ("host", "+6 dB"):
                    behind_bars.add(rows[-1].index(word))
            self.assertEqual(len(behind_bars), 1, "in one column")
            self.assertIn("6 people, 1 listen", seat.text)
            self.assertIn("04711 53382 90661 27450 89173 62205", seat.text)

    def test_encryption(self) -> None:
        """Agreeing, compared, and a changed key read differently."""
        seat = sit(self)
        self.assertIn("the same for everybody? then press v", seat.text)
        for security, told in (
            (Security.PENDING, "agreeing on keys"),
            (Security.VERIFIED, "verified"),
            (Security.KEY_CHANGED, "somebody's key has changed"),
        ):
            seat.controller.call_is(CALL_ID, security=security)
            seat.wait(0.1)
            self.assertIn(told, seat.text)

    def test_oneself(self) -> None:
        """One's own microphone is the first line."""
        seat = sit(self)
        seat.press(" ")
        self.assertIn("muted", seat.line_with("alice (you)"))
        seat.press("D")
        self.assertIn("hears nobody", seat.line_with("alice (you)"))

    def test_many(self) -> None:
        """Of a great conference a part is shown, and the focus goes through all of it."""
        seat = sit(self)
        peers = tuple(
            Peer(
                person(f"p{number:03}").username,
                f"Person {number:03}",
                "",
                LegState.ACTIVE,
                is_connected=True,
                is_muted=False,
                is_listener=number >= 31,
            )
            for number in range(231)
        )
        seat.controller.call_is(CALL_ID, peers=peers)
        seat.wait(0.1)
        self.assertIn("32 people, 200 listen", seat.text)
        seat.press(*["page down"] * 20)
        self.assertIn("▶Person 230", seat.text)
        self.assertIn("Person 225", seat.text)
        self.assertIn("lock", seat.text)
        seat.press(*["page up"] * 20)
        self.assertIn("▶Person 000", seat.text)

    def test_ascii(self) -> None:
        """In ASCII the signs have their twins."""
        seat = seated(glyphs=ASCII)
        self.addCleanup(seat.stop)
        call = conference(seat)
        peers = tuple(peer for peer in call.peers if peer.nick.isascii())
        people = tuple(each for each in PEOPLE if each.nick.isascii())
        seat.controller.contacts(*map(contact, people))
        seat.controller.call_is(CALL_ID, peers=peers)
        seat.wait(0.1)
        self.assertTrue("".join(seat.lines[:-2]).isascii(), seat.text)
        self.assertIn(")", seat.line_with(">Bob Martin"))

    def test_any_size(self) -> None:
        """It keeps its shape while the terminal changes."""
        seat = sit(self)
        for size in (LARGE, (81, 25), (79, 24), (80, 23), (30, 8), TYPICAL):
            seat.resize(*size)
        self.assertIn("Carol Nguyen", seat.text)


class FocusTests(SynchronousTestCase):
    """Where the keys go."""

    def test_begins_in_the_roster(self) -> None:
        """As soon as a call is a conference the keys act on its people; Tab goes to the list."""
        seat = sit(self)
        self.assertIn("▶Bob Martin", seat.text)
        self.assertEqual(seat.cursor, (35, 6))
        self.assertIn("m   mute for me", seat.text)
        seat.press("tab")
        self.assertEqual(seat.cursor, (0, 2))
        self.assertIn("Tab  to these people", seat.text)
        self.assertNotIn("mute for me", seat.text)
        seat.press("down", "enter")
        self.assertIn("Call Carol Nguyen?", seat.text)
        seat.press("esc", "tab")
        self.assertIn("m   mute for me", seat.text)

    def test_stays_with_its_person(self) -> None:
        """Others come and go above them; when they leave, the one in their place has it."""
        seat = sit(self)
        seat.press("down", "down")
        call = seat.controller.model.calls[0]
        self.assertIn("▶Dave Okafor", seat.text)
        seat.controller.call_is(CALL_ID, peers=call.peers[1:])
        seat.wait(0.1)
        self.assertIn("▶Dave Okafor", seat.text)
        seat.controller.call_is(CALL_ID, peers=(call.peers[1], *call.peers[3:]))
        seat.wait(0.1)
        self.assertIn("▶Erin Weiss", seat.text)

    def test_goes_with_the_conference(self) -> None:
        """When it is over or held the list has the keys again."""
        seat = sit(self)
        seat.press("h")
        self.assertEqual(seat.cursor, (0, 2))
        seat.press("h")
        self.assertIn("m   mute for me", seat.text)
        seat.controller.calls()
        seat.wait(0.1)
        self.assertEqual(seat.cursor, (0, 2))
        self.assertIn("Enter call", seat.hints)


class VerbTests(SynchronousTestCase):
    """What one does to a person, or with all of them."""

    def test_here(self) -> None:
        """m stops playing somebody here, again plays them; [ and ] set their volume."""
        seat = sit(self)
        seat.press("m")
        self.assertIn("You hear Bob Martin no more; others do.", seat.status)
        self.assertIn("off here", seat.text)
        seat.press("m", "[")
        asked = [("set_muted_here", "bob", True), ("set_muted_here", "bob", False)]
        self.assertEqual(seat.controller.asked, [*asked, ("set_volume", "bob", -3.0)])

    def test_mute_for_all(self) -> None:
        """The host turns somebody's microphone off; not one that is off."""
        seat = sit(self)
        seat.press("M")
        self.assertEqual(seat.controller.asked, [("mute_peer", CALL_ID, "bob")])
        self.assertIn("The microphone of Bob Martin is off", seat.status)
        seat.press("M")
        self.assertEqual(len(seat.controller.asked), 1)

    def test_kick(self) -> None:
        """K asks before it removes somebody."""
        seat = sit(self)
        seat.press("down", "K")
        self.assertIn("Carol Nguyen leaves the conference.", seat.text)
        seat.press("enter")
        self.assertEqual(seat.controller.asked, [("kick", CALL_ID, "carol")])
        self.assertIn("Carol Nguyen was removed.", seat.status)

    def test_lock(self) -> None:
        """L locks and opens; it is told while it is locked."""
        seat = sit(self)
        seat.press("L")
        self.assertIn("Conference  locked", seat.text)
        seat.press("L")
        self.assertNotIn("locked", seat.text)
        asked = [("set_lock", CALL_ID, True), ("set_lock", CALL_ID, False)]
        self.assertEqual(seat.controller.asked, asked)

    def test_end_for_all(self) -> None:
        """E asks before it ends the conference for everybody."""
        seat = sit(self)
        seat.press("E", "esc", "E")
        self.assertEqual(seat.controller.asked, [])
        seat.press("enter")
        self.assertEqual(seat.controller.asked, [("end_for_all", CALL_ID)])

    def test_guests(self) -> None:
        """Who is not the host is offered none of the host's keys."""
        seat = sit(self, is_host=False)
        for label in ("(host)", "K ", "L  "):
            self.assertNotIn(label, seat.text)
        seat.press("K", "M", "E")
        self.assertEqual(seat.controller.asked, [])

    def test_who_is_not_heard(self) -> None:
        """Listeners, and those whom it still rings at, have no volume and no microphone."""
        seat = sit(self)
        seat.press(*["down"] * 6)
        self.assertIn("▶Zoé Martin", seat.text)
        self.assertNotIn("mute for me", seat.text)
        seat.press("m", "M", "]")
        self.assertEqual(seat.controller.asked, [])

    def test_alone(self) -> None:
        """With nobody else there yet, the conference itself can still be ended and locked."""
        seat = sit(self, peers=())
        self.assertIn("1 person", seat.text)
        self.assertIn("Nobody else is here.", seat.text)
        seat.press("down", "m", "K")
        self.assertEqual(seat.controller.asked, [])
        seat.press("L")
        self.assertEqual(seat.controller.asked, [("set_lock", CALL_ID, True)])

    def test_verified_hides_nothing(self) -> None:
        """The digits stay to be read after they were compared."""
        seat = sit(self)
        call = seat.controller.model.calls[0]
        seat.controller.calls(replace(call, security=Security.VERIFIED))
        seat.wait(0.1)
        self.assertIn("04711", seat.text)
