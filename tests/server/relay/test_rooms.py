"""Which streams of a conference pass."""

from collections import Counter
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.media.levels import audio_level
from voip.media.samples import FRAME_SAMPLES
from voip.media.speech import FEMALE, MALE
from voip.media.wav import read_wav
from voip.server.relay.rooms import MARKED_PACKETS, SILENT_AFTER, Forwarding, Room

FRAME = 0.02
LOUD, SOFT, SILENCE = 20, 40, 127
SPEECH_FROM = 40
"""Frames of the clips that are softer are pauses."""


class PlacesTests(SynchronousTestCase):
    """Three places, and who gets one."""

    def setUp(self) -> None:
        self.room = Room()
        self.now = 0.0
        for stream in range(1, 6):
            self.room.enter(stream)

    def say(self, seconds: float, **levels: int) -> dict[int, Counter[Forwarding]]:
        """Let streams (`s1=LOUD`) send for some time; what became of each one's packets."""
        counts: dict[int, Counter[Forwarding]] = {}
        for _ in range(round(seconds / FRAME)):
            self.now += FRAME
            for name, level in levels.items():
                stream = int(name[1:])
                done = self.room.hear(stream, level, self.now)
                counts.setdefault(stream, Counter())[done] += 1
        return counts

    def passing(self, **levels: int) -> set[int]:
        """Those of whom a packet passes now."""
        said = self.say(FRAME, **levels)
        return {each for each, done in said.items() if not done[Forwarding.HELD_BACK]}

    def test_the_speech_bit_is_no_loudness(self) -> None:
        """RFC 6464's top bit changes nothing."""
        self.say(1, s1=LOUD | 0x80, s2=LOUD | 0x80, s3=LOUD | 0x80, s4=SOFT)
        self.assertEqual(self.passing(s4=SOFT), set())

    def test_while_there_is_room_everybody_passes(self) -> None:
        """Silence too: nobody needs to be louder than nobody."""
        self.assertEqual(self.passing(s1=SILENCE, s2=LOUD, s3=SILENCE), {1, 2, 3})

    def test_the_first_packets_are_marked(self) -> None:
        """Those after each pause in forwarding, and no others."""
        said = self.say(1, s1=LOUD)
        self.assertEqual(said[1][Forwarding.MARKED], MARKED_PACKETS)
        self.assertEqual(said[1][Forwarding.HELD_BACK], 0)

    def test_a_newcomer_must_be_three_decibels_louder(self) -> None:
        """As loud, or a little louder, is held back."""
        self.say(1, s1=LOUD, s2=LOUD, s3=LOUD)
        said = self.say(1, s1=LOUD, s2=LOUD, s3=LOUD, s4=LOUD - 2)
        self.assertEqual(set(said[4]), {Forwarding.HELD_BACK})
        self.say(0.2, s1=LOUD, s2=LOUD, s3=LOUD + 3, s5=LOUD - 4)
        self.assertIn(5, self.passing(s5=LOUD - 4))

    def test_the_quietest_gives_its_place(self) -> None:
        """The others keep theirs."""
        self.say(1, s1=LOUD, s2=SOFT, s3=LOUD)
        self.say(0.2, s1=LOUD, s2=SOFT, s3=LOUD, s4=LOUD)
        self.assertEqual(self.passing(s1=LOUD, s2=SOFT, s3=LOUD, s4=LOUD), {1, 3, 4})

    def test_who_is_silent_gives_its_place_after_a_while(self) -> None:
        """A loud voice that stopped is soon followed by a soft one; a pause for breath is not."""
        self.say(1, s1=10, s2=10, s3=10, s4=SILENCE)
        said = self.say(SILENT_AFTER - FRAME, s1=10, s2=10, s3=SILENCE, s4=SOFT)
        self.assertEqual(set(said[4]), {Forwarding.HELD_BACK})
        self.say(2 * FRAME, s1=10, s2=10, s3=SILENCE, s4=SOFT)
        self.assertEqual(self.passing(s3=SILENCE, s4=SOFT), {4})

    def test_who_stops_sending_gives_its_place_too(self) -> None:
        """A muted client sends nothing at all."""
        self.say(1, s1=10, s2=10, s3=10)
        self.say(SILENT_AFTER, s1=10, s2=10)
        self.assertEqual(self.passing(s1=10, s2=10, s4=SOFT), {1, 2, 4})

    def test_silence_takes_no_place(self) -> None:
        """Of all who are silent, those go on to pass who did."""
        self.say(1, s1=LOUD, s2=LOUD, s3=LOUD)
        said = self.say(3, s1=SILENCE, s2=SILENCE, s3=SILENCE, s4=SILENCE, s5=SILENCE)
        self.assertEqual(
            {each for each, done in said.items() if Forwarding.PASSES in done}, {1, 2, 3}
        )

    def test_the_first_word_is_heard_at_once(self) -> None:
        """Who speaks up where nobody else does loses no more than two packets."""
        self.say(2, s1=55, s2=60, s3=58, s4=57)
        said = self.say(0.4, s1=55, s2=60, s3=58, s4=18)
        self.assertLessEqual(said[4][Forwarding.HELD_BACK], 2)

    def test_a_click_takes_no_place(self) -> None:
        """One loud packet of who is silent is not worth a speaker."""
        self.say(1, s1=LOUD, s2=LOUD, s3=LOUD, s4=60)
        self.say(FRAME, s1=LOUD, s2=LOUD, s3=LOUD, s4=LOUD)
        self.assertEqual(self.passing(s1=LOUD, s2=LOUD, s3=LOUD, s4=60), {1, 2, 3})

    def test_leaving_and_resting_free_the_place(self) -> None:
        """Who left or was gated is not waited for."""
        self.say(1, s1=LOUD, s2=LOUD, s3=LOUD)
        self.room.leave(1)
        self.room.rest(2)
        self.assertEqual(self.passing(s3=LOUD, s4=SOFT, s5=SOFT, s2=SOFT), {3, 4, 5})
        self.assertEqual(len(self.room), 4)


packets = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 255), st.floats(0, 1)), max_size=300)


class AnyRoomTests(SynchronousTestCase):
    """Whatever is sent, and whoever comes and goes."""

    @settings(deadline=None)
    @given(packets, st.integers(1, 4), st.sampled_from((None, "leave", "rest")))
    @example([(2, 46, 0.0), (0, 54, 0.0), (1, 0, 0.0)], 2, None)
    def test_never_more_than_the_places(
        self, sent: list[tuple[int, int, float]], loudest: int, change: str | None
    ) -> None:
        """At each moment at most so many streams pass, and with so few everybody does."""
        room, now, places = Room(loudest), 0.0, dict[int, bool]()
        for stream in range(6):
            room.enter(stream)
        for stream, level, passed in sent:
            now += passed
            had_place = {each for each, is_passing in places.items() if is_passing}
            done = room.hear(stream, level, now)
            places[stream] = done is not Forwarding.HELD_BACK
            if places[stream] and stream not in had_place:
                self.assertIs(done, Forwarding.MARKED)
            if len(places) <= loudest:
                self.assertIsNot(done, Forwarding.HELD_BACK)
            if change == "rest" and level > 250:
                room.rest(stream)
                places.pop(stream)
            elif change == "leave" and level > 250:
                room.leave(stream)
                room.enter(stream)
                places.pop(stream)
        for _ in range(200):  # until all are about as soft, and no place changes hands any more
            last = [room.hear(stream, SILENCE, now) for stream in range(6)]
        self.assertEqual(sum(done is not Forwarding.HELD_BACK for done in last), loudest)


@cache
def levels(clip: Path) -> tuple[int, ...]:
    """The levels of a recorded sentence, frame by frame."""
    sound = read_wav(clip)
    starts = range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return tuple(audio_level(sound[start : start + FRAME_SAMPLES]) for start in starts)


class RealSpeechTests(SynchronousTestCase):
    """Levels as they are in recorded sentences, in a room of eight with some noise."""

    def run_room(self, talkers: dict[int, tuple[int, ...]], seconds: float) -> "Heard":
        """Streams from 1 repeat these levels; the rest of eight have noise around 55."""
        room, heard = Room(), Heard()
        for stream in range(1, 9):
            room.enter(stream)
        for at in range(round(seconds / FRAME)):
            for stream in range(1, 9):
                said = talkers.get(stream)
                level = said[at % len(said)] if said else 53 + (at * 7 + stream * 3) % 5
                heard.note(stream, level, room.hear(stream, level, at * FRAME))
        return heard

    def test_three_at_once_are_heard_whole(self) -> None:
        """Of their speech nearly every packet passes, though one is softer by 6 dB."""
        softer = tuple(level + 6 for level in levels(MALE)[50:] + levels(MALE)[:50])
        talkers = {1: levels(MALE), 2: levels(FEMALE), 3: softer}
        heard = self.run_room(talkers, 20)
        for stream in talkers:
            self.assertGreater(heard.share(stream), 0.98, stream)

    def test_one_after_the_other_is_heard_whole(self) -> None:
        """Five people take turns by the sentence: of each at least 95 % passes."""
        talkers = {}
        for stream in range(1, 6):
            clip = levels(MALE if stream % 2 else FEMALE)
            quiet = (55,) * 200
            parts = [clip if turn == stream else quiet[: len(clip)] for turn in range(1, 6)]
            talkers[stream] = tuple(level for part in parts for level in part)
        heard = self.run_room(talkers, 30)
        for stream in talkers:
            self.assertGreater(heard.share(stream), 0.95, stream)

    def test_many_at_once_do_not_flutter(self) -> None:
        """With six at once, each of whom pauses, places change hands less than thrice a second."""
        talkers = {
            stream: clip[shift:] + clip[:shift]
            for stream, shift in enumerate(range(0, 120, 20), 1)
            for clip in [levels(MALE if stream % 2 else FEMALE)]
        }
        heard = self.run_room(talkers, 20)
        self.assertLess(heard.changes / 20, 3)


class Heard:
    """What became of the packets of a room."""

    def __init__(self) -> None:
        self._spoken: Counter[int] = Counter()
        self._passed: Counter[int] = Counter()
        self._places: set[int] = set()
        self.changes = 0

    def note(self, stream: int, level: int, done: Forwarding) -> None:
        """Count a packet."""
        passes = done is not Forwarding.HELD_BACK
        if passes and stream not in self._places:
            self.changes += 1
        (self._places.add if passes else self._places.discard)(stream)
        if level < SPEECH_FROM:
            self._spoken[stream] += 1
            self._passed[stream] += passes

    def share(self, stream: int) -> float:
        """How much of a stream's speech passed."""
        return self._passed[stream] / self._spoken[stream]
