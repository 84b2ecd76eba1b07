"""What is told of a call that goes on."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, PEOPLE, call_with
from voip.client.model import CallInfo, Gone, Model
from voip.core.calls import LegState
from voip_terminal import sentences
from voip_terminal.call_news import CallNews
from voip_terminal.sentences import DID_NOT_COME


class NewsTests(SynchronousTestCase):
    """Each change has its sentence, told once."""

    def setUp(self) -> None:
        self.told: list[str] = []
        self.news = CallNews(self.told.append)
        self.call = call_with(PEOPLE[0], LegState.ACTIVE)

    def after(self, *calls: CallInfo) -> list[str]:
        """What is told when the calls become these, one after the other."""
        for call in calls:
            self.news.follow(Model(calls=(call,)))
        told = [*self.told]
        self.told.clear()
        return told

    def test_hold(self) -> None:
        """The other side's hold, and its end."""
        held = replace(self.call, is_held_by_peers=True)
        self.assertEqual(self.after(self.call, held), ["Bob Martin put the call on hold."])
        self.assertEqual(self.after(held, held), [])
        self.assertEqual(self.after(self.call), ["Bob Martin is back in the call."])

    def test_people(self) -> None:
        """Who joins, loses the connection, is back, and leaves a conference."""
        carol = call_with(PEOPLE[1], LegState.ACTIVE).peers[0]
        one = replace(self.call, is_conference=True)
        rings = replace(one, peers=(*one.peers, replace(carol, state=LegState.RINGING)))
        both = replace(one, peers=(*one.peers, carol))
        lost = replace(one, peers=(*one.peers, replace(carol, is_connected=False)))
        self.assertEqual(self.after(one, rings), [])
        self.assertEqual(self.after(both), ["Carol Nguyen joined."])
        (told,) = self.after(lost)
        self.assertIn("Carol Nguyen: connection lost", told)
        self.assertEqual(self.after(both), ["Carol Nguyen is connected again."])
        self.assertEqual(self.after(one), ["Carol Nguyen left."])

    def test_why_somebody_is_gone(self) -> None:
        """Whoever was removed, lost the connection or did not come has not simply left."""
        carol = call_with(PEOPLE[1], LegState.ACTIVE).peers[0]
        alone = replace(self.call, is_conference=True)
        for state, table in ((LegState.ACTIVE, sentences.OUT), (LegState.RINGING, DID_NOT_COME)):
            for reason, sentence in table.items():
                there = replace(alone, peers=(*alone.peers, replace(carol, state=state)))
                gone = replace(alone, gone=(Gone(carol.username, carol.nick, reason),))
                self.assertEqual(self.after(there, gone), [sentence.format(who="Carol Nguyen")])
                self.setUp()

    def test_the_conference(self) -> None:
        """Its lock, a new host, and a microphone turned off by the host."""
        plain = replace(self.call, is_conference=True)
        for field, sentence in (
            ("is_locked", "The conference is locked: nobody else gets in."),
            ("is_host", "You are the host of this conference now."),
            ("is_muted", "The host turned your microphone off."),
        ):
            self.setUp()
            changed = replace(plain, **{field: True})  # type: ignore[arg-type]  # named above
            self.assertEqual(self.after(plain, changed), [sentence])
        locked = replace(plain, is_locked=True)
        opened = "The conference is open again: people can be added."
        self.assertEqual(self.after(plain, locked, plain)[-1], opened)

    def test_only_of_calls_one_is_in(self) -> None:
        """A call that begins or ends is the announcer's; of its people nothing is told."""
        dialled = replace(self.call, state=LegState.DIALING)
        self.assertEqual(self.after(dialled, self.call), [])
        self.news.follow(Model())
        self.assertEqual(self.told, [])
        other = replace(self.call, call_id=CALL_ID, state=LegState.LEFT)
        self.assertEqual(self.after(other), [])
