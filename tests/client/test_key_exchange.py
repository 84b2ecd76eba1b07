"""The keys of a call, past an honest server and past a malicious one.

The malicious server may change every view and every message. Whatever it does, the call ends as
failed and no sender key leaves that it, or anybody but the other person's device, could use.
"""

import secrets
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.client.key_parties import (
    ALICE,
    BOB,
    CALL_ID,
    MALLORY,
    ONE,
    THREE,
    TWO,
    Conversation,
    failures,
    leg_of,
    person,
    sent,
    with_ghost,
    with_leg,
)
from tests.client.malicious import MaliciousServerTestCase, of
from voip.client.call_keys import LEG_KEY, CallKey, seal
from voip.client.contact_keys import ContactKey
from voip.client.device_identity import certify_device, new_key
from voip.client.e2e_messages import Reveal, SealedSenderKey, SenderKey, decode, encode
from voip.client.key_steps import (
    CheckedPerson,
    E2eTrouble,
    KeysFailed,
    KeysReady,
    ShowLegKey,
    UseReceiveKey,
    UseSendKey,
)
from voip.client.sender_keys import BASE_KEY_SIZE
from voip.core.calls import LegKey, LegState


class HonestServerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.talk = Conversation()

    def test_both_have_the_others_key(self) -> None:
        """Each listens by the key that the other sends by, under the other's stream."""
        self.talk.talk()
        for mine, theirs, stream in (
            (self.talk.caller_steps, self.talk.callee_steps, 101),
            (self.talk.callee_steps, self.talk.caller_steps, 102),
        ):
            (send,), (hear,) = of(UseSendKey, mine), of(UseReceiveKey, theirs)
            assert isinstance(send, UseSendKey)
            assert isinstance(hear, UseReceiveKey)
            self.assertEqual((send.generation, send.base_key), (hear.generation, hear.base_key))
            self.assertEqual(hear.stream, stream)
            self.assertEqual(len(send.base_key), BASE_KEY_SIZE)

    def test_both_have_the_same_words(self) -> None:
        """Both sides show the same four words, and the other's name and account key."""
        self.talk.talk()
        (ours,), (theirs,) = (
            of(KeysReady, self.talk.caller_steps),
            of(KeysReady, self.talk.callee_steps),
        )
        assert isinstance(ours, KeysReady)
        assert isinstance(theirs, KeysReady)
        self.assertEqual(ours.words, theirs.words)
        self.assertEqual(len(ours.words), 4)
        bob = CheckedPerson(BOB, self.talk.bob.account_key, is_verified=False)
        self.assertEqual(ours.people, (bob,))
        alice = CheckedPerson(ALICE, self.talk.alice.account_key, is_verified=False)
        self.assertEqual(theirs.people, (alice,))
        self.assertFalse(ours.is_verified)

    def test_no_sender_key_before_the_answer(self) -> None:
        """While it rings only public keys travel."""
        self.talk.reveal()
        for step in sent(self.talk.caller_steps) + sent(self.talk.callee_steps):
            self.assertIsInstance(decode(step.sealed), Reveal)
        self.assertEqual(len(sent(self.talk.caller_steps)), 1)
        self.assertEqual(of(UseSendKey, self.talk.caller_steps + self.talk.callee_steps), [])

    def test_a_device_that_did_not_answer(self) -> None:
        """Another device of the callee gets the caller's public key and never a sender key."""
        self.talk.reveal()
        tablet = certify_device(BOB, "tablet", self.talk.bob_account, new_key(secrets.token_bytes))
        public = CallKey(secrets.token_bytes).public
        key = LegKey(public, tablet.sign(LEG_KEY, CALL_ID, self.talk.caller.commitment, public))
        self.talk.tell_caller(
            with_ghost(self.talk.view, leg_of(tablet, THREE, LegState.RINGING, key))
        )
        self.assertEqual([step.to_leg for step in sent(self.talk.caller_steps)], [TWO, THREE])
        self.talk.answer()
        self.assertEqual([step.to_leg for step in sent(self.talk.caller_steps)], [TWO, THREE, TWO])

    def test_glare(self) -> None:
        """A callee that is active before its key is there gets the caller's key when it is."""
        talk = self.talk
        active = talk.with_states(LegState.ACTIVE, LegState.ACTIVE)
        talk.tell_caller(active)
        talk.tell_callee(active)
        (shown,) = of(ShowLegKey, talk.callee_steps)
        assert isinstance(shown, ShowLegKey)
        talk.view = talk.with_states(LegState.ACTIVE, LegState.ACTIVE, shown.key)
        talk.tell_caller(talk.view)
        for step in sent(talk.caller_steps):
            talk.to_callee(step.sealed)
        (answer,) = sent(talk.callee_steps)
        talk.to_caller(answer.sealed)
        self.assertTrue(talk.caller.is_ready and talk.callee.is_ready)

    def test_a_known_contact(self) -> None:
        """Somebody known by this key is talked to; verified stays verified."""
        self.talk.known[BOB] = ContactKey(self.talk.bob.account_key, is_verified=True)
        self.talk.talk()
        (ready,) = of(KeysReady, self.talk.caller_steps)
        assert isinstance(ready, KeysReady)
        self.assertTrue(ready.is_verified)

    def test_after_the_end(self) -> None:
        """An erased exchange says nothing more, and cannot be waited for."""
        self.talk.reveal()
        self.talk.callee.erase()
        self.talk.callee_steps.clear()
        self.talk.tell_callee(self.talk.with_states(LegState.ACTIVE, LegState.ACTIVE))
        self.talk.to_callee(b"anything")
        self.assertEqual(self.talk.callee_steps, [])
        self.assertEqual(self.talk.callee.waited_too_long(), [])

    def test_waiting(self) -> None:
        """Waiting ends an exchange that is not ready, and no other."""
        self.talk.reveal()
        self.assertEqual(self.talk.caller.waited_too_long(), [KeysFailed(E2eTrouble.TOO_LATE)])
        other = Conversation()
        other.talk()
        self.assertEqual(other.caller.waited_too_long(), [])

    def test_leaving(self) -> None:
        """Whoever has left the call says nothing about keys, whoever comes in."""
        gone = self.talk.with_states(LegState.ACTIVE, LegState.LEFT)
        self.talk.tell_callee(gone)
        self.assertEqual(self.talk.callee_steps, [])
        self.talk.tell_callee(self.talk.with_states(LegState.LEFT, LegState.RINGING))
        self.assertEqual(self.talk.callee_steps, [])


class GhostTests(MaliciousServerTestCase):
    def test_ghost_that_nobody_called(self) -> None:
        """A leg of somebody the caller did not call ends it, active or not."""
        for state in (LegState.INVITED, LegState.ACTIVE):
            self.talk = Conversation()
            self.talk.reveal()
            self.talk.tell_caller(
                with_ghost(
                    self.talk.with_states(LegState.ACTIVE, LegState.ACTIVE),
                    leg_of(self.talk.mallory, THREE, state),
                )
            )
            self.caller_fails(E2eTrouble.GHOST)
            self.no_sender_key_left(self.talk.caller_steps)

    def test_second_active_device(self) -> None:
        """A second active leg under the callee's name is a ghost too."""
        self.talk.reveal()
        ghost = leg_of(person(BOB), THREE, LegState.ACTIVE)
        view = with_ghost(self.talk.with_states(LegState.ACTIVE, LegState.ACTIVE), ghost)
        self.talk.tell_caller(view)
        self.talk.tell_callee(view)
        self.caller_fails(E2eTrouble.GHOST)
        self.callee_fails(E2eTrouble.GHOST)
        self.no_sender_key_left(self.talk.caller_steps + self.talk.callee_steps)

    def test_ghost_in_the_callers_place(self) -> None:
        """The callee talks to the caller's leg and no other."""
        self.talk.reveal()
        self.talk.tell_callee(
            with_ghost(
                self.talk.with_states(LegState.DIALING, LegState.ACTIVE),
                leg_of(self.talk.mallory, THREE, LegState.ACTIVE),
            )
        )
        self.callee_fails(E2eTrouble.GHOST)
        self.no_sender_key_left(self.talk.callee_steps)

    def test_another_device_takes_over(self) -> None:
        """Once keys are exchanged nobody comes in the other's place."""
        self.talk.talk()
        self.talk.caller_steps.clear()
        tablet = leg_of(person(BOB), THREE, LegState.ACTIVE)
        view = with_ghost(self.talk.with_states(LegState.ACTIVE, LegState.LEFT), tablet)
        self.talk.tell_caller(view)
        self.caller_fails(E2eTrouble.GHOST)

    def test_another_device_in_a_leg(self) -> None:
        """A leg that becomes another device's ends it on both sides."""
        self.talk.reveal()
        other = person(BOB)
        self.talk.tell_caller(
            with_leg(self.talk.view, TWO, lambda leg: replace(leg, device=other.device))
        )
        self.talk.tell_callee(
            with_leg(self.talk.view, ONE, lambda leg: replace(leg, username=MALLORY))
        )
        self.caller_fails(E2eTrouble.SWAPPED)
        self.callee_fails(E2eTrouble.SWAPPED)

    def test_gateway(self) -> None:
        """A leg that is not end-to-end is not talked to."""
        self.talk.ring()
        self.talk.tell_caller(
            with_leg(self.talk.view, TWO, lambda leg: replace(leg, is_gateway=True))
        )
        self.caller_fails(E2eTrouble.GATEWAY)


class SenderKeyTests(MaliciousServerTestCase):
    def test_any_bytes(self) -> None:
        """Bytes that are no message end it."""
        self.talk.reveal()
        self.talk.to_callee(b"nonsense")
        self.callee_fails(E2eTrouble.BAD_MESSAGE)

    def test_a_sender_key_in_the_open(self) -> None:
        """A sender key that is not sealed ends it."""
        self.talk.reveal()
        self.talk.answer()
        self.talk.to_caller(encode(self.forged_key()))
        self.caller_fails(E2eTrouble.BAD_MESSAGE)

    def test_a_sender_key_before_the_answer(self) -> None:
        """Nobody sends a sender key while it rings."""
        self.talk.reveal()
        self.talk.to_caller(encode(SealedSenderKey(b"early")))
        self.caller_fails(E2eTrouble.BAD_MESSAGE)

    def test_a_sender_key_of_the_server(self) -> None:
        """The server knows the public keys, but a key it seals itself lacks the signature."""
        self.talk.reveal()
        self.talk.answer()
        partner = self.talk.caller._partner
        assert partner is not None
        info = self.talk.caller._info(partner)
        ciphertext = seal(self.talk.caller._key.public, encode(self.forged_key()), info)
        assert ciphertext is not None
        self.talk.to_caller(encode(SealedSenderKey(ciphertext)))
        self.caller_fails(E2eTrouble.SIGNATURE)

    def test_a_sender_key_for_somebody_else(self) -> None:
        """A key that its sender bound to another call, device, direction or roster is refused."""
        for change in (
            {"call_id": bytes(16)},
            {"to_device": bytes(32)},
            {"from_device": bytes(32)},
            {"roster": bytes(32)},
        ):
            self.talk = Conversation()
            self.talk.reveal()
            self.talk.answer()
            partner = self.talk.caller._partner
            assert partner is not None
            info = self.talk.caller._info(partner)
            key = replace(self.forged_key(), **change)  # type: ignore[arg-type]
            ciphertext = seal(self.talk.caller._key.public, encode(key), info)
            assert ciphertext is not None
            self.talk.to_caller(encode(SealedSenderKey(ciphertext)))
            self.caller_fails(E2eTrouble.BAD_MESSAGE)

    def test_reflected_sender_key(self) -> None:
        """One's own sender key sent back is not the other's."""
        self.talk.reveal()
        from_caller, _ = self.talk.answer()
        self.talk.to_caller(from_caller)
        self.caller_fails(E2eTrouble.BAD_MESSAGE)

    def test_replayed_sender_key(self) -> None:
        """A sender key counts once."""
        self.talk.reveal()
        _, from_callee = self.talk.answer()
        self.talk.to_caller(from_callee)
        self.talk.caller_steps.clear()
        self.talk.to_caller(from_callee)
        self.caller_fails(E2eTrouble.REPLAYED)

    def test_a_sender_key_of_the_wrong_leg(self) -> None:
        """A sender key comes from the partner's leg."""
        self.talk.reveal()
        _, from_callee = self.talk.answer()
        self.talk.to_caller(from_callee, THREE)
        self.caller_fails(E2eTrouble.BAD_MESSAGE)

    @settings(deadline=None, max_examples=40)
    @given(st.data())
    def test_a_changed_byte_anywhere(self, data: st.DataObject) -> None:
        """One changed bit in any message ends the exchange of whoever gets it."""
        talk = Conversation()
        talk.reveal()
        from_caller, from_callee = talk.answer()
        sealed = bytearray(data.draw(st.sampled_from((from_caller, from_callee))))
        sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        if len(sealed) == len(from_caller) and bytes(sealed[:40]) == from_caller[:40]:
            talk.to_callee(bytes(sealed))
            self.assertEqual(len(failures(talk.callee_steps)), 1)
        else:
            talk.to_caller(bytes(sealed))
            self.assertEqual(len(failures(talk.caller_steps)), 1)

    def forged_key(self) -> SenderKey:
        """What the callee would say, without its signature."""
        partner = self.talk.caller._partner
        assert partner is not None
        return SenderKey(
            CALL_ID,
            self.talk.bob.device,
            self.talk.alice.device,
            self.talk.callee.own_direction,
            0,
            self.talk.caller._roster(partner),
            bytes(BASE_KEY_SIZE),
            bytes(64),
        )


class EraseTests(SynchronousTestCase):
    def test_a_recorded_call_stays_closed(self) -> None:
        """Whoever recorded a call and later takes the device finds no key that opens it."""
        talk = Conversation()
        talk.reveal()
        from_caller, _ = talk.answer()
        talk.callee.erase()
        message = decode(from_caller)
        assert isinstance(message, SealedSenderKey)
        partner = talk.callee._partner
        assert partner is not None
        self.assertIsNone(talk.callee._key.open(message.ciphertext, talk.callee._info(partner)))
        self.assertEqual(talk.callee.sealed_arrived(ONE, from_caller, 0.0), [])
