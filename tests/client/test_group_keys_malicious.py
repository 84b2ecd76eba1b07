"""The keys of a conference past a server that lies.

It may show other people to each member, swap what legs show, replay, drop, redirect and make up
messages. Whatever it does: no key of a speaker reaches a device that was not shown, no key is
accepted that its speaker did not give, and what members are shown differently ends the call.
"""

import secrets
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.group_parties import COMMITMENT, Device, changed
from tests.client.key_parties import CALL_ID, leg_of, person
from tests.client.test_group_keys import GroupTestCase, last_code
from voip.client.call_keys import CallKey
from voip.client.contact_keys import ContactKey
from voip.client.device_identity import DeviceIdentity
from voip.client.group_keys import COLLECT_SECONDS
from voip.client.group_messages import SealedNext, encode
from voip.client.key_steps import E2eStep, E2eTrouble, KeysFailed, KeysReady, SendSealed
from voip.client.leg_identity import shown_key
from voip.client.pair_channel import PairChannel
from voip.client.roster import ROSTER_WITHIN_SECONDS, ROSTERS_KEPT
from voip.core.calls import CallView, LegState, LegView
from voip.core.ids import LegNumber, StreamId, Username
from voip.media.sframe import SenderKey

GHOST_LEG = LegNumber(77)


class LyingServerTestCase(GroupTestCase):
    def fails(self, device: Device, trouble: E2eTrouble) -> None:
        """A device gives the call up for this reason, and nothing comes of it any more."""
        self.assertEqual([each.trouble for each in device.failures], [trouble])
        told = len(device.steps)
        self.room.tell(device, self.room.view())
        self.room.pass_time(10.0)
        self.assertEqual(len(device.steps), told)

    def shows(self, device: Device, view: CallView) -> list[SendSealed]:
        """Tell one device a view; gives what it then seals, also after a while."""
        told = len(device.steps)
        self.room.tell(device, view)
        self.room.pass_time(COLLECT_SECONDS)
        return [step for step in device.steps[told:] if isinstance(step, SendSealed)]

    def comes_to_bob(self, name: str) -> Device:
        """Somebody comes in whom only bob is shown, and who says nothing by themselves."""
        device = self.room.rings(name)
        device.shown = replace(device.shown, state=LegState.ACTIVE)
        self.room.tell(self.bob, self.room.view())
        return device

    def channel_to_bob(self, identity: DeviceIdentity, leg: LegNumber) -> PairChannel:
        """What a device would say to bob."""
        bob = self.bob.identity
        return PairChannel(identity, leg, self.bob.leg, bob.device, bob.public, CALL_ID, COMMITMENT)

    def says_to_bob(
        self, channel: PairChannel, leg: LegNumber, key: SenderKey, roster: bytes = bytes(32)
    ) -> list[E2eStep]:
        """What comes of a key that is given to bob on a channel."""
        assert self.bob.shown.key is not None
        sealed = channel.seal(key, roster, self.bob.shown.key.public, secrets.token_bytes)
        assert sealed is not None
        return self.room.deliver(self.bob, leg, sealed)


class GhostTests(LyingServerTestCase):
    def ghost(self, name: str = "ghost") -> tuple[LegView, CallKey]:
        """A leg of the server's own making, with a key that it has."""
        identity = person(Username(name))
        key = CallKey(secrets.token_bytes)
        shown = shown_key(identity, CALL_ID, COMMITMENT, key.public)
        return leg_of(identity, GHOST_LEG, LegState.ACTIVE, shown), key

    def with_ghost(self, ghost: LegView) -> CallView:
        view = self.room.view()
        return replace(view, legs=(*view.legs, ghost))

    def test_a_ghost_that_only_one_is_shown(self) -> None:
        """Who is shown somebody more than the others says so with the next key it gives; the
        others leave within five seconds, unless they are shown the same."""
        ghost, _ = self.ghost()
        sealed = self.shows(self.ann, self.with_ghost(ghost))
        self.assertEqual([each.to_leg for each in sealed], [GHOST_LEG])
        carol = self.room.rings("carol")
        carol.shown = replace(carol.shown, state=LegState.ACTIVE)
        honest, lie = self.room.view(), self.with_ghost(ghost)
        for device, view in ((carol, honest), (self.bob, honest), (self.ann, lie)):
            self.room.tell(device, view)
        self.room.pass_time(COLLECT_SECONDS + ROSTER_WITHIN_SECONDS - 0.1)
        self.assertEqual(carol.failures, [])
        self.room.pass_time(0.2)
        self.assertEqual([each.trouble for each in carol.failures], [E2eTrouble.ROSTER])

    def test_a_ghost_that_all_but_one_are_shown(self) -> None:
        """The other way round it ends as well."""
        ghost, _ = self.ghost()
        carol = self.room.rings("carol")
        carol.shown = replace(carol.shown, state=LegState.ACTIVE)
        honest, lie = self.room.view(), self.with_ghost(ghost)
        for device, view in ((self.ann, lie), (self.bob, lie), (carol, honest)):
            self.room.tell(device, view)
        self.room.pass_time(COLLECT_SECONDS + ROSTER_WITHIN_SECONDS)
        self.assertEqual([each.trouble for each in carol.failures], [E2eTrouble.ROSTER])

    def test_a_view_that_comes_in_time(self) -> None:
        """A roster that is shown a moment later was no lie."""
        carol = self.room.rings("carol")
        carol.shown = replace(carol.shown, state=LegState.ACTIVE)
        view = self.room.view()
        self.room.tell(carol, view)
        self.room.tell(self.ann, view)
        self.room.pass_time(COLLECT_SECONDS)
        dave = self.room.rings("dave")
        dave.shown = replace(dave.shown, state=LegState.ACTIVE)
        view = self.room.view()
        self.room.tell(self.bob, view)  # who hears of both at once
        self.room.tell(dave, view)
        self.room.pass_time(ROSTER_WITHIN_SECONDS - 1.0)
        self.room.tell(self.ann, view)
        self.room.tell(carol, view)
        self.room.pass_time(ROSTER_WITHIN_SECONDS)
        for device in self.room.devices.values():
            self.assertEqual(device.failures, [])

    def test_a_ghost_that_all_are_shown(self) -> None:
        """The server may call somebody; then all see them, and the code is another one."""
        before = last_code(self.ann)
        ghost, _ = self.ghost()
        for device in (self.ann, self.bob):
            self.shows(device, self.with_ghost(ghost))
            ready = device.of(KeysReady)[-1]
            assert isinstance(ready, KeysReady)
            self.assertIn("ghost", [each.username for each in ready.people])
        self.assertNotEqual(last_code(self.ann), before)

    def test_a_ghost_under_a_members_name(self) -> None:
        """A second device under somebody's name needs their account's certificate."""
        ghost, _ = self.ghost("bob")
        self.assertEqual(self.shows(self.ann, self.with_ghost(ghost)), [])
        self.fails(self.ann, E2eTrouble.KEY_CHANGED)

    def test_a_ghost_under_ones_own_name(self) -> None:
        """Nor can anybody stand there under the name of this device's own account."""
        ghost, _ = self.ghost("ann")
        self.assertEqual(self.shows(self.ann, self.with_ghost(ghost)), [])
        self.fails(self.ann, E2eTrouble.KEY_CHANGED)

    def test_one_device_twice(self) -> None:
        """Nobody is in a conference twice."""
        ghost = replace(self.bob.shown, number=GHOST_LEG, stream=StreamId(7))
        self.assertEqual(self.shows(self.ann, self.with_ghost(ghost)), [])
        self.fails(self.ann, E2eTrouble.GHOST)

    def test_a_gateway(self) -> None:
        """A leg that is not end-to-end is given nothing."""
        ghost, _ = self.ghost()
        gateway = replace(ghost, is_gateway=True)
        self.assertEqual(self.shows(self.ann, self.with_ghost(gateway)), [])
        self.fails(self.ann, E2eTrouble.GATEWAY)

    def test_a_ghost_that_rings(self) -> None:
        """Who only rings is given nothing, whatever they show."""
        ghost, _ = self.ghost()
        ringing = replace(ghost, state=LegState.RINGING, certificate=b"")
        self.assertEqual(self.shows(self.ann, self.with_ghost(ringing)), [])
        self.assertEqual(self.ann.failures, [])

    def test_too_many_rosters(self) -> None:
        """Somebody who claims one unknown roster after another is not waited for."""
        erin = self.comes_to_bob("erin")
        channel = self.channel_to_bob(erin.identity, erin.leg)
        for number in range(ROSTERS_KEPT + 1):
            self.assertEqual(self.bob.failures, [])
            key, roster = SenderKey(bytes(16), number), number.to_bytes(32, "big")
            self.says_to_bob(channel, erin.leg, key, roster)
        self.fails(self.bob, E2eTrouble.ROSTER)


class SwappedTests(LyingServerTestCase):
    def test_swapped_call_key(self) -> None:
        """A call key of the server's own has no signature of the device; one that is signed, but
        is another than was shown before, ends it as well."""
        public = CallKey(secrets.token_bytes).public
        for signer, trouble in (
            (person(Username("mallory")), E2eTrouble.SIGNATURE),
            (None, E2eTrouble.SWAPPED),
        ):
            self.setUp()
            carol = self.room.rings("carol")
            carol.shown = replace(carol.shown, state=LegState.ACTIVE)
            if signer is None:
                self.room.tell(self.ann, self.room.view())
                signer = carol.identity
            key = shown_key(signer, CALL_ID, COMMITMENT, public)
            lie = changed(self.room.view(), carol.leg, lambda leg, key=key: replace(leg, key=key))  # type: ignore[misc]  # bound now
            self.assertEqual(self.shows(self.ann, lie), [])
            self.fails(self.ann, trouble)

    def test_a_call_key_of_the_wrong_size(self) -> None:
        """What cannot be a key is none."""
        carol = self.room.rings("carol")
        carol.shown = replace(carol.shown, state=LegState.ACTIVE)
        key = shown_key(carol.identity, CALL_ID, COMMITMENT, b"short")
        lie = changed(self.room.view(), carol.leg, lambda leg: replace(leg, key=key))
        self.assertEqual(self.shows(self.ann, lie), [])
        self.fails(self.ann, E2eTrouble.BAD_MESSAGE)

    def test_a_call_key_that_nothing_can_be_sealed_to(self) -> None:
        """A point of small order is no key, even signed."""
        carol = self.room.rings("carol")
        carol.shown = replace(carol.shown, state=LegState.ACTIVE)
        public = CallKey(secrets.token_bytes).public[:-32] + bytes(32)
        key = shown_key(carol.identity, CALL_ID, COMMITMENT, public)
        lie = changed(self.room.view(), carol.leg, lambda leg: replace(leg, key=key))
        self.assertEqual(self.shows(self.ann, lie), [])
        self.fails(self.ann, E2eTrouble.BAD_MESSAGE)

    def test_a_key_of_another_call(self) -> None:
        """What a device signed for one call is worth nothing in another."""
        carol = self.room.rings("carol")
        carol.shown = replace(carol.shown, state=LegState.ACTIVE)
        public = CallKey(secrets.token_bytes).public
        key = shown_key(carol.identity, CALL_ID, bytes(32), public)
        lie = changed(self.room.view(), carol.leg, lambda leg: replace(leg, key=key))
        self.assertEqual(self.shows(self.ann, lie), [])
        self.fails(self.ann, E2eTrouble.SIGNATURE)

    def test_ones_own_key(self) -> None:
        """A device sees when another call key is shown as its own."""
        key = shown_key(self.ann.identity, CALL_ID, COMMITMENT, CallKey(secrets.token_bytes).public)
        lie = changed(self.room.view(), self.ann.leg, lambda leg: replace(leg, key=key))
        self.assertEqual(self.shows(self.ann, lie), [])
        self.fails(self.ann, E2eTrouble.SWAPPED)

    def test_ones_own_leg(self) -> None:
        """This device's leg keeps its number."""
        lie = changed(self.room.view(), self.ann.leg, lambda leg: replace(leg, number=LegNumber(9)))
        self.assertEqual(self.shows(self.ann, lie), [])
        self.fails(self.ann, E2eTrouble.SWAPPED)

    def test_swapped_device(self) -> None:
        """A leg keeps its person and its device."""
        mallory = person(Username("mallory"))
        for lie in (
            {"device": mallory.device, "certificate": mallory.certificate},
            {"username": mallory.username},
        ):
            self.setUp()
            view = changed(
                self.room.view(),
                self.bob.leg,
                lambda leg, lie=lie: replace(leg, **lie),  # type: ignore[misc]  # bound now
            )
            self.assertEqual(self.shows(self.ann, view), [])
            self.fails(self.ann, E2eTrouble.SWAPPED)

    def test_a_device_nobody_vouches_for(self) -> None:
        """Without a certificate nobody comes in."""
        carol = self.room.rings("carol")
        carol.shown = replace(carol.shown, state=LegState.ACTIVE)
        lie = changed(self.room.view(), carol.leg, lambda leg: replace(leg, certificate=bytes(128)))
        self.assertEqual(self.shows(self.ann, lie), [])
        self.fails(self.ann, E2eTrouble.CERTIFICATE)

    def test_a_changed_account_key(self) -> None:
        """Somebody known by another account key stops it, and it is told who and which."""
        self.ann.known[Username("carol")] = ContactKey(bytes(32))
        carol = self.room.joins("carol")
        self.room.pass_time(COLLECT_SECONDS)
        (failed,) = self.ann.failures
        assert failed.changed is not None
        self.assertIs(failed.trouble, E2eTrouble.KEY_CHANGED)
        self.assertEqual(failed.changed.username, "carol")
        self.assertEqual(failed.changed.account_key, carol.identity.account_key)
        self.assertEqual(self.bob.failures, [])

    def test_another_commitment(self) -> None:
        """The call stays the one it was."""
        self.shows(self.ann, replace(self.room.view(), commitment=bytes(32)))
        self.fails(self.ann, E2eTrouble.COMMITMENT)

    def test_a_call_of_two_again(self) -> None:
        """What became a conference is not said to be less guarded again."""
        self.shows(self.ann, replace(self.room.view(), is_conference=False))
        self.fails(self.ann, E2eTrouble.DOWNGRADED)


class MessageTests(LyingServerTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.carol = self.room.joins("carol")
        self.room.settle()
        self.room.leaves(self.room.joins("dave"))
        self.room.settle()

    def test_replays(self) -> None:
        """Whatever was said once is not heard again, by anybody, from anybody."""
        for _, _, sealed in tuple(self.room.carried):
            for device in self.room.joined():
                for other in self.room.joined():
                    self.assertEqual(self.room.deliver(device, other.leg, sealed), [])
        self.assertEqual([each.failures for each in self.room.joined()], [[], [], []])
        self.all_hear(self.ann, self.bob, self.carol)

    def test_replays_to_who_came_back(self) -> None:
        """What a leg said is not heard from the leg that came after it."""
        said = [what for who, to, what in self.room.carried if who == self.carol.leg]
        self.room.leaves(self.carol)
        self.room.settle()
        self.room.is_cut = True
        again = self.room.joins("carol")
        self.room.settle()
        for sealed in said:
            self.assertEqual(self.room.deliver(self.ann, again.leg, sealed), [])

    def test_a_lost_message(self) -> None:
        """What the server loses is not heard; the next key is, as long as it lost no first one."""
        self.room.is_cut = True
        self.room.leaves(self.carol)
        self.room.settle()
        self.assertFalse(self.bob.can_open(self.ann, self.ann.speak()))
        self.room.is_cut = False
        erin = self.room.joins("erin")
        self.room.settle()
        self.room.leaves(erin)
        self.room.settle()
        self.all_hear(self.ann, self.bob)

    def test_changed_messages(self) -> None:
        """A message in which anything was changed is as good as lost; the genuine one is heard."""
        erin = self.room.joins("erin")
        self.room.settle()
        self.room.is_cut = True
        self.room.leaves(erin)
        self.room.settle()
        (later,) = self.undelivered(self.ann, self.bob)
        frank = self.room.joins("frank")
        (first,) = self.undelivered(frank, self.bob)
        for sender, sealed in ((self.ann, later), (frank, first)):
            for at in range(len(sealed)):
                changed_one = bytearray(sealed)
                changed_one[at] ^= 1
                self.assertEqual(self.room.deliver(self.bob, sender.leg, bytes(changed_one)), [])
            for other in (self.carol, frank, self.ann):
                steps = self.room.deliver(self.bob, other.leg, sealed)
                self.assertEqual(bool(steps), other is sender)

    def undelivered(self, sender: Device, receiver: Device) -> list[bytes]:
        """What was said between two, the last of it."""
        pair = (sender.leg, receiver.leg)
        return [what for who, to, what in self.room.carried if (who, to) == pair][-1:]

    @settings(deadline=None, max_examples=150)
    @given(st.binary(max_size=300), st.integers(0, 2**32 - 1))
    def test_any_bytes(self, made_up: bytes, counter: int) -> None:
        """Bytes of the server's own are nothing at all."""
        for lie in (made_up, b"\x01\x04" + made_up, encode(SealedNext(counter, made_up))):
            self.assertEqual(self.room.deliver(self.bob, self.ann.leg, lie), [])
        self.assertEqual(self.bob.failures, [])

    def test_injected_by_somebody_else(self) -> None:
        """A key that the server, or a member, seals in another's name lacks their signature."""
        erin = self.comes_to_bob("erin")
        for signer, heard in ((self.carol.identity, 0), (erin.identity, 1)):
            in_erins_name = replace(signer, device=erin.identity.device)
            channel = self.channel_to_bob(in_erins_name, erin.leg)
            steps = self.says_to_bob(channel, erin.leg, SenderKey(bytes(16), 0))
            self.assertEqual(len(steps), heard)

    def test_a_key_of_a_listener(self) -> None:
        """A listener speaks under no key, so none is heard of it."""
        listener = self.room.joins("erin", is_listener=True)
        channel = self.channel_to_bob(listener.identity, listener.leg)
        self.assertEqual(self.says_to_bob(channel, listener.leg, SenderKey(bytes(16), 0)), [])

    def test_an_older_key(self) -> None:
        """Who gives a key that is not newer than the last is not heard by it, though it is
        theirs."""
        erin = self.comes_to_bob("erin")
        channel = self.channel_to_bob(erin.identity, erin.leg)
        heard = [
            len(self.says_to_bob(channel, erin.leg, SenderKey(bytes(16), generation, step)))
            for generation, step in ((1, 0), (1, 0), (0, 7), (1, 1), (2, 0))
        ]
        self.assertEqual(heard, [1, 0, 0, 1, 1])

    def test_failures_are_told_once(self) -> None:
        """After a failure messages mean nothing either."""
        self.shows(self.ann, replace(self.room.view(), is_conference=False))
        (_, _, sealed) = self.room.carried[0]
        self.assertEqual(self.room.deliver(self.ann, self.bob.leg, sealed), [])
        self.assertEqual(self.ann.failures, [KeysFailed(E2eTrouble.DOWNGRADED)])
