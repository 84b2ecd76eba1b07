"""What the keys of calls ask for is carried out: sealed messages, keys for the engine, timers."""

import secrets
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, fail
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.client.group_parties import COMMITMENT
from tests.client.key_parties import CALL_ID, ONE, TWO, leg_of, person
from tests.client.pair import PairTestCase
from voip.client.call_keys import CallKey
from voip.client.call_record import CallRecord
from voip.client.call_security import MOST_PARTS, MOST_RELAY_BYTES, CallSecurity, batches
from voip.client.contact_keys import ContactKeys
from voip.client.group_messages import SealedFirst, SealedNext, decode
from voip.client.leg_identity import shown_key
from voip.client.model import ClientError
from voip.client.sender_keys import ROTATE_AFTER_FRAMES, ROTATE_AFTER_SECONDS
from voip.client.voice.commands import CallFigures, DropStream, ReceiveKey, SendKey, VoiceCommand
from voip.core.call_messages import E2eRelay, SealedPart
from voip.core.calls import CallView, LegState
from voip.core.errors import ErrorCode
from voip.core.ids import CallId, LegNumber, Username
from voip.core.messages import Answer, Request
from voip.core.phone_words import PhoneCall, PhoneCallState


class BatchesTests(SynchronousTestCase):
    @given(st.lists(st.integers(1, 8192), max_size=300))
    def test_all_in_order_and_none_too_big(self, sizes: list[int]) -> None:
        """Every part travels once, in its order, in requests that the server takes."""
        parts = [SealedPart(LegNumber(at + 1), bytes(size)) for at, size in enumerate(sizes)]
        made = batches(parts)
        self.assertEqual([part for batch in made for part in batch], parts)
        for batch in made:
            self.assertTrue(0 < len(batch) <= MOST_PARTS)
            self.assertLessEqual(sum(len(part.sealed) for part in batch), MOST_RELAY_BYTES)

    def test_as_many_as_it_takes(self) -> None:
        """Neither more parts nor more bytes than the server takes go into one request."""
        for count, size, requests in ((256, 1, 1), (257, 1, 2), (7, 8192, 1), (8, 8192, 2)):
            parts = [SealedPart(LegNumber(at + 1), bytes(size)) for at in range(count)]
            self.assertEqual(len(batches(parts)), requests)

    def test_few_requests(self) -> None:
        """A full conference is given a later key in one request."""
        parts = [SealedPart(LegNumber(at + 2), bytes(256)) for at in range(231)]
        self.assertEqual(len(batches(parts)), 1)


class RotationTests(PairTestCase):
    """Two real clients past a real server."""

    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.registered("alice"), self.registered("bob")
        self.call_id = self.in_call(self.alice, self.bob, "bob")

    def keys(self, speaker: str, hearer: str) -> tuple[list[int], list[int]]:
        """The generations that one speaks under and the other hears by."""
        sent, heard = self.voices[speaker].told(SendKey), self.voices[hearer].told(ReceiveKey)
        self.assertEqual([each.base_key for each in sent], [each.base_key for each in heard])
        return [each.generation for each in sent], [each.generation for each in heard]

    def test_every_half_hour(self) -> None:
        """Both change their keys, and each hears of the other's."""
        self.network.pass_time(ROTATE_AFTER_SECONDS + 2, step=0.5)
        for pair in (("alice", "bob"), ("bob", "alice")):
            self.assertEqual(self.keys(*pair), ([0, 1], [0, 1]))

    def test_after_so_many_frames(self) -> None:
        """Who has sent 2^20 frames changes their key."""
        figures = CallFigures(
            self.call_id,
            "opus",
            "udp",
            0.0,
            0.0,
            3,
            20,
            40,
            80,
            ROTATE_AFTER_FRAMES,
            5,
            0,
            0,
            0,
            1.0,
        )
        self.voices["alice"].report(figures)
        self.network.pass_time(1)
        self.assertEqual(self.keys("alice", "bob"), ([0, 1], [0, 1]))
        self.assertEqual(self.keys("bob", "alice"), ([0], [0]))

    def test_figures_of_no_call(self) -> None:
        """What the engine says of a call that is over changes nothing."""
        self.done(self.alice.hang_up(self.call_id))
        self.voices["alice"].report(
            CallFigures(CallId(bytes(16)), "opus", "udp", 0, 0, 3, 20, 40, 80, 5, 5, 0, 0, 0, 1.0)
        )
        self.network.pass_time(ROTATE_AFTER_SECONDS + 2)
        self.assertEqual(len(self.voices["alice"].told(SendKey)), 1)


class SoundBeforeKeysTests(SynchronousTestCase):
    """A call that this device comes into by a merge: it is talked in before its keys are made."""

    def setUp(self) -> None:
        self.commands: list[VoiceCommand] = []
        self.left: list[CallId] = []
        self.sealed: list[bytes] = []
        me, other = person(Username("me")), person(Username("other"))
        public = CallKey(secrets.token_bytes).public
        key = shown_key(other, CALL_ID, COMMITMENT, public)
        legs = (leg_of(other, ONE, LegState.ACTIVE, key), leg_of(me, TWO, LegState.ACTIVE))
        self.view = CallView(CALL_ID, 1, legs, COMMITMENT, is_conference=True)
        call = PhoneCall(CALL_ID, PhoneCallState.TALKING, True, frozenset(), self.view)
        self.record = CallRecord(call, None, 0.0)
        self.clock = Clock()
        self.security = CallSecurity(
            self.clock,
            me,
            ContactKeys(Path(self.mktemp()) / "me.json"),
            self.ask,
            self.commands.append,
            secrets.token_bytes,
            lambda _: None,
            lambda _call_id, _key: None,
            self.left.append,
        )

    def ask(self, request: Request) -> Deferred[Answer]:
        """Refused: whoever it is for has just left."""
        assert isinstance(request, E2eRelay)
        self.sealed += [part.sealed for part in request.parts]
        return fail(ClientError(ErrorCode.WRONG_STATE))

    def send_keys(self) -> list[VoiceCommand]:
        return [each for each in self.commands if isinstance(each, SendKey)]

    def test_sound_first(self) -> None:
        """The engine is given the keys as soon as they are made."""
        self.security.sound_began(self.record)
        self.security.told_of(self.record, self.view)
        self.assertEqual(len(self.send_keys()), 1)

    def test_no_sound(self) -> None:
        """Without sound, or when it has ended again, they wait for it."""
        self.security.sound_began(self.record)
        self.security.sound_ended(self.record)
        self.security.told_of(self.record, self.view)
        self.assertEqual(self.send_keys(), [])
        self.security.sound_began(self.record)
        self.assertEqual(len(self.send_keys()), 1)

    def test_in_the_order_in_which_it_was_sealed(self) -> None:
        """What the phone makes of a view, sound that begins, comes after what the keys made of it:
        the first message to somebody opens all later ones."""
        other, me = self.view.legs
        ringing = replace(self.view, legs=(other, replace(me, state=LegState.RINGING)))
        self.security.told_of(self.record, ringing)
        self.assertTrue(self.security.view_changed(self.record, replace(self.view, version=2)))
        self.security.sound_began(self.record)
        self.security.sound_ended(self.record)
        self.security.sound_began(self.record)
        self.security.view_seen(self.record)
        kinds = [type(decode(sealed)) for sealed in self.sealed]
        self.assertEqual(kinds, [SealedFirst, SealedNext])

    def test_somebody_goes(self) -> None:
        """The engine forgets whoever has left."""
        self.security.sound_began(self.record)
        self.security.told_of(self.record, self.view)
        alone = replace(self.view, version=2, legs=self.view.legs[1:])
        self.assertTrue(self.security.view_changed(self.record, alone))
        self.security.view_seen(self.record)
        self.assertEqual(self.commands[-1], DropStream(CALL_ID, self.view.legs[0].stream))

    def test_a_view_that_does_not_hold(self) -> None:
        """The call is left, and the phone need not see the view."""
        self.security.told_of(self.record, self.view)
        lie = replace(self.view, version=2, is_conference=False)
        self.assertFalse(self.security.view_changed(self.record, lie))
        self.assertEqual(self.left, [CALL_ID])

    def test_forgotten(self) -> None:
        """After the end of a call no timer of it is left, and nothing comes of steps."""
        self.security.joined(self.record)
        self.security.joined(self.record)
        self.security.told_of(self.record, self.view)
        self.assertEqual(len(self.clock.getDelayedCalls()), 2)
        self.security.forget(self.record)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertTrue(self.security.view_changed(self.record, self.view))
        self.security.view_seen(self.record)
        self.security.frames_sent(self.record, 5)
        self.security.sealed_arrived(self.record, ONE, b"")
        self.security.older_view(self.record, self.view)
        self.security.sound_began(self.record)
        self.assertEqual(self.commands, [])
