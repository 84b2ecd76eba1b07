"""Two pipelines that talk to each other in simulated time."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.talk import Talk
from tests.client.voice.wire import (
    CALL,
    KEY_A,
    KEY_B,
    MINE,
    OTHER_CALL,
    THEIRS,
    config,
    loudness,
    predictable,
    tone,
)
from voip.client.voice.commands import (
    DropStream,
    PathUp,
    ReceiveKey,
    SendKey,
)
from voip.client.voice.pipeline import MOST_STREAMS, VoicePipeline
from voip.core.ids import StreamId
from voip.media.samples import Samples
from voip.media.sframe import FrameKey, SenderKey
from voip.wire.media_frames import Media


class TalkTests(SynchronousTestCase):
    """What is said is heard, by those who have the key."""

    def test_what_is_said_is_heard(self) -> None:
        """A tone arrives at its loudness, after a short delay, and its figures are right."""
        talk = Talk()
        talk.give_keys()
        blocks = tone(150)
        heard = talk.run(blocks)
        self.assertLess(abs(loudness(heard[50:]) / loudness(blocks) - 1), 0.1)
        self.assertFalse(np.concatenate(heard[:2]).any())
        figures = talk.far.figures(device_ms=10.0)
        assert figures is not None
        self.assertEqual((figures.received, figures.undecryptable), (75, 0))
        self.assertEqual((figures.loss, figures.loss_total), (0.0, 0.0))
        self.assertAlmostEqual(figures.seconds_heard, 1.5)
        self.assertGreater(figures.mouth_to_ear_ms, figures.buffer_ms + 36)
        sent = talk.near.figures(0.0)
        assert sent is not None
        self.assertEqual((sent.sent, sent.received), (75, 0))

    def test_nothing_is_sent_without_a_key(self) -> None:
        """Before the first SendKey no MEDIA leaves, and it goes on from then."""
        talk = Talk()
        talk.run(tone(20))
        figures = talk.near.figures(0.0)
        assert figures is not None
        self.assertEqual(figures.sent, 0)
        talk.give_keys()
        self.assertGreater(loudness(talk.run(tone(60))[30:]), 1000)

    def test_nothing_is_sent_while_muted(self) -> None:
        """A muted microphone makes no packets and no level, and no loss at the other end."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(100))
        talk.near.set_muted(True)
        carried = talk.carried
        heard = talk.run(tone(300))
        self.assertLess(talk.carried - carried, 10)  # PINGs and reports
        self.assertEqual(talk.near.levels().microphone_db, -127.0)
        self.assertLess(loudness(heard[100:]), 10)
        talk.near.set_muted(False)
        heard = talk.run(tone(100))
        self.assertGreater(loudness(heard[50:]), 4000)
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual(figures.loss_total, 0.0)

    def test_mute_holds_for_the_next_call(self) -> None:
        """Who muted before a call begins is not heard when it does."""
        talk = Talk()
        self.assertTrue(talk.near.stop(CALL))
        talk.near.set_muted(True)
        talk.near.start(CALL, MINE, talk.now)
        talk.give_keys()
        self.assertLess(loudness(talk.run(tone(50))), 1)

    def test_levels_are_of_now(self) -> None:
        """Both meters show what is said and what is heard."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(100, size=16000))
        self.assertApproximates(talk.near.levels().microphone_db, -9.2, 0.5)
        ((stream, level),) = talk.far.levels().streams_db
        self.assertEqual(stream, MINE)
        self.assertApproximates(level, -9.2, 1.5)

    def test_a_foreign_key_opens_nothing(self) -> None:
        """With another key there is silence, and what came is counted."""
        talk = Talk()
        talk.near.send_key(SendKey(CALL, 0, KEY_A))
        talk.far.receive_key(ReceiveKey(CALL, MINE, 0, KEY_B))
        self.assertFalse(np.concatenate(talk.run(tone(40))).any())
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual((figures.undecryptable, figures.received), (20, 0))

    def test_a_stream_without_a_key_is_counted(self) -> None:
        """Speech of a stream that no key was given for is no sound."""
        talk = Talk()
        talk.near.send_key(SendKey(CALL, 0, KEY_A))
        talk.run(tone(40))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual(figures.undecryptable, 20)

    def test_a_key_of_the_wrong_size_is_ignored(self) -> None:
        """The other side chose it, so it may break nothing here."""
        talk = Talk()
        talk.far.receive_key(ReceiveKey(CALL, MINE, 0, b"short"))
        talk.give_keys()
        self.assertGreater(loudness(talk.run(tone(60))[30:]), 1000)

    def test_a_speaker_who_counts_to_the_moon(self) -> None:
        """A counter of eight bytes, from somebody who holds the key, breaks nothing here."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(20))
        key = SenderKey(KEY_A, 0)
        sealed = FrameKey(key.kid, key.base).seal(2**64 - 1, b"")
        talk.near._send((Media(MINE, 20, 0, sealed),))
        self.assertGreater(loudness(talk.run(tone(60))[30:]), 1000)

    def test_a_new_key_is_heard_without_a_gap(self) -> None:
        """Rotation costs no packet; two seconds later the old key opens nothing any more."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(100))
        old = VoicePipeline(predictable)
        old.use_path(config(keepalive=16), talk.now)
        talk.give_keys(1, b"c" * 32)
        talk.run(tone(350))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual((figures.received, figures.loss_total), (225, 0.0))
        talk.near.send_key(SendKey(CALL, 0, KEY_A))
        talk.run(tone(20))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual(figures.undecryptable, 10)

    def test_a_ratcheted_key_is_heard_without_a_message(self) -> None:
        """A speaker's next step is followed by what comes; nothing is lost of it, and two seconds
        later the step before opens nothing any more."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(100))
        ratcheted = SenderKey(KEY_A, 0).ratchet()
        talk.near.send_key(SendKey(CALL, 0, ratcheted.base, ratcheted.step))
        talk.run(tone(350))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual((figures.received, figures.loss_total), (225, 0.0))
        talk.near.send_key(SendKey(CALL, 0, KEY_A))
        talk.run(tone(20))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual(figures.undecryptable, 10)

    def test_a_key_given_again_does_not_start_again(self) -> None:
        """The counter of a key goes on, or the same nonce would be used twice."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(50))
        talk.give_keys()
        talk.run(tone(50))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual((figures.received, figures.loss_total), (50, 0.0))

    def test_a_path_given_again_does_not_start_again(self) -> None:
        """The packet numbers of a path go on, for the same reason."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(50))
        self.assertFalse(talk.near.use_path(config(), talk.now))
        talk.run(tone(50))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual(figures.received, 50)

    def test_who_left_is_forgotten(self) -> None:
        """A dropped stream is silent at once, and can't be opened any more."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(50))
        talk.far.drop_stream(DropStream(CALL, MINE))
        self.assertFalse(np.concatenate(talk.run(tone(20))).any())
        self.assertEqual(talk.far.levels().streams_db, ())

    def test_lost_blocks_of_a_microphone_are_missing_not_late(self) -> None:
        """A second that the sound card lost does not make the rest a second late."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(100))
        talk.now += 1.0
        for _ in range(100):
            talk.far.playback()
        talk.near.skip(100)
        talk.run(tone(200))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertLess(figures.buffer_ms, 100)

    def test_what_waited_is_not_heard(self) -> None:
        """Speech that came while the devices were opened is passed over, and not counted."""
        talk = Talk()
        talk.far.stop(CALL)
        talk.far.start(CALL, THEIRS, talk.now, hears_from=talk.now + 0.1)
        talk.give_keys()
        talk.run(tone(100))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertEqual((figures.received, figures.undecryptable), (46, 0))


class LossTests(SynchronousTestCase):
    """Loss is told to the speaker, who arms against it."""

    def test_a_listener_reports_and_the_speaker_arms(self) -> None:
        """With a tenth lost, redundancy is on after a second, and repairs what is lost."""
        talk = Talk(lose_every=10)
        talk.give_keys()
        talk.run(tone(500))
        figures = talk.far.figures(0.0)
        assert figures is not None
        self.assertApproximates(figures.loss, 0.1, 0.05)
        self.assertGreater(figures.repaired + figures.concealed_ms, 0)
        call = talk.near._call
        assert call is not None
        self.assertGreaterEqual(call.outgoing._encoder.expected_loss, 10)

    def test_a_clean_path_carries_no_redundancy(self) -> None:
        """Without loss nothing is spent against it."""
        talk = Talk()
        talk.give_keys()
        talk.run(tone(300))
        call = talk.near._call
        assert call is not None
        self.assertEqual(call.outgoing._encoder.expected_loss, 0)


class LateTests(SynchronousTestCase):
    """Commands and datagrams that come when nothing is on."""

    def test_commands_of_another_call_change_nothing(self) -> None:
        """Keys, streams and the end of a call that is not on are late."""
        talk = Talk()
        talk.give_keys()
        talk.far.receive_key(ReceiveKey(OTHER_CALL, MINE, 1, KEY_B))
        talk.near.send_key(SendKey(OTHER_CALL, 1, KEY_B))
        talk.far.drop_stream(DropStream(OTHER_CALL, MINE))
        self.assertFalse(talk.far.stop(OTHER_CALL))
        self.assertGreater(loudness(talk.run(tone(60))[30:]), 1000)

    def test_without_a_call_nothing_sounds(self) -> None:
        """Blocks go nowhere, datagrams make no sound, and there are no figures."""
        talk = Talk()
        talk.give_keys()
        talk.far.stop(CALL)
        self.assertFalse(np.concatenate(talk.run(tone(40))).any())
        self.assertIsNone(talk.far.figures(0.0))
        self.assertEqual(talk.far.levels().streams_db, ())
        talk.far.capture(tone(1)[0])
        talk.far.skip(3)
        self.assertEqual(talk.far.datagrams_to_send(), [])

    def test_without_a_path_nothing_is_sent(self) -> None:
        """A call may begin before there is a path; it is silent until then."""
        pipeline = VoicePipeline(predictable)
        pipeline.start(CALL, MINE, 0.0)
        pipeline.send_key(SendKey(CALL, 0, KEY_A))
        for block in tone(10):
            pipeline.capture(block)
        pipeline.receive_datagram(b"noise", 0.0)
        pipeline.handle_timer(0.0)
        self.assertEqual(pipeline.datagrams_to_send(), [])
        self.assertEqual(pipeline.take_reports(), [])
        self.assertIsNone(pipeline.next_timer)
        pipeline.use_path(config(), 0.0)
        pipeline.handle_timer(0.0)
        self.assertEqual(len(pipeline.datagrams_to_send()), 1)
        pipeline.drop_path()
        self.assertIsNone(pipeline.next_timer)

    def test_the_path_is_told(self) -> None:
        """The first answer of the server is told, and the next PING is known."""
        talk = Talk()
        talk.carry()
        self.assertEqual(talk.near.take_reports(), [PathUp(0.0)])
        self.assertIsNotNone(talk.near.next_timer)
        talk.near.stop(CALL)
        self.assertIsNotNone(talk.near.next_timer)

    def test_streams_have_a_limit(self) -> None:
        """Keys for more people than a call can have make nothing."""
        talk = Talk()
        for number in range(MOST_STREAMS + 5):
            talk.far.receive_key(ReceiveKey(CALL, StreamId(number), 0, KEY_A))
        self.assertEqual(len(talk.far.levels().streams_db), MOST_STREAMS)

    def test_what_can_not_be_sent_does_not_pile_up(self) -> None:
        """Old speech makes room for new."""
        talk = Talk()
        talk.give_keys()
        for block in tone(1000):
            talk.near.capture(block)
        self.assertEqual(len(talk.near.datagrams_to_send()), 200)


class StageTests(SynchronousTestCase):
    """The chain between microphone and encoder."""

    def test_stages_run_in_their_order(self) -> None:
        """Each gets what the one before made; muted or not, each sees every block."""
        seen = []

        class Stage:
            def __init__(self, factor: int) -> None:
                self.factor = factor

            def process(self, block: Samples) -> Samples:
                seen.append(self.factor)
                changed: Samples = block * self.factor
                return changed

        pipeline = VoicePipeline(predictable, lambda: (Stage(2), Stage(0)))
        pipeline.set_muted(True)
        pipeline.start(CALL, MINE, 0.0)
        pipeline.capture(tone(1)[0])
        pipeline.set_muted(False)
        pipeline.send_key(SendKey(CALL, 0, KEY_A))
        pipeline.capture(tone(1)[0])
        self.assertEqual(seen, [2, 0, 2, 0])
        self.assertEqual(pipeline.levels().microphone_db, -127.0)


class MarkTests(SynchronousTestCase):
    """What a MEDIA frame says beside the sound."""

    def test_frames_are_stamped(self) -> None:
        """20 ms apart, the first after a silence marked, the level that of RFC 6464."""
        talk = Talk()
        talk.give_keys()
        call = talk.near._call
        assert call is not None
        made: list[Media] = []
        for at, block in enumerate(tone(12, size=16000)):
            talk.near.set_muted(4 <= at < 8)
            media = call.outgoing.capture(block)
            if media is not None:
                made.append(media)
        self.assertEqual([media.timestamp for media in made], [0, 8, 32, 40])
        firsts = [media.is_first_after_silence for media in made]
        self.assertEqual(firsts, [True, False, True, False])
        self.assertEqual({media.level for media in made}, {9})
