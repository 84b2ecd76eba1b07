"""Bounds of the messages about calls."""

from tests.wire.fields import FieldTests
from voip.core.calls import DeclineReason, EndReason, LegState
from voip.wire import codec_calls as codec
from voip.wire.v1 import calls_pb2 as pb

CALL_ID = bytes(16)
WRONG_IDS = (b"", bytes(15), bytes(17))
KEY = pb.LegKey(public=bytes(1216), signature=bytes(64))
LEG = pb.Leg(number=1, username="anna", device_id=bytes(32), state=pb.LEG_STATE_ACTIVE)
CALL = pb.Call(call_id=CALL_ID, legs=[LEG], commitment=bytes(32))


class CallWordsTests(FieldTests):
    """The enums of calls."""

    def test_every_word_has_its_number(self) -> None:
        """Nothing the core may say is missing on the wire, and the other way round."""
        self.assert_all_words(
            {word: codec.LEG_STATES.number(word) for word in LegState},
            pb.LegState.DESCRIPTOR,
            "LEG_STATE",
        )
        self.assert_all_words(
            {word: codec.END_REASONS.number(word) for word in EndReason},
            pb.EndReason.DESCRIPTOR,
            "END_REASON",
        )
        self.assert_all_words(
            {word: codec.DECLINE_REASONS.number(word) for word in DeclineReason},
            pb.DeclineReason.DESCRIPTOR,
            "DECLINE_REASON",
        )


class CallBoundsTests(FieldTests):
    """What a message about a call may hold."""

    def test_leg(self) -> None:
        """A leg has a number, an owner, a device and a known state."""
        self.assert_bounds(
            codec.from_leg,
            LEG,
            {
                "number": (0, 65536),
                "username": ("", "n" * 65),
                "nick": ("n" * 257,),
                "device_id": (b"", bytes(31)),
                "certificate": (bytes(257),),
                "device_name": ("n" * 65,),
                "state": (0, 99),
                "stream": (65536,),
                "end_reason": (99,),
                "key.public": (b"", bytes(1215), bytes(1217)),
            },
        )

    def test_call(self) -> None:
        """A call has an id, a commitment and at most 512 legs."""
        self.assert_bounds(
            codec.from_call,
            CALL,
            {
                "call_id": WRONG_IDS,
                "legs": ([LEG] * 513, [pb.Leg()]),
                "merged_into": (bytes(15), bytes(17)),
                "commitment": (b"", bytes(31)),
                "ended": (99,),
            },
        )
        self.assert_bounds(codec.from_call_state, pb.CallState(call=CALL), {"call.call_id": [b""]})

    def test_invite(self) -> None:
        """An invitation names someone, and not the whole town."""
        self.assert_bounds(
            codec.from_invite,
            pb.Invite(call_id=CALL_ID, callees=["ben"], commitment=bytes(32)),
            {
                "call_id": WRONG_IDS,
                "callees": ([], ["ben"] * 33, ["b" * 65]),
                "commitment": (b"", bytes(33)),
            },
        )
        self.assert_bounds(
            codec.from_invite_ok, pb.InviteOk(call_id=CALL_ID), {"call_id": WRONG_IDS}
        )

    def test_alerting(self) -> None:
        """Ringing comes with a key and its signature."""
        self.assert_bounds(
            codec.from_alerting,
            pb.Alerting(call_id=CALL_ID, key=KEY),
            {
                "call_id": WRONG_IDS,
                "key.public": (b"", bytes(1215), bytes(1217)),
                "key.signature": (b"", bytes(63), bytes(65)),
            },
        )

    def test_what_names_only_a_call(self) -> None:
        """Accept, Cancel, Leave and SetMute need a call's id, Decline a reason too."""
        wrong = {"call_id": WRONG_IDS}
        self.assert_bounds(codec.from_accept, pb.Accept(call_id=CALL_ID), wrong)
        self.assert_bounds(codec.from_cancel, pb.Cancel(call_id=CALL_ID), wrong)
        self.assert_bounds(codec.from_leave, pb.Leave(call_id=CALL_ID), wrong)
        self.assert_bounds(codec.from_hold, pb.Hold(call_id=CALL_ID), wrong)
        self.assert_bounds(codec.from_unhold, pb.Unhold(call_id=CALL_ID), wrong)
        self.assert_bounds(codec.from_set_lock, pb.SetLock(call_id=CALL_ID), wrong)
        self.assert_bounds(codec.from_end_for_all, pb.EndForAll(call_id=CALL_ID), wrong)
        self.assert_bounds(
            codec.from_set_mute, pb.SetMute(call_id=CALL_ID), {**wrong, "leg": (65536,)}
        )
        self.assert_bounds(
            codec.from_decline,
            pb.Decline(call_id=CALL_ID, reason=pb.DECLINE_REASON_BUSY),
            {"call_id": WRONG_IDS, "reason": (0, 99)},
        )

    def test_people_in_a_conference(self) -> None:
        """Who is to be added, merged or put out is named within bounds."""
        self.assert_bounds(
            codec.from_add_participant,
            pb.AddParticipant(call_id=CALL_ID, callees=["ben"]),
            {"call_id": WRONG_IDS, "callees": ([], ["ben"] * 33, ["b" * 65])},
        )
        self.assert_bounds(
            codec.from_merge,
            pb.Merge(call_id=CALL_ID, other=CALL_ID),
            {"call_id": WRONG_IDS, "other": WRONG_IDS},
        )
        self.assert_bounds(
            codec.from_swap,
            pb.Swap(hold=CALL_ID, resume=CALL_ID),
            {"hold": WRONG_IDS, "resume": WRONG_IDS},
        )
        self.assert_bounds(
            codec.from_kick,
            pb.Kick(call_id=CALL_ID, username="ben"),
            {"call_id": WRONG_IDS, "username": ("b" * 65,)},
        )

    def test_sealed_bytes(self) -> None:
        """Both ways they name a leg and are 1 to 8192 bytes."""
        good = pb.SealedPart(to_leg=1, sealed=bytes(8192))
        wrong: tuple[list[pb.SealedPart], ...] = (
            [],
            [pb.SealedPart(to_leg=0, sealed=b"x")],
            [pb.SealedPart(to_leg=65536, sealed=b"x")],
            [good, pb.SealedPart(to_leg=1, sealed=b"")],
            [pb.SealedPart(to_leg=1, sealed=bytes(8193))],
            [good] * 8,
            [pb.SealedPart(to_leg=1, sealed=b"x")] * 257,
        )
        self.assert_bounds(
            codec.from_e2e_relay,
            pb.E2eRelay(call_id=CALL_ID, parts=[good] * 7),
            {"call_id": WRONG_IDS, "parts": wrong},
        )
        self.assert_bounds(
            codec.from_e2e_arrived,
            pb.E2eArrived(call_id=CALL_ID, from_leg=1, sealed=bytes(8192)),
            {"call_id": WRONG_IDS, "from_leg": (0, 65536), "sealed": (b"", bytes(8193))},
        )

    def test_quality(self) -> None:
        """Figures beyond sense are refused."""
        self.assert_bounds(
            codec.from_quality_report,
            pb.QualityReport(call_id=CALL_ID, lost_per_mille=1000),
            {
                "call_id": WRONG_IDS,
                "lost_per_mille": (1001,),
            },
        )
