"""What caller and callee check of each other: keys, certificates, commitment and reveal."""

import secrets
from dataclasses import replace

from tests.client.key_parties import (
    ALICE,
    BOB,
    CALL_ID,
    ONE,
    THREE,
    TWO,
    Conversation,
    leg_of,
    person,
    sent,
    with_ghost,
    with_leg,
)
from tests.client.malicious import MaliciousServerTestCase, of
from voip.client.call_keys import LEG_KEY, REVEAL, CallKey, commitment_to
from voip.client.call_roles import CalleeKeys, CallerKeys
from voip.client.contact_keys import ContactKey
from voip.client.e2e_messages import Reveal, encode
from voip.client.key_steps import (
    E2eTrouble,
    KeysFailed,
    KeysReady,
    ShowLegKey,
)
from voip.client.model import ClientError
from voip.core.calls import LegKey, LegState
from voip.core.errors import ErrorCode


class SwappedKeyTests(MaliciousServerTestCase):
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
        steps = keys.view_changed(self.talk.view, 0.0)
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


class RevealTests(MaliciousServerTestCase):
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
        other.view_changed(self.talk.view, 0.0)
        self.assertEqual(
            other.sealed_arrived(ONE, step.sealed, 0.0), [KeysFailed(E2eTrouble.SIGNATURE)]
        )

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
