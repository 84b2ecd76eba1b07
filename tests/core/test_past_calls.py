"""What people keep of a call that has ended."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, CARL, call_id
from voip.core import past_calls
from voip.core.calls import EndReason
from voip.core.effects import CallEnded, Participant
from voip.core.history import MAX_PEERS, HistoryEntry
from voip.core.ids import Username
from voip.core.past_calls import MAX_SHOWN_BYTES, UNNUMBERED, entries_of

NOON = 1_790_000_000


def ended(*participants: Participant, is_conference: bool = False) -> CallEnded:
    """A call of anna's that began 75.4 seconds ago."""
    return CallEnded(
        call_id=call_id(1),
        is_conference=is_conference,
        caller=ANNA,
        participants=(Participant(ANNA, True, True, EndReason.HANGUP), *participants),
        outcome=EndReason.HANGUP,
        started_seconds_ago=75.4,
        talked_seconds=60.0,
    )


def kept(*participants: Participant, is_conference: bool = False) -> dict[str, HistoryEntry]:
    return dict(entries_of(ended(*participants, is_conference=is_conference), NOON))


class PastCallTests(SynchronousTestCase):
    """One entry for each."""

    def test_a_call_that_was_talked_in(self) -> None:
        """Each has the other's name and his own figures."""
        bob = Participant(BOB, False, True, EndReason.HANGUP, 60.6, 12, 80)
        entries = kept(bob)
        self.assertEqual(
            entries["bob"],
            HistoryEntry(
                entry=UNNUMBERED,
                call_id=call_id(1),
                is_incoming=True,
                is_missed=False,
                peers=(ANNA,),
                is_conference=False,
                outcome=EndReason.HANGUP,
                started_at=NOON - 75,
                talked_seconds=61,
                lost_per_mille=12,
                rtt_ms=80,
                is_seen=True,
            ),
        )
        anna = entries["anna"]
        self.assertEqual((anna.is_incoming, anna.is_missed, anna.peers), (False, False, (BOB,)))

    def test_what_counts_as_missed(self) -> None:
        """Whatever did not come to a talk, unless this person said no."""
        for reason in EndReason:
            entry = kept(Participant(BOB, False, False, reason))["bob"]
            is_missed = reason is not EndReason.DECLINED
            self.assertEqual((entry.is_missed, entry.is_seen), (is_missed, not is_missed))
        caller = entries_of(ended(), NOON)[0][1]
        self.assertFalse(caller.is_missed)

    def test_a_conference(self) -> None:
        """Everybody has all others, who called first."""
        others = [Participant(name, False, True, EndReason.HANGUP) for name in (BOB, CARL)]
        entries = kept(*others, is_conference=True)
        self.assertEqual(entries["carl"].peers, (ANNA, BOB))
        self.assertTrue(entries["carl"].is_conference)

    def test_what_was_typed_for_a_name_is_cleaned(self) -> None:
        """It is shown to the caller later, and there is no end of names that could be typed."""
        junk = [
            Participant(Username(f"\x1b[2Jno\n{n}"), False, False, EndReason.UNAVAILABLE)
            for n in range(MAX_PEERS + 1)
        ]
        peers = kept(*junk)["anna"].peers
        self.assertEqual(peers[:2], ("no 0", "no 1"))
        self.assertEqual(len(peers), MAX_PEERS)

    def test_what_was_typed_for_a_name_is_short(self) -> None:
        """In bytes too: a page of the history has many entries, and travels as one message."""
        typed = Participant(Username("\N{GRINNING FACE}" * 64), False, False, EndReason.UNAVAILABLE)
        [peer] = kept(typed)["anna"].peers
        self.assertEqual(peer, "\N{GRINNING FACE}" * (MAX_SHOWN_BYTES // 4))

    def test_names_are_cleaned_once(self) -> None:
        """However many are told of them: the end of a large conference must not stop the server."""
        cleaned: list[str] = []

        def clean(text: str, limit: int) -> str:
            cleaned.append(text)
            return text[:limit]

        self.patch(past_calls, "clean_text", clean)
        others = [
            Participant(Username(f"user-{n}"), False, True, EndReason.HANGUP) for n in range(300)
        ]
        entries = kept(*others, is_conference=True)
        self.assertEqual(len(entries), 301)
        self.assertEqual({len(entry.peers) for entry in entries.values()}, {MAX_PEERS})
        self.assertEqual(len(cleaned), MAX_PEERS + 1)

    def test_a_clock_that_was_set_back(self) -> None:
        """No entry begins before time does."""
        self.assertEqual(entries_of(ended(), 3)[0][1].started_at, 0)
