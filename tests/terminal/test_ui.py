"""The whole client at a terminal: what a person sees and what their keys do."""

from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, PEOPLE, SERVER, FakeController, call_with
from tests.terminal.scenes import PAST, seated, talking
from tests.terminal.seat import LARGE, TYPICAL, Seat, TextHere
from voip.client.model import Change, ClientError, Link, LinkTrouble
from voip.core.calls import LegState
from voip.core.errors import ErrorCode
from voip.core.messages import RegistrationPolicy
from voip_terminal.glyphs import ASCII, UNICODE
from voip_terminal.keys import KEYS, Context, Verb
from voip_terminal.remembered import LastUse
from voip_terminal.ring_guard import GUARD_SECONDS
from voip_terminal.settings.service import Settings


class StartTests(SynchronousTestCase):
    """The first look."""

    def test_a_wrong_setting_is_told(self) -> None:
        """With its line and what is used instead."""
        settings = Settings(TextHere("[network]\njitter_max_ms = 5\n"), {})
        seat = Seat(LARGE, settings=settings)
        self.assertIn("settings.toml, line 2: jitter_max_ms must be", seat.text)
        self.assertNotIn("1 of", seat.text)
        seat.stop()

    def test_several_wrong_settings(self) -> None:
        """The first is told, and how many there are."""
        settings = Settings(TextHere('[network]\njitter_max_ms = 5\n[look]\ntheme = "pink"\n'), {})
        seat = Seat(LARGE, settings=settings)
        self.assertIn("1 of 2: settings.toml, line 2", seat.text)
        seat.stop()


class SizeTests(SynchronousTestCase):
    """Any terminal."""

    def test_every_size(self) -> None:
        """Every line is exactly as wide as the terminal, whatever its size and signs."""
        for glyphs in (UNICODE, ASCII):
            seat = seated(TYPICAL, glyphs)
            talking(seat)
            for size in (LARGE, (81, 24), (80, 25), (79, 24), (80, 23), (40, 12), (12, 4), (1, 1)):
                seat.resize(*size)
            seat.stop()

    def test_every_screen(self) -> None:
        """So it is on each screen, and no screen is lost by a window that was too small."""
        for glyphs in (UNICODE, ASCII):
            for keys in (("d",), ("/",), ("h",), ("h", "i"), ("a",), ("e",), (":",), ("x",)):
                seat = seated(TYPICAL, glyphs)
                seat.controller.called(*reversed(PAST))
                seat.press(*keys)
                seat.wait(0.5)
                before = seat.text
                for size in (LARGE, (81, 24), (79, 24), (40, 12), (1, 1), TYPICAL):
                    seat.resize(*size)
                self.assertEqual(seat.text, before)
                seat.stop()

    def test_too_small(self) -> None:
        """Below 80x24 the call and its keys are left, and why there is no more."""
        seat = seated((40, 12))
        self.assertIn("too small: 40x12", seat.text)
        talking(seat)
        self.assertIn("Bob Martin", seat.text)
        self.assertIn("2:13", seat.text)
        self.assertIn("good", seat.text)
        seat.press(" ")
        self.assertIn("microphone off", seat.text)
        seat.press("ctrl x")
        self.assertEqual(seat.controller.asked[-1], ("hang_up", CALL_ID))
        self.addCleanup(seat.stop)

    def test_small_takes_no_hidden_keys(self) -> None:
        """Keys of a screen one cannot see do nothing."""
        seat = seated((40, 12))
        self.addCleanup(seat.stop)
        seat.press("p", "enter", "L", "enter", "?")
        self.assertEqual(seat.controller.asked, [])
        seat.resize(80, 24)
        self.assertIn("Bob Martin", seat.text)

    def test_small_opens_no_box(self) -> None:
        """Nothing that would open a box is offered where none can be seen."""
        seat = seated((40, 12))
        self.addCleanup(seat.stop)
        talking(seat)
        self.assertIn("h hold", seat.hints)
        self.assertNotIn("+ add", seat.hints)
        seat.press("+")
        seat.resize(80, 24)
        self.assertNotIn("Add to the call", seat.text)

    def test_small_ringing(self) -> None:
        """A call can be answered in a small window."""
        seat = seated((40, 12))
        self.addCleanup(seat.stop)
        seat.controller.calls(call_with(PEOPLE[0], LegState.RINGING, seat.now, is_incoming=True))
        seat.wait(1)
        self.assertIn("Bob Martin is calling", seat.text)
        seat.press("a")
        self.assertEqual(seat.controller.asked[-1], ("accept", CALL_ID))

    def test_ascii(self) -> None:
        """With ASCII signs nothing else is drawn, but for people's own names."""
        people = tuple(person for person in PEOPLE if person.nick.isascii())
        seat = Seat(glyphs=ASCII)
        self.addCleanup(seat.stop)
        self.assertTrue(seat.text.isascii())
        seat.controller.signed_in(people=people)
        for keys in (("p",), ("esc", "w"), ("esc", "d"), ("esc", "h"), ("esc", ":"), ("esc", "?")):
            seat.press(*keys)
            self.assertTrue(seat.text.isascii(), seat.text)
        seat.press("esc")
        talking(seat)
        self.assertTrue(seat.text.isascii(), seat.text)


class HintTests(SynchronousTestCase):
    """The last line, and the promise it makes."""

    def test_help_is_everywhere(self) -> None:
        """On every screen the last line has the key of the help, and it works."""
        seat = seated()
        self.addCleanup(seat.stop)
        for keys in ((), ("/",), ("tab",), ("esc", "p")):
            seat.press(*keys)
            self.assertRegex(seat.hints, r" (\?|F1) help")
            seat.press("f1")
            self.assertIn("(1) keys", seat.text)
            seat.press("esc")

    def test_every_shown_key_does_something(self) -> None:
        """Each key of the main screen changes something, those in the last line and the others."""
        here = [key for key in KEYS if key.context is Context.MAIN]
        here = [key for key in here if key.label not in {"Tab", "c", "H"}]  # for calls
        for key in here:
            label, name = key.label, key.names[0]
            seat = seated(LARGE)
            self.assertEqual(f" {label} {key.short} " in seat.hints, bool(key.short), label)
            before = (seat.text, list(seat.controller.asked))
            seat.press(name)
            self.assertNotEqual((seat.text, seat.controller.asked), before, label)
            seat.stop()

    def test_enter_is_named(self) -> None:
        """In a box the last line says what Enter does."""
        acts = {"p": "tell everybody", "n": "change", "w": "change", "L": "log out"}
        for key, act in acts.items():
            seat = seated()
            seat.press(key)
            self.assertIn(f"Enter {act}  ", seat.hints)
            seat.stop()

    def test_no_help_while_it_rings(self) -> None:
        """The help does not open over a ringing call, so its key is not shown."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.calls(call_with(PEOPLE[0], LegState.RINGING, seat.now, is_incoming=True))
        seat.press("?")
        self.assertNotIn("help", seat.hints)
        self.assertNotIn("(1) keys", seat.text)

    def test_past_calls_in_a_call(self) -> None:
        """Where h holds the call, H shows the past ones; the call and its keys go on there."""
        seat = seated(LARGE)
        self.addCleanup(seat.stop)
        self.assertIn(" h history ", seat.hints)
        self.assertNotIn(" H history ", seat.hints)
        talking(seat)
        self.assertIn(" H history ", seat.hints)
        seat.press("H")
        self.assertIn("History  (", seat.text)
        self.assertIn("hang up", seat.hints)
        self.assertEqual([asked for asked in seat.controller.asked if asked[0] == "hold"], [])

    def test_call_keys_come_and_go(self) -> None:
        """The keys of a call are shown while there is one; Enter then asks before it calls."""
        seat = seated()
        self.addCleanup(seat.stop)
        self.assertNotIn("hang up", seat.hints)
        talking(seat)
        self.assertIn("Space mute", seat.hints)
        seat.press("enter")
        self.assertIn("The call with Bob Martin is put on hold meanwhile.", seat.text)
        self.assertEqual(seat.controller.asked, [])
        seat.press("esc")
        seat.controller.calls()
        seat.wait(0.1)
        self.assertNotIn("hang up", seat.hints)
        self.assertIn("Enter call", seat.hints)


class RingingTests(SynchronousTestCase):
    """Somebody calls."""

    def ring(self, seat: Seat) -> None:
        call = call_with(PEOPLE[0], LegState.RINGING, seat.now, is_incoming=True)
        seat.controller.calls(call)
        seat.wait(GUARD_SECONDS + 0.1)

    def test_over_any_screen(self) -> None:
        """The call comes up over whatever is shown and goes away with the call."""
        for keys in ((), ("/",), ("?",), ("p",), ("n",)):
            seat = seated()
            seat.press(*keys)
            self.ring(seat)
            self.assertIn("Incoming call", seat.text)
            self.assertIn("a answer  d decline  i ignore", seat.hints)
            seat.controller.calls()
            seat.wait(0.1)
            self.assertNotIn("Incoming call", seat.text)
            seat.stop()

    def test_answers(self) -> None:
        """a answers, d declines, i ignores; no other key does anything."""
        for key, verb in (("a", "accept"), ("d", "decline"), ("i", "ignore")):
            seat = seated()
            self.ring(seat)
            seat.press("enter", "p", "esc", "?")
            self.assertEqual(seat.controller.asked, [])
            seat.press(key)
            self.assertEqual(seat.controller.asked, [(verb, CALL_ID)])
            seat.stop()

    def test_nothing_is_agreed_on_before(self) -> None:
        """Until it is answered there is no key: the box says what will be."""
        seat = seated()
        self.addCleanup(seat.stop)
        self.ring(seat)
        self.assertIn("Encrypted end to end when you answer.", seat.text)
        self.assertNotIn("agreeing", seat.text)

    def test_bell_and_title(self) -> None:
        """The bell rings at once and again, and the window's title tells who calls."""
        seat = seated()
        self.addCleanup(seat.stop)
        self.ring(seat)
        self.assertEqual(seat.screen.bells, 1)
        self.assertEqual(seat.screen.title, "Bob Martin is calling - voip")
        seat.wait(7.2)
        self.assertEqual(seat.screen.bells, 3)
        self.assertRegex(seat.text, "0:0[67]")
        seat.press("i")
        seat.wait(10)
        self.assertEqual(seat.screen.bells, 3)
        self.assertEqual(seat.screen.title, "voip")


class LinkTests(SynchronousTestCase):
    """The connection comes and goes."""

    def test_lost_and_back(self) -> None:
        """A lost connection is told, with when the next try is; so is its return."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.connection(
            Link.RECONNECTING, trouble=LinkTrouble.LOST, retry_in_seconds=4.0
        )
        seat.wait(0.1)
        self.assertIn("trying again in 4 s", seat.top)
        self.assertIn("! The connection to call.example.org was lost", seat.text)
        self.assertIn("Carol Nguyen", seat.text)
        seat.controller.connection(Link.LOGGED_IN, rtt_ms=20.0)
        seat.wait(0.1)
        self.assertIn("Connected again.", seat.status)

    def test_thrown_out(self) -> None:
        """Whoever is thrown out is back at the first screen and reads why."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.refusals["connect"] = ClientError(ErrorCode.SHUTTING_DOWN)
        seat.press("p")
        seat.controller.connection(Link.OFFLINE, trouble=LinkTrouble.KICKED)
        seat.wait(0.1)
        self.assertIn("not signed in", seat.top)
        self.assertIn("Password", seat.text)

    def test_why_one_is_out(self) -> None:
        """The reason stands there even though the server is asked anew at once."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.remembered.save(LastUse("call.example.org", "alice"))
        seat.controller.connection(Link.OFFLINE, trouble=LinkTrouble.KICKED)
        seat.wait(0.1)
        self.assertIn(("connect", "call.example.org"), seat.controller.asked)
        self.assertIn("call.example.org ended your session", " ".join(seat.text.split()))

    def test_why_one_is_out_of_a_closed_server(self) -> None:
        """That it takes no new accounts does not take the place of the reason."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.remembered.save(LastUse("call.example.org", "alice"))
        seat.controller.server = replace(SERVER, policy=RegistrationPolicy.CLOSED)
        seat.controller.connection(Link.OFFLINE, trouble=LinkTrouble.KICKED)
        seat.wait(0.2)
        self.assertIn("It takes no new accounts", seat.text)
        self.assertIn("call.example.org ended your session", " ".join(seat.text.split()))


class BugTests(SynchronousTestCase):
    """Our own mistakes."""

    def test_a_watcher_that_raises(self) -> None:
        """A fault while following the model is told plainly and logged; the screen lives on."""
        seat = seated()
        self.addCleanup(seat.stop)
        whole = seat.controller.model
        seat.controller.model = replace(whole, calls=(None,))  # type: ignore[arg-type]  # a bug
        seat.controller.change(Change.CALLS)
        self.assertEqual(len(self.flushLoggedErrors(AttributeError)), 1)
        seat.controller.model = whole
        seat.wait(0.1)
        self.assertIn("Something went wrong", seat.text)
        seat.press("?")
        self.assertIn("(1) keys", seat.text)


class LeavingTests(SynchronousTestCase):
    """Quitting."""

    def test_quit(self) -> None:
        """Ctrl-Q ends the client, also while one types."""
        for keys in ((), ("/",), ("n",)):
            seat = seated()
            seat.press(*keys, "ctrl q")
            self.assertTrue(seat.has_ended)
            seat.stop()

    def test_quit_in_a_call(self) -> None:
        """In a call it asks first."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        seat.press("ctrl q")
        self.assertFalse(seat.has_ended)
        self.assertIn("Hang up and quit?", seat.text)
        seat.press("esc", "ctrl q", "enter")
        self.assertTrue(seat.has_ended)

    def test_late_answer(self) -> None:
        """An answer that comes after a box was closed changes nothing on the screen."""
        controller = FakeController()
        controller.holds["set_nick"] = Deferred()
        seat = Seat(controller=controller)
        self.addCleanup(seat.stop)
        controller.signed_in()
        seat.press("n")
        seat.type("Al")
        seat.press("enter", "esc")
        controller.holds["set_nick"].callback(None)
        seat.wait(0.1)
        self.assertIn("Others see your new name now.", seat.status)
        self.assertIn("Carol Nguyen", seat.text)

    def test_redraw(self) -> None:
        """Ctrl-L draws everything anew."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("ctrl l")
        self.assertEqual(seat.screen.clears, 1)


class VerbTests(SynchronousTestCase):
    """Only what works is offered."""

    def test_nothing_of_later(self) -> None:
        """Nothing on the screens speaks of what cannot be done yet."""
        seat = seated(LARGE)
        self.addCleanup(seat.stop)
        talking(seat)
        seen = [seat.text]
        seat.press("?")
        seen.append(seat.text)
        for word in ("transfer", "keypad"):
            self.assertNotIn(word, "\n".join(seen).lower())
        for verb in Verb:
            self.assertNotIn(verb.value, ("transfer", "keypad"))
