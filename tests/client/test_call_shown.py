"""What a face sees of a call: people by name, and how things stand between them."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from voip.client.call_record import CallRecord
from voip.client.call_shown import call_info, speakers
from voip.client.loudness import Loudness
from voip.client.model import CallInfo
from voip.core.calls import CallView, EndReason, LegState, LegView
from voip.core.ids import CallId, DeviceId, LegNumber, StreamId, Username
from voip.core.phone_words import PhoneCall, PhoneCallState

MINE = DeviceId(b"\x01" * 32)
CALL = CallId(b"c" * 16)


def leg(number: int, name: str, state: LegState = LegState.ACTIVE) -> LegView:
    """A leg on a device of its own; the first is this device's."""
    return LegView(
        LegNumber(number),
        Username(name),
        name.title(),
        DeviceId(bytes([number]) * 32),
        b"",
        f"{name}'s laptop",
        state,
        StreamId(number),
    )


def conference(*legs: LegView, is_locked: bool = False) -> CallView:
    return CallView(CALL, 1, legs, b"", is_conference=True, is_locked=is_locked)


def info(view: CallView | None, **fields: object) -> CallInfo:
    """The call as it is shown, in which one talks, dialled by name to bob."""
    call = PhoneCall(CALL, PhoneCallState.TALKING, False, frozenset({Username("bob")}), view)
    record = CallRecord(replace(call, **fields), None, 5.0)  # type: ignore[arg-type]  # named by the test
    record.levels = {StreamId(2): -20.0, StreamId(3): -60.0}
    loud = {Username("bob"): Loudness(6.0, is_muted=True)}
    return call_info(
        record,
        MINE,
        str.upper,
        lambda name: loud.get(name, Loudness()),
        9.0,
    )


def names(call: CallInfo) -> list[str]:
    return [peer.username for peer in call.peers]


class PeopleTests(SynchronousTestCase):
    """Who is shown as being in a call."""

    def test_before_the_server_has_told_anything(self) -> None:
        """Whoever was dialled is there by the name one knows them by."""
        (peer,) = info(None).peers
        self.assertEqual((peer.username, peer.nick, peer.state), ("bob", "BOB", LegState.INVITED))

    def test_a_conference_is_everybody_else_in_it(self) -> None:
        """Also those nobody dialled here; who has left, and oneself on another device, is not."""
        shown = info(
            conference(
                leg(1, "alice"),
                leg(2, "bob", LegState.LEFT),
                leg(3, "carol"),
                leg(4, "dave", LegState.RINGING),
                leg(5, "alice", LegState.LEFT),
            )
        )
        self.assertTrue(shown.is_conference)
        self.assertEqual(names(shown), ["carol", "dave"])

    def test_one_entry_for_a_person_with_several_devices(self) -> None:
        """It is the device that is furthest into the call."""
        shown = info(conference(leg(1, "alice"), leg(2, "bob", LegState.RINGING), leg(3, "bob")))
        (bob,) = shown.peers
        self.assertEqual((bob.state, bob.level_db), (LegState.ACTIVE, -60.0))

    def test_texts_of_others_are_cleaned(self) -> None:
        """A nick that would move the cursor is shown without what moves it."""
        evil = replace(leg(2, "bob"), nick="B\x1b[2Job", device_name="\x07desk")
        (bob,) = info(conference(leg(1, "alice"), evil)).peers
        self.assertNotIn("\x1b", bob.nick)
        self.assertEqual(bob.device_name, "desk")


class StateTests(SynchronousTestCase):
    """How things stand."""

    def test_who_speaks_and_how_loud_they_are_played(self) -> None:
        """By what arrives of them; the volume is this device's own."""
        bob, carol = info(conference(leg(1, "alice"), leg(2, "bob"), leg(3, "carol"))).peers
        self.assertEqual((bob.is_speaking, carol.is_speaking), (True, False))
        self.assertEqual((bob.volume_db, bob.is_muted_here), (6.0, True))
        self.assertEqual((carol.volume_db, carol.is_muted_here), (0.0, False))

    def test_held_by_all_others(self) -> None:
        """On hold at the other end means that nobody is left who hears."""
        held, ringing = leg(2, "bob", LegState.HELD), leg(3, "carol", LegState.RINGING)
        shown = info(conference(leg(1, "alice"), held, ringing))
        self.assertTrue(shown.is_held_by_peers)
        self.assertTrue(shown.peers[0].is_held)
        shown = info(conference(leg(1, "alice"), held, leg(3, "carol")))
        self.assertFalse(shown.is_held_by_peers)
        self.assertFalse(info(conference(leg(1, "alice"), ringing)).is_held_by_peers)

    def test_the_own_leg(self) -> None:
        """Host and listener are told of oneself; a lock of the call."""
        mine = replace(leg(1, "alice"), is_host=True, is_listener=True)
        shown = info(conference(mine, leg(2, "bob"), is_locked=True))
        self.assertTrue(shown.is_host and shown.is_listener and shown.is_locked)
        theirs = replace(leg(2, "bob"), is_host=True, is_listener=True)
        (bob,) = info(conference(leg(1, "alice"), theirs)).peers
        self.assertTrue(bob.is_host and bob.is_listener)

    def test_whose_stream_is_whose(self) -> None:
        """Those who joined, held or not, but never this device itself."""
        view = conference(
            leg(1, "alice"),
            leg(2, "bob"),
            leg(3, "carol", LegState.HELD),
            leg(4, "dave", LegState.RINGING),
        )
        self.assertEqual(speakers(view, MINE), {2: "bob", 3: "carol"})

    def test_who_is_gone(self) -> None:
        """Whoever is out of a conference is shown with why; who came back is not gone."""

        def left(number: int, name: str, reason: EndReason) -> LegView:
            return replace(leg(number, name, LegState.LEFT), end_reason=reason)

        view = conference(
            leg(1, "alice"),
            left(2, "bob", EndReason.KICKED),
            left(3, "bob", EndReason.ANSWERED_ELSEWHERE),
            left(4, "carol", EndReason.DECLINED),
            left(5, "dave", EndReason.HANGUP),
            leg(6, "dave"),
        )
        gone = [(one.nick, one.reason) for one in info(view).gone]
        self.assertEqual(gone, [("Bob", EndReason.KICKED), ("Carol", EndReason.DECLINED)])
        self.assertEqual(info(replace(view, is_conference=False)).gone, ())
