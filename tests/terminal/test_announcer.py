"""What is told without having been asked for."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, SERVER, call_with, person
from tests.terminal.fake_people import OLD_CALL_ID, contact, missed_call
from tests.terminal.scenes import seated, talking
from tests.terminal.seat import Seat
from voip.client.model import AudioView, Change, Link, LinkTrouble
from voip.client.voice.commands import VoiceTrouble
from voip.core.calls import EndReason, LegState
from voip.core.people import Presence
from voip_terminal import sentences
from voip_terminal.announcer import ARRIVALS_UP_TO, LAST_WORD_SECONDS


class PeopleTests(SynchronousTestCase):
    """Coming and going."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def online(self, *people: str) -> None:
        """These contacts are online, and none of the others."""
        names = {each.username: each.nick for each in PEOPLE} | {"dora": "Dora"}
        told = (
            person(name, nick, Presence.AVAILABLE if name in people else Presence.OFFLINE)
            for name, nick in names.items()
        )
        self.seat.controller.contacts(*map(contact, told))
        self.seat.wait(0.1)

    def test_coming_and_going(self) -> None:
        """Who comes and who goes is told, one name at a time."""
        self.seat.wait(LAST_WORD_SECONDS)
        self.online("bob", "carol")
        self.assertIn("went offline.", self.seat.status)
        self.seat.wait(LAST_WORD_SECONDS)
        self.online("bob", "carol", "dora")
        self.assertIn("Dora is online.", self.seat.status)

    def test_nothing_important_is_hidden(self) -> None:
        """Somebody's coming does not take the place of something told just before."""
        call = call_with(PEOPLE[0], LegState.ACTIVE, self.seat.now)
        self.seat.controller.ended(call, EndReason.NETWORK_LOST, 60)
        self.online(*(p.username for p in PEOPLE), "dora")
        self.assertIn("broke off after 1:00", self.seat.status)

    def test_a_full_server(self) -> None:
        """With very many contacts online nobody's coming is told."""
        many = [contact(person(f"user{at}")) for at in range(ARRIVALS_UP_TO)]
        dora = person("dora", "Dora", Presence.OFFLINE)
        self.seat.controller.contacts(*many, contact(dora))
        before = self.seat.status
        self.seat.wait(LAST_WORD_SECONDS)
        self.seat.controller.contacts(*many, contact(replace(dora, presence=Presence.BUSY)))
        self.seat.wait(0.1)
        self.assertEqual(self.seat.status, before)

    def test_a_new_contact(self) -> None:
        """Who has just become a contact has not come."""
        self.seat.wait(LAST_WORD_SECONDS)
        self.seat.controller.contacts(*map(contact, (*PEOPLE, person("dora", "Dora"))))
        self.seat.wait(0.1)
        self.assertNotIn("Dora is online", self.seat.text)


class MissedTests(SynchronousTestCase):
    """Calls that nobody answered."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def test_while_away(self) -> None:
        """What was missed while one was offline is told once one is back, and stays in sight."""
        self.seat.controller.change(Change.HISTORY, unseen_missed=2)
        self.seat.wait(0.1)
        self.assertIn("You missed 2 calls; h shows them.", self.seat.status)
        self.assertIn("✗ 2 missed", self.seat.top)
        self.assertEqual(self.seat.screen.title, "2 missed - voip")
        self.seat.press("p", "enter")
        self.seat.controller.change(Change.HISTORY, unseen_missed=1)
        self.seat.wait(0.1)
        self.assertIn("✗ 1 missed", self.seat.top)
        self.assertNotIn("You missed", self.seat.text)

    def test_what_did_not_ring(self) -> None:
        """A call that did not ring here is told when it was missed."""
        self.seat.controller.called(missed_call("zoe", EndReason.UNAVAILABLE))
        self.seat.wait(0.1)
        self.assertIn("You missed a call from Zoé Martin.", self.seat.status)

    def test_not_twice(self) -> None:
        """One that rang here is told when it ends, and not again."""
        call = call_with(PEOPLE[0], LegState.RINGING, self.seat.now, is_incoming=True)
        call = replace(call, call_id=OLD_CALL_ID)
        self.seat.controller.calls(call)
        self.seat.controller.ended(call, EndReason.CANCELLED)
        self.seat.press("p", "enter")
        self.seat.controller.called(missed_call("bob", EndReason.CANCELLED))
        self.seat.wait(0.1)
        self.assertIn("Others see you as available now.", self.seat.status)


class CallTests(SynchronousTestCase):
    """Beginnings and ends."""

    def test_a_truer_ending(self) -> None:
        """What is learned of an end after one has hung up takes the place of what was told."""
        seat = seated()
        self.addCleanup(seat.stop)
        call = call_with(PEOPLE[0], LegState.DIALING, seat.now)
        seat.controller.calls(call)
        for reason, told in (
            (EndReason.CANCELLED, "You stopped calling Bob Martin."),
            (EndReason.UNAVAILABLE, "Bob Martin cannot be reached now"),
        ):
            seat.controller.ended(call, reason)
            seat.wait(0.1)
            self.assertIn(told, seat.status)

    def test_every_ending(self) -> None:
        """Each reason for an end is told in the line above the last."""
        for reason in EndReason:
            seat = seated()
            call = call_with(PEOPLE[0], LegState.DIALING, seat.now)
            seat.controller.calls(call)
            seat.controller.ended(call, reason)
            seat.wait(0.1)
            told = sentences.ending(replace(call, end_reason=reason))
            self.assertIn(told, " ".join(line.strip() for line in seat.lines[-3:]))
            seat.stop()

    def test_an_end_is_told_once(self) -> None:
        """A call that ended is not told again with the next change."""
        seat = seated()
        self.addCleanup(seat.stop)
        call = call_with(PEOPLE[0], LegState.ACTIVE, seat.now)
        seat.controller.ended(call, EndReason.HANGUP, 5)
        seat.press("n", "esc")
        seat.controller.connection(Link.RECONNECTING, trouble=LinkTrouble.LOST)
        seat.controller.connection(Link.LOGGED_IN)
        seat.controller.calls()
        seat.wait(0.1)
        self.assertIn("Connected again.", seat.status)

    def test_title(self) -> None:
        """The window's title names whom one talks to, and only then."""
        seat = seated()
        self.addCleanup(seat.stop)
        self.assertEqual(seat.screen.title, "voip")
        talking(seat)
        self.assertEqual(seat.screen.title, "Bob Martin - voip")
        seat.controller.calls()
        self.assertEqual(seat.screen.title, "voip")

    def test_timer(self) -> None:
        """The timer goes on while nothing else changes, and rests without a call."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        seat.wait(3)
        self.assertRegex(seat.text, "2:1[56]")
        seat.controller.calls()
        seat.wait(2)
        drawn = seat.screen.draw_count
        seat.wait(5)
        self.assertEqual(seat.screen.draw_count, drawn)


class OtherTests(SynchronousTestCase):
    """The server's greeting and the sound."""

    def test_greeting(self) -> None:
        """What the operator greets with is shown at signing in, made safe."""
        seat = Seat(address="call.example.org")
        self.addCleanup(seat.stop)
        seat.controller.server = replace(SERVER, motd="Quiet\x1b[2J hours after ten")
        seat.controller.signed_in()
        seat.wait(0.1)
        self.assertIn("Quiet hours after ten", seat.status)

    def test_sound(self) -> None:
        """A trouble with sound is told once, when it begins."""
        seat = seated()
        self.addCleanup(seat.stop)
        trouble = AudioView(None, VoiceTrouble.NO_MICROPHONE)
        seat.controller.change(Change.AUDIO, audio=trouble)
        seat.wait(0.1)
        self.assertIn("! No microphone found", seat.text)
        seat.press("p", "enter")
        seat.controller.change(Change.AUDIO, audio=trouble)
        seat.wait(0.1)
        self.assertNotIn("No microphone", seat.text)

    def test_a_voice_part_that_is_started_again(self) -> None:
        """The connection that is made anew for it is not taken for one that was lost."""
        seat = seated()
        self.addCleanup(seat.stop)
        trouble = AudioView(None, VoiceTrouble.ENGINE_AGAIN)
        seat.controller.change(Change.AUDIO, audio=trouble)
        seat.controller.connection(Link.RECONNECTING)
        seat.controller.connection(Link.LOGGED_IN)
        seat.wait(0.1)
        self.assertIn("! The voice part stopped: it is started again by itself.", seat.text)


class LastWordsTests(SynchronousTestCase):
    """What a session that ended leaves to read."""

    def test_the_last_words_of_the_operator(self) -> None:
        """They are shown in full, with how long a ban holds."""
        for trouble, fields, told in (
            (LinkTrouble.KICKED, {"said": "be nice"}, "ended your session. They say: be nice"),
            (LinkTrouble.BANNED, {"ban_seconds": 7200}, "banned this account for another 2 hours."),
            (LinkTrouble.BANNED, {"said": "spam"}, "this account for good. They say: spam"),
        ):
            seat = seated()
            self.addCleanup(seat.stop)
            seat.controller.connection(Link.OFFLINE, trouble=trouble, **fields)
            seat.wait(0.1)
            self.assertIn("Your session has ended", seat.text)
            self.assertIn(told, " ".join(seat.text.replace("│", "").split()))
            seat.press("esc")
            self.assertIn("Password", seat.text)
