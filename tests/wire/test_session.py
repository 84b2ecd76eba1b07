"""Answers given and notices told, across connections."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.errors import RemoteProtocolError
from voip.core.ids import Username
from voip.core.messages import Done, NoticeKind, Ping, Pong, ServerNotice, SetProfile
from voip.core.people_messages import GetPerson, ListUsers
from voip.wire.session import AnswerCache, Begun, NoticeQueue

REQUEST = SetProfile("Anna")


def notice(number: int) -> ServerNotice:
    """A notice that can be told from the others."""
    return ServerNotice(NoticeKind.INFO, str(number))


class AnswerCacheTests(SynchronousTestCase):
    """A request is done once, however often it is sent."""

    def test_sent_again_is_answered_again(self) -> None:
        """The second time gets the first time's answer."""
        cache = AnswerCache()
        self.assertIs(cache.begin(1, REQUEST), Begun.NEW)
        cache.finish(1, Done())
        self.assertEqual(cache.begin(1, REQUEST), Done())

    def test_sent_again_before_it_is_answered(self) -> None:
        """What is being done is not begun a second time."""
        cache = AnswerCache()
        cache.begin(1, REQUEST)
        self.assertIs(cache.begin(1, REQUEST), Begun.UNDERWAY)

    def test_too_old_to_know(self) -> None:
        """A request whose answer was dropped is not done again, nor are older ones."""
        cache = AnswerCache(answers_kept=2)
        for request_id in (5, 6, 7):
            cache.begin(request_id, REQUEST)
            cache.finish(request_id, Done())
        self.assertIs(cache.begin(5, REQUEST), Begun.FORGOTTEN)
        self.assertIs(cache.begin(3, REQUEST), Begun.FORGOTTEN)
        self.assertEqual(cache.begin(6, REQUEST), Done())

    def test_answers_out_of_order(self) -> None:
        """A slow request keeps its place while many later ones are answered."""
        cache = AnswerCache(answers_kept=1)
        for request_id in (1, 2, 3):
            cache.begin(request_id, REQUEST)
        for request_id in (2, 3, 1):
            cache.finish(request_id, Done())
        self.assertEqual(cache.begin(1, REQUEST), Done())
        self.assertIs(cache.begin(2, REQUEST), Begun.FORGOTTEN)

    def test_too_many_at_once(self) -> None:
        """Unanswered requests have a maximum, and answering one makes room."""
        cache = AnswerCache(max_underway=1)
        cache.begin(1, REQUEST)
        self.assertIs(cache.begin(2, REQUEST), Begun.CROWDED)
        cache.finish(1, Done())
        self.assertIs(cache.begin(2, REQUEST), Begun.NEW)

    def test_what_changes_nothing_is_done_again(self) -> None:
        """Questions are not kept: their answers are large, and asking anew is right."""
        cache = AnswerCache(max_underway=0)
        for question in (Ping(), ListUsers(), GetPerson(Username("ben"))):
            self.assertIs(cache.begin(1, question), Begun.NEW)
            cache.finish(1, Pong())
            self.assertIs(cache.begin(1, question), Begun.NEW)

    @settings(deadline=None, max_examples=100)
    @given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=60))
    def test_nothing_is_ever_done_twice(self, steps: list[tuple[int, bool]]) -> None:
        """Whatever is sent, sent again and answered in whichever order, each is new once."""
        cache, done = AnswerCache(answers_kept=3, max_underway=4), list[int]()
        for request_id, is_answered in steps:
            if cache.begin(request_id, REQUEST) is Begun.NEW:
                done.append(request_id)
            if is_answered:
                cache.finish(request_id, Done())
        self.assertEqual(len(done), len(set(done)))


class NoticeQueueTests(SynchronousTestCase):
    """What a client may have missed."""

    def filled(self, count: int, max_kept: int = 256) -> NoticeQueue:
        """A queue with notices 1 to ``count``."""
        queue = NoticeQueue(max_kept)
        for number in range(1, count + 1):
            self.assertEqual(queue.push(notice(number)), number)
        return queue

    def test_what_came_after(self) -> None:
        """A client that resumes is told what it has not seen, in order."""
        queue = self.filled(3)
        self.assertEqual(queue.since(1), ((2, notice(2)), (3, notice(3))))
        self.assertEqual(queue.since(3), ())

    def test_acknowledged_is_let_go(self) -> None:
        """What the client has dealt with is not kept."""
        queue = self.filled(3)
        queue.acknowledge(2)
        self.assertEqual(len(queue), 1)
        queue.acknowledge(1)
        self.assertEqual(queue.since(2), ((3, notice(3)),))

    def test_what_was_never_told(self) -> None:
        """Nobody can acknowledge, or have seen, a notice of the future."""
        queue = self.filled(3)
        with self.assertRaises(RemoteProtocolError):
            queue.acknowledge(4)
        self.assertIsNone(queue.since(4))

    def test_a_full_queue(self) -> None:
        """It drops its oldest; who has not seen that one cannot resume."""
        queue = self.filled(5, max_kept=3)
        self.assertEqual(len(queue), 3)
        self.assertIsNone(queue.since(1))
        self.assertEqual(queue.since(2), tuple((n, notice(n)) for n in (3, 4, 5)))

    def test_going_back_behind_an_acknowledgement(self) -> None:
        """A client that forgot what it acknowledged cannot resume as if nothing were missing."""
        queue = self.filled(3)
        queue.acknowledge(2)
        self.assertIsNone(queue.since(1))

    @settings(deadline=None, max_examples=100)
    @given(st.lists(st.integers(0, 3), max_size=40), st.integers(0, 40))
    def test_all_or_nothing(self, acks: list[int], last_seq: int) -> None:
        """A client gets every notice after the one it names, or learns that it cannot."""
        queue = NoticeQueue(5)
        for ack in acks:
            queue.push(notice(queue.last_seq + 1))
            queue.acknowledge(min(ack, queue.last_seq))
        missed = queue.since(last_seq)
        if missed is not None:
            expected = list(range(last_seq + 1, queue.last_seq + 1))
            self.assertEqual([seq for seq, _ in missed], expected)
