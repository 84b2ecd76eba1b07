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
from voip.client.call_keys import LEG_KEY, REVEAL, CallKey, commitment_to, seal
from voip.client.call_roles import CalleeKeys, CallerKeys
from voip.client.contact_keys import ContactKey
from voip.client.device_identity import certify_device, new_key
from voip.client.e2e_messages import Reveal, SealedSenderKey, SenderKey, decode, encode
from voip.client.key_exchange import (
    BASE_KEY_SIZE,
    E2eStep,
    E2eTrouble,
    KeysFailed,
    KeysReady,
    ShowLegKey,
    UseReceiveKey,
    UseSendKey,
)
from voip.client.model import ClientError
from voip.core.calls import LegKey, LegState
from voip.core.errors import ErrorCode


def of(kind: type, steps: list[E2eStep]) -> list[E2eStep]:
    return [step for step in steps if isinstance(step, kind)]


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
        self.assertEqual((ours.username, ours.account_key), (BOB, self.talk.bob.account_key))
        self.assertEqual(
            (theirs.username, theirs.account_key), (ALICE, self.talk.alice.account_key)
        )
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


class MaliciousServerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.talk = Conversation()

    def caller_fails(self, trouble: E2eTrouble) -> None:
        self._fails(self.talk.caller_steps, trouble)

    def callee_fails(self, trouble: E2eTrouble) -> None:
        self._fails(self.talk.callee_steps, trouble)

    def _fails(self, steps: list[E2eStep], trouble: E2eTrouble) -> None:
        self.assertEqual(failures(steps), [KeysFailed(trouble)])
        self.assertEqual(of(UseReceiveKey, steps) + of(KeysReady, steps), [])
        # and nothing comes of anything afterwards
        before = len(steps)
        self.talk.tell_caller(self.talk.with_states(LegState.ACTIVE, LegState.ACTIVE))
        self.talk.tell_callee(self.talk.with_states(LegState.ACTIVE, LegState.ACTIVE))
        self.assertEqual(len(steps), before)

    def no_sender_key_left(self, steps: list[E2eStep]) -> None:
        for step in sent(steps):
            self.assertIsInstance(decode(step.sealed), Reveal)
        self.assertEqual(of(UseSendKey, steps), [])

    # ---- keys ----------------------------------------------------------------------------------

    def test_swapped_leg_key(self) -> None:
        """A leg key of the server's own is not signed by the callee's device."""
        self.talk.ring()
        assert self.talk.view.legs[1].key is not None
        signature = self.talk.view.legs[1].key.signature
        forged = LegKey(CallKey(secrets.token_bytes).public, signature)
        self.talk.tell_caller(with_leg(self.talk.view, TWO, lambda leg: replace(leg, key=forged)))
        self.caller_fails(E2eTrouble.SIGNATURE)
        self.no_sender_key_left(self.talk.caller_steps)

    def test_leg_key_of_a_strange_size(self) -> None:
        """What is no X-Wing key is refused before any use."""
        self.talk.ring()
        signature = self.talk.bob.sign(LEG_KEY, CALL_ID, self.talk.caller.commitment, b"short")
        short = LegKey(b"short", signature)
        self.talk.tell_caller(with_leg(self.talk.view, TWO, lambda leg: replace(leg, key=short)))
        self.caller_fails(E2eTrouble.BAD_MESSAGE)

    def test_leg_key_that_is_no_key(self) -> None:
        """A signed key that nobody can seal to ends the call when it is answered."""
        self.talk.ring()
        public = CallKey(secrets.token_bytes).public[:-32] + bytes(32)
        signature = self.talk.bob.sign(LEG_KEY, CALL_ID, self.talk.caller.commitment, public)
        key = LegKey(public, signature)
        self.talk.view = self.talk.with_states(LegState.DIALING, LegState.RINGING, key)
        self.talk.tell_caller(self.talk.view)
        self.talk.tell_caller(self.talk.with_states(LegState.ACTIVE, LegState.ACTIVE))
        self.caller_fails(E2eTrouble.BAD_MESSAGE)
        self.no_sender_key_left(self.talk.caller_steps)

    def test_leg_key_changed_later(self) -> None:
        """A leg that shows a second key is not the leg it was."""
        self.talk.reveal()
        other = LegKey(CallKey(secrets.token_bytes).public, bytes(64))
        self.talk.tell_caller(with_leg(self.talk.view, TWO, lambda leg: replace(leg, key=other)))
        self.caller_fails(E2eTrouble.SWAPPED)

    def test_leg_key_of_another_call(self) -> None:
        """A key that the callee's device signed for another call is refused."""
        earlier = CallerKeys(
            self.talk.alice, CALL_ID, [BOB], self.talk.known.get, secrets.token_bytes
        )
        public = CallKey(secrets.token_bytes).public
        old = LegKey(public, self.talk.bob.sign(LEG_KEY, CALL_ID, earlier.commitment, public))
        self.talk.ring()
        self.talk.tell_caller(with_leg(self.talk.view, TWO, lambda leg: replace(leg, key=old)))
        self.caller_fails(E2eTrouble.SIGNATURE)

    # ---- certificates --------------------------------------------------------------------------

    def test_swapped_certificate(self) -> None:
        """A certificate of another device, or broken, does not vouch for the leg."""
        for certificate in (self.talk.mallory.certificate, b"", bytes(128)):
            self.talk = Conversation()
            self.talk.ring()
            caller, callee = self.talk.view.legs
            swapped = replace(callee, certificate=certificate)
            self.talk.tell_caller(self.talk.next_view(caller, swapped))
            self.caller_fails(E2eTrouble.CERTIFICATE)
            self.assertEqual(sent(self.talk.caller_steps), [])

    def test_swapped_caller_certificate(self) -> None:
        """The callee checks the caller's in the same way, and shows no key."""
        view = with_leg(self.talk.view, ONE, lambda leg: replace(leg, device_name="another name"))
        self.talk.tell_callee(view)
        self.callee_fails(E2eTrouble.CERTIFICATE)
        self.assertEqual(of(ShowLegKey, self.talk.callee_steps), [])

    def test_somebody_elses_device_under_a_known_name(self) -> None:
        """A contact whose account key is not the known one stops the call."""
        self.talk.known[BOB] = ContactKey(self.talk.bob.account_key)
        impostor = person(BOB)
        public = CallKey(secrets.token_bytes).public
        key = LegKey(public, impostor.sign(LEG_KEY, CALL_ID, self.talk.caller.commitment, public))
        view = self.talk.next_view(
            leg_of(self.talk.alice, ONE, LegState.DIALING),
            leg_of(impostor, TWO, LegState.RINGING, key),
        )
        self.talk.tell_caller(view)
        self.caller_fails(E2eTrouble.KEY_CHANGED)
        self.assertEqual(sent(self.talk.caller_steps), [])

    def test_two_accounts_under_one_name(self) -> None:
        """All devices of a person are vouched for by one account key, also at a first call."""
        self.talk.reveal()
        impostor = person(BOB)
        public = CallKey(secrets.token_bytes).public
        key = LegKey(public, impostor.sign(LEG_KEY, CALL_ID, self.talk.caller.commitment, public))
        ghost = leg_of(impostor, THREE, LegState.RINGING, key)
        self.talk.tell_caller(with_ghost(self.talk.view, ghost))
        self.caller_fails(E2eTrouble.KEY_CHANGED)

    def test_a_caller_under_a_known_name(self) -> None:
        """The callee is protected alike."""
        self.talk.known[ALICE] = ContactKey(bytes(32), is_verified=True)
        self.talk.tell_callee(self.talk.view)
        self.callee_fails(E2eTrouble.KEY_CHANGED)

    def test_contacts_that_cannot_be_read(self) -> None:
        """When the known keys cannot be read nobody is trusted."""

        def unreadable(_username: object) -> None:
            raise ClientError(ErrorCode.STORE_UNAVAILABLE)

        keys = CalleeKeys(self.talk.bob, self.talk.view, unreadable, secrets.token_bytes)
        steps = keys.view_changed(self.talk.view)
        self.assertEqual(steps, [KeysFailed(E2eTrouble.UNKNOWN_CONTACTS)])

    def test_a_man_in_the_middle_changes_the_words(self) -> None:
        """At a first call a server may put itself between, with keys of its own towards each side;
        then the words of the two sides differ."""
        fake_bob = Conversation(person(BOB))
        fake_bob.talk()
        self.talk.talk()
        words = [
            step.words
            for steps in (fake_bob.caller_steps, self.talk.callee_steps)
            for step in steps
            if isinstance(step, KeysReady)
        ]
        self.assertEqual(len(set(words)), 2)

    # ---- the commitment and the reveal ---------------------------------------------------------

    def test_changed_commitment(self) -> None:
        """Neither side goes on under another commitment."""
        self.talk.ring()
        changed = replace(self.talk.view, commitment=bytes(32))
        self.talk.tell_caller(changed)
        self.talk.tell_callee(changed)
        self.caller_fails(E2eTrouble.COMMITMENT)
        self.callee_fails(E2eTrouble.COMMITMENT)

    def test_another_key_than_committed_to(self) -> None:
        """A reveal must be what the commitment was made of."""
        self.talk.ring()
        public, nonce = CallKey(secrets.token_bytes).public, bytes(32)
        self.talk.to_callee(encode(Reveal(public, nonce, bytes(64))))
        self.callee_fails(E2eTrouble.COMMITMENT)

    def test_a_reveal_nobody_signed(self) -> None:
        """A server that committed to its own key has no signature of the caller's device."""
        public, nonce = CallKey(secrets.token_bytes).public, bytes(32)
        view = replace(self.talk.view, commitment=commitment_to(CALL_ID, public, nonce))
        self.talk.callee = CalleeKeys(self.talk.bob, view, self.talk.known.get, secrets.token_bytes)
        self.talk.tell_callee(view)
        signature = self.talk.mallory.sign(REVEAL, CALL_ID, view.commitment, public, b"")
        self.talk.to_callee(encode(Reveal(public, nonce, signature)))
        self.callee_fails(E2eTrouble.SIGNATURE)

    def test_a_reveal_meant_for_another_device(self) -> None:
        """A reveal names the key it answers, so another device's is worth nothing here."""
        self.talk.reveal()
        (step,) = sent(self.talk.caller_steps)
        other = CalleeKeys(self.talk.bob, self.talk.view, self.talk.known.get, secrets.token_bytes)
        other.view_changed(self.talk.view)
        self.assertEqual(other.sealed_arrived(ONE, step.sealed), [KeysFailed(E2eTrouble.SIGNATURE)])

    def test_replayed_reveal(self) -> None:
        """A second reveal is one too many, even the same."""
        self.talk.reveal()
        (step,) = sent(self.talk.caller_steps)
        self.talk.to_callee(step.sealed)
        self.callee_fails(E2eTrouble.REPLAYED)
        self.no_sender_key_left(self.talk.callee_steps)

    def test_a_reveal_of_another_call(self) -> None:
        """What was revealed in an earlier call does not fit this one's commitment."""
        earlier = Conversation()
        earlier.reveal()
        (step,) = sent(earlier.caller_steps)
        self.talk.ring()
        self.talk.to_callee(step.sealed)
        self.callee_fails(E2eTrouble.COMMITMENT)

    def test_a_reveal_of_the_wrong_leg(self) -> None:
        """Only the caller reveals, and only to callees."""
        self.talk.ring()
        reveal = encode(Reveal(bytes(1216), bytes(32), bytes(64)))
        self.talk.to_callee(reveal, THREE)
        self.talk.to_caller(reveal)
        self.callee_fails(E2eTrouble.BAD_MESSAGE)
        self.caller_fails(E2eTrouble.BAD_MESSAGE)

    # ---- legs ----------------------------------------------------------------------------------

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

    # ---- sender keys ---------------------------------------------------------------------------

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
        self.assertEqual(talk.callee.sealed_arrived(ONE, from_caller), [])
