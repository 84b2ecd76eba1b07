"""Who can decrypt what was said when, over any comings and goings.

Everybody keeps every key they were ever given, and tries all of them, and all that can be made of
them, on every word that anybody ever said.
"""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.client.group_parties import SETTLED_SECONDS, Device, Gathering
from voip.client.key_steps import KeysReady
from voip.core.calls import JOINED, LegState
from voip.core.ids import LegNumber

MOST_DEVICES = 9
"""Who leaves comes again as a leg of its own, so this bounds the cost of an example."""


@dataclass(frozen=True)
class Word:
    """What was said, by whom and when; ``settled``: since nobody came or went for a while."""

    speaker: Device
    frame: bytes
    said_at: float
    present: frozenset[LegNumber]
    is_settled: bool


class Epochs:
    """A conference, and what was said in it."""

    def __init__(self) -> None:
        self.room = Gathering()
        self.left_at: dict[LegNumber, float] = {}
        self.words: list[Word] = []
        self.changed_at = 0.0
        for name in ("ann", "bob"):
            self.room.joins(name)

    def do(self, deed: str, which: int) -> None:
        joined = self.room.joined()
        match deed:
            case "join" | "listen":
                if len(self.room.devices) < MOST_DEVICES:
                    self._came(f"guest{which % 3}", is_listener=deed == "listen")
            case "leave":
                if len(joined) > 1:
                    self._went(joined[which % len(joined)])
            case "hold":
                device = joined[which % len(joined)]
                is_held = device.shown.state is LegState.HELD
                self.room.is_now(device, LegState.ACTIVE if is_held else LegState.HELD)
            case "sound":
                device = joined[which % len(joined)]
                if device.sender is not None:
                    steps = device.keys.sound_began_anew(self.room.now)
                    self.room.take(device, steps)
            case "lose" | "carry":
                self.room.is_cut = deed == "lose"
            case _:
                raise AssertionError(deed)
        self.speak()

    def wait(self, seconds: float) -> None:
        self.room.pass_time(seconds)
        self.speak()

    def _came(self, name: str, *, is_listener: bool) -> None:
        is_there = any(each.identity.username == name for each in self.room.live())
        if not is_there:
            self.room.joins(name, is_listener=is_listener)
            self.changed_at = self.room.now

    def _went(self, device: Device) -> None:
        self.room.leaves(device)
        self.left_at[device.leg] = self.changed_at = self.room.now

    def speak(self) -> None:
        """Everybody who may says a word."""
        present = frozenset(each.leg for each in self.room.joined())
        is_settled = self.room.now - self.changed_at >= SETTLED_SECONDS
        self.words += [
            Word(each, each.speak(), self.room.now, present, is_settled)
            for each in self.room.joined()
            if each.sender is not None and not each.shown.is_listener
        ]

    def hearers(self, word: Word) -> set[LegNumber]:
        return {
            each.leg
            for each in self.room.devices.values()
            if each.can_open(word.speaker, word.frame)
        }


Deeds = list[tuple[str, int, float]]


def deeds_of(*kinds: str) -> st.SearchStrategy[Deeds]:
    """What happens, to whom, and how long nothing happens after it."""
    waits = st.sampled_from((0.0, 0.1, 0.3, SETTLED_SECONDS, 1.0))
    deed = st.tuples(st.sampled_from(kinds), st.integers(0, 20), waits)
    return st.lists(deed, min_size=1, max_size=10)


DEEDS = deeds_of("join", "listen", "leave", "leave", "hold", "sound")


class MatrixTests(SynchronousTestCase):
    @settings(deadline=None, max_examples=60)
    @given(DEEDS)
    def test_who_can_decrypt(self, deeds: Deeds) -> None:
        """Whoever comes opens nothing said before; whoever left opens nothing said after the others
        changed their keys; and once that is done, all who are there open everything."""
        epochs = Epochs()
        for deed, which, wait in deeds:
            epochs.do(deed, which)
            epochs.wait(wait)
        for word in epochs.words:
            hearers = epochs.hearers(word)
            others = word.present - {word.speaker.leg}
            if word.is_settled:
                self.assertEqual(hearers, set(others))
            self.only_just_left(epochs, word)

    def only_just_left(self, epochs: Epochs, word: Word) -> None:
        """Whoever opens a word and was not there has left a moment before."""
        for hearer in epochs.hearers(word) - word.present:
            left_at = epochs.left_at.get(hearer)
            assert left_at is not None, "came later"
            self.assertTrue(left_at <= word.said_at < left_at + SETTLED_SECONDS)

    @settings(deadline=None, max_examples=30)
    @given(deeds_of("join", "listen", "leave", "lose", "carry", "sound"))
    def test_a_server_that_loses_messages(self, deeds: Deeds) -> None:
        """Whatever the server loses, nobody opens more for it."""
        epochs = Epochs()
        for deed, which, wait in deeds:
            epochs.do(deed, which)
            epochs.wait(wait)
        for word in epochs.words:
            self.only_just_left(epochs, word)

    @settings(deadline=None, max_examples=30)
    @given(DEEDS)
    def test_all_agree_in_the_end(self, deeds: Deeds) -> None:
        """Nobody ever fails past an honest server, and all who are left have one code."""
        epochs = Epochs()
        for deed, which, wait in deeds:
            epochs.do(deed, which)
            epochs.wait(wait)
        epochs.wait(10.0)
        for device in epochs.room.devices.values():
            self.assertEqual(device.failures, [])
        joined = epochs.room.joined()
        codes = {self.last_code(each) for each in joined}
        self.assertEqual(len(codes) if len(joined) > 1 else 1, 1)
        self.assertTrue(all(each.shown.state in JOINED for each in joined))

    def last_code(self, device: Device) -> str:
        ready = [step for step in device.steps if isinstance(step, KeysReady)]
        return ready[-1].code if ready else ""
