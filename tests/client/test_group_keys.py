"""The keys of a conference past an honest server: who gets which key, and when it is used."""

from collections.abc import Sequence
from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.client.group_parties import SETTLED_SECONDS, Device, Gathering
from voip.client.contact_keys import ContactKey
from voip.client.group_keys import COLLECT_SECONDS, HEARD_WITHIN_SECONDS
from voip.client.key_steps import (
    DropReceiver,
    E2eStep,
    E2eTrouble,
    KeysFailed,
    KeysReady,
    SendSealed,
    ShowLegKey,
    UseReceiveKey,
    UseSendKey,
)
from voip.client.model import ClientError
from voip.client.sender_keys import (
    ROTATE_AFTER_FRAMES,
    ROTATE_AFTER_SECONDS,
    USE_AFTER_SECONDS,
)
from voip.core.calls import LegState
from voip.core.errors import ErrorCode


def last_code_of(steps: Sequence[E2eStep]) -> str:
    return [step for step in steps if isinstance(step, KeysReady)][-1].code


def last_code(device: Device) -> str:
    return last_code_of(device.steps)


def kids(device: Device) -> list[tuple[int, int]]:
    """Generation and step of each key it spoke under."""
    return [(step.generation, step.step) for step in device.steps if isinstance(step, UseSendKey)]


class GroupTestCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.room = Gathering()
        self.ann = self.room.joins("ann")
        self.bob = self.room.joins("bob")

    def all_hear(self, speaker: Device, *hearers: Device) -> None:
        """A word of the speaker is opened by these and nobody else."""
        word = speaker.speak()
        self.assertEqual(
            [each.leg for each in self.room.devices.values() if each.can_open(speaker, word)],
            [each.leg for each in hearers],
        )


class GroupKeysTests(GroupTestCase):
    def test_the_first_two(self) -> None:
        """As soon as two are in, each hears the other; there was nothing to wait for."""
        self.all_hear(self.ann, self.bob)
        self.all_hear(self.bob, self.ann)
        self.assertEqual(kids(self.ann), [(0, 0)])

    def test_nothing_before_one_is_in(self) -> None:
        """Who rings shows a public key, once, and gives or gets no other."""
        carol = self.room.rings("carol")
        self.room.show()
        self.assertEqual(len(carol.steps), 1)
        self.assertIsInstance(carol.steps[0], ShowLegKey)
        self.room.settle()
        self.assertEqual([to for _, to, _ in self.room.carried if to == carol.leg], [])

    def test_somebody_comes(self) -> None:
        """A newcomer is given the next step, which the others follow without a message, and opens
        nothing from before."""
        before = self.ann.speak()
        told = len(self.bob.steps)
        carol = self.room.joins("carol")
        self.all_hear(carol, self.ann, self.bob)
        self.room.pass_time(COLLECT_SECONDS)
        self.all_hear(self.ann, self.bob, carol)
        self.assertFalse(carol.can_open(self.ann, before))
        self.assertEqual(kids(self.ann), [(0, 0), (0, 1)])
        new = [step for step in self.bob.steps[told:] if isinstance(step, UseReceiveKey)]
        self.assertEqual([step.stream for step in new], [carol.shown.stream])

    def test_somebody_comes_alone(self) -> None:
        """Who comes a quarter of a second after the last change waits for no key."""
        self.room.pass_time(COLLECT_SECONDS)
        carol = self.room.joins("carol")
        self.all_hear(self.ann, self.bob, carol)
        self.all_hear(carol, self.ann, self.bob)

    def test_somebody_goes(self) -> None:
        """Who has left opens nothing that is said once the new key is used, half a second after it
        was given out; until then the old one is."""
        carol = self.room.joins("carol")
        self.room.settle()
        self.room.leaves(carol)
        self.assertIn(DropReceiver(carol.shown.stream), self.ann.steps)
        self.room.pass_time(COLLECT_SECONDS)
        self.assertEqual(kids(self.ann)[-1], (0, 1))
        self.assertTrue(self.bob.can_open(self.ann, self.ann.speak()))
        self.room.pass_time(USE_AFTER_SECONDS)
        self.assertEqual(kids(self.ann)[-1], (1, 0))
        self.all_hear(self.ann, self.bob)
        self.all_hear(self.bob, self.ann)

    def test_changes_together(self) -> None:
        """Who comes and goes within a quarter of a second costs one new key."""
        carol = self.room.joins("carol")
        self.room.settle()
        self.room.leaves(carol)
        dave, erin = self.room.joins("dave"), self.room.joins("erin")
        self.room.settle()
        self.assertEqual(kids(self.ann), [(0, 0), (0, 1), (1, 0)])
        self.all_hear(self.ann, self.bob, dave, erin)

    def test_coming_and_going_at_once(self) -> None:
        """Who is gone again before a key was given changes nothing."""
        sent = len(self.ann.of(SendSealed))
        self.room.leaves(self.room.joins("carol"))
        self.room.settle()
        self.assertEqual(len(self.ann.of(SendSealed)), sent)
        self.assertEqual(kids(self.ann), [(0, 0)])

    def test_a_newcomer_while_a_new_key_waits(self) -> None:
        """Who comes when a new generation is given out already gets that one: nothing was said
        under it."""
        carol = self.room.joins("carol")
        self.room.settle()
        self.room.leaves(carol)
        dave = self.room.joins("dave")
        self.room.pass_time(COLLECT_SECONDS)
        self.assertFalse(dave.can_open(self.ann, self.ann.speak()))
        self.room.settle()
        self.assertEqual(kids(self.ann), [(0, 0), (0, 1), (1, 0)])
        self.all_hear(self.ann, self.bob, dave)

    def test_two_leave_one_after_the_other(self) -> None:
        """The second one may know the generation that waits: another one follows, and leavers
        without end do not keep it from being used."""
        others = [self.room.joins(name) for name in ("carol", "dave", "erin", "frank")]
        self.room.settle()
        for other in others:
            self.room.leaves(other)
            self.room.pass_time(0.3)
        self.assertGreater(kids(self.ann)[-1][0], 0)
        self.room.settle()
        self.all_hear(self.ann, self.bob)

    def test_after_the_last_step(self) -> None:
        """The ninth newcomer brings a new generation, given to all."""
        for number in range(9):
            self.room.joins(f"guest{number}")
            self.room.settle()
        self.assertEqual(kids(self.ann), [*((0, step) for step in range(8)), (1, 0), (1, 1)])
        self.all_hear(self.ann, *(each for each in self.room.joined() if each is not self.ann))

    def test_time(self) -> None:
        """Every half hour there is a new generation, though nobody comes or goes."""
        self.room.pass_time(ROTATE_AFTER_SECONDS + SETTLED_SECONDS)
        self.assertEqual(kids(self.ann), [(0, 0), (1, 0)])
        self.all_hear(self.ann, self.bob)

    def test_frames(self) -> None:
        """After 2^20 frames as well, also when the sound began anew in between."""
        half = ROTATE_AFTER_FRAMES // 2
        for total in (half, half - 1):
            self.room.take(self.ann, self.ann.keys.frames_sent(total, self.room.now))
        self.room.settle()
        self.assertEqual(kids(self.ann), [(0, 0)])
        self.room.take(self.ann, self.ann.keys.frames_sent(half, self.room.now))
        self.room.settle()
        self.assertEqual(kids(self.ann), [(0, 0), (1, 0)])

    def test_a_listener(self) -> None:
        """A listener hears everybody and gives no key; the others need none of them."""
        carol = self.room.joins("carol", is_listener=True)
        self.room.settle()
        self.all_hear(self.ann, self.bob, carol)
        self.assertEqual(carol.of(SendSealed) + carol.of(UseSendKey), [])
        self.assertEqual(last_code(carol), last_code(self.ann))
        self.room.leaves(carol)
        self.room.settle()
        self.all_hear(self.ann, self.bob)
        self.assertEqual(self.ann.of(DropReceiver), [])

    def test_a_held_leg(self) -> None:
        """Who holds the call stays in it: keys are given as before."""
        self.room.is_now(self.bob, LegState.HELD)
        carol = self.room.joins("carol")
        self.room.settle()
        self.all_hear(carol, self.ann, self.bob)

    def test_a_key_that_is_shown_late(self) -> None:
        """Who came in before showing a key is given one when it is shown."""
        carol = self.room.rings("carol")
        key = carol.shown.key
        carol.shown = replace(carol.shown, key=None)
        self.room.is_now(carol, LegState.ACTIVE)
        self.room.settle()
        self.assertEqual(kids(self.ann), [(0, 0)])
        carol.shown = replace(carol.shown, key=key)
        self.room.show()
        self.room.settle()
        self.all_hear(self.ann, self.bob, carol)

    def test_sound_that_began_anew(self) -> None:
        """The counter of a key that was spoken under is lost with the sound: a new generation is
        given out and used at once."""
        self.room.take(self.ann, self.ann.keys.sound_began_anew(self.room.now))
        self.assertEqual(kids(self.ann), [(0, 0), (1, 0)])
        self.all_hear(self.ann, self.bob)

    def test_sound_of_a_listener(self) -> None:
        """A listener has no key that could be spoken under."""
        carol = self.room.joins("carol", is_listener=True)
        self.assertEqual(carol.keys.sound_began_anew(self.room.now), [])

    def test_the_same_code(self) -> None:
        """Everybody has the same 30 digits, and new ones when somebody comes or goes."""
        first = last_code(self.ann)
        self.assertRegex(first, r"^\d{30}$")
        self.assertEqual(first, last_code(self.bob))
        carol = self.room.joins("carol")
        self.room.settle()
        codes = {last_code(each) for each in (self.ann, self.bob, carol)}
        self.assertEqual(len(codes), 1)
        self.assertNotIn(first, codes)
        self.room.leaves(carol)
        self.room.settle()
        self.assertEqual(last_code(self.ann), first)
        self.assertEqual(len(self.ann.of(KeysReady)), 3)

    def test_who_is_verified(self) -> None:
        """A conference is verified when everybody in it is."""
        carol = self.room.joins("carol")
        for device, is_verified in ((self.ann, True), (self.bob, False)):
            carol.known[device.identity.username] = ContactKey(
                device.identity.account_key, is_verified
            )
        self.room.joins("dave", is_listener=True)
        self.room.settle()
        ready = carol.of(KeysReady)[-1]
        assert isinstance(ready, KeysReady)
        self.assertEqual(
            [(each.username, each.is_verified) for each in ready.people],
            [("ann", True), ("bob", False), ("dave", False)],
        )
        self.assertFalse(ready.is_verified)

    def test_a_message_before_its_view(self) -> None:
        """A key of somebody whom no view has shown yet waits for the view; not for ever."""
        for wait, is_heard in ((1.0, True), (6.0, False)):
            room = Gathering()
            room.joins("ann")
            bob, carol = room.joins("bob"), room.rings("carol")
            carol.shown = replace(carol.shown, state=LegState.ACTIVE)
            view = room.view()
            room.tell(carol, view)
            room.pass_time(wait)
            word = carol.speak()
            self.assertFalse(bob.can_open(carol, word))
            room.tell(bob, view)
            self.assertIs(bob.can_open(carol, word), is_heard)

    def test_waiting(self) -> None:
        """Who hears nobody for 15 s though people are there who speak gives up; who is alone or
        among listeners does not, however long, nor does who hears somebody."""
        room = Gathering()
        carol = room.joins("carol")
        room.joins("dave", is_listener=True)
        room.pass_time(60.0)
        room.is_cut = True
        erin = room.joins("erin")
        room.pass_time(HEARD_WITHIN_SECONDS - 0.1)
        self.assertEqual(carol.failures + erin.failures, [])
        room.pass_time(0.1)
        for device in (carol, erin):
            self.assertEqual(device.failures, [KeysFailed(E2eTrouble.TOO_LATE)])
        frank = self.room.rings("frank")
        self.room.pass_time(60.0)
        self.room.is_now(frank, LegState.ACTIVE)
        self.room.settle()
        self.room.is_cut = True
        self.room.joins("grace")
        self.room.pass_time(60.0)
        self.assertEqual(self.ann.failures + frank.failures, [])

    def test_leaving(self) -> None:
        """Who has left says nothing any more and waits for nothing."""
        self.room.leaves(self.bob)
        told = len(self.bob.steps)
        self.room.tell(self.bob, self.room.view())
        self.assertIsNone(self.bob.keys.next_timer)
        self.assertEqual(self.bob.keys.handle_timer(self.room.now), [])
        self.assertEqual(len(self.bob.steps), told)

    def test_the_end(self) -> None:
        """After the end nothing comes of anything."""
        self.ann.keys.erase()
        told = len(self.ann.steps)
        self.room.joins("carol")
        self.room.pass_time(ROTATE_AFTER_SECONDS + 1)
        self.assertEqual(len(self.ann.steps), told)
        self.assertIsNone(self.ann.keys.next_timer)

    def test_contacts_that_cannot_be_read(self) -> None:
        """When known keys cannot be read nobody is trusted."""

        class Unreadable(dict[object, object]):
            def get(self, *_: object) -> None:
                raise ClientError(ErrorCode.STORE_UNAVAILABLE)

        carol = self.room.rings("carol", known=Unreadable())  # type: ignore[arg-type]  # a file that fails
        self.assertEqual(carol.failures, [KeysFailed(E2eTrouble.UNKNOWN_CONTACTS)])
